/** Saves tensors in several safetensors files with an index, as Hugging Face lays them out. */
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ValueError } from '../../errors';
import { type Progress, reporter } from '../progress';
import { type Parts, type PendingParts, writeFilesLater, writeFilesNow } from '../sink';
import { checkedTensors, fileParts, type Metadata, type NamedTensor, type NamedTensors, totalBytes } from './save';
import { indexPath, indexText, shardPath } from './shards';

/** How tensors are parted. */
export interface ShardOptions {
  /** The most bytes of tensors in a file, of which one with a single larger tensor has more: `'5GB'` if left out. */
  readonly maxShardSize?: number | string;
  /** Called after each piece of a tensor, with the bytes of all tensors. */
  readonly onProgress?: Progress;
}

/**
 * Writes tensors to files of a limited size: `model-00001-of-00003.safetensors`, ..., and `model.safetensors.index.json`,
 * which says where each tensor is; to `model.safetensors` alone if all fit in. The files take their places, the index
 * last, when all are complete.
 *
 * @param filename The path of the file that would hold all tensors.
 * @param metadata Text for every file and for the index.
 * @returns What `loadFile` takes: the path of the index, or of the only file.
 * @see https://huggingface.co/docs/huggingface_hub/package_reference/serialization#huggingface_hub.save_torch_state_dict
 * @throws RuntimeError if tensors share memory, ValueError for one that is not contiguous or sparse, or for a size that
 *   is none.
 */
export function saveSharded(
  tensors: NamedTensors,
  filename: string | URL,
  metadata: Metadata | null = null,
  options: ShardOptions = {},
): string {
  const { target, files } = layOut(tensors, filename, metadata, options);
  writeFilesNow(files);
  return target;
}

/** As `saveSharded`, but lets the event loop run while bytes are written; the tensors must not change meanwhile. */
export async function saveShardedAsync(
  tensors: NamedTensors,
  filename: string | URL,
  metadata: Metadata | null = null,
  options: ShardOptions = {},
): Promise<string> {
  const { target, files } = layOut(tensors, filename, metadata, options);
  await writeFilesLater(files);
  return target;
}

function layOut(
  tensors: NamedTensors,
  filename: string | URL,
  metadata: Metadata | null,
  { maxShardSize = '5GB', onProgress }: ShardOptions,
): { target: string; files: PendingParts[] } {
  const path = typeof filename === 'string' ? filename : fileURLToPath(filename);
  if (!path.endsWith('.safetensors')) throw new ValueError(`the name of ${path} does not end with .safetensors`);
  const named = checkedTensors(tensors);
  const total = totalBytes(named);
  const report = reporter(onProgress, total);
  const shards = split(named, sizeOf(maxShardSize));
  if (shards.length <= 1) return { target: path, files: [[path, fileParts(named, metadata, report)]] };
  const paths = shards.map((_, i) => shardPath(path, i, shards.length));
  const files = shards.map((shard, i): PendingParts => [paths[i] as string, fileParts(shard, metadata, report)]);
  const placed = shards.flatMap((shard, i) => shard.map(([name]) => [name, basename(paths[i] as string)] as const));
  const target = indexPath(path);
  return { target, files: [...files, [target, whole(indexText(new Map(placed), total, metadata))]] };
}

function* whole(text: string): Parts {
  yield Buffer.from(text);
}

/** Fills one file after another; what is larger than a file should be gets one of its own. */
function split(named: readonly NamedTensor[], most: number): NamedTensor[][] {
  const shards: NamedTensor[][] = [];
  let current: NamedTensor[] = [];
  let size = 0;
  for (const entry of named) {
    const [, { nbytes }] = entry;
    if (nbytes > most) {
      shards.push([entry]);
      continue;
    }
    if (size + nbytes > most) {
      shards.push(current);
      current = [];
      size = 0;
    }
    current.push(entry);
    size += nbytes;
  }
  return current.length > 0 ? [...shards, current] : shards;
}

const UNITS: Readonly<Record<string, number>> = { KB: 1e3, MB: 1e6, GB: 1e9, TB: 1e12 };

function sizeOf(size: number | string): number {
  const [, digits, unit] = /^([\d.]+)\s*([KMGT]B)$/i.exec(String(size)) ?? [];
  const bytes =
    typeof size === 'number' ? size : Math.floor(Number(digits) * (UNITS[unit?.toUpperCase() ?? ''] ?? NaN));
  if (!(bytes > 0))
    throw new ValueError(`maxShardSize must be a number of bytes or a text such as '5GB', not '${size}'`);
  return bytes;
}
