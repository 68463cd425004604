/** Saves safetensors files, byte for byte as the Python package does. */
import { RuntimeError, ValueError } from '../../errors';
import { strided } from '../../layout';
import { native } from '../../native';
import { listRepr } from '../../python-repr';
import { Tensor } from '../../tensor';
import { pieces } from '../memory';
import { type Progress, reporter } from '../progress';
import { collect, type Parts, type Writable, writeLater, writeNow } from '../sink';
import { storageBytes } from '../storage';
import { nameOfDtype, rankOfDtype, SafetensorError, writeHeader } from './header';

/** Tensors by name, as `stateDict()` gives them. */
export type NamedTensors = ReadonlyMap<string, Tensor> | Readonly<Record<string, Tensor>>;

/** Text that is saved with the tensors. */
export type Metadata = Readonly<Record<string, string>>;

/** @internal */
export type NamedTensor = readonly [name: string, tensor: Tensor];

/**
 * A file with these tensors, as bytes. They must be contiguous, dense, and share no memory.
 *
 * @see https://huggingface.co/docs/safetensors/api/torch#safetensors.torch.save
 * @throws RuntimeError if tensors share memory, ValueError for one that is not contiguous or sparse.
 */
export function save(tensors: NamedTensors, metadata: Metadata | null = null): Uint8Array {
  return collect(parts(tensors, metadata));
}

/**
 * Writes a file with these tensors, which takes its place when it is complete. They must be contiguous, dense, and share
 * no memory.
 *
 * @see https://huggingface.co/docs/safetensors/api/torch#safetensors.torch.save_file
 * @throws RuntimeError if tensors share memory, ValueError for one that is not contiguous or sparse.
 */
export function saveFile(
  tensors: NamedTensors,
  filename: Writable,
  metadata: Metadata | null = null,
  options: { onProgress?: Progress } = {},
): void {
  writeNow(filename, parts(tensors, metadata, options.onProgress));
}

/** As `saveFile`, but lets the event loop run while bytes are written; the tensors must not change meanwhile. */
export async function saveFileAsync(
  tensors: NamedTensors,
  filename: Writable,
  metadata: Metadata | null = null,
  options: { onProgress?: Progress } = {},
): Promise<void> {
  await writeLater(filename, parts(tensors, metadata, options.onProgress));
}

function parts(tensors: NamedTensors, metadata: Metadata | null, onProgress?: Progress): Parts {
  const named = checkedTensors(tensors);
  return fileParts(named, metadata, reporter(onProgress, totalBytes(named)));
}

/** @internal The tensors, if files may hold them. Throws as `save`. */
export function checkedTensors(tensors: NamedTensors): NamedTensor[] {
  const named: NamedTensor[] = tensors instanceof Map ? [...tensors] : Object.entries(tensors);
  checkKinds(named);
  checkSharing(named);
  for (const [name, tensor] of named) checkContiguous(name, tensor);
  return named;
}

/** @internal How many bytes tensors have. */
export function totalBytes(named: readonly NamedTensor[]): number {
  return named.reduce((sum, [, { nbytes }]) => sum + nbytes, 0);
}

/** @internal The bytes of a file with tensors that have been checked; reports how many have been written each time. */
export function* fileParts(
  named: readonly NamedTensor[],
  metadata: Metadata | null,
  report: (count: number) => void,
): Parts {
  const sorted = [...named].sort(
    ([a, x], [b, y]) => rankOfDtype(x.dtype) - rankOfDtype(y.dtype) || Buffer.compare(bytes(a), bytes(b)),
  );
  yield writeHeader(sorted, metadata);
  for (const [, tensor] of sorted) {
    const start = tensor.storageOffset() * tensor.itemsize;
    for (const piece of pieces(storageBytes(tensor).narrow(0, start, tensor.nbytes))) {
      yield piece;
      report(piece.length);
    }
  }
}

function bytes(text: string): Buffer {
  return Buffer.from(text, 'utf8');
}

function checkKinds(named: readonly NamedTensor[]): void {
  for (const [name, tensor] of named) {
    if (tensor instanceof Tensor) continue;
    throw new ValueError(`Key \`${name}\` is invalid, expected torch.Tensor but received ${typeof tensor}`);
  }
  const sparse = named.filter(([, { layout }]) => layout !== strided).map(([name]) => name);
  if (sparse.length > 0) {
    throw new ValueError(
      `You are trying to save a sparse tensors: \`${listRepr(sparse)}\` which this library does not support. You can ` +
        'make it a dense tensor before saving with `.to_dense()` but be aware this might make a much larger file than ' +
        'needed.',
    );
  }
  for (const [name, { dtype }] of named) {
    if (nameOfDtype(dtype) === undefined) throw new SafetensorError(`dtype ${dtype} of ${name} is not covered`);
  }
}

function checkContiguous(name: string, tensor: Tensor): void {
  if (tensor.isContiguous() && !tensor.isConj() && !tensor.isNeg()) return;
  throw new ValueError(
    `You are trying to save a non contiguous tensor: \`${name}\` which is not allowed. It either means you are trying ` +
      "to save tensors which are reference of each other in which case it's recommended to save only the full " +
      'tensors, and reslice at load time, or simply call `.contiguous()` on your tensor to pack it before saving.',
  );
}

/** Tensors that share bytes would be saved twice, and be two when they are loaded. */
function checkSharing(named: readonly NamedTensor[]): void {
  const byStorage = new Map<string, NamedTensor[]>();
  for (const entry of named) {
    const [, { handle, device }] = entry;
    if (native.storageBytes(handle) === 0 || device.type === 'meta') continue;
    const key = `${device} ${native.storagePointer(handle)}`;
    byStorage.set(key, [...(byStorage.get(key) ?? []), entry]);
  }
  const shared = [...byStorage.values()].flatMap(overlapping);
  if (shared.length === 0) return;
  const failing = shared.map((names) => `{${names.map((name) => `'${name}'`).join(', ')}}`).join(', ');
  throw new RuntimeError(
    `Some tensors share memory, this will lead to duplicate memory on disk and potential differences when loading them ` +
      `again: [${failing}]. A potential way to correctly save your model is to clone all but one of them.`,
  );
}

/** The names of tensors of one storage whose bytes overlap, in groups of at least two. */
function overlapping(entries: readonly NamedTensor[]): string[][] {
  const areas = entries.map(([name, tensor]) => {
    const last = tensor.shape.reduce((sum, size, dim) => sum + (size - 1) * tensor.stride(dim), 0);
    const start = tensor.storageOffset();
    return {
      name,
      start: start * tensor.itemsize,
      end: (tensor.numel() === 0 ? start : start + last + 1) * tensor.itemsize,
    };
  });
  areas.sort((a, b) => a.start - b.start || a.end - b.end);
  const groups: string[][] = [];
  let end = -1;
  for (const area of areas) {
    if (area.start >= end) groups.push([area.name]);
    else groups.at(-1)?.push(area.name);
    end = Math.max(end, area.end);
  }
  return groups.filter((names) => names.length > 1);
}
