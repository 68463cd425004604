/** Converts tensors between dtypes and devices, and names their types: `to` and `type`. */
import { device } from './device';
import {
  bfloat16,
  bool,
  complex64,
  complex128,
  type DType,
  float16,
  float32,
  float64,
  int8,
  int16,
  int32,
  int64,
  qint8,
  qint32,
  quint8,
  uint8,
} from './dtype';
import { ValueError } from './errors';
import { method } from './ops';
import type { Tensor } from './tensor';
import type { DeviceLike } from './types';

/** `x.to(...)` with any of its signatures; `this` is the tensor. */
export const to: (this: Tensor, ...args: unknown[]) => Tensor = method(
  'to',
  'to(Device device=None, ScalarType dtype=None, bool non_blocking=False, bool copy=False, *, MemoryFormat? memory_format=None)|to.dtype_layout||',
  'to(ScalarType dtype, bool non_blocking=False, bool copy=False, *, MemoryFormat? memory_format=None)|to.dtype||',
  'to(Tensor other, bool non_blocking=False, bool copy=False, *, MemoryFormat? memory_format=None)|to.other||',
);

const TYPE_NAMES = new Map<DType, string>([
  [uint8, 'Byte'],
  [int8, 'Char'],
  [int16, 'Short'],
  [int32, 'Int'],
  [int64, 'Long'],
  [float16, 'Half'],
  [float32, 'Float'],
  [float64, 'Double'],
  [bool, 'Bool'],
  [bfloat16, 'BFloat16'],
  [complex64, 'ComplexFloat'],
  [complex128, 'ComplexDouble'],
  [qint8, 'QInt8'],
  [quint8, 'QUInt8'],
  [qint32, 'QInt32'],
]);

/** LibTorch's name of a dtype: `Float`, `Char`. */
export function scalarTypeName(dtype: DType): string {
  return TYPE_NAMES.get(dtype) ?? dtype.name;
}

/** A tensor's type as text: `'torch.FloatTensor'`, `'torch.cuda.HalfTensor'`, `'torch.sparse.FloatTensor'`. */
export function typeText(tensor: Tensor): string {
  const backend = tensor.device.type === 'cpu' ? '' : `${tensor.device.type}.`;
  const sparse = tensor.isSparse ? 'sparse.' : '';
  return `torch.${backend}${sparse}${scalarTypeName(tensor.dtype)}Tensor`;
}

/** What a type's text stands for; throws a ValueError for one that PyTorch does not know. */
export function typeNamed(text: string): { dtype: DType; device: DeviceLike } {
  const match = /^torch\.(?:(\w+)\.)?(\w+)Tensor$/.exec(text);
  for (const [dtype, name] of TYPE_NAMES) {
    if (match?.[2] === name) return { dtype, device: device(match[1] ?? 'cpu') };
  }
  throw new ValueError(`invalid type: '${text}'`);
}
