/** Makes tensors of JavaScript's data: `torch.tensor` and its kin. */
import { scalarTypeName } from './conversion';
import { constructedOn } from './device';
import {
  bfloat16,
  bool,
  complex64,
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
import { element, inferDtype, memoryOf } from './elements';
import { ValueError } from './errors';
import * as vf from './generated/vf';
import { isOptions, isTensor } from './ops';
import type { Tensor } from './tensor';
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

function sizesOf(data: unknown): number[] {
  const shape: number[] = [];
  for (let level = data; Array.isArray(level) || (isTensor(level) && level.dim() > 0); ) {
    shape.push(level.length);
    if (shape.length > 128) throw new ValueError("too many dimensions 'list'");
    if (isTensor(level)) return [...shape.slice(0, -1), ...level.shape];
    level = level[0];
  }
  return shape;
}

function flatten(data: unknown, shape: readonly number[], depth: number, values: Scalar[]): void {
  if (isTensor(data)) {
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

/** A new tensor of nested numbers, on the CPU. */
function fromNested(data: unknown, asked: DType | null): Tensor {
  const shape = sizesOf(data);
  const values: Scalar[] = [];
  flatten(data, shape, 0, values);
  const wanted = asked ?? inferDtype(values);
  if (values.length === 0) return vf.full(shape, 0, { dtype: wanted, device: 'cpu' });
  const { memory, dtype } = memoryOf(values, wanted);
  return viewOfArray(memory).view(dtype).view(shape).to({ dtype: wanted, copy: true });
}

function finishTensor(tensor: Tensor, { device, requiresGrad = false, pinMemory = false }: TensorOptions): Tensor {
  const where = constructedOn(device);
  let result = where === null ? tensor : tensor.to(where);
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
  if (isTensor(data)) {
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
  if (!isTensor(data) && !isArray) return tensor(data, { dtype: dtype ?? null, device: device ?? null });
  const source = isArray ? fromTypedArray(data as TypedArray) : (data as Tensor);
  const where = constructedOn(device);
  if (!dtype && !where) return source;
  return source.to({ dtype: dtype ?? source.dtype, device: where ?? source.device });
}

/** How `asarray` makes a tensor. */
export interface AsArrayOptions {
  readonly dtype?: DType | null;
  readonly device?: DeviceLike | null;
  /** True for memory of its own, false for the data's or an error; null for a copy only where one is needed. */
  readonly copy?: boolean | null;
  /** Whether autograd records operations on it; as on the data, if left out. */
  readonly requiresGrad?: boolean;
}

/**
 * A tensor of the data, which shares the memory of a tensor or a typed array unless a copy is asked for or needed.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.asarray.html
 * @throws ValueError where `copy` is false and a copy is needed.
 */
export function asarray(data: TensorData | ArrayBuffer, options: AsArrayOptions = {}): Tensor {
  const { copy = null } = options;
  const source = data instanceof ArrayBuffer ? new Uint8Array(data) : data;
  const isTyped = dtypeOfArray(source) !== null;
  if (!isTensor(source) && !isTyped) {
    if (copy === false) throw new ValueError("can't alias arbitrary sequence into a tensor.");
    return tensor(source, options);
  }
  const shared = isTyped ? fromTypedArray(source as TypedArray) : (source as Tensor);
  const device = constructedOn(options.device) ?? shared.device;
  const dtype = options.dtype ?? shared.dtype;
  if (copy === false && device !== shared.device) {
    throw new ValueError(`can't alias tensor from device '${shared.device}' to '${device}'.`);
  }
  if (copy === false && dtype !== shared.dtype) {
    throw new ValueError(
      `can't alias tensor with dtype '${scalarTypeName(shared.dtype)}' into dtype '${scalarTypeName(dtype)}'.`,
    );
  }
  const converted = shared.to({ dtype, device, copy: copy === true });
  const requiresGrad = options.requiresGrad ?? shared.requiresGrad;
  if (!converted.isLeaf && !requiresGrad) return converted.detach();
  return converted.isLeaf ? converted.requiresGrad_(requiresGrad) : converted;
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
      return tensor(data as TensorData, { dtype: dtype(), device: 'cpu' });
    return vf.full(args as Int[], 0, { dtype: dtype(), device: 'cpu' });
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
