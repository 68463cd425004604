/** Copies values with all that they hold: Python's `copy.deepcopy`. */
import { NativeObject } from './handle';

/** The copies made so far, by what they are copies of. */
export type Copies = Map<object, unknown>;

/** The name of the method that copies an object its own way: Python's `__deepcopy__`. */
export const DEEPCOPY: unique symbol = Symbol('tsorch.deepcopy');

/** An object that knows how to be copied. It notes its copy in `copies` before it copies what could refer to it. */
interface Copyable {
  [DEEPCOPY](copies: Copies): unknown;
}

/**
 * A copy of a value and of all that it holds: arrays, maps, sets, plain objects and instances of classes, tensors,
 * parameters and modules. What is held twice is copied once, tensors that share memory do so in the copy, and
 * functions are no more copied than in Python. An instance of a class with `#private` members cannot be told from
 * outside: its copy lacks them, unless the class has a method `[deepcopy.method](copies)`.
 *
 * @param value What to copy.
 * @param copies Copies to use for what they are copies of; those made are added.
 * @see https://docs.python.org/3/library/copy.html#copy.deepcopy
 * @throws RuntimeError for a tensor that an operation made which autograd has recorded.
 */
export function deepcopy<T>(value: T, copies: Copies = new Map()): T {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return value;
  if (copies.has(value)) return copies.get(value) as T;
  if (DEEPCOPY in value) {
    const copy = (value as T & Copyable)[DEEPCOPY](copies);
    copies.set(value, copy);
    return copy as T;
  }
  // Dtypes, devices and the like never change.
  if (typeof value === 'function' || value instanceof NativeObject) return value;
  return copyObject(value, copies) as T;
}

/** The name of the method by which a class copies its instances itself. */
deepcopy.method = DEEPCOPY;

function copyObject(value: object, copies: Copies): object {
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer || value instanceof Date) {
    const copy = structuredClone(value);
    copies.set(value, copy);
    return copy;
  }
  const copy = emptyLike(value);
  copies.set(value, copy);
  if (value instanceof Map) {
    for (const [key, item] of value) (copy as typeof value).set(deepcopy(key, copies), deepcopy(item, copies));
  } else if (value instanceof Set) {
    for (const item of value) (copy as typeof value).add(deepcopy(item, copies));
  }
  copyProperties(value, copy, copies);
  return copy;
}

function emptyLike(value: object): object {
  const prototype = Object.getPrototypeOf(value);
  for (const Base of [Array, Map, Set, Error] as (new () => object)[]) {
    if (value instanceof Base) return Object.setPrototypeOf(new Base(), prototype);
  }
  return Object.create(prototype);
}

/** Copies the own properties of an object, except some. */
export function copyProperties(from: object, to: object, copies: Copies, except: readonly PropertyKey[] = []): void {
  for (const key of Reflect.ownKeys(from)) {
    if (except.includes(key)) continue;
    const descriptor = Reflect.getOwnPropertyDescriptor(from, key) as PropertyDescriptor;
    if ('value' in descriptor) descriptor.value = deepcopy(descriptor.value, copies);
    Object.defineProperty(to, key, descriptor);
  }
}
