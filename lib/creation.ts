/** Makes tensors of JavaScript's data: `torch.tensor` and its kin. */
import { Complex } from './complex';
import {
  bfloat16,
  bool,
  complex64,
  complex128,
  type DType,
  float16,
  float32,
  float64,
  getDefaultDtype,
  int8,
  int16,
  int32,
  int64,
  uint8,
} from './dtype';
import { ValueError } from './errors';
import * as vf from './generated/vf';
import { isOptions } from './ops';
import { Tensor } from './tensor';
import { dtypeOfArray, fromTypedArray, type TypedArray, viewOfArray } from './typed-arrays';
import type { DeviceLike, FactoryOptions, Int, IntList, Scalar } from './types';

/** What `torch.tensor` reads: a number, arrays of them to any depth, a typed array, or a tensor. */
export type TensorData = Scalar | Tensor | TypedArray | readonly TensorData[];

/** How a tensor of data is made. */
export interface TensorOptions {
  readonly dtype?: DType | null;
  readonly device?: DeviceLike | null;
  readonly requiresGrad?: boolean;
  readonly pinMemory?: boolean;
}

/** Nested data laid out flat. */
interface Flat {
  readonly values: (number | bigint | boolean | Complex)[];
  readonly shape: number[];
}

function sizesOf(data: unknown): number[] {
  const shape: number[] = [];
  for (let level = data; Array.isArray(level) || (level instanceof Tensor && level.dim() > 0); ) {
    shape.push(level.length);
    if (shape.length > 128) throw new ValueError("too many dimensions 'list'");
    if (level instanceof Tensor) return [...shape.slice(0, -1), ...level.shape];
    level = level[0];
  }
  return shape;
}

function flatten(data: unknown, shape: readonly number[], depth: number, values: Flat['values']): void {
  if (data instanceof Tensor) {
    flatten(data.tolist(), shape, depth, values);
    return;
  }
  if (depth === shape.length) {
    values.push(element(data));
    return;
  }
  if (!Array.isArray(data)) throw new TypeError(`not a sequence`);
  if (data.length !== shape[depth]) {
    throw new ValueError(`expected sequence of length ${shape[depth]} at dim ${depth} (got ${data.length})`);
  }
  for (let i = 0; i < data.length; i++) flatten(data[i], shape, depth + 1, values);
}

function element(value: unknown): number | bigint | boolean | Complex {
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean') return value;
  if (value instanceof Complex) return value;
  if (Array.isArray(value)) throw new ValueError('expected a number, got a list: the nested lists are ragged');
  const name =
    value === null ? 'NoneType' : typeof value === 'object' ? (value.constructor?.name ?? 'object') : typeof value;
  throw new TypeError(
    value === null || value === undefined ? `must be real number, not ${name}` : `new(): invalid data type '${name}'`,
  );
}

/** The dtype of data: it never depends on whether numbers happen to be whole. */
function inferDtype(values: Flat['values']): DType {
  let kinds = 0;
  for (const value of values) {
    kinds |= typeof value === 'boolean' ? 1 : typeof value === 'bigint' ? 2 : typeof value === 'number' ? 4 : 8;
  }
  if (kinds >= 8) return getDefaultDtype().toComplex();
  if (kinds >= 4 || kinds === 0) return getDefaultDtype();
  return kinds >= 2 ? int64 : bool;
}

/** Memory with the values in a dtype that JavaScript writes exactly and that converts to the one wanted. */
function memoryOf(values: Flat['values'], dtype: DType): { memory: TypedArray; dtype: DType } {
  if (dtype.isComplex) {
    const memory = new Float64Array(values.length * 2);
    values.forEach((value, i) => {
      memory[2 * i] = value instanceof Complex ? value.re : Number(value);
      memory[2 * i + 1] = value instanceof Complex ? value.im : 0;
    });
    return { memory, dtype: complex128 };
  }
  for (const value of values) {
    if (value instanceof Complex) throw new TypeError(`must be real number, not complex`);
  }
  if (dtype === float32) return { memory: Float32Array.from(values, Number), dtype };
  if (dtype.isFloatingPoint) return { memory: Float64Array.from(values, Number), dtype: float64 };
  if (dtype === bool) return { memory: Uint8Array.from(values, (value) => (Number(value) === 0 ? 0 : 1)), dtype: bool };
  return { memory: BigInt64Array.from(values, toBigInt), dtype: int64 };
}

/** Python's `int(x)`: truncates, and refuses what is no number. */
function toBigInt(value: number | bigint | boolean | Complex): bigint {
  if (typeof value !== 'number') return BigInt(value as bigint | boolean);
  if (Number.isNaN(value)) throw new ValueError('cannot convert float NaN to integer');
  if (!Number.isFinite(value)) throw new RangeError('cannot convert float infinity to integer');
  return BigInt(Math.trunc(value));
}

function checkRange(values: Flat['values'], dtype: DType): void {
  if (dtype.isFloatingPoint || dtype.isComplex || dtype === bool) return;
  const bits = BigInt(dtype.itemsize * 8);
  const low = dtype.isSigned ? -(1n << (bits - 1n)) : 0n;
  const high = dtype.isSigned ? (1n << (bits - 1n)) - 1n : (1n << bits) - 1n;
  for (const value of values) {
    const whole = toBigInt(value);
    // uint8 wraps negative numbers around, as in PyTorch.
    if (whole < (dtype === uint8 ? -255n : low) || whole > high) {
      throw new RangeError(`value cannot be converted to type ${dtype.name} without overflow`);
    }
  }
}

/** A new tensor of nested numbers, on the CPU. */
function fromNested(data: unknown, asked: DType | null): Tensor {
  const shape = sizesOf(data);
  const values: Flat['values'] = [];
  flatten(data, shape, 0, values);
  const wanted = asked ?? inferDtype(values);
  checkRange(values, wanted);
  if (values.length === 0) return vf.full(shape, 0, { dtype: wanted });
  const { memory, dtype } = memoryOf(values, wanted);
  return viewOfArray(memory).view(dtype).view(shape).to({ dtype: wanted, copy: true });
}

function finishTensor(tensor: Tensor, { device, requiresGrad = false, pinMemory = false }: TensorOptions): Tensor {
  let result = device === undefined || device === null ? tensor : tensor.to(device);
  if (pinMemory) result = result.pinMemory();
  return requiresGrad ? result.requiresGrad_() : result;
}

/**
 * A new tensor with a copy of the data. Numbers give the default dtype (float32) whether whole or not, bigints int64,
 * booleans bool, a typed array its own dtype: pass `{ dtype: torch.int64 }` for Python's `torch.tensor([1, 2])`.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.tensor.html
 * @throws ValueError for ragged lists, TypeError for what is no number.
 */
export function tensor(data: TensorData, options: TensorOptions = {}): Tensor {
  const dtype = options.dtype ?? null;
  if (data instanceof Tensor) {
    const copy = data.detach().to({ dtype: dtype ?? data.dtype, copy: true });
    return finishTensor(copy, options);
  }
  if (dtypeOfArray(data) !== null) {
    const view = viewOfArray(data as TypedArray);
    return finishTensor(view.to({ dtype: dtype ?? view.dtype, copy: true }), options);
  }
  return finishTensor(fromNested(data, dtype), options);
}

/**
 * A tensor of the data, without a copy where that is possible: a tensor is itself, a typed array shares its memory.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.as_tensor.html
 */
export function asTensor(data: TensorData, { dtype, device }: Omit<TensorOptions, 'requiresGrad'> = {}): Tensor {
  const isArray = dtypeOfArray(data) !== null;
  if (!(data instanceof Tensor) && !isArray) return tensor(data, { dtype: dtype ?? null, device: device ?? null });
  const source = isArray ? fromTypedArray(data as TypedArray) : (data as Tensor);
  if (!dtype && !device) return source;
  return source.to({ dtype: dtype ?? source.dtype, device: device ?? source.device });
}

/**
 * A tensor filled with one value. A number gives the default dtype (float32) whether whole or not, a bigint int64, a
 * boolean bool.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.full.html
 */
export function full(size: IntList, fillValue: Scalar, options: FactoryOptions & { out?: Tensor } = {}): Tensor {
  const isNumber = typeof fillValue === 'number' && !options.dtype && !options.out;
  return vf.full(size, fillValue, isNumber ? { ...options, dtype: getDefaultDtype() } : options);
}

/** A class of PyTorch's old days: `torch.LongTensor([0, 2])` of data, `torch.LongTensor(2, 3)` of sizes. */
export type LegacyConstructor = (...args: [TensorData] | Int[]) => Tensor;

function legacy(dtype: () => DType): LegacyConstructor {
  return (...args) => {
    const [data] = args;
    if (args.length === 1 && typeof data === 'object' && !isOptions(data))
      return tensor(data as TensorData, { dtype: dtype() });
    return vf.full(args as Int[], 0, { dtype: dtype() });
  };
}

export const FloatTensor = legacy(() => float32);
export const DoubleTensor = legacy(() => float64);
export const HalfTensor = legacy(() => float16);
export const BFloat16Tensor = legacy(() => bfloat16);
export const LongTensor = legacy(() => int64);
export const IntTensor = legacy(() => int32);
export const ShortTensor = legacy(() => int16);
export const CharTensor = legacy(() => int8);
export const ByteTensor = legacy(() => uint8);
export const BoolTensor = legacy(() => bool);
export const ComplexFloatTensor = legacy(() => complex64);

/** Whether a value is a tensor. @see https://docs.pytorch.org/docs/2.13/generated/torch.is_tensor.html */
export function isTensor(value: unknown): value is Tensor {
  return value instanceof Tensor;
}
