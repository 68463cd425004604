/** Storages: the bytes that tensors of a file share, and tensors over parts of them. */
import type { DType } from '../dtype';
import { RuntimeError } from '../errors';
import { empty } from '../generated/torch';
import { native } from '../native';
import { wrap } from '../ops';
import type { Tensor } from '../tensor';
import { UnpicklingError } from './errors';

/** The names of Python's storage classes by the dtypes that have one; others are stored as bytes. */
const STORAGE_NAMES: Readonly<Record<string, string>> = {
  float64: 'DoubleStorage',
  float32: 'FloatStorage',
  float16: 'HalfStorage',
  int64: 'LongStorage',
  int32: 'IntStorage',
  int16: 'ShortStorage',
  int8: 'CharStorage',
  uint8: 'ByteStorage',
  bool: 'BoolStorage',
  bfloat16: 'BFloat16Storage',
  complex128: 'ComplexDoubleStorage',
  complex64: 'ComplexFloatStorage',
  qint8: 'QInt8Storage',
  qint32: 'QInt32Storage',
  quint8: 'QUInt8Storage',
  quint4x2: 'QUInt4x2Storage',
  quint2x4: 'QUInt2x4Storage',
};

/** Python's name of the class of storages of a dtype; undefined where there is none. */
export function storageName(dtype: DType): string | undefined {
  return STORAGE_NAMES[dtype.name];
}

/** The name of the dtype that a class of storages has. */
export function dtypeNameOfStorage(name: string): string | undefined {
  return Object.keys(STORAGE_NAMES).find((dtype) => STORAGE_NAMES[dtype] === name);
}

/** A class of storages as a pickle names it. */
export class StorageType {
  constructor(readonly dtype: DType) {}
}

/** A storage that a pickle refers to. */
export interface Storage {
  /** All bytes, 1-d. */
  readonly bytes: Tensor;
  readonly dtype: DType;
}

type SetStorage = (storage: Tensor, offset: number, size: readonly number[], stride: readonly number[]) => Tensor;

/** Puts a tensor over a part of a storage, which has been checked. */
function setStorage(tensor: Tensor, ...args: Parameters<SetStorage>): Tensor {
  return (tensor as unknown as { set_: SetStorage }).set_(...args);
}

/** All bytes of a tensor's storage, as a 1-d uint8 tensor over the same memory. */
export function storageBytes(tensor: Tensor): Tensor {
  return wrap(native.storageTensor(tensor.handle));
}

/** Where a tensor lies in its storage, in elements. */
export interface Place {
  readonly offset: number;
  readonly size: readonly number[];
  readonly stride: readonly number[];
}

/**
 * Throws unless a tensor at a place lies within so many bytes.
 *
 * @throws RuntimeError in PyTorch's words if it does not, UnpicklingError if there is no such place.
 */
export function checkPlace({ offset, size, stride }: Place, itemsize: number, storageBytes: number): void {
  const isCount = (number: number): boolean => Number.isSafeInteger(number) && number >= 0;
  if (![offset, ...size, ...stride].every(isCount) || size.length !== stride.length) {
    throw new UnpicklingError(`a tensor cannot have sizes [${size}], strides [${stride}] and storage offset ${offset}`);
  }
  const count = size.reduce((product, length) => product * length, 1);
  const last = count === 0 ? 0 : size.reduce((sum, length, dim) => sum + (length - 1) * (stride[dim] as number), 1);
  // Beyond 2^53 the sums are no longer exact, but then they are far too large.
  if ((offset + last) * itemsize <= storageBytes && count * itemsize <= Number.MAX_SAFE_INTEGER) return;
  throw new RuntimeError(
    `setStorage: sizes [${size.join(', ')}], strides [${stride.join(', ')}], storage offset ${offset}, and itemsize ${itemsize} ` +
      `requiring a storage size of ${(offset + last) * itemsize} are out of bounds for storage of size ${storageBytes}`,
  );
}

/** A tensor over a part of a storage. Throws as `checkPlace`. */
export function tensorOver({ bytes }: Storage, dtype: DType, place: Place): Tensor {
  checkPlace(place, dtype.itemsize, bytes.numel());
  if (dtype.name.startsWith('q')) throw new UnpicklingError(`a tensor of ${dtype} needs a quantizer`);
  const made = empty(0, { dtype, device: bytes.device });
  return setStorage(made, bytes, place.offset, place.size, place.stride);
}

/** Puts an existing tensor over a part of a storage. Throws as `checkPlace`. */
export function moveOver(tensor: Tensor, { bytes }: Storage, place: Place): void {
  checkPlace(place, tensor.dtype.itemsize, bytes.numel());
  setStorage(tensor, bytes, place.offset, place.size, place.stride);
}

/** A storage of its own over a part of another's memory on the CPU. */
export function sliceStorage(bytes: Tensor, offset: number, size: number): Tensor {
  return wrap(native.sliceStorage(bytes.handle, offset, size));
}

/** Turns the bytes of each element around; those of a complex element's parts each. */
export function swapBytes(bytes: Tensor, dtype: DType): void {
  const width = dtype.isComplex ? dtype.itemsize / 2 : dtype.itemsize;
  if (width > 1) bytes.copy_(bytes.view(-1, width).flip(1).reshape(-1));
}
