/** Turns values, tensors among them, into frames that `codec.py` reads, and back. */
import * as torch from '../../lib';
import { Slice } from '../../lib/indexing';
import { NamedTuple } from '../../lib/named-tuple';

/** A value that PyTorch's snippet may take or give. */
export type Value = unknown;

interface Node {
  $: string;
  [field: string]: unknown;
}

/** The length of the two lengths before a frame's body. */
export const HEADER_BYTES = 8;

/** An exception that PyTorch raised: Python's class name and its message. */
export class PythonError extends Error {
  constructor(
    readonly pythonClass: string,
    message: string,
  ) {
    super(message);
    this.name = 'PythonError';
  }
}

/** A frame with the value in it. */
export function encodeFrame(value: Value): Buffer {
  const chunks = new Chunks();
  const body = Buffer.from(JSON.stringify(encode(value, chunks)));
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt32LE(body.length, 0);
  header.writeUInt32LE(chunks.length, 4);
  return Buffer.concat([header, body, ...chunks.parts]);
}

/** How long the frame is that begins with these bytes. */
export function frameLengths(header: Buffer): [body: number, data: number] {
  return [header.readUInt32LE(0), header.readUInt32LE(4)];
}

/** The value of a frame's two parts. */
export function decodeFrame(body: Buffer, data: Buffer): Value {
  return decode(JSON.parse(body.toString('utf8')), new Frame(data));
}

class Chunks {
  readonly parts: Uint8Array[] = [];
  length = 0;

  add(bytes: Uint8Array): { at: number; count: number } {
    const at = this.length;
    this.parts.push(bytes);
    this.length += bytes.length;
    return { at, count: bytes.length };
  }
}

function encode(value: Value, chunks: Chunks): unknown {
  if (value === undefined) return { $: 'undefined' };
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return value;
  if (typeof value === 'number') return encodeNumber(value);
  if (typeof value === 'bigint') return { $: 'int', v: String(value) };
  if (value instanceof torch.Tensor) return encodeTensor(value, chunks);
  if (value instanceof torch.Complex) return { $: 'complex', re: pythonFloat(value.re), im: pythonFloat(value.im) };
  if (value instanceof torch.DType) return { $: 'dtype', v: String(value).replace('torch.', '') };
  if (value instanceof torch.Device) return { $: 'device', v: deviceName(value) };
  if (value instanceof torch.Layout) return { $: 'layout', v: String(value).replace('torch.', '') };
  if (value instanceof torch.MemoryFormat) return { $: 'memory_format', v: String(value).replace('torch.', '') };
  if (value instanceof Uint8Array) return { $: 'bytes', ...chunks.add(value) };
  if (value instanceof Slice) {
    return { $: 'slice', v: [value.start, value.stop, value.step].map((part) => encode(part, chunks)) };
  }
  if (value instanceof Error) return { $: 'error', cls: className(value), message: value.message };
  if (Array.isArray(value)) return value.map((item) => encode(item, chunks));
  if (value instanceof Map) {
    return { $: 'dict', v: [...value].map(([key, item]) => [encode(key, chunks), encode(item, chunks)]) };
  }
  if (typeof value === 'object') return encodeObject(value, chunks);
  throw new TypeError(`cannot send a ${typeof value} to PyTorch`);
}

function encodeObject(value: object, chunks: Chunks): unknown {
  if (Symbol.iterator in value) {
    const items = [...(value as Iterable<Value>)];
    const names = value instanceof NamedTuple ? value.fields : [];
    return { $: 'named', names, v: items.map((item) => encode(item, chunks)) };
  }
  return { $: 'dict', v: Object.entries(value).map(([key, item]) => [key, encode(item, chunks)]) };
}

/** JSON has neither infinities nor -0, and a whole number is a Python int only while it is a safe integer. */
function encodeNumber(value: number): unknown {
  const plain = Number.isFinite(value) && !Object.is(value, -0);
  if (plain && (Number.isSafeInteger(value) || !Number.isInteger(value))) return value;
  return { $: 'float', v: pythonFloat(value) };
}

function pythonFloat(value: number): string {
  if (Object.is(value, -0)) return '-0.0';
  return Number.isFinite(value) ? String(value) : Number.isNaN(value) ? 'nan' : value > 0 ? 'inf' : '-inf';
}

function deviceName(device: torch.Device): string {
  return device.index === null || device.index === undefined ? device.type : `${device.type}:${device.index}`;
}

function className(error: Error): string {
  return error.constructor.name;
}

const PARTS: Record<string, [string, string]> = {
  sparse_csr: ['crowIndices', 'colIndices'],
  sparse_bsr: ['crowIndices', 'colIndices'],
  sparse_csc: ['ccolIndices', 'rowIndices'],
  sparse_bsc: ['ccolIndices', 'rowIndices'],
};

function encodeTensor(tensor: torch.Tensor, chunks: Chunks): Node {
  const head: Record<string, unknown> = { dtype: tensor.dtype.name, shape: [...tensor.shape] };
  if (tensor.requiresGrad) head.requires_grad = true;
  if (tensor.isMeta) head.device = 'meta';
  let physical = tensor.detach();
  const layout = String(tensor.layout).replace('torch.', '');
  if (layout !== 'strided') return { $: 'sparse', ...head, ...encodeSparse(physical, layout, chunks) };
  if (physical.isNeg()) {
    head.neg = true;
    physical = torch.ops.aten._neg_view(physical);
  }
  if (physical.isConj()) {
    head.conj = true;
    physical = torch.ops.aten._conj(physical);
  }
  const offset = physical.storageOffset();
  return { $: 'tensor', ...head, stride: [...physical.stride()], offset, ...chunks.add(storageBytes(physical)) };
}

/** The bytes of the storage up to the tensor's last element. */
function storageBytes(tensor: torch.Tensor): Uint8Array {
  if (tensor.numel() === 0 || tensor.isMeta) return new Uint8Array(0);
  const strides = tensor.stride() as number[];
  const end = tensor.shape.reduce(
    (sum: number, size: number, dim: number) => sum + (size - 1) * strides[dim],
    tensor.storageOffset() + 1,
  );
  const { buffer, byteOffset, byteLength } = tensor.asStrided([end], [1], 0).toTypedArray();
  return new Uint8Array(buffer, byteOffset, byteLength);
}

// biome-ignore lint/suspicious/noExplicitAny: the accessor is chosen by name
const call = (tensor: torch.Tensor, name: string): torch.Tensor => (tensor as any)[name]();

function encodeSparse(tensor: torch.Tensor, layout: string, chunks: Chunks): Record<string, unknown> {
  const names = layout === 'sparse_coo' ? ['_indices', '_values'] : [...PARTS[layout], 'values'];
  const coalesced = layout === 'sparse_coo' && tensor.isCoalesced();
  return { layout, coalesced, parts: names.map((name) => encodeTensor(call(tensor, name), chunks)) };
}

/** The bytes of a frame that is read: what is one storage or one tensor in PyTorch is one here. */
class Frame {
  private readonly storages = new Map<string, torch.Tensor>();
  readonly tensors = new Map<unknown, torch.Tensor>();

  constructor(readonly data: Buffer) {}

  storage(node: Node, dtype: torch.DType): torch.Tensor {
    const key = `${node.at} ${dtype}`;
    let storage = this.storages.get(key);
    if (storage === undefined) {
      // Copied into memory of LibTorch's own, which operators may resize.
      storage = torch.frombuffer(Uint8Array.from(slice(node, this)), { dtype }).clone();
      this.storages.set(key, storage);
    }
    return storage;
  }
}

function decode(node: unknown, frame: Frame): Value {
  if (Array.isArray(node)) return node.map((item) => decode(item, frame));
  if (node === null || typeof node !== 'object') return node;
  return decodeTagged(node as Node, frame);
}

function decodeTagged(node: Node, frame: Frame): Value {
  switch (node.$) {
    case 'int':
      return BigInt(node.v as string);
    case 'float':
      return jsNumber(node.v as string);
    case 'complex':
      return new torch.Complex(jsNumber(node.re as string), jsNumber(node.im as string));
    case 'dtype':
    case 'layout':
    case 'memory_format':
      return (torch as unknown as Record<string, unknown>)[camel(node.v as string)];
    case 'device':
      return torch.device(node.v as string);
    case 'slice':
      return torch.slice(...(decode(node.v, frame) as [number, number, number]));
    case 'ellipsis':
      return '...';
    case 'bytes':
      return Uint8Array.from(slice(node, frame));
    case 'named':
      return decodeNamed(node, frame);
    case 'dict':
      return decodeDict(node, frame);
    case 'module':
      return decodeModule(node, frame);
    case 'error':
      return new PythonError(node.cls as string, node.message as string);
    case 'tensor':
    case 'sparse': {
      const tensor = node.$ === 'tensor' ? decodeTensor(node, frame) : decodeSparse(node, frame);
      frame.tensors.set(node.id, tensor);
      return tensor;
    }
    case 'seen':
      return frame.tensors.get(node.id);
    default:
      throw new Error(`PyTorch sent a value of kind ${node.$}`);
  }
}

/** A snake_case name as tsorch spells it. */
export function camel(name: string): string {
  return name.replace(/(?<=[A-Za-z0-9])_([A-Za-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

function jsNumber(text: string): number {
  return text === 'inf' ? Infinity : text === '-inf' ? -Infinity : Number(text);
}

function slice(node: Node, frame: Frame): Buffer {
  return frame.data.subarray(node.at as number, (node.at as number) + (node.count as number));
}

function decodeNamed(node: Node, frame: Frame): Value {
  const items = decode(node.v, frame) as Value[];
  return Object.assign(
    items,
    Object.fromEntries((node.names as string[]).map((name, position) => [name, items[position]])),
  );
}

function decodeModule(node: Node, frame: Frame): Value {
  const classes = torch.nn as unknown as Record<string, new (...args: unknown[]) => Value>;
  return new classes[node.cls as string](...(decode(node.v, frame) as unknown[]));
}

function decodeDict(node: Node, frame: Frame): Value {
  const pairs = decode(node.v, frame) as [Value, Value][];
  if (pairs.every(([key]) => typeof key === 'string')) return Object.fromEntries(pairs);
  return new Map(pairs);
}

function decodeTensor(node: Node, frame: Frame): torch.Tensor {
  const dtype = decodeTagged({ $: 'dtype', v: node.dtype }, frame) as torch.DType;
  const [shape, stride] = [node.shape as number[], node.stride as number[]];
  let tensor: torch.Tensor;
  if (node.count === 0) {
    tensor = torch.emptyStrided(shape, stride, { dtype, device: (node.device as string) ?? 'cpu' });
  } else {
    tensor = frame.storage(node, dtype).asStrided(shape, stride, node.offset as number);
  }
  if (node.conj) tensor = torch.ops.aten._conj(tensor);
  if (node.neg) tensor = torch.ops.aten._neg_view(tensor);
  // A copy, as a leaf must be no view.
  return node.requires_grad ? tensor.clone().requiresGrad_() : tensor;
}

function decodeSparse(node: Node, frame: Frame): torch.Tensor {
  const parts = (node.parts as Node[]).map((part) => decodeTensor(part, frame));
  const shape = node.shape as number[];
  const layout = decodeTagged({ $: 'layout', v: node.layout }, frame);
  const { dtype } = parts[parts.length - 1] as torch.Tensor;
  const isCoalesced = node.coalesced || null;
  const tensor =
    node.layout === 'sparse_coo'
      ? torch.ops.aten._sparse_coo_tensor_unsafe(parts[0], parts[1], shape, { dtype, isCoalesced })
      : torch.ops.aten._sparse_compressed_tensor_unsafe(parts[0], parts[1], parts[2], shape, { dtype, layout });
  return node.requires_grad ? tensor.requiresGrad_() : tensor;
}
