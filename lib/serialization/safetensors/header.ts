/** The head of safetensors files: which tensor lies where. Whoever wrote it is not trusted. */

import type { DType } from '../../dtype';
import * as dtypes from '../../dtype';
import { TorchError } from '../../errors';
import type { Source } from '../source';
import { isObject, parseJson } from './json';

/** A damaged safetensors file, or tensors that have no place in one: Python's `SafetensorError`. */
export class SafetensorError extends TorchError {}

/** Where a tensor lies in a file. */
export interface TensorInfo {
  readonly dtype: DType;
  readonly shape: readonly number[];
  /** Its first byte, counted from the file's beginning. */
  readonly position: number;
  readonly size: number;
}

/** What the head of a file says. */
export interface Header {
  /** The tensors in the order in which they lie. */
  readonly tensors: ReadonlyMap<string, TensorInfo>;
  readonly metadata: Readonly<Record<string, string>> | null;
}

/** The names of dtypes, from those with the largest elements, which lie first, to the smallest. */
const DTYPES: readonly (readonly [string, DType])[] = [
  ['U64', dtypes.uint64],
  ['I64', dtypes.int64],
  ['F64', dtypes.float64],
  ['C64', dtypes.complex64],
  ['F32', dtypes.float32],
  ['U32', dtypes.uint32],
  ['I32', dtypes.int32],
  ['BF16', dtypes.bfloat16],
  ['F16', dtypes.float16],
  ['U16', dtypes.uint16],
  ['I16', dtypes.int16],
  ['F8_E5M2FNUZ', dtypes.float8E5m2fnuz],
  ['F8_E4M3FNUZ', dtypes.float8E4m3fnuz],
  ['F8_E8M0', dtypes.float8E8m0fnu],
  ['F8_E4M3', dtypes.float8E4m3fn],
  ['F8_E5M2', dtypes.float8E5m2],
  ['I8', dtypes.int8],
  ['U8', dtypes.uint8],
  ['BOOL', dtypes.bool],
  ['F4', dtypes.float4E2m1fnX2],
];

/** The name of a dtype; undefined for one that the format has not. */
export function nameOfDtype(dtype: DType): string | undefined {
  return DTYPES.find(([, known]) => known === dtype)?.[0];
}

/** How early tensors of a dtype lie in a file. */
export function rankOfDtype(dtype: DType): number {
  return DTYPES.findIndex(([, known]) => known === dtype);
}

const MAX_HEADER_BYTES = 100_000_000;
const METADATA = '__metadata__';

function invalid(why: string): SafetensorError {
  return new SafetensorError(`Error while deserializing header: ${why}`);
}

/** Reads and checks the head. Throws a SafetensorError if anything in it is amiss. */
export function readHeader(source: Source): Header {
  if (source.size < 8) throw invalid('header too small');
  const length = source.read(0, 8).readBigUInt64LE(0);
  if (length > BigInt(MAX_HEADER_BYTES)) throw invalid('header too large');
  const size = Number(length);
  if (8 + size > source.size) throw invalid('invalid header length');
  const entries = parse(source.read(8, size));
  const metadata = metadataOf(entries.get(METADATA));
  entries.delete(METADATA);
  const infos = [...entries].map(([name, entry]) => [name, tensorInfo(name, entry, 8 + size)] as const);
  infos.sort(([, a], [, b]) => a.position - b.position || a.size - b.size);
  let end = 8 + size;
  for (const [name, info] of infos) {
    if (info.position !== end) throw invalid(`invalid offset for tensor \`${name}\``);
    end += info.size;
  }
  if (end !== source.size) throw invalid('incomplete metadata, file not fully covered');
  return { tensors: new Map(infos), metadata };
}

function parse(bytes: Buffer): Map<string, unknown> {
  let parsed: unknown;
  try {
    parsed = parseJson(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    throw invalid(`invalid JSON in header: ${(error as Error).message}`);
  }
  if (!isObject(parsed)) throw invalid('the header is no JSON object');
  return new Map(Object.entries(parsed));
}

function metadataOf(value: unknown): Record<string, string> | null {
  if (value === undefined) return null;
  if (!isObject(value) || !Object.values(value).every((text) => typeof text === 'string')) {
    throw invalid('the metadata are no strings');
  }
  return value as Record<string, string>;
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function tensorInfo(name: string, entry: unknown, start: number): TensorInfo {
  if (!isObject(entry)) throw invalid(`the entry of tensor \`${name}\` is no object`);
  const { dtype: dtypeName, shape, data_offsets: offsets } = entry;
  if (typeof dtypeName !== 'string') throw invalid(`tensor \`${name}\` has no dtype`);
  const dtype = DTYPES.find(([known]) => known === dtypeName)?.[1];
  if (dtype === undefined) throw invalid(`tensor \`${name}\` has the unknown dtype ${dtypeName}`);
  if (!Array.isArray(shape) || !shape.every(isCount)) throw invalid(`tensor \`${name}\` has no shape`);
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(isCount)) {
    throw invalid(`tensor \`${name}\` has no offsets`);
  }
  const [from, to] = offsets as [number, number];
  const count = shape.reduce((product, length) => product * length, 1);
  // Two elements of four bits share a byte, which PyTorch counts as one element.
  const isHalf = dtype === dtypes.float4E2m1fnX2;
  const size = isHalf ? count / 2 : count * dtype.itemsize;
  if (to - from !== size) throw invalid(`info data_offsets mismatch for tensor \`${name}\``);
  return { dtype, shape: isHalf ? halved(name, shape) : shape, position: start + from, size };
}

function halved(name: string, shape: readonly number[]): number[] {
  const last = shape.at(-1) ?? 1;
  if (last % 2 !== 0) throw invalid(`tensor \`${name}\` has an odd number of elements of four bits`);
  return [...shape.slice(0, -1), last / 2];
}

/** @internal The head of a file with these tensors, in the order in which they then lie. */
export function writeHeader(
  tensors: readonly (readonly [string, { dtype: DType; shape: readonly number[]; nbytes: number }])[],
  metadata: Readonly<Record<string, string>> | null,
): Buffer {
  const entries: [string, unknown][] = metadata === null ? [] : [[METADATA, metadata]];
  let offset = 0;
  for (const [name, { dtype, shape, nbytes }] of tensors) {
    const isHalf = dtype === dtypes.float4E2m1fnX2;
    const counted = isHalf ? [...shape.slice(0, -1), (shape.at(-1) ?? 1) * 2] : [...shape];
    entries.push([name, { dtype: nameOfDtype(dtype), shape: counted, data_offsets: [offset, offset + nbytes] }]);
    offset += nbytes;
  }
  const text = `{${entries.map(([name, entry]) => `${JSON.stringify(name)}:${JSON.stringify(entry)}`).join(',')}}`;
  const bytes = Buffer.from(text, 'utf8');
  const header = Buffer.alloc(8 + Math.ceil(bytes.length / 8) * 8, ' ');
  header.writeBigUInt64LE(BigInt(header.length - 8), 0);
  header.set(bytes, 8);
  return header;
}
