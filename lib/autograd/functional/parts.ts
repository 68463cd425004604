/** What the functions of `torch.autograd.functional` share: checks of inputs, and gradients that may be missing. */
import { RuntimeError } from '../../errors';
import { zerosLike } from '../../generated/torch';
import { isTensor } from '../../ops';
import type { Tensor } from '../../tensor';
import { grad } from '../backward';

/** A function of tensors that gives a tensor or several. */
export type TensorFunction = (...inputs: Tensor[]) => Tensor | readonly Tensor[];

/** One tensor or several. */
export type Tensors = Tensor | readonly Tensor[];

/** Several tensors, and whether they were given as such. */
export function asList(value: Tensors, what: string, fn: string): [isList: boolean, tensors: readonly Tensor[]] {
  const isList = Array.isArray(value);
  const tensors = (isList ? value : [value]) as readonly Tensor[];
  tensors.forEach((tensor, i) => {
    if (isTensor(tensor)) return;
    const where = isList ? `the value at index ${i}` : `the given ${what}`;
    throw new TypeError(
      `The ${what} given to ${fn} must be either a Tensor or a tuple of Tensors but ${where} has type ${typeof tensor}.`,
    );
  });
  return [isList, tensors];
}

/** Tensors of their own, to tell them from those that the function knows by itself. */
export function prepared(inputs: readonly Tensor[], createGraph: boolean, needGraph: boolean): Tensor[] {
  return inputs.map((input) => {
    if (!createGraph || !input.requiresGrad) return input.detach().requiresGrad_(needGraph);
    return input.isSparse ? input.clone() : input.viewAs(input);
  });
}

/** Results without a history that was not asked for. */
export function finished(tensors: readonly Tensor[], createGraph: boolean): Tensor[] {
  return createGraph ? [...tensors] : tensors.map((tensor) => tensor.detach());
}

/** The only tensor, unless several were given. */
export function unpacked<T>(values: readonly T[], isList: boolean): T | readonly T[] {
  return isList ? values : (values[0] as T);
}

/** Throws where the vector does not fit what it is multiplied with. */
export function checkVector(v: readonly Tensor[], other: readonly Tensor[], isList: boolean): void {
  if (other.length !== v.length) {
    throw new RuntimeError(
      isList
        ? `v is a tuple of invalid length: should be ${other.length} but got ${v.length}.`
        : 'The given v should contain a single Tensor.',
    );
  }
  v.forEach((tensor, i) => {
    const expected = (other[i] as Tensor).shape;
    if (String(tensor.shape) === String(expected)) return;
    const where = isList ? `Entry ${i} in ` : '';
    throw new RuntimeError(`${where}v has invalid size: should be ${expected} but got ${tensor.shape}.`);
  });
}

const INDEPENDENT = {
  hessian: (i: number) =>
    `The hessian of the user-provided function with respect to input ${i} is independent of the input. This is not allowed in strict mode. You should ensure that your function is thrice differentiable and that the hessian depends on the inputs.`,
  jacobian: (i: number) =>
    `While computing the hessian, found that the jacobian of the user-provided function with respect to input ${i} is independent of the input. This is not allowed in strict mode. You should ensure that your function is twice differentiable and that the jacobian depends on the inputs (this would be violated by a linear function for example).`,
  gradInputs: (i: number) =>
    `The gradient with respect to input ${i} is independent of the inputs of the user-provided function. This is not allowed in strict mode.`,
  outputs: (i: number) =>
    `Output ${i} of the user-provided function does not require gradients. The outputs must be computed in a differentiable manner from the input when running in strict mode.`,
};

/** Throws, in strict mode, where one of the tensors depends on nothing. */
export function checkDependence(
  tensors: readonly (Tensor | null)[],
  kind: keyof typeof INDEPENDENT,
  strict: boolean,
): void {
  if (!strict) return;
  tensors.forEach((tensor, i) => {
    if (tensor === null) {
      throw new RuntimeError(
        `The output of the user-provided function is independent of input ${i}. This is not allowed in strict mode.`,
      );
    }
    if (!tensor.requiresGrad) throw new RuntimeError(INDEPENDENT[kind](i));
  });
}

/** `torch.autograd.grad` for outputs that may be missing or not differentiable. */
export function gradients(
  outputs: readonly (Tensor | null)[],
  inputs: readonly Tensor[],
  gradOutputs: readonly Tensor[] | null,
  options: { createGraph?: boolean; retainGraph?: boolean },
): (Tensor | null)[] {
  const places = outputs.flatMap((output, i) => (output?.requiresGrad ? [i] : []));
  if (places.length === 0) return inputs.map(() => null);
  const given = places.map((i) => gradOutputs?.[i] ?? null);
  return grad(
    places.map((i) => outputs[i] as Tensor),
    inputs,
    { ...options, gradOutputs: given, allowUnused: true },
  );
}

const MISSING = {
  back: (i: number) =>
    `The output of the user-provided function is independent of input ${i}. This is not allowed in strict mode.`,
  backTrick: (i: number) =>
    `The gradient with respect to the input is independent of entry ${i} in the grad_outputs when using the double backward trick to compute forward mode gradients. This is not allowed in strict mode.`,
  doubleBack: (i: number) =>
    `The jacobian of the user-provided function is independent of input ${i}. This is not allowed in strict mode.`,
  doubleBackTrick: (i: number) =>
    `The hessian of the user-provided function is independent of entry ${i} in the grad_jacobian. This is not allowed in strict mode as it prevents from using the double backward trick to replace forward mode AD.`,
};

/** Gradients with zeros where one is missing, which strict mode forbids. */
export function withZeros(
  values: readonly (Tensor | null)[],
  like: readonly Tensor[],
  strict: boolean,
  createGraph: boolean,
  stage: keyof typeof MISSING,
): Tensor[] {
  return values.map((value, i) => {
    if (value === null) {
      if (strict) throw new RuntimeError(MISSING[stage](i));
      return zerosLike(like[i] as Tensor);
    }
    if (strict && createGraph && !value.requiresGrad) {
      const what = stage.startsWith('double') ? 'hessian' : 'jacobian';
      throw new RuntimeError(
        `The ${what} of the user-provided function is independent of input ${i}. This is not allowed in strict mode when create_graph=True.`,
      );
    }
    return value;
  });
}
