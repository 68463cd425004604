/** Whole Jacobians and Hessians, a backward pass for every element of the outputs. */
import { python } from '../../arguments';
import { AssertionError, NotImplementedError, RuntimeError } from '../../errors';
import { stack, zerosLike } from '../../generated/torch';
import type { Tensor } from '../../tensor';
import { enableGrad } from '../grad-mode';
import {
  asList,
  checkDependence,
  finished,
  gradients,
  prepared,
  type TensorFunction,
  type Tensors,
  unpacked,
} from './parts';

/** How a Jacobian is computed. */
export type Strategy = 'forward-mode' | 'reverse-mode';

/** A tensor for every pair of an output and an input; without the lists where there is one only. */
export type Derivatives = Tensor | readonly Tensor[] | readonly (readonly Tensor[])[];

const NEEDS_VMAP = 'vectorize needs vmap, which tsorch does not have';

/** The rows of the Jacobian of one output: for every input, the derivatives of every element. */
function rowsOf(
  output: Tensor,
  number: number,
  inputs: readonly Tensor[],
  createGraph: boolean,
  strict: boolean,
): Tensor[] {
  const rows: Tensor[][] = inputs.map(() => []);
  for (let j = 0; j < output.numel(); j++) {
    gradients([output.reshape(-1).at(j)], inputs, null, { retainGraph: true, createGraph }).forEach((row, i) => {
      if (row !== null && strict && createGraph && !row.requiresGrad) {
        throw new RuntimeError(
          `The jacobian of the user-provided function is independent of input ${number}. This is not allowed in strict mode when create_graph=True.`,
        );
      }
      if (row === null && strict) {
        throw new RuntimeError(
          `Output ${number} of the user-provided function is independent of input ${i}. This is not allowed in strict mode.`,
        );
      }
      rows[i]?.push(row ?? zerosLike(inputs[i] as Tensor));
    });
  }
  return rows.map((list, i) => stack(list, 0).view([...output.shape, ...(inputs[i] as Tensor).shape]));
}

/**
 * The Jacobian of a function: the derivative of every element of the outputs with respect to every element of the
 * inputs, in the shape of the one and then of the other.
 *
 * `vectorize`, and with it the strategy `'forward-mode'`, is not supported: it computes the same in fewer passes.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.autograd.functional.jacobian.html
 * @throws NotImplementedError for `vectorize`.
 */
export const jacobian = python(
  'jacobian',
  ['func', 'inputs', 'createGraph?', 'strict?', 'vectorize?', 'strategy?'],
  (
    func: TensorFunction,
    inputs: Tensors,
    createGraph = false,
    strict = false,
    vectorize = false,
    strategy: Strategy = 'reverse-mode',
  ): Derivatives => {
    if (strategy !== 'forward-mode' && strategy !== 'reverse-mode') {
      throw new AssertionError(
        'Expected strategy to be either "forward-mode" or "reverse-mode". Hint: If your function has more outputs than inputs, "forward-mode" tends to be more performant. Otherwise, prefer to use "reverse-mode".',
      );
    }
    if (strategy === 'forward-mode') refuseForwardMode(createGraph, strict, vectorize);
    return enableGrad(() => {
      const [isList, given] = asList(inputs, 'inputs', 'jacobian');
      const ins = prepared(given, createGraph, true);
      const [isOutputList, outs] = asList(func(...ins), 'outputs of the user-provided function', 'jacobian');
      checkDependence(outs, 'outputs', strict);
      if (vectorize && strict) {
        throw new RuntimeError(
          'torch.autograd.functional.jacobian: `strict=True` and `vectorized=True` are not supported together. Please either set `strict=False` or `vectorize=False`.',
        );
      }
      if (vectorize) throw new NotImplementedError(NEEDS_VMAP);
      const derivatives = outs.map((out, i) => finished(rowsOf(out, i, ins, createGraph, strict), createGraph));
      return unpacked(
        derivatives.map((row) => unpacked(row, isList)),
        isOutputList,
      ) as Derivatives;
    });
  },
);

function refuseForwardMode(createGraph: boolean, strict: boolean, vectorize: boolean): never {
  if (createGraph) {
    throw new NotImplementedError(
      'torch.autograd.functional.jacobian: `create_graph=True` and `strategy="forward-mode"` are not supported together (yet). Please either set `create_graph=False` or `strategy="reverse-mode"`.',
    );
  }
  if (strict) {
    throw new RuntimeError(
      'torch.autograd.functional.jacobian: `strict=True` and `strategy="forward-mode"` are not supported together (yet). Please either set `strict=False` or `strategy="reverse-mode"`.',
    );
  }
  throw new NotImplementedError(
    vectorize
      ? NEEDS_VMAP
      : 'Computing Jacobian using forward-AD or forward-over-reverse Hessian isonly implemented for `vectorize=True`.',
  );
}

/**
 * The Hessian of a function of one element: its second derivatives with respect to every pair of inputs.
 *
 * `vectorize`, and with it the strategy `'forward-mode'`, is not supported: it computes the same in fewer passes.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.autograd.functional.hessian.html
 * @throws NotImplementedError for `vectorize`.
 */
export const hessian = python(
  'hessian',
  ['func', 'inputs', 'createGraph?', 'strict?', 'vectorize?', 'outerJacobianStrategy?'],
  (
    func: TensorFunction,
    inputs: Tensors,
    createGraph = false,
    strict = false,
    vectorize = false,
    outerJacobianStrategy: Strategy = 'reverse-mode',
  ): Derivatives => {
    const [isList, given] = asList(inputs, 'inputs', 'hessian');
    if (outerJacobianStrategy !== 'forward-mode' && outerJacobianStrategy !== 'reverse-mode') {
      throw new AssertionError('Expected strategy to be either "forward-mode" or "reverse-mode".');
    }
    const single = (...ins: Tensor[]): Tensor => {
      const [isOutputList, outs] = asList(func(...ins), 'outputs of the user-provided function', 'hessian');
      checkDependence(outs, 'outputs', strict);
      if (isOutputList) throw new RuntimeError('The function given to hessian should return a single Tensor');
      const [out] = outs as [Tensor];
      if (out.numel() !== 1) {
        throw new RuntimeError('The Tensor returned by the function given to hessian should contain a single element');
      }
      return out.squeeze();
    };
    const first = (...ins: Tensor[]): readonly Tensor[] => {
      const derivatives = jacobian(single, ins, { createGraph: true }) as readonly Tensor[];
      checkDependence(derivatives, 'jacobian', strict);
      return derivatives;
    };
    const options = { createGraph, strict, vectorize, strategy: outerJacobianStrategy };
    const second = jacobian(first, given, options) as readonly (readonly Tensor[])[];
    return isList ? second : (second[0]?.[0] as Tensor);
  },
);
