/** Datasets: items by their index, or one after the other. */
import { python } from '../arguments';
import { AssertionError, NotImplementedError, ValueError } from '../errors';
import { randperm } from '../generated/torch';
import { defaultGenerator } from '../random';
import type { Tensor } from '../tensor';
import type { Generator } from '../types';

/**
 * Items by their index: Python's `__getitem__` is `get`, `__len__` is `length`.
 *
 * @see https://docs.pytorch.org/docs/2.13/data.html#torch.utils.data.Dataset
 */
export abstract class Dataset<T = unknown> {
  /** The number of items. */
  abstract get length(): number;

  /** The item at an index. */
  get(_index: number): T {
    throw new NotImplementedError('Subclasses of Dataset should implement __getitem__.');
  }

  /** The items at several indices at once, where that is cheaper: Python's `__getitems__`. */
  getItems?(indices: readonly number[]): T[];
}

/**
 * Items one after the other: a subclass has `[Symbol.iterator]`.
 *
 * @see https://docs.pytorch.org/docs/2.13/data.html#torch.utils.data.IterableDataset
 */
export abstract class IterableDataset<T = unknown> implements Iterable<T> {
  abstract [Symbol.iterator](): Iterator<T>;
}

/** What serves as a dataset: one, what has `get` and `length`, or a plain array. */
export type DatasetLike<T> =
  | readonly T[]
  | { readonly length: number; get(index: number): T; getItems?(indices: readonly number[]): T[] };

/** The item of a dataset at an index. */
export function itemOf<T>(dataset: DatasetLike<T>, index: number): T {
  return isArray(dataset) ? (dataset[index] as T) : dataset.get(index);
}

/** The items of a dataset at several indices. */
export function itemsOf<T>(dataset: DatasetLike<T>, indices: readonly number[]): T[] {
  if (!isArray(dataset) && dataset.getItems !== undefined) return dataset.getItems(indices);
  return indices.map((index) => itemOf(dataset, index));
}

function isArray<T>(dataset: DatasetLike<T>): dataset is readonly T[] {
  return Array.isArray(dataset);
}

/**
 * Tensors with one size in common: item i holds the i-th element of each.
 *
 * @see https://docs.pytorch.org/docs/2.13/data.html#torch.utils.data.TensorDataset
 * @throws AssertionError if the first sizes differ.
 */
export class TensorDataset<T extends Tensor[] = Tensor[]> extends Dataset<T> {
  readonly tensors: T;

  constructor(...tensors: T) {
    super();
    if (tensors.some((tensor) => tensor.size(0) !== tensors[0]?.size(0))) {
      throw new AssertionError('Size mismatch between tensors');
    }
    this.tensors = tensors;
  }

  get length(): number {
    return (this.tensors[0] as Tensor).size(0);
  }

  override get(index: number): T {
    return this.tensors.map((tensor) => tensor.at(index)) as T;
  }
}

/**
 * Some of a dataset's items.
 *
 * @see https://docs.pytorch.org/docs/2.13/data.html#torch.utils.data.Subset
 */
export class Subset<T = unknown> extends Dataset<T> {
  constructor(
    readonly dataset: DatasetLike<T>,
    /** The items' indices in the dataset. */
    readonly indices: readonly number[],
  ) {
    super();
  }

  get length(): number {
    return this.indices.length;
  }

  override get(index: number): T {
    return itemOf(this.dataset, this.indices[index] as number);
  }

  override getItems(indices: readonly number[]): T[] {
    return itemsOf(
      this.dataset,
      indices.map((index) => this.indices[index] as number),
    );
  }
}

/** Whole lengths of the fractions of a dataset; what is left goes to the first ones, one by one. */
function lengthsOf(fractions: readonly number[], total: number): number[] {
  const lengths = fractions.map((fraction, i) => {
    if (fraction < 0 || fraction > 1) throw new ValueError(`Fraction at index ${i} is not between 0 and 1`);
    return Math.floor(total * fraction);
  });
  const left = total - sum(lengths);
  for (let i = 0; i < left; i++) (lengths[i % lengths.length] as number) += 1;
  lengths.forEach((length, i) => {
    if (length === 0) {
      process.emitWarning(`Length of split at index ${i} is 0. This might result in an empty dataset.`);
    }
  });
  return lengths;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

/**
 * Splits a dataset at random into subsets of the given lengths, or fractions of 1.
 *
 * @see https://docs.pytorch.org/docs/2.13/data.html#torch.utils.data.random_split
 * @throws ValueError if the lengths do not add up.
 */
export const randomSplit = python(
  'random_split',
  ['dataset', 'lengths', 'generator?'],
  <T>(dataset: DatasetLike<T>, lengths: readonly number[], generator: Generator | null = defaultGenerator) => {
    const total = sum(lengths);
    const areFractions = Math.abs(total - 1) <= 1e-9 && total <= 1;
    const sizes = areFractions ? lengthsOf(lengths, dataset.length) : lengths;
    if (sum(sizes) !== dataset.length) {
      throw new ValueError('Sum of input lengths does not equal the length of the input dataset!');
    }
    const order = randperm(sum(sizes), { generator }).tolist<number[]>();
    let start = 0;
    return sizes.map((size) => {
      start += size;
      return new Subset<T>(dataset, order.slice(start - size, start));
    });
  },
) as {
  <T>(dataset: DatasetLike<T>, lengths: readonly number[], generator?: Generator | null): Subset<T>[];
  <T>(dataset: DatasetLike<T>, lengths: readonly number[], options: { generator?: Generator | null }): Subset<T>[];
};
