/** Saves checkpoints: Python's `torch.save`. */
import { createHash } from 'node:crypto';
import { endianness } from 'node:os';
import { basename, extname } from 'node:path';
import { CheckpointForms, type SavedStorage } from './forms';
import { pieces } from './memory';
import { PickleWriter } from './pickle/writer';
import { type Progress, reporter } from './progress';
import { collect, nameOf, type Parts, type Writable, writeLater, writeNow } from './sink';
import { contentOf, ZipWriter } from './zip/writer';

/** How a checkpoint is saved. */
export interface SaveOptions {
  /** False for the format of PyTorch before 1.6. */
  readonly useNewZipfileSerialization?: boolean;
  /** Called after each piece of a storage, with the bytes of all storages. */
  readonly onProgress?: Progress;
}

/**
 * Writes a value so that `torch.load`, tsorch's or PyTorch's with `weights_only=True` and `mmap=True`, gives it back:
 * tensors of every dtype and layout, which keep sharing their storages, parameters, `stateDict()` of modules and
 * optimizers, and plain objects (dict), `Map`s (OrderedDict), arrays (list), `torch.serialization.Tuple`s, Sets, strings,
 * booleans, null, bigints, numbers (int if they are safe whole ones, else float), Buffers (bytes), Uint8Arrays
 * (bytearray), dtypes, devices, layouts, sizes, `Complex`, and objects of classes given to `addSafeGlobals`.
 *
 * The file takes its place only when it is complete: until then an older one stays as it was.
 *
 * @param f A path or URL, or what has a `write` method, such as a stream. If left out, the file's bytes are returned.
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.save.html
 * @throws PicklingError for a value that Python has no counterpart of, RuntimeError for tensors of different dtypes over
 *   the same memory.
 */
export function save(obj: unknown): Uint8Array;
export function save(obj: unknown, f: Writable, options?: SaveOptions): void;
export function save(obj: unknown, f?: Writable, options: SaveOptions = {}): Uint8Array | undefined {
  const parts = checkpoint(obj, nameOf(f), options);
  if (f === undefined) return collect(parts);
  writeNow(f, parts);
  return undefined;
}

/**
 * As `save`, but lets the event loop run while bytes are written, and waits for a stream that is full. Which tensors are
 * saved is decided at the call; their elements must not change before the promise resolves. Not part of PyTorch.
 */
export async function saveAsync(obj: unknown, f: Writable, options: SaveOptions = {}): Promise<void> {
  await writeLater(f, checkpoint(obj, nameOf(f), options));
}

function checkpoint(obj: unknown, path: string | null, options: SaveOptions): Parts {
  const { useNewZipfileSerialization = true, onProgress } = options;
  const forms = new CheckpointForms(!useNewZipfileSerialization);
  const pickle = new PickleWriter(forms).dump(obj);
  const report = reporter(
    onProgress,
    forms.storages.reduce((sum, { bytes }) => sum + bytes.numel(), 0),
  );
  if (useNewZipfileSerialization) return zipCheckpoint(pickle, forms.storages, archiveName(path), report);
  return legacyCheckpoint(pickle, forms.storages, report);
}

type Report = (count: number) => void;

/** The folder in the archive: the file's name without its last extension. */
function archiveName(path: string | null): string {
  return path === null ? 'archive' : basename(path, extname(path)) || 'archive';
}

function* reported(storage: SavedStorage, report: Report): Iterable<Uint8Array> {
  for (const piece of pieces(storage.bytes)) {
    yield piece;
    report(piece.length);
  }
}

/** The records of PyTorch 2.13, in its order. */
function* zipCheckpoint(pickle: Buffer, storages: readonly SavedStorage[], folder: string, report: Report): Parts {
  const zip = new ZipWriter();
  const names: string[] = [];
  const text = (name: string, content: string): Parts => {
    names.push(name);
    return zip.entry(`${folder}/${name}`, contentOf(Buffer.from(content)));
  };
  names.push('data.pkl');
  yield* zip.entry(`${folder}/data.pkl`, contentOf(pickle));
  yield* text('.format_version', '1');
  yield* text('.storage_alignment', '64');
  yield* text('byteorder', endianness() === 'LE' ? 'little' : 'big');
  for (const storage of storages) {
    const name = `data/${storage.key}`;
    names.push(name);
    const content = { size: storage.bytes.numel(), parts: () => reported(storage, report) };
    yield* zip.entry(`${folder}/${name}`, content);
  }
  yield* text('version', '3\n');
  yield* text('.data/serialization_id', serializationId(names, zip.checksum));
  yield* zip.finish();
}

/** Twenty digits for the names of the records and twenty for their contents. */
function serializationId(names: readonly string[], checksum: number): string {
  const hash = createHash('sha256').update(names.join('\n')).digest().readBigUInt64LE(0);
  return String(hash).padStart(20, '0') + String(checksum).padStart(20, '0');
}

const MAGIC_NUMBER = 0x1950a86a20f9469cfc6cn;
const PROTOCOL_VERSION = 1001;

function* legacyCheckpoint(pickle: Buffer, storages: readonly SavedStorage[], report: Report): Parts {
  const plain = (value: unknown): Buffer => new PickleWriter(new CheckpointForms()).dump(value);
  yield plain(MAGIC_NUMBER);
  yield plain(PROTOCOL_VERSION);
  yield plain({
    protocol_version: PROTOCOL_VERSION,
    little_endian: endianness() === 'LE',
    type_sizes: { short: 2, int: 4, long: 4 },
  });
  yield pickle;
  const sorted = [...storages].sort((a, b) => (a.key < b.key ? -1 : 1));
  yield plain(sorted.map(({ key }) => key));
  for (const storage of sorted) {
    const count = Buffer.alloc(8);
    count.writeBigInt64LE(BigInt(Math.floor(storage.bytes.numel() / storage.itemsize)));
    yield count;
    yield* reported(storage, report);
  }
}
