/**
 * Python's `x[...]` and `x[...] = value`: a port of `python_variable_indexing.cpp` and `ATen/TensorIndexing.h`, in their
 * order of operators, so that views, graphs and errors are PyTorch's.
 */
import { type DType, float32, int64 } from './dtype';
import { scalarTensor } from './generated/torch';
import { type IndexItem, type Item, inRange, pythonTypeName, readItem, unpack } from './indexing/items';
import { parseSlice, Slice } from './indexing/slice';
import { strided } from './layout';
import { isTensor, operator } from './ops';
import type { Tensor } from './tensor';
import type { Scalar } from './types';

export type { IndexItem } from './indexing/items';
export { Slice, type SliceBound, type SliceString, slice } from './indexing/slice';

/** Python's names of the types of numbers that may be assigned. */
const SCALARS = ['int', 'float', 'bool', 'complex'];

type Indices = readonly (Tensor | null)[];

const selectOperator = operator<(self: Tensor, dim: number, position: number | bigint) => Tensor>(
  'select',
  'select(Tensor input, int64_t dim, SymInt index)|select.int||',
);
const sliceOperator = operator<
  (
    self: Tensor,
    dim: number,
    start: number | bigint | null,
    stop: number | bigint | null,
    step: number | bigint,
  ) => Tensor
>('slice', 'slice(Tensor input, int64_t dim=0, SymInt? start=None, SymInt? end=None, SymInt step=1)|slice.Tensor||');
const aliasOperator = operator<(self: Tensor) => Tensor>('alias', 'alias(Tensor input)|alias||');
const indexOperator = operator<(self: Tensor, indices: Indices) => Tensor>(
  'index',
  'index(Tensor input, c10::List<::std::optional<Tensor>> indices)|index.Tensor||',
);

/** @internal What `x[items]` is in Python: a view where only whole numbers, slices, null and `'...'` are among them. */
export function index(self: Tensor, items: readonly IndexItem[]): Tensor {
  if (items.length === 1) {
    const item = items[0];
    if (typeof item === 'number') return select(self, 0, item, 0);
    if (typeof item === 'string' && item !== '...') return applySlice(self, 0, parseSlice(item));
    if (isTensor(item) && item.dim() > 0) return indexByTensor(self, item);
  }
  const list = unpack(items);
  const read = list.map((item) => readItem(item, self));
  if (list === items && read.length === 1) {
    const only = read[0] as Item;
    if (only instanceof Slice) return applySlice(self, 0, only);
    if (typeof only === 'bigint') return select(self, 0, only, 0);
  }
  const sliced = new Slicing(self, read);
  if (sliced.indices.length > 0) return indexOperator(sliced.result, sliced.indices);
  return sliced.result === self ? aliasOperator(self) : sliced.result;
}

/** `x[tensor]`: where it fails, the words of Python are found after the fact, so that a good index costs one operator. */
function indexByTensor(self: Tensor, item: Tensor): Tensor {
  try {
    return indexOperator(self, [item]);
  } catch {
    const { result, indices } = new Slicing(self, [item]);
    return indexOperator(result, indices);
  }
}

/** @internal What `x[items] = value` does in Python. Numbers become the tensor's dtype, tensors are broadcast. */
export function indexPut(self: Tensor, items: readonly IndexItem[], value: Tensor | Scalar): void {
  checkAssignable(self, value);
  const list = unpack(items);
  const read = list.map((item) => readItem(item, self));
  if (list === items && read.length === 1 && putSimple(self, read[0] as Item, value)) return;
  const sliced = new Slicing(self, read);
  if (sliced.indices.length === 0) assign(self, sliced.result, value);
  else sliced.result.indexPut_(sliced.indices, withoutLeadingOnes(valueTensor(self, value), false));
}

/** Assigns where the only item is a number, a slice or a boolean; false where it is something else. */
function putSimple(self: Tensor, item: Item, value: Tensor | Scalar): boolean {
  if (typeof item === 'boolean') {
    if (item) assign(self, self.unsqueeze(0), value);
  } else if (typeof item === 'number' || typeof item === 'bigint') {
    assign(self, select(self, 0, item, 0), value);
  } else if (item instanceof Slice) {
    assign(self, self.dim() > 0 && isWhole(self, 0, item) ? self : applySlice(self, 0, item), value);
  } else {
    return false;
  }
  return true;
}

/** The view that an index's simple items make, and the tensors that index it further: `applySlicing`. */
class Slicing {
  result: Tensor;
  /** One per dimension of the result, null for a whole one; empty if there are none. */
  readonly indices: (Tensor | null)[] = [];
  private dim = 0;

  constructor(self: Tensor, items: readonly Item[]) {
    this.result = self;
    const dims = self.dim();
    const specified = items.reduce((count: number, item) => count + dimensionsOf(item), 0);
    if (specified > dims) throw new RangeError(`too many indices for tensor of dimension ${dims}`);
    items.forEach((item, position) => {
      if (item === '...') this.skip(dims - specified);
      else this.apply(item, position);
    });
    while (this.indices.at(-1) === null) this.indices.pop();
  }

  private apply(item: Exclude<Item, '...'>, position: number): void {
    if (item === null) {
      this.result = this.result.unsqueeze(this.dim);
      this.skip(1);
    } else if (item instanceof Slice) {
      this.result = isWhole(this.result, this.dim, item) ? this.result : applySlice(this.result, this.dim, item);
      this.skip(1);
    } else if (typeof item === 'boolean') {
      this.flag(item);
    } else if (typeof item === 'object') {
      this.tensor(item, position);
    } else {
      this.result = select(this.result, this.dim, item, position);
    }
  }

  private tensor(item: Tensor, position: number): void {
    const { dtype } = item;
    if (item.dim() > 0 || !isInteger(dtype)) this.record(item, dtype);
    else if (isMask(dtype)) this.flag(Boolean(item.item<number | boolean>()));
    else this.result = select(this.result, this.dim, item.item<number | bigint>(), position);
  }

  /** A boolean adds a dimension of size 1, and keeps its only element or none. */
  private flag(flag: boolean): void {
    this.result = this.result.unsqueeze(this.dim);
    this.record(this.result.newZeros([flag ? 1 : 0], { dtype: int64 }), int64);
  }

  private record(item: Tensor, dtype: DType): void {
    if (this.indices.length === 0) while (this.indices.length < this.dim) this.indices.push(null);
    this.indices.push(item);
    this.dim += isMask(dtype) ? item.dim() : 1;
  }

  /** Leaves dimensions as they are. */
  private skip(count: number): void {
    this.dim += count;
    if (this.indices.length > 0) for (let i = 0; i < count; i++) this.indices.push(null);
  }
}

/** How many of the tensor's dimensions an item uses up. */
function dimensionsOf(item: Item): number {
  if (item === null || item === '...' || typeof item === 'boolean') return 0;
  return isTensor(item) && isMask(item.dtype) ? item.dim() : 1;
}

function isMask({ name }: DType): boolean {
  return name === 'bool' || name === 'uint8';
}

function isInteger({ name }: DType): boolean {
  return name === 'bool' || /^u?int(8|16|32|64)$/.test(name);
}

function select(self: Tensor, dim: number, position: number | bigint, place: number): Tensor {
  try {
    return selectOperator(self, dim, position);
  } catch (error) {
    throw selectError(self, dim, position, place) ?? error;
  }
}

/** Python's words for a position that is not there, found only after the fact: a good index costs one native call. */
function selectError(self: Tensor, dim: number, position: number | bigint, place: number): unknown {
  try {
    readItem(position, self);
  } catch (error) {
    return error;
  }
  if (self.isNested) return undefined;
  const size = self.shape[dim];
  if (size === undefined) {
    return new RangeError(
      'invalid index of a 0-dim tensor. Use `tensor.item()` in Python or `tensor.item<T>()` in C++ to convert a 0-dim tensor to a number',
    );
  }
  if (position < size && position >= -size) return undefined;
  return new RangeError(`index ${position} is out of bounds for dimension ${place} with size ${size}`);
}

function applySlice(self: Tensor, dim: number, { start, stop, step }: Slice): Tensor {
  return sliceOperator(self, dim, start, stop, step);
}

/** Whether a slice takes all of a dimension, so that no view is due. */
function isWhole(self: Tensor, dim: number, { start, stop, step }: Slice): boolean {
  if (Number(step) !== 1 || Number(start ?? 0) !== 0) return false;
  return stop === null || (stop >= 0 && (self.shape[dim] as number) <= stop);
}

function checkAssignable(self: Tensor, value: unknown): void {
  const { layout } = self;
  if (layout !== strided && layout.name.startsWith('sparse')) throw new TypeError('Cannot assign to a sparse tensor');
  if (isTensor(value)) return;
  const type = pythonTypeName(value);
  if (typeof value === 'bigint') inRange(value);
  if (SCALARS.includes(type)) return;
  throw new TypeError(`can't assign a ${type} to a ${self.type()}`);
}

/** The value as a tensor: a number becomes a 0-d one of the dtype of the tensor that it is assigned to. */
function valueTensor(self: Tensor, value: Tensor | Scalar): Tensor {
  if (isTensor(value)) return value;
  if (self.isQuantized) return scalarTensor(value, { dtype: float32, device: 'cpu' });
  return scalarTensor(value, { dtype: self.dtype, device: self.isCuda ? 'cpu' : self.device });
}

/** Writes a value into `target`, which is `self` or a view of it. */
function assign(self: Tensor, target: Tensor, value: Tensor | Scalar): void {
  // Where no graph shows the difference, a number need not become a tensor first.
  if (isTensor(value) || self.requiresGrad || self.isQuantized) copyTo(target, valueTensor(self, value));
  else target.fill_(value);
}

function copyTo(target: Tensor, source: Tensor): void {
  if (source.dim() === 0 && source.isCpu && target.dim() > 0) {
    target.fill_(source);
    return;
  }
  const sizes = target.shape;
  if (sameSizes(source.shape, sizes)) {
    target.copy_(source);
    return;
  }
  const view = withoutLeadingOnes(source, true);
  target.copy_(sameSizes(view.shape, sizes) ? view : view.expand(sizes));
}

function sameSizes(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((size, i) => size === b[i]);
}

/** The tensor without dimensions of size 1 on the left, as NumPy assigns; `always` a view, even if there are none. */
function withoutLeadingOnes(source: Tensor, always: boolean): Tensor {
  const sizes = [...source.shape];
  const first = sizes.findIndex((size) => size !== 1);
  const rest = first < 0 ? [] : sizes.slice(first);
  return always || rest.length < sizes.length ? source.view(rest) : source;
}
