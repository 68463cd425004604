/** What may stand between an index's brackets, and how each form becomes one that LibTorch knows. */
import { Complex } from '../complex';
import { bool, int64 } from '../dtype';
import { ValueError } from '../errors';
import { native } from '../native';
import { isTensor, wrap } from '../ops';
import type { Tensor } from '../tensor';
import { parseSlice, Slice, type SliceString } from './slice';

/** Arrays of whole numbers. */
type IntArray = Int8Array | Uint8Array | Int16Array | Uint16Array | Int32Array | Uint32Array | BigInt64Array;

/**
 * One item of an index: a whole number, a slice (an object or a string), `'...'`, null for a new dimension, a boolean,
 * a tensor of integers or booleans, or a list of whole numbers, which select, or of booleans, which mask. A lone list of
 * other items is the index itself, as in Python.
 */
export type IndexItem =
  | number
  | bigint
  | boolean
  | null
  | '...'
  | SliceString
  | Slice
  | Tensor
  | IntArray
  | readonly IndexItem[];

/** An item after reading: strings are slices but for `'...'`, lists are tensors. */
export type Item = number | bigint | boolean | null | '...' | Slice | Tensor;

/** Reads an item of an index of `self`, on whose device lists become tensors. */
export function readItem(item: unknown, self: Tensor): Item {
  switch (typeof item) {
    case 'number':
      if (!Number.isSafeInteger(item)) break;
      return item;
    case 'bigint':
      return inRange(item);
    case 'boolean':
      return item;
    case 'string':
      return item === '...' ? item : parseSlice(item);
    case 'object':
      if (item === null || item instanceof Slice || isTensor(item)) return item;
      if (Array.isArray(item)) return listTensor(item, self);
      if (ArrayBuffer.isView(item) && !(item instanceof DataView)) return listTensor([...(item as IntArray)], self);
  }
  throw new RangeError(
    `only integers, slices (\`:\`), ellipsis (\`...\`), None and long or byte Variables are valid indices (got ${pythonTypeName(item)})`,
  );
}

/** The number itself; throws a ValueError if it is no int64. */
export function inRange(item: bigint): bigint {
  if (BigInt.asIntN(64, item) !== item) throw new ValueError('Overflow when unpacking long long');
  return item;
}

/** Python's name for the type of a value. */
export function pythonTypeName(value: unknown): string {
  if (value === null) return 'NoneType';
  if (Array.isArray(value)) return 'list';
  if (value instanceof Complex) return 'complex';
  switch (typeof value) {
    case 'number':
      return Number.isSafeInteger(value) ? 'int' : 'float';
    case 'bigint':
      return 'int';
    case 'boolean':
      return 'bool';
    case 'string':
      return 'str';
    case 'object': {
      const name = Object.getPrototypeOf(value)?.constructor?.name ?? 'Object';
      return name === 'Object' ? 'dict' : name;
    }
    default:
      return typeof value;
  }
}

/**
 * The items of an index that is one list, where PyTorch, as NumPy once did, takes the list for the index itself: if it
 * is short and holds lists, tensors, slices, null or `'...'`.
 */
export function unpack(items: readonly unknown[]): readonly unknown[] {
  const [list] = items;
  if (items.length !== 1 || !Array.isArray(list) || list.length >= 32) return items;
  return list.some((item) => item === null || typeof item === 'object' || typeof item === 'string') ? list : items;
}

type Leaf = number | bigint | boolean;

/** A tensor of a list's elements: bool if all of them are booleans, else int64. */
function listTensor(list: readonly unknown[], self: Tensor): Tensor {
  const sizes: number[] = [];
  for (let inner: unknown = list; Array.isArray(inner); inner = inner[0]) sizes.push(inner.length);
  const leaves: Leaf[] = [];
  collect(list, sizes, 0, leaves);
  const mask = leaves.length > 0 && leaves.every((leaf) => typeof leaf === 'boolean');
  const memory = mask ? Uint8Array.from(leaves, Number) : BigInt64Array.from(leaves, toInt);
  const flat = wrap(native.fromMemory(memory, (mask ? bool : int64).handle, 0, leaves.length));
  const shaped = sizes.length === 1 ? flat : flat.view(sizes);
  return self.device.type === 'cpu' ? shaped : shaped.to(self.device);
}

/** As Python's `int`: fractions are cut off. */
function toInt(leaf: Leaf): bigint {
  return BigInt(typeof leaf === 'number' ? Math.trunc(leaf) : leaf);
}

function collect(list: readonly unknown[], sizes: readonly number[], dim: number, leaves: Leaf[]): void {
  const size = sizes[dim] as number;
  if (list.length !== size)
    throw new ValueError(`expected sequence of length ${size} at dim ${dim} (got ${list.length})`);
  for (const element of list) {
    const value = isTensor(element) ? element.item<Leaf | Complex>() : element;
    if (dim + 1 < sizes.length) {
      if (!Array.isArray(value)) throw new TypeError(`object of type '${pythonTypeName(value)}' has no len()`);
      collect(value, sizes, dim + 1, leaves);
    } else if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean') {
      leaves.push(value);
    } else {
      throw new TypeError(`an index that is a list holds whole numbers or booleans, not ${pythonTypeName(value)}`);
    }
  }
}
