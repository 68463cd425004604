/** Samplers: the order in which a dataset's items are taken. */
import { type ArgumentsOf, signature } from '../arguments';
import { asTensor } from '../creation';
import { float64, int64 } from '../dtype';
import { ValueError } from '../errors';
import { empty, multinomial, randint, randperm } from '../generated/torch';
import { repr } from '../python-repr';
import { Generator } from '../random';
import type { Tensor } from '../tensor';

/** What has a number of items. */
export interface Sized {
  readonly length: number;
}

/**
 * The base class of samplers: an iterable of indices, or of lists of them.
 *
 * @see https://docs.pytorch.org/docs/2.13/data.html#torch.utils.data.Sampler
 */
export abstract class Sampler<T = number> implements Iterable<T> {
  abstract [Symbol.iterator](): Iterator<T>;
}

/** A seed from a generator, or from the default one. */
export function drawSeed(generator: Generator | null): number | bigint {
  return empty([], { dtype: int64 }).random_({ generator }).item<number | bigint>();
}

/**
 * All indices in order.
 *
 * @see https://docs.pytorch.org/docs/2.13/data.html#torch.utils.data.SequentialSampler
 */
export class SequentialSampler extends Sampler {
  constructor(readonly dataSource: Sized) {
    super();
  }

  get length(): number {
    return this.dataSource.length;
  }

  *[Symbol.iterator](): IterableIterator<number> {
    for (let i = 0; i < this.dataSource.length; i++) yield i;
  }
}

const RANDOM = signature('RandomSampler.__init__', 'dataSource', 'replacement?', 'numSamples?', 'generator?').of<
  [dataSource: Sized, replacement?: boolean, numSamples?: number | null, generator?: Generator | null]
>();

/**
 * Indices at random, with or without replacement.
 *
 * @see https://docs.pytorch.org/docs/2.13/data.html#torch.utils.data.RandomSampler
 * @throws TypeError if `replacement` is no boolean; ValueError if there is nothing to draw.
 */
export class RandomSampler extends Sampler {
  readonly dataSource: Sized;
  readonly replacement: boolean;
  readonly generator: Generator | null;
  private readonly count: number | null;

  constructor(...args: ArgumentsOf<typeof RANDOM>) {
    super();
    const [dataSource, replacement = false, numSamples = null, generator = null] = RANDOM.bind(args);
    this.dataSource = dataSource;
    this.replacement = replacement;
    this.count = numSamples;
    this.generator = generator;
    if (typeof replacement !== 'boolean') {
      throw new TypeError(`replacement should be a boolean value, but got replacement=${repr(replacement)}`);
    }
    checkCount(this.numSamples);
  }

  /** How many indices are drawn: by default, as many as there are. */
  get numSamples(): number {
    return this.count ?? this.dataSource.length;
  }

  get length(): number {
    return this.numSamples;
  }

  *[Symbol.iterator](): IterableIterator<number> {
    const size = this.dataSource.length;
    const generator = this.generator ?? new Generator().manualSeed(drawSeed(null));
    const draw = (count: number): number[] =>
      this.replacement
        ? randint(size, [count], { dtype: int64, generator }).tolist<number[]>()
        : randperm(size, { generator }).tolist<number[]>().slice(0, count);
    const atOnce = this.replacement ? 32 : size;
    for (let i = 0; i < Math.floor(this.numSamples / atOnce); i++) yield* draw(atOnce);
    // Drawn even if nothing is left, as PyTorch does: a generator of the user's goes on from there.
    yield* draw(this.numSamples % atOnce);
  }
}

function checkCount(count: unknown): void {
  if (!Number.isSafeInteger(count) || (count as number) <= 0) {
    throw new ValueError(`num_samples should be a positive integer value, but got num_samples=${repr(count)}`);
  }
}

/**
 * The given indices in random order.
 *
 * @see https://docs.pytorch.org/docs/2.13/data.html#torch.utils.data.SubsetRandomSampler
 */
export class SubsetRandomSampler extends Sampler {
  constructor(
    readonly indices: readonly number[],
    readonly generator: Generator | null = null,
  ) {
    super();
  }

  get length(): number {
    return this.indices.length;
  }

  *[Symbol.iterator](): IterableIterator<number> {
    const order = randperm(this.indices.length, { generator: this.generator }).tolist<number[]>();
    for (const i of order) yield this.indices[i] as number;
  }
}

const WEIGHTED = signature('WeightedRandomSampler.__init__', 'weights', 'numSamples', 'replacement?', 'generator?').of<
  [weights: readonly number[] | Tensor, numSamples: number, replacement?: boolean, generator?: Generator | null]
>();

/**
 * Indices drawn with the given weights.
 *
 * @see https://docs.pytorch.org/docs/2.13/data.html#torch.utils.data.WeightedRandomSampler
 * @throws ValueError for arguments of a wrong kind.
 */
export class WeightedRandomSampler extends Sampler {
  readonly weights: Tensor;
  readonly numSamples: number;
  readonly replacement: boolean;
  readonly generator: Generator | null;

  constructor(...args: ArgumentsOf<typeof WEIGHTED>) {
    super();
    const [weights, numSamples, replacement = true, generator = null] = WEIGHTED.bind(args);
    checkCount(numSamples);
    if (typeof replacement !== 'boolean') {
      throw new ValueError(`replacement should be a boolean value, but got replacement=${repr(replacement)}`);
    }
    this.weights = asTensor(weights as number[], { dtype: float64 });
    if (this.weights.dim() !== 1) {
      const shape = repr([...this.weights.shape]);
      throw new ValueError(`weights should be a 1d sequence but given weights have shape ${shape}`);
    }
    this.numSamples = numSamples;
    this.replacement = replacement;
    this.generator = generator;
  }

  get length(): number {
    return this.numSamples;
  }

  [Symbol.iterator](): Iterator<number> {
    const { weights, numSamples, replacement, generator } = this;
    return multinomial(weights, numSamples, replacement, { generator }).tolist<number[]>().values();
  }
}

const BATCH = signature('BatchSampler.__init__', 'sampler', 'batchSize', 'dropLast').of<
  [sampler: Iterable<number>, batchSize: number, dropLast: boolean]
>();

/**
 * Another sampler's indices in lists of one size, but for the last, which may be dropped.
 *
 * @see https://docs.pytorch.org/docs/2.13/data.html#torch.utils.data.BatchSampler
 * @throws ValueError for arguments of a wrong kind.
 */
export class BatchSampler extends Sampler<number[]> {
  readonly sampler: Iterable<number>;
  readonly batchSize: number;
  readonly dropLast: boolean;

  constructor(...args: ArgumentsOf<typeof BATCH>) {
    super();
    const [sampler, batchSize, dropLast] = BATCH.bind(args);
    if (!Number.isSafeInteger(batchSize) || batchSize <= 0) {
      throw new ValueError(`batch_size should be a positive integer value, but got batch_size=${repr(batchSize)}`);
    }
    if (typeof dropLast !== 'boolean') {
      throw new ValueError(`drop_last should be a boolean value, but got drop_last=${repr(dropLast)}`);
    }
    this.sampler = sampler;
    this.batchSize = batchSize;
    this.dropLast = dropLast;
  }

  get length(): number {
    const count = (this.sampler as unknown as Sized).length;
    return this.dropLast ? Math.floor(count / this.batchSize) : Math.ceil(count / this.batchSize);
  }

  *[Symbol.iterator](): IterableIterator<number[]> {
    let batch: number[] = [];
    for (const index of this.sampler) {
      batch.push(index);
      if (batch.length < this.batchSize) continue;
      yield batch;
      batch = [];
    }
    if (batch.length > 0 && !this.dropLast) yield batch;
  }
}
