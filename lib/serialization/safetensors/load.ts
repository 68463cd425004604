/** Loads safetensors files. */
import { device as deviceOf } from '../../device';
import type { Tensor } from '../../tensor';
import type { DeviceLike } from '../../types';
import { type Progress, reporter } from '../progress';
import { rangeReader } from '../ranges';
import { type Reading, readLater, readNow, Source } from '../source';
import { tensorOver } from '../storage';
import type { TensorInfo } from './header';
import { readIndex, readShardHeader, type Shard } from './shards';

/** How a file is loaded. */
export interface LoadOptions {
  /** Where the tensors go: the CPU if left out. */
  readonly device?: DeviceLike;
  /** Whether tensors on the CPU are parts of the mapped file, read when they are touched: true if left out. */
  readonly mmap?: boolean;
  /** Called after each piece of a tensor, with the bytes of all tensors. */
  readonly onProgress?: Progress;
}

/**
 * The tensors of a file, or of all files that an index (`model.safetensors.index.json`) names, by name.
 *
 * @see https://huggingface.co/docs/safetensors/api/torch#safetensors.torch.load_file
 * @throws SafetensorError if a file is damaged, or an index and its files contradict each other.
 */
export function loadFile(filename: string | URL, options: LoadOptions = {}): Record<string, Tensor> {
  const { shards } = readIndex(filename);
  const report = reporter(options.onProgress, totalBytes(shards));
  return merged(shards.map((shard) => readNow(shard.file, (source) => loading(source, shard, options, report))));
}

/** As `loadFile`, but lets the event loop run while bytes are read, which they are at once unless `mmap` is true. */
export async function loadFileAsync(
  filename: string | URL,
  options: LoadOptions = {},
): Promise<Record<string, Tensor>> {
  const { shards } = readIndex(filename);
  const report = reporter(options.onProgress, totalBytes(shards));
  const loaded: Named[] = [];
  for (const shard of shards) {
    loaded.push(await readLater(shard.file, (source) => loading(source, shard, { mmap: false, ...options }, report)));
  }
  return merged(loaded);
}

/**
 * The tensors in a file's bytes. They share their memory with the bytes where these are aligned, and are copies where
 * not: whoever changes one may change the other.
 *
 * @see https://huggingface.co/docs/safetensors/api/torch#safetensors.torch.load
 * @throws SafetensorError if the bytes are damaged.
 */
export function load(data: Uint8Array | ArrayBuffer): Record<string, Tensor> {
  return merged([readNow(data, (source) => loading(source, { file: '', names: null }, {}, () => {}))]);
}

type Named = (readonly [name: string, tensor: Tensor])[];

/** By `fromEntries`, even `__proto__` is a name as any other. */
function merged(loaded: readonly Named[]): Record<string, Tensor> {
  return Object.fromEntries(loaded.flat());
}

function totalBytes(shards: readonly Shard[]): number {
  return shards.reduce((sum, shard) => sum + shardBytes(shard), 0);
}

function shardBytes(shard: Shard): number {
  const source = new Source(shard.file);
  try {
    return [...readShardHeader(source, shard).tensors.values()].reduce((sum, { size }) => sum + size, 0);
  } finally {
    source.close();
  }
}

/** The tensors of one file that are wanted. */
function* loading(source: Source, shard: Shard, options: LoadOptions, report: (count: number) => void): Reading<Named> {
  const { tensors } = readShardHeader(source, shard);
  const loaded: Named = [];
  const bytesOf = rangeReader(source, { isMapped: options.mmap ?? true, report });
  for (const [name, info] of [...tensors].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const bytes = yield* bytesOf(info.position, info.size, info.dtype.itemsize);
    loaded.push([name, tensorAt(bytes, info, options)]);
  }
  return loaded;
}

/** A tensor over its bytes, on the device that is wanted. */
export function tensorAt(bytes: Tensor, { dtype, shape }: TensorInfo, { device = 'cpu' }: LoadOptions): Tensor {
  let step = 1;
  const stride = shape.map(() => 0);
  for (let dim = shape.length - 1; dim >= 0; dim--) {
    stride[dim] = step;
    step *= Math.max(shape[dim] as number, 1);
  }
  const tensor = tensorOver({ bytes, dtype }, dtype, { offset: 0, size: shape, stride });
  return deviceOf(device).type === 'cpu' ? tensor : tensor.to(device);
}
