/** Python's values that JavaScript has no class for. */
import { inspect } from 'node:util';

/**
 * Python's tuple: an array that is saved as a tuple again. Plain arrays are saved as lists.
 *
 * @example torch.serialization.Tuple.of(0.9, 0.999)
 */
export class Tuple<T = unknown> extends Array<T> {
  // What is made of a tuple by `map` and the like is an array.
  static override get [Symbol.species](): ArrayConstructor {
    return Array;
  }

  /** A tuple of a list's elements, however many. */
  static ofList<T>(list: ArrayLike<T>): Tuple<T> {
    const tuple = new Tuple<T>(list.length);
    for (let i = 0; i < list.length; i++) tuple[i] = list[i] as T;
    return tuple;
  }
}

/** Python's `collections.Counter`: how often each key was seen. */
export class Counter<K = unknown> extends Map<K, number> {}

/** @internal A dictionary while it is read: what it becomes depends on its keys, which come last. */
export class PickledDict extends Map<unknown, unknown> {
  /** What Python's object has besides its entries. */
  attributes: PickledDict | null = null;

  constructor(readonly kind: 'dict' | 'OrderedDict' | 'Counter') {
    super();
  }
}

/** @internal A number that is written as a float even if it is whole. */
export class PickledFloat {
  constructor(readonly value: number) {}
}

/** @internal What stands for a value in a sentence about it. */
export function described(value: unknown): string {
  if (typeof value === 'object' && value !== null) {
    const name = value.constructor?.name;
    return name === undefined || name === 'Object' ? 'an object' : `an object of class ${name}`;
  }
  return typeof value === 'function' ? `the function ${value.name || '(anonymous)'}` : inspect(value);
}
