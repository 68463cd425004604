/** Runs backward passes: `torch.autograd.backward` and `torch.autograd.grad`. */
import { python } from '../arguments';
import { NotImplementedError, RuntimeError, ValueError } from '../errors';
import { zerosLike } from '../generated/torch';
import { type Handle, native } from '../native';
import { wrap } from '../ops';
import type { Tensor } from '../tensor';

/** One or several. */
export type Many<T> = T | readonly T[];

function list<T>(values: Many<T>): readonly T[] {
  return Array.isArray(values) ? values : [values as T];
}

/** A gradient for every root, checked; null for a scalar's implicit 1. Python's `_make_grads`. */
function rootGradients(roots: readonly Tensor[], gradients: readonly (Tensor | null)[]): (Handle | null)[] {
  if (gradients.length !== roots.length) {
    throw new RuntimeError(`got ${roots.length} tensors and ${gradients.length} gradients`);
  }
  return roots.map((root, i) => {
    const gradient = gradients[i] as Tensor | null;
    if (gradient === null) return null;
    if (String(gradient.shape) !== String(root.shape)) {
      throw new RuntimeError(
        `Mismatch in shape: grad_output[${i}] has a shape of ${gradient.shape} and output[${i}] has a shape of ${root.shape}.`,
      );
    }
    if (gradient.dtype.isComplex !== root.dtype.isComplex) {
      throw new RuntimeError(
        `For complex Tensors, both grad_output and output are required to have the same dtype. Mismatch in dtype: grad_output[${i}] has a dtype of ${gradient.dtype} and output[${i}] has a dtype of ${root.dtype}.`,
      );
    }
    return gradient.handle;
  });
}

/**
 * Adds to `grad` of every leaf (or of `inputs`) the derivative of the sum of the tensors. The graph stays for another
 * pass if `retainGraph` says so, by default as `createGraph`, which records the pass itself.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.autograd.backward.html
 * @throws RuntimeError if a tensor has no graph, or has not one element and no gradient is given.
 */
export const backward = python(
  'backward',
  ['tensors', 'gradTensors?', 'retainGraph?', 'createGraph?', 'inputs?'],
  (
    tensors: Many<Tensor>,
    gradTensors: Many<Tensor | null> | null = null,
    retainGraph: boolean | null = null,
    createGraph = false,
    inputs: Many<Tensor> | null = null,
  ): void => {
    const roots = list(tensors);
    const leaves = inputs === null ? [] : list(inputs);
    if (inputs !== null && leaves.length === 0) {
      throw new RuntimeError('`inputs` argument to `backward()` cannot be empty.');
    }
    const gradients = gradTensors === null ? roots.map(() => null) : list(gradTensors);
    native.backward(
      roots.map((root) => root.handle),
      rootGradients(roots, gradients),
      retainGraph ?? createGraph,
      createGraph,
      leaves.map((leaf) => leaf.handle),
    );
  },
);

const gradientsOf = python(
  'grad',
  [
    'outputs',
    'inputs',
    'gradOutputs?',
    'retainGraph?',
    'createGraph?',
    'onlyInputs?',
    'allowUnused?',
    'isGradsBatched?',
    'materializeGrads?',
  ],
  (
    outputs: Many<Tensor>,
    inputs: Many<Tensor>,
    gradOutputs: Many<Tensor | null> | null = null,
    retainGraph: boolean | null = null,
    createGraph = false,
    _onlyInputs = true,
    allowUnused: boolean | null = null,
    isGradsBatched = false,
    materializeGrads = false,
  ): (Tensor | null)[] => {
    if (materializeGrads && allowUnused === false) {
      throw new ValueError(
        'Expected allow_unused to be True or not passed when materialize_grads=True, but got: allow_unused=False.',
      );
    }
    if (isGradsBatched)
      throw new NotImplementedError('grad() with isGradsBatched needs vmap, which tsorch does not have');
    const roots = list(outputs);
    const leaves = list(inputs);
    if (leaves.length === 0) throw new RuntimeError('`inputs` argument to `grad()` cannot be empty.');
    const gradients = native.gradients(
      roots.map((root) => root.handle),
      leaves.map((leaf) => leaf.handle),
      rootGradients(roots, gradOutputs === null ? roots.map(() => null) : list(gradOutputs)),
      retainGraph ?? createGraph,
      createGraph,
      true,
    );
    return gradients.map((gradient, i) => {
      if (gradient !== null) return wrap(gradient);
      if (materializeGrads) return zerosLike(leaves[i] as Tensor);
      if (allowUnused) return null;
      throw new RuntimeError(
        `The differentiated Tensor at index ${i} appears to not have been used in the graph. Set allow_unused=True if this is the desired behavior.`,
      );
    });
  },
);

/** `torch.autograd.grad` where inputs may be unused, and their gradients null. */
type UnusedAllowed = (
  outputs: Many<Tensor>,
  inputs: Many<Tensor>,
  options: {
    allowUnused: true;
    gradOutputs?: Many<Tensor | null> | null;
    retainGraph?: boolean | null;
    createGraph?: boolean;
    isGradsBatched?: boolean;
    materializeGrads?: false;
  },
) => (Tensor | null)[];

/**
 * The gradients of the sum of the outputs with respect to the inputs, one for each. An input that the outputs do not
 * depend on throws, gives null with `allowUnused`, or zeros with `materializeGrads`.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.autograd.grad.html
 * @throws RuntimeError if an output has no graph, or an input is unused and `allowUnused` is not set.
 */
export const grad = gradientsOf as UnusedAllowed & ((...args: Parameters<typeof gradientsOf>) => Tensor[]);
