/** How tensors lie in memory: layouts and memory formats. */
import { inspect } from 'node:util';
import { NativeObject } from './handle';
import { type Handle, native } from './native';

/** A native enumerator with Python's name. */
abstract class Named extends NativeObject {
  constructor(
    /** Python's name, without `torch.`. */
    readonly name: string,
    /** @internal */
    readonly handle: Handle,
  ) {
    super();
  }

  /** Python's text: `torch.strided`. */
  override toString(): string {
    return `torch.${this.name}`;
  }

  /** @internal What `console.log` prints. */
  [inspect.custom](): string {
    return this.toString();
  }
}

/** @see https://docs.pytorch.org/docs/2.13/tensor_attributes.html#torch.layout */
export class Layout extends Named {}

/** @see https://docs.pytorch.org/docs/2.13/tensor_attributes.html#torch.memory_format */
export class MemoryFormat extends Named {}

// In the order of c10::Layout.
const LAYOUTS = [
  'strided',
  'sparse_coo',
  'sparse_csr',
  '_mkldnn',
  'sparse_csc',
  'sparse_bsr',
  'sparse_bsc',
  'jagged',
].map((name, code) => new Layout(name, native.layout(code)));

export const [strided, sparseCoo, sparseCsr, _mkldnn, sparseCsc, sparseBsr, sparseBsc, jagged] = LAYOUTS as [
  Layout,
  Layout,
  Layout,
  Layout,
  Layout,
  Layout,
  Layout,
  Layout,
];

/** @internal The layout of LibTorch's number. */
export function layoutOfCode(code: number): Layout {
  return LAYOUTS[code] as Layout;
}

// By the numbers of c10::MemoryFormat.
export const contiguousFormat = new MemoryFormat('contiguous_format', native.memoryFormat(0));
export const preserveFormat = new MemoryFormat('preserve_format', native.memoryFormat(1));
export const channelsLast = new MemoryFormat('channels_last', native.memoryFormat(2));
export const channelsLast3d = new MemoryFormat('channels_last_3d', native.memoryFormat(3));

const MEMORY_FORMATS = [contiguousFormat, preserveFormat, channelsLast, channelsLast3d];

/** @internal The memory format of LibTorch's number. */
export function memoryFormatOfCode(code: number): MemoryFormat {
  return MEMORY_FORMATS[code] as MemoryFormat;
}
