/** Hooks on tensors and nodes: functions that see gradients while a backward pass runs. */
import { RuntimeError } from '../errors';
import { type Handle, native, type OptionalHandles } from '../native';
import { isTensor, wrap } from '../ops';
import { typename } from '../python-repr';
import { RemovableHandle } from '../removable-handle';
import type { Tensor } from '../tensor';

/** What a hook may return for a gradient: another one, or nothing. */
export type Replacement = Tensor | null | undefined;

/** Sees the gradient of a tensor, null where none was computed, and may return another. */
export type TensorHook = (grad: Tensor) => Replacement;

/** The gradients of a node's inputs or outputs, null where there is none. */
export type NodeGradients = (Tensor | null)[];

/** What a hook of a node may return: as many gradients as it was shown, or nothing. */
export type NodeReplacement = readonly (Tensor | null)[] | null | undefined;

/** Sees the gradients that a node is about to be given, and may return others. */
export type NodePrehook = (gradOutputs: NodeGradients) => NodeReplacement;

/** Sees the gradients that a node has made, and those it was given, and may return others in place of the former. */
export type NodeHook = (gradInputs: NodeGradients, gradOutputs: NodeGradients) => NodeReplacement;

/** What a function is called in error sentences. */
function nameOf(hook: unknown): string {
  if (typeof hook !== 'function') throw new TypeError(`expected a function as hook, got ${typeof hook}`);
  return hook.name || '<unknown>';
}

// Note [Hooks of tensors]
// A graph holds a tensor's hook strongly until a backward pass has gone through that does not retain the graph, and
// weakly from then on: see Note [Functions in graphs] in binding/held_function.h. As long as the tensor's object lives,
// it holds the hook too, so that the hook runs in passes to come.
const held = new WeakMap<Tensor, Set<object>>();

/** Makes the tensor's object hold the function that the graph was given, until the hook is removed. */
function holding(tensor: Tensor, run: object, hook: Handle): RemovableHandle {
  const functions = held.get(tensor) ?? new Set();
  held.set(tensor, functions.add(run));
  return new RemovableHandle(() => {
    native.removeHook(hook);
    functions.delete(run);
  });
}

function removable(hook: Handle): RemovableHandle {
  return new RemovableHandle(() => native.removeHook(hook));
}

function handleOf(gradient: unknown): Handle | null {
  if (gradient === null || gradient === undefined) return null;
  if (isTensor(gradient)) return gradient.handle;
  throw new TypeError(`expected Variable, but hook returned '${typename(gradient)}'`);
}

/** @internal Null for undefined gradients. */
export function wrapAll(handles: OptionalHandles): NodeGradients {
  return handles.map((handle) => handle && wrap(handle));
}

/** What a hook of a node has returned in place of so many gradients. */
function replacements(returned: unknown, count: number, name: string): OptionalHandles | null {
  if (returned === null || returned === undefined) return null;
  if (!Array.isArray(returned))
    throw new TypeError(`expected tuple, but hook returned '${isTensor(returned) ? 'Tensor' : typename(returned)}'`);
  if (returned.length !== count) {
    throw new RuntimeError(
      `hook '${name}' has returned an incorrect number of values (got ${returned.length}, but expected ${count})`,
    );
  }
  return returned.map(handleOf);
}

/** What a hook of a tensor is called in error sentences. A tensor that is disposed says so before anything else. */
function nameFor(tensor: Tensor, hook: unknown): string {
  native.version(tensor.handle);
  return nameOf(hook);
}

/** @internal `Tensor.registerHook`. */
export function registerTensorHook(tensor: Tensor, hook: TensorHook): RemovableHandle {
  const run = (gradient: Handle | null) => handleOf(hook((gradient && wrap(gradient)) as Tensor));
  return holding(tensor, run, native.registerHook(tensor.handle, run, nameFor(tensor, hook)));
}

/** @internal `Tensor.registerPostAccumulateGradHook`. */
export function registerAccumulatedHook(tensor: Tensor, hook: (tensor: Tensor) => void): RemovableHandle {
  // The hook is shown the object on which it was registered, but must not keep it alive.
  const known = new WeakRef(tensor);
  const run = (handle: Handle): void => {
    handleOf(hook(known.deref() ?? wrap(handle)));
  };
  return holding(tensor, run, native.registerPostAccumulateGradHook(tensor.handle, run, nameFor(tensor, hook)));
}

/** @internal `Node.registerPrehook`. */
export function registerNodePrehook(node: Handle, hook: NodePrehook): RemovableHandle {
  const name = nameOf(hook);
  const run = (given: OptionalHandles) => replacements(hook(wrapAll(given)), given.length, name);
  return removable(native.registerNodePrehook(node, run, name));
}

/** @internal `Node.registerHook`. */
export function registerNodeHook(node: Handle, hook: NodeHook): RemovableHandle {
  const name = nameOf(hook);
  const run = (made: OptionalHandles, given: OptionalHandles) =>
    replacements(hook(wrapAll(made), wrapAll(given)), made.length, name);
  return removable(native.registerNodeHook(node, run, name));
}
