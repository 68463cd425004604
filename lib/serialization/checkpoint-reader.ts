/** Where a checkpoint's pickle and storages lie: in a zip archive, or one after another in PyTorch's old format. */
import { endianness } from 'node:os';
import { RuntimeError, ValueError } from '../errors';
import { UnpicklingError } from './errors';
import { PickleReader } from './pickle/reader';
import type { Source } from './source';
import { PickleScan, type StorageId } from './unpickle';
import { type Entry, ZipArchive } from './zip/reader';

/** The bytes of a storage: where they lie, or themselves where they were packed. */
export interface StoredBytes {
  readonly id: StorageId;
  readonly size: number;
  readonly position: number;
  readonly unpacked: Buffer | null;
}

/** A checkpoint's parts. */
export interface Checkpoint {
  readonly pickle: Uint8Array;
  /** Where the object's pickle begins. */
  readonly start: number;
  readonly storages: ReadonlyMap<string, StoredBytes>;
  /** Whether the bytes of storages are in another order than this machine's. */
  readonly isSwapped: boolean;
}

const LOCAL_HEADER = Buffer.from('PK\x03\x04', 'latin1');
const TAR_MAGIC = 'ustar';
const MAX_VERSION = 10;

/** Whether a file is a zip archive. */
export function isZip(source: Source): boolean {
  return source.size >= 4 && source.read(0, 4).equals(LOCAL_HEADER);
}

/** The files of a checkpoint, without the folder that they are in. */
function recordsOf(archive: ZipArchive): Map<string, Entry> {
  const [first] = archive.entries.keys();
  const folder = `${first?.split('/')[0]}/`;
  const entries = [...archive.entries].filter(([name]) => name.startsWith(folder));
  return new Map(entries.map(([name, entry]) => [name.slice(folder.length), entry]));
}

function textOf(archive: ZipArchive, entry: Entry | undefined): string | null {
  return entry === undefined || entry.size > 64 ? null : archive.bytes(entry).toString('latin1');
}

function pickleOf(archive: ZipArchive, records: ReadonlyMap<string, Entry>): Buffer {
  if (records.has('constants.pkl')) {
    throw new RuntimeError(
      'Cannot use ``weights_only=True`` with TorchScript archives passed to ``torch.load``. Use torch.jit.load.',
    );
  }
  const entry = records.get('data.pkl');
  if (entry === undefined) throw new RuntimeError('PytorchStreamReader failed locating file data.pkl: file not found');
  return archive.bytes(entry);
}

/** Reads the directory and the pickle, but no storage. */
export function readZipCheckpoint(source: Source, strict: boolean): Checkpoint & { readonly scan: PickleScan } {
  const archive = new ZipArchive(source);
  const records = recordsOf(archive);
  const version = textOf(archive, records.get('version'));
  if (version !== null && Number(version) > MAX_VERSION) {
    throw new RuntimeError(
      `Attempted to read a PyTorch file with version ${Number(version)}, but the maximum supported version for reading ` +
        `is ${MAX_VERSION}. Your PyTorch installation may be too old.`,
    );
  }
  const pickle = pickleOf(archive, records);
  const scan = new PickleScan(strict);
  new PickleReader(pickle, scan).load();
  const storages = new Map<string, StoredBytes>();
  for (const [key, id] of scan.storages) storages.set(key, locate(archive, records, id));
  return { pickle, start: 0, storages, isSwapped: isSwapped(textOf(archive, records.get('byteorder'))), scan };
}

function isSwapped(byteOrder: string | null): boolean {
  const order = byteOrder ?? 'little';
  if (order !== 'little' && order !== 'big') throw new ValueError(`Unknown endianness type: ${order}`);
  return (order === 'little') !== (endianness() === 'LE');
}

function locate(archive: ZipArchive, records: ReadonlyMap<string, Entry>, id: StorageId): StoredBytes {
  const entry = records.get(`data/${id.key}`);
  if (entry === undefined) {
    throw new RuntimeError(`PytorchStreamReader failed locating file data/${id.key}: file not found`);
  }
  checkSize(id, entry.size);
  if (entry.isPacked) return { id, size: entry.size, position: -1, unpacked: archive.bytes(entry) };
  return { id, size: entry.size, position: archive.position(entry), unpacked: null };
}

function checkSize({ key, numel, type }: StorageId, size: number): void {
  if (numel * type.dtype.itemsize <= size) return;
  throw new RuntimeError(`storage ${key} has ${size} bytes, fewer than its ${numel} elements of ${type.dtype}`);
}

const MAGIC_NUMBER = 0x1950a86a20f9469cfc6cn;
const PROTOCOL_VERSION = 1001;

/** Reads the pickles of PyTorch's format before 1.6, but no storage. */
export function readLegacyCheckpoint(source: Source, strict: boolean): Checkpoint & { readonly scan: PickleScan } {
  if (source.size > 262 && source.read(257, 5).toString('latin1') === TAR_MAGIC) {
    throw new RuntimeError('Cannot use ``weights_only=True`` with files saved in the legacy .tar format.');
  }
  const { bytes, headEnd } = readHead(source, strict);
  const head = new PickleReader(bytes, new PickleScan());
  if (head.load() !== MAGIC_NUMBER) throw new RuntimeError('Invalid magic number; corrupt file?');
  const protocol = head.load();
  if (protocol !== PROTOCOL_VERSION) throw new RuntimeError(`Invalid protocol version: ${protocol}`);
  head.load();
  const start = head.position;
  const scan = new PickleScan(strict);
  const object = new PickleReader(bytes, scan, start);
  object.load();
  const listed = new KeyList();
  new PickleReader(bytes, listed, object.position).load();
  const storages = locateInTurn(source, headEnd, listed.keys, scan.storages);
  return { pickle: bytes, start, storages, isSwapped: endianness() !== 'LE', scan };
}

/** Collects a list of strings. */
class KeyList extends PickleScan {
  readonly keys: unknown[] = [];

  override append(_list?: unknown, items: unknown[] = []): void {
    for (const item of items) this.keys.push(item);
  }
}

const FIRST_GUESS = 2 ** 16;

/**
 * The pickles at the beginning of a file, whose end only reading them tells: more and more of the file is read until
 * they are all there.
 */
function readHead(source: Source, strict: boolean): { bytes: Uint8Array; headEnd: number } {
  for (let length = Math.min(FIRST_GUESS, source.size); ; length = Math.min(length * 4, source.size)) {
    const bytes = source.read(0, length);
    const reader = new PickleReader(bytes, new PickleScan(strict));
    try {
      for (let pickle = 0; pickle < 5; pickle++) reader.load();
      return { bytes, headEnd: reader.position };
    } catch (error) {
      const isShort = error instanceof UnpicklingError && error.message === 'pickle data was truncated';
      if (!isShort || length === source.size) throw error;
    }
  }
}

function locateInTurn(
  source: Source,
  headEnd: number,
  keys: readonly unknown[],
  ids: ReadonlyMap<string, StorageId>,
): Map<string, StoredBytes> {
  const storages = new Map<string, StoredBytes>();
  let position = headEnd;
  for (const key of keys) {
    const id = ids.get(key as string);
    if (id === undefined) throw new RuntimeError(`storage key ${String(key)} not found in deserialized_objects`);
    const count = Number(source.read(position, 8).readBigInt64LE(0));
    const size = count * id.type.dtype.itemsize;
    if (!Number.isSafeInteger(size) || size < 0) throw new RuntimeError(`storage ${id.key} has an absurd size`);
    checkSize(id, size);
    storages.set(id.key, { id, size, position: position + 8, unpacked: null });
    position += 8 + size;
  }
  for (const key of ids.keys()) if (!storages.has(key)) throw new RuntimeError(`storage ${key} is missing`);
  if (position > source.size) throw new RuntimeError('the file is truncated: storages are missing');
  return storages;
}
