/** Loads checkpoints: Python's `torch.load`. */
import { noGrad } from '../autograd/grad-mode';
import { Device } from '../device';
import { uint8 } from '../dtype';
import { RuntimeError, ValueError } from '../errors';
import { empty } from '../generated/torch';
import { fromTypedArray } from '../typed-arrays';
import { type Checkpoint, isZip, readLegacyCheckpoint, readZipCheckpoint } from './checkpoint-reader';
import { UnpicklingError } from './errors';
import { isAllowed } from './globals';
import { isMeta, type MapLocation, restorer } from './location';
import { type Progress, reporter } from './progress';
import { rangeReader } from './ranges';
import * as safetensors from './safetensors';
import { type Readable, type Reading, readLater, readNow, type Source } from './source';
import { type Storage, sliceStorage, swapBytes } from './storage';
import { type StorageId, unpickle } from './unpickle';

/** How a checkpoint is loaded. */
export interface LoadOptions {
  /** Where storages go; if left out, to the devices that they were saved from. */
  readonly mapLocation?: MapLocation | null;
  /** Whether storages are parts of the mapped file, read when they are touched, instead of copies. Paths only. */
  readonly mmap?: boolean | null;
  /** Always true: tsorch runs no code that a file brings. */
  readonly weightsOnly?: true;
  /** Called after each piece of a storage, with the bytes of all storages. */
  readonly onProgress?: Progress;
}

/**
 * What `torch.save` of tsorch or of PyTorch wrote. A dict is a plain object, or a `Map` if its keys are not all strings;
 * an OrderedDict is a `Map` (a module's state a `StateDict`), a tuple a `torch.serialization.Tuple`, which is an array. A
 * whole number is a bigint where a number does not hold it; bytes are a Buffer, a bytearray is a Uint8Array.
 *
 * Differences from Python: code in the file is never run, so that `weightsOnly` cannot be false, and the indices of
 * sparse tensors are always checked.
 *
 * @param f A path or URL, or the bytes of the file, which are copied.
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.load.html
 * @throws UnpicklingError if the file names classes or functions that are not allowed: see
 *   `torch.serialization.addSafeGlobals`.
 * @throws RuntimeError if the file is damaged.
 */
// biome-ignore lint/suspicious/noExplicitAny: only the caller knows what the file holds, as with JSON.parse
export function load<T = any>(f: Readable, options: LoadOptions = {}): T {
  if (isSafetensors(f)) return safetensors.loadFile(f, safetensorsOptions(options)) as T;
  return readNow(f, (source) => loading(source, options)) as T;
}

/** As `load`, but lets the event loop run while storages are read. Not part of PyTorch. */
// biome-ignore lint/suspicious/noExplicitAny: as above
export async function loadAsync<T = any>(f: Readable, options: LoadOptions = {}): Promise<T> {
  if (isSafetensors(f)) return (await safetensors.loadFileAsync(f, safetensorsOptions(options))) as T;
  return (await readLater(f, (source) => loading(source, options))) as T;
}

function isSafetensors(f: Readable): f is string | URL {
  return (typeof f === 'string' || f instanceof URL) && String(f).endsWith('.safetensors');
}

function safetensorsOptions({ mapLocation, mmap, onProgress }: LoadOptions): safetensors.LoadOptions {
  const isDevice = typeof mapLocation === 'string' || mapLocation instanceof Device;
  if (mapLocation && !isDevice) {
    throw new RuntimeError(
      `Loading safetensors file with ${typeof mapLocation === 'function' ? 'callable' : 'dict'} map_location is not ` +
        'supported. Use a device string or torch.device instead.',
    );
  }
  return { device: isDevice ? mapLocation : 'cpu', ...(mmap === false && { mmap }), ...(onProgress && { onProgress }) };
}

function* loading(source: Source, options: LoadOptions): Reading<unknown> {
  const { mapLocation = null, mmap, onProgress, weightsOnly = true } = options;
  if (!weightsOnly) {
    throw new ValueError(
      'tsorch never runs code that a file brings, which weightsOnly: false asks for: allow the classes that you trust ' +
        'with torch.serialization.addSafeGlobals',
    );
  }
  const checkpoint = readCheckpoint(source, mmap ?? false);
  const loaded = new Map<string, Storage>();
  const restore = restorer(mapLocation);
  const total = [...checkpoint.storages.values()].reduce((sum, { size }) => sum + size, 0);
  const report = reporter(onProgress, total);
  const read = rangeReader(source, { isMapped: mmap ?? false, isShared: false, report });
  for (const [key, stored] of checkpoint.storages) {
    const { location, type } = stored.id;
    if (isMeta(mapLocation)) {
      loaded.set(key, { bytes: empty(stored.size, { dtype: uint8, device: 'meta' }), dtype: type.dtype });
      continue;
    }
    const { position, size, unpacked } = stored;
    const bytes = unpacked
      ? fromTypedArray(new Uint8Array(unpacked))
      : yield* read(position, size, type.dtype.itemsize);
    if (checkpoint.isSwapped) swapBytes(bytes, type.dtype);
    loaded.set(key, { bytes: noGrad(() => restore(bytes, location)), dtype: type.dtype });
  }
  return rethrowing(() => unpickle(checkpoint.pickle, checkpoint.start, (id) => storageOf(id, loaded)));
}

function readCheckpoint(source: Source, mmap: boolean): Checkpoint {
  if (mmap && source.path === null) throw new ValueError('f must be a file path in order to use the mmap argument');
  if (isZip(source)) return rethrowing(() => readZipCheckpoint(source, true));
  if (mmap) {
    throw new RuntimeError(
      'mmap can only be used with files saved with `torch.save(_use_new_zipfile_serialization=True), please torch.save ' +
        'your checkpoint with this option in order to use mmap.',
    );
  }
  return rethrowing(() => readLegacyCheckpoint(source, true));
}

function storageOf({ key, type, view }: StorageId, loaded: ReadonlyMap<string, Storage>): Storage {
  const { bytes } = loaded.get(key) as Storage;
  if (view === null) return { bytes, dtype: type.dtype };
  const [start, size] = [view.int(1) * type.dtype.itemsize, view.int(2) * type.dtype.itemsize];
  return { bytes: sliceStorage(bytes, start, size), dtype: type.dtype };
}

/** Says of an UnpicklingError where it comes from, as PyTorch does. */
function rethrowing<T>(body: () => T): T {
  try {
    return noGrad(body);
  } catch (error) {
    if (!(error instanceof UnpicklingError)) throw error;
    throw new UnpicklingError(`Weights only load failed. WeightsUnpickler error: ${error.message}`);
  }
}

/**
 * The names in a checkpoint that `load` refuses, unless they are allowed by `addSafeGlobals`.
 *
 * @see https://docs.pytorch.org/docs/2.13/notes/serialization.html#torch.serialization.get_unsafe_globals_in_checkpoint
 */
export function getUnsafeGlobalsInCheckpoint(f: Readable): string[] {
  return readNow(f, function* (source) {
    const { scan } = isZip(source) ? readZipCheckpoint(source, false) : readLegacyCheckpoint(source, false);
    return [...scan.names].filter((name) => !isAllowed(name));
  });
}
