/** Which file holds which tensor: an index of files, `model.safetensors.index.json`, or one file alone. */
import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Source } from '../source';
import { type Header, readHeader, SafetensorError } from './header';
import { isObject, parseJson } from './json';

/** One file, and the tensors that are to be taken from it; null for all. */
export interface Shard {
  readonly file: string;
  readonly names: readonly string[] | null;
}

/** What an index says. */
export interface ShardIndex {
  readonly shards: readonly Shard[];
  /** Text about the whole. */
  readonly metadata: Readonly<Record<string, string>> | null;
}

const SUFFIX = '.safetensors';
const INDEX_SUFFIX = `${SUFFIX}.index.json`;

/**
 * The files that belong to a path.
 *
 * @throws SafetensorError for an index that is damaged, or names files that are not beside it.
 */
export function readIndex(filename: string | URL): ShardIndex {
  const path = typeof filename === 'string' ? filename : fileURLToPath(filename);
  if (!path.endsWith(INDEX_SUFFIX)) return { shards: [{ file: path, names: null }], metadata: null };
  const index = parseIndex(path);
  const byFile = new Map<string, string[]>();
  for (const [name, file] of Object.entries(index.weight_map)) {
    const known = byFile.get(checkedFile(path, file));
    if (known === undefined) byFile.set(file as string, [name]);
    else known.push(name);
  }
  if (byFile.size === 0) throw new SafetensorError(`${path} names no files`);
  const shards = [...byFile].map(([file, names]) => ({ file: join(dirname(path), file), names }));
  for (const { file } of shards) {
    if (!existsSync(file)) throw new SafetensorError(`${path} names ${basename(file)}, which is missing`);
  }
  return { shards, metadata: textOf(index.metadata) };
}

function parseIndex(path: string): { weight_map: Record<string, unknown>; metadata: unknown } {
  let index: unknown;
  try {
    index = parseJson(readFileSync(path, 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== undefined) throw error;
    throw new SafetensorError(`${path} is no index: ${(error as Error).message}`);
  }
  if (!isObject(index) || !isObject(index.weight_map))
    throw new SafetensorError(`${path} is no index: it has no weight_map`);
  return { weight_map: index.weight_map, metadata: index.metadata };
}

/** An index that leads elsewhere would have files read that the caller did not mean. */
function checkedFile(path: string, file: unknown): string {
  if (typeof file === 'string' && file === basename(file) && file.endsWith(SUFFIX) && !/[\\/\0]/.test(file))
    return file;
  throw new SafetensorError(`${path} names ${JSON.stringify(file)}, which is no safetensors file beside it`);
}

/** Indices have numbers among their metadata, such as the size of all tensors. */
function textOf(metadata: unknown): Record<string, string> | null {
  if (!isObject(metadata)) return null;
  const text = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));
  return Object.fromEntries(Object.entries(metadata).map(([name, value]) => [name, text(value)]));
}

/**
 * The head of a shard, with no more than the tensors that are to be taken from it.
 *
 * @throws SafetensorError if the file is damaged, or a tensor is missing in it.
 */
export function readShardHeader(source: Source, { file, names }: Shard): Header {
  const header = readHeader(source);
  if (names === null) return header;
  for (const name of names) {
    if (!header.tensors.has(name))
      throw new SafetensorError(`${basename(file)} has no tensor \`${name}\`, which the index says it has`);
  }
  const wanted = new Set(names);
  return { ...header, tensors: new Map([...header.tensors].filter(([name]) => wanted.has(name))) };
}

/** @internal The text of an index as Hugging Face writes it, for the files of each tensor. */
export function indexText(
  files: ReadonlyMap<string, string>,
  totalBytes: number,
  metadata: Readonly<Record<string, string>> | null,
): string {
  const sorted = (entries: Iterable<readonly [string, unknown]>) =>
    Object.fromEntries([...entries].sort(([a], [b]) => (a < b ? -1 : 1)));
  const about = sorted(Object.entries({ total_size: totalBytes, ...metadata }));
  return `${JSON.stringify({ metadata: about, weight_map: sorted(files) }, null, 2)}\n`;
}

/** @internal The path of a shard, or of the index, of a file that has been parted. */
export function shardPath(path: string, shard: number, count: number): string {
  const number = (n: number): string => String(n).padStart(5, '0');
  return `${path.slice(0, -SUFFIX.length)}-${number(shard + 1)}-of-${number(count)}${SUFFIX}`;
}

/** @internal The path of the index of a file that has been parted. */
export function indexPath(path: string): string {
  return `${path}${INDEX_SUFFIX.slice(SUFFIX.length)}`;
}
