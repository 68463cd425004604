/** Tensors over the memory of typed arrays, and typed arrays over the memory of tensors. */
import { markAsUntransferable } from 'node:worker_threads';
import {
  bool,
  complex64,
  complex128,
  type DType,
  float32,
  float64,
  int8,
  int16,
  int32,
  int64,
  uint8,
  uint16,
  uint32,
  uint64,
} from './dtype';
import { ValueError } from './errors';
import { native } from './native';
import { wrap } from './ops';
import type { Tensor } from './tensor';

/** The typed arrays that hold tensors' elements. */
export type TypedArray =
  | Float32Array
  | Float64Array
  | Int8Array
  | Int16Array
  | Int32Array
  | BigInt64Array
  | Uint8Array
  | Uint16Array
  | Uint32Array
  | BigUint64Array;

type TypedArrayClass = new (buffer: ArrayBuffer, offset: number, length: number) => TypedArray;

const ARRAYS = new Map<DType, TypedArrayClass>([
  [float32, Float32Array],
  [float64, Float64Array],
  [int8, Int8Array],
  [int16, Int16Array],
  [int32, Int32Array],
  [int64, BigInt64Array],
  [uint8, Uint8Array],
  [uint16, Uint16Array],
  [uint32, Uint32Array],
  [uint64, BigUint64Array],
  [bool, Uint8Array],
  [complex64, Float32Array],
  [complex128, Float64Array],
]);

/** The class whose elements have a dtype's bits; complex numbers are two of its elements. */
function arrayClass(dtype: DType): TypedArrayClass {
  return ARRAYS.get(dtype) ?? (dtype.itemsize === 2 ? Uint16Array : Uint8Array);
}

/** @internal The dtype of a typed array's elements; null for what is no typed array. */
export function dtypeOfArray(array: unknown): DType | null {
  if (array instanceof Uint8ClampedArray) return uint8;
  for (const [dtype, type] of ARRAYS) if (array instanceof type) return dtype;
  return null;
}

/** The elements of a tensor, in order: see `Tensor.toTypedArray`. */
export function typedArrayOf(tensor: Tensor): TypedArray {
  const plain = tensor.detach().resolveConj().resolveNeg().cpu().contiguous();
  const buffer = native.toArrayBuffer(plain.handle) ?? movedBuffer(plain);
  const ArrayClass = arrayClass(plain.dtype) as TypedArrayClass & { BYTES_PER_ELEMENT: number };
  return new ArrayClass(buffer, 0, plain.nbytes / ArrayClass.BYTES_PER_ELEMENT);
}

/** A buffer of JavaScript's own to which the tensor's memory moves: see Note [Lent memory] in binding/data.cc. */
function movedBuffer(tensor: Tensor): ArrayBuffer {
  const buffer = new ArrayBuffer(tensor.nbytes);
  markAsUntransferable(buffer);
  return native.moveToArrayBuffer(tensor.handle, buffer);
}

/**
 * Keeps a buffer that a tensor uses from being moved away: by `postMessage` and `structuredClone` on every Node (20 gives
 * a copy, later ones throw), by `ArrayBuffer.prototype.transfer` from Node 24 on.
 *
 * @throws ValueError for a buffer whose size can change, which would leave the tensor over memory that is gone.
 */
function holdStill(buffer: ArrayBufferLike): void {
  if (!(buffer instanceof ArrayBuffer)) return;
  if ((buffer as { resizable?: boolean }).resizable)
    throw new ValueError('a resizable ArrayBuffer cannot back a tensor');
  markAsUntransferable(buffer);
}

/** @internal A tensor over a typed array's memory that lives no longer than the array is at hand: what is copied from. */
export function viewOfArray(array: TypedArray | Uint8ClampedArray): Tensor {
  const dtype = dtypeOfArray(array);
  if (dtype === null) throw new TypeError('expected a typed array');
  return wrap(native.fromMemory(array, dtype.handle, 0, array.length));
}

/** How memory is read as a tensor. */
export interface FromBufferOptions {
  /** The elements' dtype; a typed array's own if left out. */
  readonly dtype?: DType;
  /** How many elements; as many as there are if left out or -1. */
  readonly count?: number;
  /** Where to begin, in bytes. */
  readonly offset?: number;
  readonly requiresGrad?: boolean;
}

/**
 * A 1-d tensor over the very memory of a typed array, Buffer, ArrayBuffer or SharedArrayBuffer, which it keeps alive: a
 * change of one shows in the other. The memory must not be moved away while the tensor lives: transfer by `postMessage`
 * and `structuredClone` is barred here, `ArrayBuffer.prototype.transfer` only from Node 24 on.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.frombuffer.html
 * @throws ValueError if the memory is too short, not aligned to the dtype, or resizable.
 */
export function frombuffer(memory: ArrayBufferLike | ArrayBufferView, options: FromBufferOptions = {}): Tensor {
  const dtype = options.dtype ?? dtypeOfArray(memory);
  if (dtype === null) throw new TypeError('frombuffer() needs a dtype for memory that is no typed array');
  const { offset = 0, count = -1, requiresGrad = false } = options;
  const view = ArrayBuffer.isView(memory) ? memory : new Uint8Array(memory);
  holdStill(view.buffer);
  const available = Math.floor((memory.byteLength - offset) / dtype.itemsize);
  if (count === 0 || memory.byteLength === 0) {
    throw new ValueError(`both buffer length (${memory.byteLength}) and count (${count}) must not be 0`);
  }
  const tensor = wrap(native.fromMemory(view, dtype.handle, offset, count < 0 ? Math.max(available, 0) : count));
  return requiresGrad ? tensor.requiresGrad_() : tensor;
}

/**
 * A 1-d tensor over a typed array's memory, with its dtype: Python's `torch.from_numpy`. See `frombuffer`.
 *
 * @throws TypeError for what is no typed array, ValueError for one over a resizable ArrayBuffer.
 */
export function fromTypedArray(array: TypedArray | Uint8ClampedArray): Tensor {
  const tensor = viewOfArray(array);
  holdStill(array.buffer);
  return tensor;
}
