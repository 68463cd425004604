/** What a tensor is, without running an operator: sizes, strides, dtype, device, layout, flags. */
import { type Device, deviceOfCode } from './device';
import { type DType, dtypeOfCode } from './dtype';
import { NativeObject } from './handle';
import { _mkldnn, jagged, type Layout, layoutOfCode, type MemoryFormat, sparseCoo, sparseCsr } from './layout';
import { type Handle, native, numbers } from './native';
import { asSize, type Size } from './size';

/** The properties of tensors that need no operator. */
export abstract class TensorProperties extends NativeObject {
  /** @internal */
  abstract override readonly handle: Handle;

  /** The sizes of all dimensions. */
  get shape(): Size {
    return asSize(read(native.shape(this.handle)));
  }

  /** The sizes of all dimensions, or of one; throws a RangeError for a dimension that is not there. */
  size(): Size;
  size(dim: number | null): number;
  size(dim?: number | null): Size | number {
    const shape = this.shape;
    return dim === undefined || dim === null ? shape : (shape[dimension(dim, shape.length)] as number);
  }

  /** The steps between neighbours of each dimension, in elements, or of one. */
  stride(): number[];
  stride(dim: number): number;
  stride(dim?: number): number[] | number {
    const strides = read(native.strides(this.handle));
    return dim === undefined ? strides : (strides[dimension(dim, strides.length)] as number);
  }

  /** The number of dimensions. */
  dim(): number {
    return native.dim(this.handle);
  }

  /** The number of dimensions. */
  ndimension(): number {
    return native.dim(this.handle);
  }

  /** The number of dimensions. */
  get ndim(): number {
    return native.dim(this.handle);
  }

  /** The number of elements. */
  numel(): number {
    return native.numel(this.handle);
  }

  /** The number of elements. */
  nelement(): number {
    return native.numel(this.handle);
  }

  /** The size of the first dimension: Python's `len`; throws a TypeError for a 0-d tensor. */
  get length(): number {
    if (native.dim(this.handle) === 0) throw new TypeError('len() of a 0-d tensor');
    return this.size(0);
  }

  get dtype(): DType {
    return dtypeOfCode(native.dtypeCode(this.handle));
  }

  get device(): Device {
    return deviceOfCode(native.deviceCode(this.handle));
  }

  get layout(): Layout {
    return layoutOfCode(native.layoutCode(this.handle));
  }

  /** The bytes of one element. */
  get itemsize(): number {
    return native.elementSize(this.handle);
  }

  /** The bytes of one element. */
  elementSize(): number {
    return native.elementSize(this.handle);
  }

  /** The bytes of all elements. */
  get nbytes(): number {
    return native.numel(this.handle) * native.elementSize(this.handle);
  }

  /** Where the tensor begins in its storage, in elements. */
  storageOffset(): number {
    return native.storageOffset(this.handle);
  }

  /** The address of the first element. */
  dataPtr(): bigint {
    return native.dataPointer(this.handle);
  }

  /** The address of the first element, which is not to be written to. */
  constDataPtr(): bigint {
    return native.dataPointer(this.handle);
  }

  /** Whether the elements lie in order, without gaps, in the given memory format. */
  isContiguous(memoryFormat?: MemoryFormat | { memoryFormat?: MemoryFormat }): boolean {
    const format = memoryFormat instanceof NativeObject ? memoryFormat : memoryFormat?.memoryFormat;
    return format === undefined ? native.isContiguous(this.handle) : native.isContiguous(this.handle, format.handle);
  }

  /** The index of the accelerator that the tensor is on, -1 for the CPU. */
  getDevice(): number {
    return this.device.type === 'cpu' ? -1 : (this.device.index ?? 0);
  }

  get isCuda(): boolean {
    return this.device.type === 'cuda';
  }

  get isCpu(): boolean {
    return this.device.type === 'cpu';
  }

  get isMeta(): boolean {
    return this.device.type === 'meta';
  }

  get isIpu(): boolean {
    return this.device.type === 'ipu';
  }

  get isMaia(): boolean {
    return this.device.type === 'maia';
  }

  get isMps(): boolean {
    return this.device.type === 'mps';
  }

  get isMtia(): boolean {
    return this.device.type === 'mtia';
  }

  get isVulkan(): boolean {
    return this.device.type === 'vulkan';
  }

  get isXla(): boolean {
    return this.device.type === 'xla';
  }

  get isXpu(): boolean {
    return this.device.type === 'xpu';
  }

  get isMkldnn(): boolean {
    return this.layout === _mkldnn;
  }

  get isSparse(): boolean {
    return this.layout === sparseCoo;
  }

  get isSparseCsr(): boolean {
    return this.layout === sparseCsr;
  }

  get isQuantized(): boolean {
    return native.isQuantized(this.handle);
  }

  get isNested(): boolean {
    return native.isNested(this.handle) || this.layout === jagged;
  }

  /** Counts the in-place changes of the memory: what autograd checks saved tensors against. */
  get _version(): number {
    return native.version(this.handle);
  }
}

/** Sizes or strides as the addon hands them over, copied: see `numbers` in native.ts. */
function read(handedOver: number | number[]): number[] {
  if (typeof handedOver !== 'number') return handedOver;
  const list: number[] = [];
  for (let i = 0; i < handedOver; i++) list.push(numbers[i] as number);
  return list;
}

function dimension(dim: number, dims: number): number {
  const limit = Math.max(dims, 1);
  if (dim < -limit || dim >= limit) {
    throw new RangeError(
      `Dimension out of range (expected to be in range of [${-limit}, ${limit - 1}], but got ${dim})`,
    );
  }
  return dim < 0 ? dim + limit : dim;
}
