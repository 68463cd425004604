/** `torch.npz`: NumPy's archives of named arrays. */
import { ValueError } from '../../errors';
import type { Tensor } from '../../tensor';
import { rangeReader } from '../ranges';
import { collect, type Parts, type Writable, writeLater, writeNow } from '../sink';
import { type Readable, type Reading, readLater, readNow, Source } from '../source';
import { type Entry, ZipArchive } from '../zip/reader';
import { ZipWriter } from '../zip/writer';
import { type LoadOptions as ArrayOptions, arrayParts, loadArray } from './npy';

/** How an archive is loaded. */
export interface LoadOptions extends ArrayOptions {
  /** How many bytes compressed arrays may have in all, so that a small file cannot fill the memory: 1 GiB. */
  readonly maxUnpackedBytes?: number;
}

/** Tensors by name. */
export type NamedTensors = ReadonlyMap<string, Tensor> | Readonly<Record<string, Tensor>>;

const SUFFIX = '.npy';

/**
 * The arrays of an .npz file, compressed or not, by name: Python's `np.load(file)`, all at once.
 *
 * @see https://numpy.org/doc/stable/reference/generated/numpy.load.html
 * @throws RuntimeError or ValueError if the file is damaged.
 */
export function load(file: Readable, options: LoadOptions = {}): Record<string, Tensor> {
  return readNow(file, (source) => loading(source, options));
}

/** As `load`, but lets the event loop run while the elements are read. */
export function loadAsync(file: Readable, options: LoadOptions = {}): Promise<Record<string, Tensor>> {
  return readLater(file, (source) => loading(source, options));
}

function* loading(source: Source, { mmap = false, maxUnpackedBytes }: LoadOptions): Reading<Record<string, Tensor>> {
  const archive = new ZipArchive(source, maxUnpackedBytes);
  const arrays: [string, Tensor][] = [];
  for (const [name, entry] of archive.entries) {
    if (!name.endsWith(SUFFIX)) throw new ValueError(`${name} is no array`);
    arrays.push([name.slice(0, -SUFFIX.length), yield* loadEntry(source, archive, entry, mmap)]);
  }
  // By `fromEntries`, even `__proto__` is a name as any other.
  return Object.fromEntries(arrays);
}

function loadEntry(source: Source, archive: ZipArchive, entry: Entry, mmap: boolean): Reading<Tensor> {
  if (entry.isPacked) {
    const unpacked = new Source(archive.bytes(entry));
    return loadArray(unpacked, rangeReader(unpacked, { isMapped: false }), 0);
  }
  const start = archive.position(entry);
  const window = {
    size: entry.size,
    read: (position: number, length: number) => {
      if (position + length > entry.size) throw new ValueError('EOF: reading array');
      return source.read(start + position, length);
    },
  };
  return loadArray(window, rangeReader(source, { isMapped: mmap }), start);
}

/**
 * Writes named tensors as an .npz file, which takes its place when it is complete: Python's `np.savez(file, **arrays)`.
 *
 * @param file A path or URL, or what has a `write` method.
 * @see https://numpy.org/doc/stable/reference/generated/numpy.savez.html
 * @throws TypeError for a dtype that NumPy lacks, such as bfloat16.
 */
export function save(file: Writable, arrays: NamedTensors): void {
  writeNow(file, parts(arrays));
}

/** As `save`, but lets the event loop run while bytes are written; the tensors must not change meanwhile. */
export async function saveAsync(file: Writable, arrays: NamedTensors): Promise<void> {
  await writeLater(file, parts(arrays));
}

/** The bytes of an .npz file with named tensors. */
export function toBuffer(arrays: NamedTensors): Uint8Array {
  return collect(parts(arrays));
}

function parts(arrays: NamedTensors): Parts {
  const entries = arrays instanceof Map ? [...arrays] : Object.entries(arrays);
  const contents = entries.map(([name, array]) => [`${name}${SUFFIX}`, arrayParts(array)] as const);
  return write(contents);
}

function* write(contents: readonly (readonly [string, ReturnType<typeof arrayParts>])[]): Parts {
  const zip = new ZipWriter();
  for (const [name, content] of contents) yield* zip.entry(name, content);
  yield* zip.finish();
}
