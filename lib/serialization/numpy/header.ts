/** The head of NumPy's .npy files: dtype, order and shape, in Python's notation. */

import type { DType } from '../../dtype';
import * as dtypes from '../../dtype';
import { ValueError } from '../../errors';

/** What the head says. */
export interface ArrayInfo {
  readonly dtype: DType;
  readonly shape: readonly number[];
  /** Whether the first dimension is the one whose elements lie side by side. */
  readonly isFortran: boolean;
  readonly isBigEndian: boolean;
  /** Where the elements begin. */
  readonly position: number;
}

/** The file, or the part of an archive that is one. */
export interface Window {
  readonly size: number;
  /** @internal */
  read(position: number, length: number): Buffer;
}

const MAGIC = Buffer.from('\x93NUMPY', 'latin1');
/** NumPy's own limit is smaller still. */
const MAX_HEADER_BYTES = 2 ** 16;
const ALIGNMENT = 64;

/** NumPy's letters and sizes of the dtypes that both have. */
const CODES: readonly (readonly [string, DType])[] = [
  ['b1', dtypes.bool],
  ['i1', dtypes.int8],
  ['i2', dtypes.int16],
  ['i4', dtypes.int32],
  ['i8', dtypes.int64],
  ['u1', dtypes.uint8],
  ['u2', dtypes.uint16],
  ['u4', dtypes.uint32],
  ['u8', dtypes.uint64],
  ['f2', dtypes.float16],
  ['f4', dtypes.float32],
  ['f8', dtypes.float64],
  ['c8', dtypes.complex64],
  ['c16', dtypes.complex128],
];

/** NumPy's name of a dtype, with its order of bytes; undefined if NumPy has none. */
function codeOf(dtype: DType): string | undefined {
  const code = CODES.find(([, known]) => known === dtype)?.[0];
  return code === undefined ? undefined : `${dtype.itemsize === 1 ? '|' : '<'}${code}`;
}

/** Reads the head. Throws a ValueError if it is damaged, or tells of objects, records or text. */
export function readHeader(source: Window): ArrayInfo {
  if (source.size < 10 || !source.read(0, 6).equals(MAGIC)) {
    throw new ValueError('the magic string is not correct: this is no .npy file');
  }
  const version = source.read(6, 1)[0] as number;
  if (version < 1 || version > 3)
    throw new ValueError(`we only support format version (1,0), (2,0), and (3,0), not ${version}`);
  const start = version === 1 ? 10 : 12;
  if (source.size < start) throw new ValueError('EOF: reading array header length');
  const length = version === 1 ? source.read(8, 2).readUInt16LE(0) : source.read(8, 4).readUInt32LE(0);
  if (length > MAX_HEADER_BYTES)
    throw new ValueError('Header info length is large and may not be safe to load securely.');
  if (start + length > source.size) throw new ValueError('EOF: reading array header');
  const text = source.read(start, length).toString(version === 3 ? 'utf8' : 'latin1');
  return { ...parse(text), position: start + length };
}

const STRING = `'[^'\\\\]*'|"[^"\\\\]*"`;
const ENTRY = new RegExp(`^\\s*(${STRING})\\s*:\\s*(${STRING}|True|False|\\([\\d\\s,L]*\\))\\s*(?:,|$)`);

/** Reads `{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }`, and nothing that is more than that. */
function parse(text: string): Omit<ArrayInfo, 'position'> {
  const inner = /^\s*\{(.*)\}\s*$/s.exec(text)?.[1];
  const entries = new Map<string, string>();
  let rest = inner ?? '?';
  while (rest.trim() !== '') {
    const match = ENTRY.exec(rest);
    if (match === null) throw new ValueError(`Cannot parse header: ${JSON.stringify(text.slice(0, 200))}`);
    entries.set((match[1] as string).slice(1, -1), match[2] as string);
    rest = rest.slice(match[0].length);
  }
  const [description, order, shape] = ['descr', 'fortran_order', 'shape'].map((key) => entries.get(key));
  if (entries.size !== 3 || !description || !order || !shape?.startsWith('(')) {
    throw new ValueError(`Header does not contain the correct keys: ${JSON.stringify(text.slice(0, 200))}`);
  }
  if (order !== 'True' && order !== 'False') throw new ValueError(`fortran_order is not a valid bool: ${order}`);
  return { ...elementsOf(description.slice(1, -1)), isFortran: order === 'True', shape: sizesOf(shape) };
}

function elementsOf(description: string): Pick<ArrayInfo, 'dtype' | 'isBigEndian'> {
  const [, order, code] = /^([<>|=])(.+)$/.exec(description) ?? [];
  const dtype = CODES.find(([known]) => known === code)?.[1];
  if (dtype === undefined) {
    if (code === 'O') throw new ValueError('Object arrays cannot be loaded: they are pickles, which may run code');
    throw new TypeError(`can't convert np.ndarray of type ${description}: tensors have no such elements`);
  }
  return { dtype, isBigEndian: order === '>' };
}

function sizesOf(shape: string): number[] {
  const sizes = shape
    .slice(1, -1)
    .split(',')
    .map((size) => size.trim().replace(/L$/, ''))
    .filter((size) => size !== '')
    .map(Number);
  if (!sizes.every((size) => Number.isSafeInteger(size))) throw new ValueError(`shape is not valid: ${shape}`);
  return sizes;
}

/** @internal The head of a file with an array in order, as NumPy writes it. Throws a TypeError for a dtype that NumPy lacks. */
export function writeHeader(dtype: DType, shape: readonly number[]): Buffer {
  const code = codeOf(dtype);
  if (code === undefined) throw new TypeError(`NumPy has no counterpart of ${dtype}: convert the tensor first`);
  const sizes = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`;
  const text = `{'descr': '${code}', 'fortran_order': False, 'shape': ${sizes}, }`;
  // NumPy leaves room for the first size to grow.
  const grown = shape.length > 0 ? ' '.repeat(Math.max(0, 21 - String(shape[0]).length)) : '';
  const used = MAGIC.length + 4 + text.length + grown.length + 1;
  const padding = ' '.repeat(ALIGNMENT - (used % ALIGNMENT));
  const body = Buffer.from(`${text}${grown}${padding}\n`, 'latin1');
  if (body.length > 0xffff) throw new ValueError('the shape is too long for a .npy file');
  const head = Buffer.from([...MAGIC, 1, 0, body.length & 0xff, body.length >> 8]);
  return Buffer.concat([head, body]);
}
