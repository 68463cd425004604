/** Frees the tensors that a function made when it ends: `torch.tidy` and `torch.keep`. */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { Tensor } from '../tensor';

/** The tensors made during one `tidy`. */
interface Scope {
  readonly tensors: Set<Tensor>;
  readonly outer: Scope | undefined;
  /** Asynchronous work that outlives its `tidy` still finds its scope, and must not fill it for ever. */
  isOpen: boolean;
}

const scopes = new AsyncLocalStorage<Scope>();
let open = 0;

/** The innermost scope of this asynchronous context that has not ended. */
function current(): Scope | undefined {
  if (open === 0) return undefined;
  let scope = scopes.getStore();
  while (scope !== undefined && !scope.isOpen) scope = scope.outer;
  return scope;
}

/** @internal Notes a new tensor in the innermost scope of this asynchronous context. */
export function track(tensor: Tensor): void {
  if (open > 0) current()?.tensors.add(tensor);
}

/** What a value holds directly. Getters and other objects' iterators are the user's code, with effects: they are not run. */
function* contents(value: object): Iterable<unknown> {
  if (ArrayBuffer.isView(value)) return;
  if (Array.isArray(value) || value instanceof Set) yield* value;
  else if (value instanceof Map) for (const entry of value) yield* entry;
  else for (const key of Object.getOwnPropertyNames(value)) yield Object.getOwnPropertyDescriptor(value, key)?.value;
}

/** Calls back for every tensor in a value, at any depth. */
function eachTensor(value: unknown, visit: (tensor: Tensor) => void): void {
  const seen = new Set<object>();
  const left = [value];
  while (left.length > 0) {
    const item = left.pop();
    if ((typeof item !== 'object' && typeof item !== 'function') || item === null || seen.has(item)) continue;
    seen.add(item);
    if (isTensor(item)) visit(item);
    for (const content of contents(item)) {
      if (typeof content === 'object' || typeof content === 'function') left.push(content);
    }
  }
}

/** Tensors are known by what this module needs of them: it lies below theirs. */
function isTensor(value: object): value is Tensor {
  return 'handle' in value && 'isDisposed' in value;
}

function close(scope: Scope, result: unknown): void {
  open--;
  scope.isOpen = false;
  eachTensor(result, (tensor) => {
    if (!scope.tensors.delete(tensor)) return;
    let { outer } = scope;
    while (outer !== undefined && !outer.isOpen) outer = outer.outer;
    outer?.tensors.add(tensor);
  });
  for (const tensor of scope.tensors) tensor.dispose();
  scope.tensors.clear();
}

/**
 * Runs a function and then disposes of every tensor that it made, except those in what it returns (at any depth of
 * arrays, maps, objects and modules) and those given to `keep`. An asynchronous function is followed across its awaits:
 * concurrent ones do not see each other's tensors. No method of PyTorch: Python frees by reference counts.
 *
 * Tensors are freed without it too, when JavaScript's garbage collector finds them; `tidy` does it at once.
 */
export function tidy<T>(body: () => T): T {
  const scope: Scope = { tensors: new Set(), outer: scopes.getStore(), isOpen: true };
  open++;
  let result: T;
  try {
    result = scopes.run(scope, body);
  } catch (error) {
    close(scope, undefined);
    throw error;
  }
  if (result instanceof Promise) {
    return result.then(
      (value) => {
        close(scope, value);
        return value;
      },
      (error) => {
        close(scope, undefined);
        throw error;
      },
    ) as T;
  }
  close(scope, result);
  return result;
}

/** Keeps a tensor, or all those in a value, beyond every `tidy` that runs now, and returns the value. */
export function keep<T>(value: T): T {
  if (open === 0) return value;
  eachTensor(value, (tensor) => {
    for (let scope = scopes.getStore(); scope !== undefined; scope = scope.outer) scope.tensors.delete(tensor);
  });
  return value;
}
