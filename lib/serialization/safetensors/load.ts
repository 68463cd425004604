/** Loads safetensors files. */
import { readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { device as deviceOf } from '../../device';
import type { Tensor } from '../../tensor';
import type { DeviceLike } from '../../types';
import { rangeReader } from '../ranges';
import { type Progress, type Reading, readLater, readNow, type Source } from '../source';
import { tensorOver } from '../storage';
import { readHeader, SafetensorError, type TensorInfo } from './header';

/** How a file is loaded. */
export interface LoadOptions {
  /** Where the tensors go: the CPU if left out. */
  readonly device?: DeviceLike;
  /** Whether tensors on the CPU are parts of the mapped file, read when they are touched: true if left out. */
  readonly mmap?: boolean;
  /** Called after each tensor. */
  readonly onProgress?: Progress;
}

const INDEX = /\.safetensors\.index\.json$/;

/**
 * The tensors of a file, or of all files that an index (`model.safetensors.index.json`) names, by name.
 *
 * @see https://huggingface.co/docs/safetensors/api/torch#safetensors.torch.load_file
 * @throws SafetensorError if the file is damaged.
 */
export function loadFile(filename: string | URL, options: LoadOptions = {}): Record<string, Tensor> {
  const files = filesOf(filename).map((file) => readNow(file, (source) => loading(source, options)));
  return merged(filename, files);
}

/** As `loadFile`, but lets the event loop run while bytes are read, which they are at once unless `mmap` is true. */
export async function loadFileAsync(
  filename: string | URL,
  options: LoadOptions = {},
): Promise<Record<string, Tensor>> {
  const files: Map<string, Tensor>[] = [];
  for (const file of filesOf(filename)) {
    files.push(await readLater(file, (source) => loading(source, { mmap: false, ...options })));
  }
  return merged(filename, files);
}

/**
 * The tensors in a file's bytes. They share their memory with the bytes where these are aligned, and are copies where
 * not: whoever changes one may change the other.
 *
 * @see https://huggingface.co/docs/safetensors/api/torch#safetensors.torch.load
 * @throws SafetensorError if the bytes are damaged.
 */
export function load(data: Uint8Array | ArrayBuffer): Record<string, Tensor> {
  return merged('', [readNow(data, (source) => loading(source, {}))]);
}

/** The files that belong to a path. */
export function filesOf(filename: string | URL): string[] {
  const path = typeof filename === 'string' ? filename : fileURLToPath(filename);
  if (!INDEX.test(path)) return [path];
  let index: { weight_map?: Record<string, unknown> };
  try {
    index = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new SafetensorError(`${path} is no index: ${(error as Error).message}`);
  }
  const names = [...new Set(Object.values(index?.weight_map ?? {}))];
  for (const name of names) {
    // An index that leads elsewhere would have files read that the caller did not mean.
    if (typeof name !== 'string' || name !== basename(name) || !name.endsWith('.safetensors')) {
      throw new SafetensorError(`${path} names ${JSON.stringify(name)}, which is no safetensors file beside it`);
    }
  }
  if (names.length === 0) throw new SafetensorError(`${path} names no files`);
  return (names as string[]).sort().map((name) => join(dirname(path), name));
}

function merged(filename: string | URL, files: readonly ReadonlyMap<string, Tensor>[]): Record<string, Tensor> {
  const tensors = new Map<string, Tensor>();
  for (const file of files) {
    for (const [name, tensor] of file) {
      if (tensors.has(name)) throw new SafetensorError(`${filename}: tensor \`${name}\` is in two files`);
      tensors.set(name, tensor);
    }
  }
  // By `fromEntries`, even `__proto__` is a name as any other.
  return Object.fromEntries(tensors);
}

/** All tensors of one file. */
function* loading(source: Source, options: LoadOptions): Reading<Map<string, Tensor>> {
  const { tensors } = readHeader(source);
  const loaded = new Map<string, Tensor>();
  const bytesOf = rangeReader(source, options.mmap ?? true);
  const total = [...tensors.values()].reduce((sum, { size }) => sum + size, 0);
  let done = 0;
  for (const [name, info] of [...tensors].sort(([a], [b]) => (a < b ? -1 : 1))) {
    loaded.set(name, tensorAt(yield* bytesOf(info.position, info.size, info.dtype.itemsize), info, options));
    done += info.size;
    options.onProgress?.(done, total);
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
