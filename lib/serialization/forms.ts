/** What JavaScript's values are in Python's eyes: the forms in which they are pickled. */
import { Complex } from '../complex';
import { Device } from '../device';
import { DType } from '../dtype';
import { KeyError, RuntimeError } from '../errors';
import { Layout, sparseBsr, sparseCoo, sparseCsr, strided } from '../layout';
import { NamedTuple } from '../named-tuple';
import { native } from '../native';
import { Parameter } from '../nn/parameter';
import { isOptions } from '../ops';
import { perTensorAffine, QScheme } from '../qscheme';
import { Size } from '../size';
import { Tensor } from '../tensor';
import { PicklingError } from './errors';
import { type Dictionary, GlobalName, type PickleForms, type Reduction } from './pickle/writer';
import { nameOfSafeGlobal } from './safe-globals';
import { storageBytes, storageName } from './storage';
import { Counter, described, PickledFloat, Tuple } from './values';

const utils = (name: string): GlobalName => new GlobalName('torch._utils', name);
const ENCODE = new GlobalName('_codecs', 'encode');
const ORDERED_DICT = new GlobalName('collections', 'OrderedDict');
const UNTYPED_STORAGE = new GlobalName('torch.storage', 'UntypedStorage');

/** PyTorch's dtypes that are stored without a class of storages of their own. */
const UNTYPED = /^(float8_|float4_|bits|complex32$|uint(16|32|64)$)/;

/** An object that only the pickle has: it becomes what Python makes of it. */
class Virtual {
  constructor(readonly form: Reduction | Dictionary | GlobalName) {}
}

/** The storage of a tensor, which the pickle refers to. */
class StorageReference {
  constructor(
    readonly tensor: Tensor,
    readonly type: GlobalName,
    readonly dtype: string,
    readonly itemsize: number,
  ) {}
}

/** A storage that goes into the file. */
export interface SavedStorage {
  readonly key: string;
  /** The name of the dtype as which it is stored. */
  readonly dtype: string;
  readonly itemsize: number;
  /** All bytes, 1-d. */
  readonly bytes: Tensor;
}

/** The forms of the values of one checkpoint, and the storages that they use. */
export class CheckpointForms implements PickleForms {
  /** In the order in which they are met, which is that of their keys. */
  readonly storages: SavedStorage[] = [];
  private readonly byMemory = new Map<string, SavedStorage>();

  /** @param isLegacy Whether ids note the part of the storage that is meant, which is always all of it. */
  constructor(private readonly isLegacy = false) {}

  persistentId(value: object): Tuple | null {
    if (!(value instanceof StorageReference)) return null;
    const { tensor, type, itemsize } = value;
    const storage = this.storageOf(value);
    const count = Math.floor(storage.bytes.numel() / itemsize);
    const id = ['storage', type, storage.key, locationOf(tensor.device), count];
    return Tuple.ofList<unknown>(this.isLegacy ? [...id, null] : id);
  }

  form(value: object): ReturnType<PickleForms['form']> {
    if (value instanceof GlobalName) return value;
    if (value instanceof Virtual) return value.form;
    if (value instanceof Parameter) return parameterForm(value);
    if (value instanceof Tensor) return tensorForm(value);
    if (value instanceof Map) return mapForm(value);
    if (Array.isArray(value)) return value instanceof Size ? sizeForm(value) : value;
    if (value instanceof Set) return call('__builtin__', 'set', [...value]);
    if (value instanceof Uint8Array) return bytesForm(value);
    if (value instanceof DType || value instanceof QScheme) return new GlobalName('torch', value.name);
    if (value instanceof Device) return deviceForm(value);
    if (value instanceof Layout) return call('torch.serialization', '_get_layout', String(value));
    if (value instanceof Complex) {
      return call('__builtin__', 'complex', new PickledFloat(value.re), new PickledFloat(value.im));
    }
    if (value instanceof NamedTuple) return [...value];
    if (isOptions(value)) return { entries: Object.entries(value).filter(([, item]) => item !== undefined) };
    return instanceForm(value);
  }

  private storageOf({ tensor, dtype, itemsize }: StorageReference): SavedStorage {
    const memory = `${tensor.device} ${native.storagePointer(tensor.handle)} ${native.storageBytes(tensor.handle)}`;
    const known = this.byMemory.get(memory);
    // Storages without memory are all different.
    if (known !== undefined && known.bytes.numel() > 0) {
      if (known.dtype !== dtype) {
        throw new RuntimeError('Cannot save multiple tensors or storages that view the same data as different types');
      }
      return known;
    }
    const storage = { key: String(this.storages.length), dtype, itemsize, bytes: storageBytes(tensor) };
    this.byMemory.set(memory, storage);
    this.storages.push(storage);
    return storage;
  }
}

function call(module: string, name: string, ...args: unknown[]): Reduction {
  return { callee: new GlobalName(module, name), args };
}

function emptyOrderedDict(): Virtual {
  return new Virtual({ callee: ORDERED_DICT, args: [] });
}

function locationOf({ type, index }: Device): string {
  return type === 'cpu' || type === 'meta' || index === null ? type : `${type}:${index}`;
}

function parameterForm(parameter: Parameter): Reduction {
  const args = [parameter.data, parameter.requiresGrad, emptyOrderedDict()];
  return { callee: utils('_rebuild_parameter'), args };
}

/** What `Tensor.__reduce_ex__` gives. */
function tensorForm(tensor: Tensor): Reduction {
  const { dtype, requiresGrad } = tensor;
  if (tensor.isMeta) {
    const args = [dtype, tuple(tensor.shape), tuple(tensor.stride()), requiresGrad];
    return { callee: utils('_rebuild_meta_tensor_no_storage'), args };
  }
  if (tensor.isQuantized) return quantizedForm(tensor);
  if (tensor.isNested) return nestedForm(tensor);
  if (tensor.layout !== strided) return sparseForm(tensor);
  const isUntyped = UNTYPED.test(dtype.name);
  const args: unknown[] = [storageReference(tensor), ...placeOf(tensor), requiresGrad, emptyOrderedDict()];
  if (isUntyped) args.push(dtype);
  const metadata = [
    ...(tensor.isConj() ? [['conj', true] as const] : []),
    ...(tensor.isNeg() ? [['neg', true] as const] : []),
  ];
  if (metadata.length > 0) args.push(new Virtual({ entries: metadata }));
  return { callee: utils(isUntyped ? '_rebuild_tensor_v3' : '_rebuild_tensor_v2'), args };
}

function placeOf(tensor: Tensor): [number, Tuple<number>, Tuple<number>] {
  return [tensor.storageOffset(), tuple(tensor.shape), tuple(tensor.stride())];
}

function tuple<T>(list: ArrayLike<T>): Tuple<T> {
  return Tuple.ofList(list);
}

function storageReference(tensor: Tensor): StorageReference {
  const { dtype } = tensor;
  if (UNTYPED.test(dtype.name)) return new StorageReference(tensor, UNTYPED_STORAGE, 'uint8', 1);
  const name = storageName(dtype);
  if (name === undefined) throw new KeyError(`dtype ${dtype} is not recognized`);
  return new StorageReference(tensor, new GlobalName('torch', name), dtype.name, dtype.itemsize);
}

function quantizedForm(tensor: Tensor): Reduction {
  const scheme = tensor.qscheme();
  const isPerTensor = scheme === perTensorAffine;
  if (!isPerTensor && !scheme.name.startsWith('per_channel_affine')) {
    throw new RuntimeError(`Serialization is not supported for tensors of type ${scheme}`);
  }
  const params = isPerTensor
    ? [new PickledFloat(tensor.qScale()), tensor.qZeroPoint()]
    : [tensor.qPerChannelScales(), tensor.qPerChannelZeroPoints(), tensor.qPerChannelAxis()];
  const name = isPerTensor ? 'per_tensor_affine' : 'per_channel_affine';
  const args = [
    storageReference(tensor),
    ...placeOf(tensor),
    tuple<unknown>([new GlobalName('torch', name), ...params]),
    tensor.requiresGrad,
    emptyOrderedDict(),
  ];
  return { callee: utils('_rebuild_qtensor'), args };
}

function nestedForm(tensor: Tensor): Reduction {
  if (tensor.layout !== strided) throw new PicklingError('cannot save a nested tensor of layout torch.jagged');
  const parts = tensor as unknown as Record<string, () => Tensor>;
  const args = ['values', '_nestedTensorSize', '_nestedTensorStrides', '_nestedTensorStorageOffsets'].map((name) =>
    parts[name]?.call(tensor),
  );
  return { callee: utils('_rebuild_nested_tensor'), args };
}

function sparseForm(tensor: Tensor): Reduction {
  const { layout } = tensor;
  const detached = tensor.detach();
  const size = [...tensor.shape];
  const shape = new Virtual(sizeForm(size));
  if (layout === sparseCoo) {
    const parts = tuple<unknown>([detached._indices(), detached._values(), shape, tensor.isCoalesced()]);
    return { callee: utils('_rebuild_sparse_tensor'), args: [layout, parts] };
  }
  const isRows = layout === sparseCsr || layout === sparseBsr;
  const indices = isRows
    ? [detached.crowIndices(), detached.colIndices()]
    : [detached.ccolIndices(), detached.rowIndices()];
  const parts = tuple<unknown>([...indices, detached.values(), shape]);
  return { callee: utils('_rebuild_sparse_tensor'), args: [layout, parts] };
}

function sizeForm(size: readonly number[]): Reduction {
  return call('torch', 'Size', tuple(size));
}

/** A Map is an OrderedDict; with keys that are no strings it is a dict, as it is loaded. */
function mapForm(map: Map<unknown, unknown>): Reduction | Dictionary {
  if (map instanceof Counter) return call('collections', 'Counter', new Virtual({ entries: [...map] }));
  const isDict = [...map.keys()].some((key) => typeof key !== 'string');
  if (isDict) return { entries: [...map] };
  const attributes = Object.entries(map).filter(([, value]) => value !== undefined);
  const state = attributes.length > 0 ? new Virtual({ entries: attributes }) : null;
  return { callee: ORDERED_DICT, args: [], items: map, state };
}

/** A Buffer is Python's bytes, a Uint8Array its bytearray. */
function bytesForm(bytes: Uint8Array): Reduction {
  const latin1 = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
  const encoded = { callee: ENCODE, args: [latin1, 'latin1'] };
  if (Buffer.isBuffer(bytes)) return encoded;
  return call('__builtin__', 'bytearray', ...(bytes.length > 0 ? [new Virtual(encoded)] : []));
}

function deviceForm({ type, index }: Device): Reduction {
  return call('torch', 'device', ...(index === null ? [type] : [type, index]));
}

/** An object of a class that the user has allowed to be loaded. */
function instanceForm(value: object): Reduction {
  const name = nameOfSafeGlobal(value.constructor);
  if (name === undefined) throw new PicklingError(advice(value));
  const dot = name.lastIndexOf('.');
  const callee = new GlobalName(name.slice(0, dot), name.slice(dot + 1));
  const { __getstate__: getState } = value as { __getstate__?(): unknown };
  const state = typeof getState === 'function' ? getState.call(value) : { ...value };
  return { callee, args: [], isNew: true, state };
}

function advice(value: object): string {
  const what = `cannot save ${described(value)}`;
  if (ArrayBuffer.isView(value)) return `${what}: make a tensor of it with torch.fromTypedArray`;
  return `${what}: torch.serialization.addSafeGlobals lets its class be saved and loaded`;
}
