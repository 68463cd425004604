/** Products of Jacobians and Hessians with vectors. */
import { python } from '../../arguments';
import { RuntimeError } from '../../errors';
import { zerosLike } from '../../generated/torch';
import type { Tensor } from '../../tensor';
import { enableGrad, isGradEnabled, setGradEnabled } from '../grad-mode';
import {
  asList,
  checkDependence,
  checkVector,
  finished,
  gradients,
  prepared,
  type TensorFunction,
  type Tensors,
  unpacked,
  withZeros,
} from './parts';

const PARAMETERS = ['func', 'inputs', 'v?', 'createGraph?', 'strict?'] as const;
const OUTPUTS = 'outputs of the user-provided function';

/** The vector, checked against what it is to be multiplied with; null if that is a single element and none is given. */
function vectorFor(
  v: Tensors | null,
  others: readonly Tensor[],
  isList: boolean,
  createGraph: boolean,
  fn: string,
  what: string,
): Tensor[] | null {
  if (v !== null) {
    const vector = prepared(asList(v, 'v', fn)[1], createGraph, false);
    checkVector(vector, others, isList);
    return vector;
  }
  if (others.length === 1 && others[0]?.numel() === 1) return null;
  throw new RuntimeError(`The vector v can only be None if ${what} a single Tensor with a single element.`);
}

const OF_INPUT = 'the input to the user-provided function is';

/**
 * The function's outputs, and the product of a vector `v` of their shapes with its Jacobian, in the shapes of the inputs.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.autograd.functional.vjp.html
 */
export const vjp = python(
  'vjp',
  PARAMETERS,
  (func: TensorFunction, inputs: Tensors, v: Tensors | null = null, createGraph = false, strict = false) => {
    const run = enableGrad(() => {
      const [isList, given] = asList(inputs, 'inputs', 'vjp');
      const ins = prepared(given, createGraph, true);
      const [isOutputList, outs] = asList(func(...ins), OUTPUTS, 'vjp');
      checkDependence(outs, 'outputs', strict);
      const what = 'the user-provided function returns';
      return { isList, ins, isOutputList, outs, vector: vectorFor(v, outs, isOutputList, createGraph, 'vjp', what) };
    });
    const { isList, ins, isOutputList, outs, vector } = run;
    const product = setGradEnabled(createGraph || isGradEnabled(), () =>
      withZeros(gradients(outs, ins, vector, { createGraph }), ins, strict, createGraph, 'back'),
    );
    return [unpacked(finished(outs, createGraph), isOutputList), unpacked(finished(product, createGraph), isList)] as [
      outputs: Tensors,
      vjp: Tensors,
    ];
  },
);

/**
 * The function's outputs, and the product of its Jacobian with a vector `v` of the shapes of the inputs, in the shapes
 * of the outputs; computed by two backward passes.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.autograd.functional.jvp.html
 */
export const jvp = python(
  'jvp',
  PARAMETERS,
  (func: TensorFunction, inputs: Tensors, v: Tensors | null = null, createGraph = false, strict = false) => {
    const run = enableGrad(() => {
      const [isList, given] = asList(inputs, 'inputs', 'jvp');
      const ins = prepared(given, createGraph, true);
      const vector = vectorFor(v, ins, isList, createGraph, 'jvp', OF_INPUT);
      const [isOutputList, outs] = asList(func(...ins), OUTPUTS, 'jvp');
      checkDependence(outs, 'outputs', strict);
      const seeds = outs.map((out) => zerosLike(out, { requiresGrad: true }));
      const gradIns = gradients(outs, ins, seeds, { createGraph: true });
      checkDependence(gradIns, 'gradInputs', strict);
      return { isOutputList, outs, seeds, gradIns, vector };
    });
    const { isOutputList, outs, seeds, gradIns, vector } = run;
    const product = setGradEnabled(createGraph || isGradEnabled(), () =>
      withZeros(gradients(gradIns, seeds, vector, { createGraph }), outs, strict, createGraph, 'backTrick'),
    );
    return [
      unpacked(finished(outs, createGraph), isOutputList),
      unpacked(finished(product, createGraph), isOutputList),
    ] as [outputs: Tensors, jvp: Tensors];
  },
);

/** What the two products with a Hessian begin with: the only output, and its derivatives. */
function firstDerivatives(
  fn: string,
  func: TensorFunction,
  inputs: Tensors,
  v: Tensors | null,
  createGraph: boolean,
  strict: boolean,
) {
  const [isList, given] = asList(inputs, 'inputs', fn);
  const ins = prepared(given, createGraph, true);
  const vector = vectorFor(v, ins, isList, createGraph, fn, OF_INPUT);
  const [isOutputList, outs] = asList(func(...ins), OUTPUTS, fn);
  checkDependence(outs, 'outputs', strict);
  if (isOutputList) throw new RuntimeError(`The function given to ${fn} should return a single Tensor`);
  if (outs[0]?.numel() !== 1) {
    throw new RuntimeError(`The Tensor returned by the function given to ${fn} should contain a single element`);
  }
  const jacobian = gradients(outs, ins, null, { createGraph: true });
  checkDependence(jacobian, 'jacobian', strict);
  return { isList, ins, vector, outs, jacobian };
}

/**
 * The output of a function of one element, and the product of a vector `v` with its Hessian.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.autograd.functional.vhp.html
 */
export const vhp = python(
  'vhp',
  PARAMETERS,
  (func: TensorFunction, inputs: Tensors, v: Tensors | null = null, createGraph = false, strict = false) => {
    const run = enableGrad(() => firstDerivatives('vhp', func, inputs, v, createGraph, strict));
    const { isList, ins, vector, outs, jacobian } = run;
    const product = setGradEnabled(createGraph || isGradEnabled(), () =>
      withZeros(gradients(jacobian, ins, vector, { createGraph }), ins, strict, createGraph, 'doubleBack'),
    );
    return [finished(outs, createGraph)[0], unpacked(finished(product, createGraph), isList)] as [Tensor, Tensors];
  },
);

/**
 * The output of a function of one element, and the product of its Hessian with a vector `v`; slower than `vhp`.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.autograd.functional.hvp.html
 */
export const hvp = python(
  'hvp',
  PARAMETERS,
  (func: TensorFunction, inputs: Tensors, v: Tensors | null = null, createGraph = false, strict = false) => {
    const run = enableGrad(() => {
      const first = firstDerivatives('hvp', func, inputs, v, createGraph, strict);
      const seeds = first.ins.map((input) => zerosLike(input, { requiresGrad: true }));
      const double = gradients(first.jacobian, first.ins, seeds, { createGraph: true });
      checkDependence(first.jacobian, 'hessian', strict);
      return { ...first, seeds, double };
    });
    const { isList, ins, vector, outs, seeds, double } = run;
    const product = setGradEnabled(createGraph || isGradEnabled(), () =>
      withZeros(gradients(double, seeds, vector, { createGraph }), ins, strict, createGraph, 'doubleBackTrick'),
    );
    return [finished(outs, createGraph)[0], unpacked(finished(product, createGraph), isList)] as [Tensor, Tensors];
  },
);
