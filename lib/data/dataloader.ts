/** `DataLoader`: a dataset in batches, in PyTorch's order for the same seed. */
import { type Arguments, Signature } from '../arguments';
import { tensor } from '../creation';
import { int64 } from '../dtype';
import { NotImplementedError, ValueError } from '../errors';
import { native } from '../native';
import { isOptions } from '../ops';
import { repr } from '../python-repr';
import type { Generator } from '../random';
import { Tensor } from '../tensor';
import { type Collated, defaultCollate, defaultConvert } from './collate';
import { type DatasetLike, IterableDataset, itemOf, itemsOf, TensorDataset } from './dataset';
import { BatchSampler, drawSeed, RandomSampler, SequentialSampler, type Sized } from './sampler';

type Positional<T, B> = [
  dataset: DatasetLike<T> | IterableDataset<T>,
  batchSize?: number | null,
  shuffle?: boolean | null,
  sampler?: Iterable<number> | null,
  batchSampler?: Iterable<number[]> | null,
  numWorkers?: number,
  collateFn?: ((items: T[]) => B) | null,
  pinMemory?: boolean,
  dropLast?: boolean,
  generator?: Generator | null,
];

const NAMES = [
  'dataset',
  'batchSize?',
  'shuffle?',
  'sampler?',
  'batchSampler?',
  'numWorkers?',
  'collateFn?',
  'pinMemory?',
  'dropLast?',
  'generator?',
] as const;

const PARAMETERS = new Signature('DataLoader.__init__', NAMES);

/**
 * Goes through a dataset in batches, each time anew, at random if asked for. Items are fetched on the calling thread.
 *
 * @see https://docs.pytorch.org/docs/2.13/data.html#torch.utils.data.DataLoader
 * @throws ValueError for options that exclude each other; NotImplementedError for worker processes.
 */
export class DataLoader<T = unknown, B = Collated<T>> implements Iterable<B> {
  readonly dataset: DatasetLike<T> | IterableDataset<T>;
  readonly batchSize: number | null;
  readonly dropLast: boolean;
  readonly sampler: Iterable<number>;
  readonly batchSampler: Iterable<number[]> | null;
  readonly generator: Generator | null;
  readonly numWorkers: number;
  readonly pinMemory: boolean;
  /** Makes a batch of items. */
  readonly collateFn: (items: T[]) => B;

  constructor(...args: Arguments<Positional<T, B>, typeof NAMES>) {
    const bound = (PARAMETERS as unknown as Signature<Positional<T, B>, typeof NAMES>).bind(args);
    const [dataset, batchSize = 1, shuffle = null, sampler = null, batchSampler = null, numWorkers = 0] = bound;
    const [collateFn = null, pinMemory = false, dropLast = false, generator = null] = bound.slice(6) as [
      (((items: T[]) => B) | null)?,
      boolean?,
      boolean?,
      (Generator | null)?,
    ];
    checkWorkers(numWorkers);
    checkOptions(dataset instanceof IterableDataset, { batchSize, shuffle, sampler, batchSampler, dropLast });
    this.dataset = dataset;
    this.batchSize = batchSampler === null ? batchSize : null;
    this.dropLast = dropLast;
    this.sampler = sampler ?? samplerOf(dataset, shuffle ?? false, generator);
    this.batchSampler =
      this.batchSize === null ? batchSampler : new BatchSampler(this.sampler, this.batchSize, dropLast);
    this.generator = generator;
    this.numWorkers = numWorkers;
    this.pinMemory = pinMemory;
    const collate: unknown = this.batchSampler === null ? defaultConvert : defaultCollate;
    this.collateFn = collateFn ?? (collate as (items: T[]) => B);
  }

  /** The number of batches. */
  get length(): number {
    const isStream = this.dataset instanceof IterableDataset;
    const { length } = (isStream ? this.dataset : (this.batchSampler ?? this.sampler)) as unknown as Sized;
    if (!isStream) return length;
    if (this.batchSize === null) return length;
    return this.dropLast ? Math.floor(length / this.batchSize) : Math.ceil(length / this.batchSize);
  }

  [Symbol.iterator](): IterableIterator<B> {
    const indices = (this.batchSampler ?? this.sampler)[Symbol.iterator]();
    // PyTorch draws a seed for its workers with every pass, whether there are any or not.
    drawSeed(this.generator);
    return this.dataset instanceof IterableDataset
      ? this.batchesOfStream(this.dataset, indices)
      : this.batchesOfItems(this.dataset, indices);
  }

  private *batchesOfItems(dataset: DatasetLike<T>, indices: Iterator<number | number[]>): IterableIterator<B> {
    for (let next = indices.next(); !next.done; next = indices.next()) {
      const index = next.value;
      yield this.finished(Array.isArray(index) ? this.batchOf(dataset, index) : this.convert(itemOf(dataset, index)));
    }
  }

  private batchOf(dataset: DatasetLike<T>, indices: number[]): B {
    // What stacking the items would give, in one call for each tensor.
    const plain = dataset.constructor === TensorDataset && (this.collateFn as unknown) === defaultCollate;
    if (!plain) return this.collateFn(itemsOf(dataset, indices));
    const index = tensor(indices, { dtype: int64 });
    return (dataset as unknown as TensorDataset).tensors.map((one) => one.indexSelect(0, index)) as B;
  }

  private *batchesOfStream(dataset: IterableDataset<T>, indices: Iterator<number | number[]>): IterableIterator<B> {
    const items = dataset[Symbol.iterator]();
    for (;;) {
      const wanted = indices.next();
      if (wanted.done) return;
      if (!Array.isArray(wanted.value)) {
        const item = items.next();
        if (item.done) return;
        yield this.finished(this.convert(item.value));
        continue;
      }
      const batch: T[] = [];
      for (let i = 0; i < wanted.value.length; i++) {
        const item = items.next();
        if (item.done) break;
        batch.push(item.value);
      }
      if (batch.length === 0 || (this.dropLast && batch.length < wanted.value.length)) return;
      yield this.finished(this.collateFn(batch));
    }
  }

  private convert(item: T): B {
    return this.collateFn(item as unknown as T[]);
  }

  private finished(batch: B): B {
    return this.pinMemory && native.accelerator() !== null ? (pinned(batch) as B) : batch;
  }
}

/** Endless: how long a stream of items is, only the stream knows. */
class EndlessSampler implements Iterable<number> {
  *[Symbol.iterator](): IterableIterator<number> {
    for (;;) yield 0;
  }
}

function samplerOf<T>(
  dataset: DatasetLike<T> | IterableDataset<T>,
  shuffle: boolean,
  generator: Generator | null,
): Iterable<number> {
  if (dataset instanceof IterableDataset) return new EndlessSampler();
  return shuffle ? new RandomSampler(dataset, { generator }) : new SequentialSampler(dataset);
}

function checkWorkers(numWorkers: number): void {
  if (numWorkers < 0) {
    throw new ValueError('num_workers option should be non-negative; use num_workers=0 to disable multiprocessing.');
  }
  if (numWorkers > 0) {
    throw new NotImplementedError('tsorch has no worker processes for data: leave numWorkers out, or pass 0');
  }
}

interface Options {
  batchSize: number | null;
  shuffle: boolean | null;
  sampler: unknown;
  batchSampler: unknown;
  dropLast: boolean;
}

function checkOptions(isStream: boolean, { batchSize, shuffle, sampler, batchSampler, dropLast }: Options): void {
  if (isStream) {
    const given = Object.entries({ shuffle: shuffle || null, sampler, batch_sampler: batchSampler });
    const wrong = given.find(([, value]) => value !== null);
    if (wrong !== undefined) {
      throw new ValueError(
        `DataLoader with IterableDataset: expected unspecified ${wrong[0]} option, but got ${wrong[0]}=${repr(wrong[1])}`,
      );
    }
  }
  if (sampler !== null && shuffle) throw new ValueError('sampler option is mutually exclusive with shuffle');
  if (batchSampler !== null) {
    if (batchSize !== 1 || shuffle || sampler !== null || dropLast) {
      throw new ValueError(
        'batch_sampler option is mutually exclusive with batch_size, shuffle, sampler, and drop_last',
      );
    }
  } else if (batchSize === null && dropLast) {
    throw new ValueError('batch_size=None option disables auto-batching and is mutually exclusive with drop_last');
  }
}

/** The tensors of a batch in page-locked memory. */
function pinned(data: unknown): unknown {
  if (data instanceof Tensor) return data.pinMemory();
  if (Array.isArray(data)) return data.map(pinned);
  if (data instanceof Map) return new Map([...data].map(([key, value]) => [key, pinned(value)]));
  return isOptions(data) ? Object.fromEntries(Object.entries(data).map(([key, value]) => [key, pinned(value)])) : data;
}
