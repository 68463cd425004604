/** Turns a checkpoint's pickle into values: Python's objects become JavaScript's, and nothing is executed. */
import { Parameter } from '../nn/parameter';
import { Tensor } from '../tensor';
import { PickledArguments } from './arguments';
import { UnpicklingError } from './errors';
import { Finisher } from './finish';
import {
  Callable,
  findGlobal,
  fullName,
  isAllowed,
  REBUILD_FROM_TYPE,
  rebuildFromTypeArguments,
  TensorType,
} from './globals';
import { type PickleBuilder, PickleReader } from './pickle/reader';
import type { SafeGlobal } from './safe-globals';
import { moveOver, type Storage, StorageType } from './storage';
import { described, PickledDict, Tuple } from './values';

/** A storage as a pickle refers to it. */
export interface StorageId {
  readonly key: string;
  readonly type: StorageType;
  readonly location: string;
  /** The number of elements. */
  readonly numel: number;
  /** Of the legacy format: the part of the storage that is meant. */
  readonly view: PickledArguments | null;
}

const FROM_TYPE = new Callable(REBUILD_FROM_TYPE, () => undefined);

/** @throws UnpicklingError if it is no id of a storage. */
function storageId(id: unknown): StorageId {
  if (!(id instanceof Tuple))
    throw new UnpicklingError(`persistent_load id must be tuple or int, but got ${described(id)}`);
  if (id[0] !== 'storage') {
    throw new UnpicklingError(`Only persistent_load of storage is allowed, but got ${described(id[0])}`);
  }
  const args = new PickledArguments('persistent_load', id, 5, 6);
  const type = args.values[1];
  if (!(type instanceof StorageType)) return args.fail(1, 'a class of storages');
  const numel = args.int(4);
  if (numel < 0) return args.fail(4, 'a number of elements');
  const view = args.length === 6 && args.values[5] !== null ? args.tuple(5, 3) : null;
  return { key: args.text(2), type, location: args.text(3), numel, view };
}

/** Finds out what a pickle refers to, without making anything of it. */
export class PickleScan implements PickleBuilder {
  /** The storages in the order in which they are first met. */
  readonly storages = new Map<string, StorageId>();
  /** The full names of everything that is named. */
  readonly names = new Set<string>();

  /** @param strict Whether to throw an UnpicklingError for a name that may not be loaded. */
  constructor(private readonly strict = true) {}

  global(module: string, name: string): unknown {
    const path = fullName(module, name);
    this.names.add(path);
    if (this.strict && path !== REBUILD_FROM_TYPE) return findGlobal(module, name);
    return isAllowed(path) && path !== REBUILD_FROM_TYPE ? findGlobal(module, name) : null;
  }

  persistent(id: unknown): unknown {
    const storage = storageId(id);
    if (!this.storages.has(storage.key)) this.storages.set(storage.key, storage);
    return null;
  }

  dict(): unknown {
    return null;
  }
  call(): unknown {
    return null;
  }
  newObject(): unknown {
    return null;
  }
  build(): void {}
  append(): void {}
  setItems(): void {}
}

/** Makes the values. */
class Unpickling implements PickleBuilder {
  readonly finisher = new Finisher();

  constructor(private readonly storageOf: (id: StorageId) => Storage) {}

  global(module: string, name: string): unknown {
    return fullName(module, name) === REBUILD_FROM_TYPE ? FROM_TYPE : findGlobal(module, name);
  }

  persistent(id: unknown): Storage {
    return this.storageOf(storageId(id));
  }

  dict(): PickledDict {
    return new PickledDict('dict');
  }

  call(callee: unknown, args: unknown): unknown {
    if (callee === FROM_TYPE) return this.rebuildFromType(args);
    if (callee instanceof Callable) return callee.call(args);
    if (typeof callee === 'function') return this.callSafe(callee as SafeGlobal, args);
    throw new UnpicklingError(`Trying to call reduce for unrecognized function ${described(callee)}`);
  }

  newObject(type: unknown, args: unknown): unknown {
    if (type instanceof TensorType) return type.make();
    if (type instanceof Callable) return type.call(args);
    if (typeof type === 'function' && typeof type.prototype === 'object') return Object.create(type.prototype);
    throw new UnpicklingError(
      'Can only create new object for nn.Parameter or classes allowlisted ' +
        `via \`add_safe_globals\` but got ${described(type)}`,
    );
  }

  build(object: unknown, state: unknown): void {
    if (object instanceof Tensor) {
      buildTensor(object, state);
      return;
    }
    if (object instanceof PickledDict && state instanceof PickledDict) {
      object.attributes ??= new PickledDict('dict');
      for (const [key, value] of state) object.attributes.set(key, value);
      return;
    }
    const isPlain = object === null || typeof object !== 'object' || object instanceof PickledDict;
    if (isPlain || Array.isArray(object) || !this.finisher.isInstance(object)) {
      throw new UnpicklingError(
        'Can only build Tensor, Parameter, OrderedDict or types allowlisted ' +
          `via \`add_safe_globals\`, but got ${described(object)}`,
      );
    }
    this.finisher.setState(object, state);
  }

  append(list: unknown, items: unknown[]): void {
    if (!Array.isArray(list) || Object.getPrototypeOf(list) !== Array.prototype) {
      throw new UnpicklingError(`Can only append to lists, but got ${described(list)}`);
    }
    for (const item of items) list.push(item);
  }

  setItems(dict: unknown, items: unknown[]): void {
    if (!(dict instanceof PickledDict)) {
      throw new UnpicklingError(
        `Can only SETITEMS for dict, collections.OrderedDict, collections.Counter, but got ${described(dict)}`,
      );
    }
    for (let i = 0; i < items.length; i += 2) dict.set(hashable(items[i]), items[i + 1]);
  }

  /** A function or class that the user has allowed. */
  private callSafe(callee: SafeGlobal, args: unknown): unknown {
    const values = this.finisher.finish(args);
    if (!(values instanceof Tuple)) throw new UnpicklingError('the arguments of a call are no tuple');
    const isClass = /^class\b/.test(Function.prototype.toString.call(callee));
    return isClass ? Reflect.construct(callee, [...values]) : (callee as (...args: unknown[]) => unknown)(...values);
  }

  private rebuildFromType(args: unknown): Tensor {
    const checked = rebuildFromTypeArguments(args);
    const [callee, type, callArgs, state] = checked.values;
    if (!(callee instanceof Callable) || callee === FROM_TYPE) return checked.fail(0, 'a function that makes tensors');
    const made = callee.call(callArgs);
    if (!(made instanceof Tensor)) return checked.fail(0, 'a function that makes tensors');
    const isParameter = type instanceof Callable && type.name === 'torch.nn.parameter.Parameter';
    if (!isParameter && !(type instanceof TensorType)) return checked.fail(1, 'the class of tensors or of parameters');
    const tensor = isParameter && !(made instanceof Parameter) ? new Parameter(made, made.requiresGrad) : made;
    const attributes = state instanceof Tuple ? state[0] : state;
    if (attributes instanceof PickledDict) this.finisher.setAttributes(tensor, attributes);
    return tensor;
  }
}

/** The state of tensors that PyTorch before 0.4 wrote: see `Tensor.__setstate__`. */
function buildTensor(tensor: Tensor, state: unknown): void {
  const args = new PickledArguments('__setstate__', state, 3, 5);
  if (args.length === 4) {
    moveOver(tensor, args.storage(0), { offset: args.int(1), size: args.ints(2), stride: args.ints(3) });
    return;
  }
  if (args.length === 5) tensor.data = args.tensor(0);
  tensor.requiresGrad = args.bool(args.length - 3);
}

function hashable(key: unknown): unknown {
  const mutable = key instanceof PickledDict ? 'dict' : key instanceof Set ? 'set' : 'list';
  const isList = Array.isArray(key) && Object.getPrototypeOf(key) === Array.prototype;
  if (mutable !== 'list' || isList) throw new TypeError(`unhashable type: '${mutable}'`);
  return key;
}

/** The values of a pickle over storages that are there. */
export function unpickle(bytes: Uint8Array, position: number, storageOf: (id: StorageId) => Storage): unknown {
  const unpickling = new Unpickling(storageOf);
  const value = new PickleReader(bytes, unpickling, position).load();
  return unpickling.finisher.finishAll(value);
}
