/** Runs backward passes: `torch.autograd.backward` and `torch.autograd.grad`. */
import { RuntimeError } from '../errors';
import { onesLike } from '../generated/torch';
import { type Handle, native } from '../native';
import { wrap } from '../ops';
import { sizeOf } from '../size';
import type { Tensor } from '../tensor';

/** What a backward pass does beside its work. */
export interface BackwardOptions {
  /** Whether the graph stays for another pass; by default, as `createGraph`. */
  readonly retainGraph?: boolean | null | undefined;
  /** Whether the pass is itself recorded, for derivatives of higher order. */
  readonly createGraph?: boolean | undefined;
  /** The tensors whose `grad` is added to; all leaves if left out. */
  readonly inputs?: readonly Tensor[] | Tensor | null | undefined;
}

type Many<T> = T | readonly T[];

function list<T>(values: Many<T>): readonly T[] {
  return Array.isArray(values) ? values : [values as T];
}

/** A gradient for every root: a missing one is 1, which only a scalar may leave out. Python's `_make_grads`. */
function rootGradients(roots: readonly Tensor[], gradients: readonly (Tensor | null)[]): Handle[] {
  if (gradients.length !== roots.length) {
    throw new RuntimeError(`got ${roots.length} tensors and ${gradients.length} gradients`);
  }
  return roots.map((root, i) => {
    const gradient = gradients[i] as Tensor | null;
    if (gradient !== null) {
      if (String(gradient.shape) !== String(root.shape)) {
        throw new RuntimeError(
          `Mismatch in shape: grad_output[${i}] has a shape of ${sizeOf(gradient.shape)} and output[${i}] has a shape of ${sizeOf(root.shape)}.`,
        );
      }
      if (gradient.dtype.isComplex !== root.dtype.isComplex) {
        throw new RuntimeError(
          `For complex Tensors, both grad_output and output are required to have the same dtype. Mismatch in dtype: grad_output[${i}] has a dtype of ${gradient.dtype} and output[${i}] has a dtype of ${root.dtype}.`,
        );
      }
      return gradient.handle;
    }
    if (root.requiresGrad) {
      if (root.numel() !== 1) throw new RuntimeError('grad can be implicitly created only for scalar outputs');
      if (!root.dtype.isFloatingPoint) {
        throw new RuntimeError(`grad can be implicitly created only for real scalar outputs but got ${root.dtype}`);
      }
    }
    return onesLike(root).handle;
  });
}

/**
 * Adds to `grad` of every leaf (or of `inputs`) the derivative of the sum of the tensors.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.autograd.backward.html
 * @throws RuntimeError if a tensor has no graph, or has not one element and no gradient is given.
 */
export function backward(
  tensors: Many<Tensor>,
  gradTensors: Many<Tensor | null> | null = null,
  { retainGraph, createGraph = false, inputs }: BackwardOptions = {},
): void {
  const roots = list(tensors);
  const leaves = inputs === null || inputs === undefined ? [] : list(inputs as Many<Tensor>);
  if (inputs !== null && inputs !== undefined && leaves.length === 0) {
    throw new RuntimeError("'inputs' argument to backward() cannot be empty.");
  }
  const gradients = gradTensors === null ? roots.map(() => null) : list(gradTensors);
  native.backward(
    roots.map((root) => root.handle),
    rootGradients(roots, gradients),
    retainGraph ?? createGraph,
    createGraph,
    leaves.map((leaf) => leaf.handle),
  );
}

/** How `grad` differentiates. */
export interface GradOptions {
  readonly gradOutputs?: Many<Tensor | null> | null;
  readonly retainGraph?: boolean | null;
  readonly createGraph?: boolean;
  /** Whether inputs that the outputs do not depend on are allowed: their gradient is null. */
  readonly allowUnused?: boolean | null;
  /** Whether such a gradient is zeros instead of null. */
  readonly materializeGrads?: boolean;
}

/**
 * The gradients of the sum of the outputs with respect to the inputs, one for each.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.autograd.grad.html
 * @throws RuntimeError if an output has no graph, or an input is unused and `allowUnused` is not set.
 */
export function grad(
  outputs: Many<Tensor>,
  inputs: Many<Tensor>,
  { gradOutputs = null, retainGraph, createGraph = false, allowUnused, materializeGrads = false }: GradOptions = {},
): (Tensor | null)[] {
  const roots = list(outputs);
  const leaves = list(inputs);
  if (leaves.length === 0) throw new RuntimeError('grad requires non-empty inputs.');
  if (materializeGrads && allowUnused === false) {
    throw new RuntimeError(
      'Expected allow_unused to be True or not passed when materialize_grads=True, but got: allow_unused=False.',
    );
  }
  const gradients = native.gradients(
    roots.map((root) => root.handle),
    leaves.map((leaf) => leaf.handle),
    rootGradients(roots, gradOutputs === null ? roots.map(() => null) : list(gradOutputs)),
    retainGraph ?? createGraph,
    createGraph,
    allowUnused ?? materializeGrads,
  );
  return gradients.map((gradient, i) => {
    if (gradient !== null) return wrap(gradient);
    return materializeGrads ? (leaves[i] as Tensor).newZeros((leaves[i] as Tensor).shape) : null;
  });
}
