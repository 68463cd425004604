/** Frees the tensors that a function made when it ends: `torch.tidy` and `torch.keep`. */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { Tensor } from '../tensor';

const scopes = new AsyncLocalStorage<Set<Tensor>>();
let open = 0;

/** @internal Notes a new tensor in the innermost scope of this asynchronous context. */
export function track(tensor: Tensor): void {
  if (open > 0) scopes.getStore()?.add(tensor);
}

/** Takes the tensors in a value, at any depth of arrays, maps, sets and plain objects, out of the scope. */
function release(value: unknown, from: Set<Tensor>, to: Set<Tensor> | undefined, seen: Set<unknown>): void {
  if (typeof value !== 'object' && typeof value !== 'function') return;
  if (value === null || seen.has(value)) return;
  seen.add(value);
  if (from.delete(value as Tensor)) {
    to?.add(value as Tensor);
    return;
  }
  if (value instanceof Map) for (const entry of value) release(entry, from, to, seen);
  else if (Symbol.iterator in value && !('handle' in value))
    for (const item of value as Iterable<unknown>) release(item, from, to, seen);
  else if (!('handle' in value)) for (const item of Object.values(value)) release(item, from, to, seen);
}

function close(made: Set<Tensor>, result: unknown, outer: Set<Tensor> | undefined): void {
  open--;
  release(result, made, outer, new Set());
  for (const tensor of made) tensor.dispose();
}

/**
 * Runs a function and then disposes of every tensor that it made, except those in what it returns (at any depth of
 * arrays, maps, plain objects and modules) and those given to `keep`. An asynchronous function is followed across its
 * awaits: concurrent ones do not see each other's tensors. No method of PyTorch: Python frees by reference counts.
 *
 * Tensors are freed without it too, when JavaScript's garbage collector finds them; `tidy` does it at once.
 */
export function tidy<T>(body: () => T): T {
  const outer = scopes.getStore();
  const made = new Set<Tensor>();
  open++;
  let result: T;
  try {
    result = scopes.run(made, body);
  } catch (error) {
    close(made, undefined, outer);
    throw error;
  }
  if (result instanceof Promise) {
    return result.then(
      (value) => {
        close(made, value, outer);
        return value;
      },
      (error) => {
        close(made, undefined, outer);
        throw error;
      },
    ) as T;
  }
  close(made, result, outer);
  return result;
}

/** Keeps a tensor beyond the `tidy` in which it was made, and returns it. */
export function keep<T extends Tensor>(tensor: T): T {
  if (open > 0) scopes.getStore()?.delete(tensor);
  return tensor;
}
