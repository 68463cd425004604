/** `torch.npy`: NumPy's files of one array. */
import { RuntimeError, ValueError } from '../../errors';
import { Tensor } from '../../tensor';
import { pieces } from '../memory';
import { type RangeReader, rangeReader } from '../ranges';
import { collect, type Parts, type Writable, writeLater, writeNow } from '../sink';
import { type Readable, type Reading, readLater, readNow, type Source } from '../source';
import { storageBytes, swapBytes, tensorOver } from '../storage';
import { readHeader, type Window, writeHeader } from './header';

/** How an array is loaded. */
export interface LoadOptions {
  /** Whether the tensor is a part of the mapped file, read when it is touched: false if left out. Paths only. */
  readonly mmap?: boolean;
}

/**
 * The array of a .npy file as a tensor: Python's `torch.from_numpy(np.load(file))`. A tensor of bytes in memory shares
 * them where they are aligned and in this machine's order. Arrays of objects, records and text are refused.
 *
 * @see https://numpy.org/doc/stable/reference/generated/numpy.load.html
 * @throws ValueError if the file is damaged.
 */
export function load(file: Readable, options: LoadOptions = {}): Tensor {
  return readNow(file, (source) => loading(source, options));
}

/** As `load`, but lets the event loop run while the elements are read. */
export function loadAsync(file: Readable, options: LoadOptions = {}): Promise<Tensor> {
  return readLater(file, (source) => loading(source, options));
}

function loading(source: Source, { mmap = false }: LoadOptions): Reading<Tensor> {
  return loadArray(source, rangeReader(source, { isMapped: mmap }), 0);
}

/** @internal The array in a part of a file that begins at a position. */
export function* loadArray(window: Window, read: RangeReader, start: number): Reading<Tensor> {
  const { dtype, shape, isFortran, isBigEndian, position } = readHeader(window);
  const count = shape.reduce((product, size) => product * size, 1);
  const size = count * dtype.itemsize;
  if (size > window.size - position) {
    throw new ValueError(`EOF: reading array data, expected ${size} bytes got ${window.size - position}`);
  }
  let bytes = yield* read(start + position, size, dtype.itemsize);
  if (isBigEndian) {
    bytes = bytes.clone();
    swapBytes(bytes, dtype);
  }
  return tensorOver({ bytes, dtype }, dtype, { offset: 0, size: shape, stride: stridesOf(shape, isFortran) });
}

function stridesOf(shape: readonly number[], isFortran: boolean): number[] {
  const stride: number[] = [];
  let step = 1;
  const sizes = isFortran ? shape : [...shape].reverse();
  for (const size of sizes) {
    stride.push(step);
    step *= Math.max(size, 1);
  }
  return isFortran ? stride : stride.reverse();
}

/**
 * Writes a tensor as a .npy file, which takes its place when it is complete: Python's `np.save(file, x.numpy())`.
 *
 * @param file A path or URL, or what has a `write` method.
 * @see https://numpy.org/doc/stable/reference/generated/numpy.save.html
 * @throws TypeError for a dtype that NumPy lacks, such as bfloat16.
 */
export function save(file: Writable, array: Tensor): void {
  writeNow(file, arrayParts(array).parts());
}

/** As `save`, but lets the event loop run while bytes are written; the tensor must not change meanwhile. */
export async function saveAsync(file: Writable, array: Tensor): Promise<void> {
  await writeLater(file, arrayParts(array).parts());
}

/** The bytes of a .npy file with a tensor. */
export function toBuffer(array: Tensor): Uint8Array {
  return collect(arrayParts(array).parts());
}

/** @internal The bytes of a .npy file, and how many they are. */
export function arrayParts(array: Tensor): { size: number; parts(): Parts } {
  if (!(array instanceof Tensor)) throw new TypeError(`expected a tensor, but got ${typeof array}`);
  if (array.isMeta) throw new RuntimeError('a tensor on the meta device has no elements to save');
  const plain = array.detach().resolveConj().resolveNeg().cpu().contiguous();
  const header = writeHeader(plain.dtype, plain.shape);
  const start = plain.storageOffset() * plain.itemsize;
  return {
    size: header.length + plain.nbytes,
    *parts() {
      yield header;
      if (plain.nbytes > 0) yield* pieces(storageBytes(plain).narrow(0, start, plain.nbytes));
    },
  };
}
