/** Turns what a pickle was read into, whose dictionaries are not yet decided, into what the user gets. */
import { uint8 } from '../dtype';
import { StateDict } from '../nn/module/state-dict';
import type { Tensor } from '../tensor';
import { UnpicklingError } from './errors';
import { safeGlobalOfPrototype } from './safe-globals';
import { type Storage, tensorOver } from './storage';
import { Counter, PickledDict } from './values';

type Plain = Record<string, unknown>;

/** A method that an allowed class may have. */
interface Stateful {
  __setstate__?(state: unknown): void;
}

/** One pass over everything that hangs together; each object is turned once, so that what was one stays one. */
export class Finisher {
  private readonly finished = new Map<unknown, unknown>();
  private readonly unfilled: (() => void)[] = [];
  private readonly states: [object: object, state: unknown][] = [];

  /** Whether an object is of a class that the user has allowed. */
  isInstance(object: object): boolean {
    return safeGlobalOfPrototype(Object.getPrototypeOf(object)) !== undefined;
  }

  /** Notes an object's state, which it gets when all values are there. */
  setState(object: object, state: unknown): void {
    this.states.push([object, state]);
  }

  /** Gives a tensor the attributes that Python's has; none may hide what a tensor is. */
  setAttributes(tensor: Tensor, attributes: PickledDict): void {
    for (const [name, value] of attributes) {
      if (typeof name !== 'string' || name in tensor) continue;
      this.unfilled.push(() => define(tensor, name, this.shell(value)));
    }
  }

  /** Everything that hangs on a value, and then the states of objects. */
  finishAll(value: unknown): unknown {
    const result = this.finish(value);
    for (const [object, state] of this.states) {
      const finished = this.finish(state);
      const { __setstate__: setState } = object as Stateful;
      if (typeof setState === 'function') setState.call(object, finished);
      else assign(object, Array.isArray(finished) ? finished[0] : finished);
    }
    return result;
  }

  /** The final form of a value and of all that hangs on it. */
  finish(value: unknown): unknown {
    const result = this.shell(value);
    // A list of work and no recursion: a pickle may nest as deeply as it likes.
    for (let fill = this.unfilled.pop(); fill !== undefined; fill = this.unfilled.pop()) fill();
    return result;
  }

  /** The final object, which is filled later. */
  private shell(value: unknown): unknown {
    if (typeof value !== 'object' || value === null) return value;
    const known = this.finished.get(value);
    if (known !== undefined) return known;
    const shell = this.newShell(value);
    this.finished.set(value, shell);
    return shell;
  }

  private newShell(value: object): object {
    if (value instanceof PickledDict) return this.dictShell(value);
    if (Array.isArray(value)) {
      this.unfilled.push(() => {
        for (let i = 0; i < value.length; i++) value[i] = this.shell(value[i]);
      });
    } else if (value instanceof Set) {
      this.unfilled.push(() => {
        const items = [...value].map((item) => this.shell(item));
        value.clear();
        for (const item of items) value.add(item);
      });
    } else if ('bytes' in value && 'dtype' in value) {
      return storageTensor(value as Storage);
    }
    return value;
  }

  private dictShell(dict: PickledDict): object {
    const shell = emptyShell(dict);
    this.unfilled.push(() => {
      for (const [key, value] of dict) {
        if (shell instanceof Map) shell.set(this.shell(key), this.shell(value));
        else define(shell, key as string, this.shell(value));
      }
      for (const [name, value] of dict.attributes ?? []) define(shell, String(name), this.shell(value));
    });
    return shell;
  }
}

/** A dict with string keys is a plain object, any other a Map; a module's state is what modules load. */
function emptyShell(dict: PickledDict): Plain | Map<unknown, unknown> {
  if (dict.kind === 'Counter') return new Counter() as Map<unknown, unknown>;
  if (dict.kind === 'OrderedDict') return dict.attributes?.has('_metadata') ? new StateDict() : new Map();
  for (const key of dict.keys()) if (typeof key !== 'string') return new Map();
  return {};
}

/** A storage by itself is a 1-d tensor over it. */
function storageTensor(storage: Storage): Tensor {
  const dtype = storage.dtype.name.startsWith('q') ? uint8 : storage.dtype;
  const count = Math.floor(storage.bytes.numel() / dtype.itemsize);
  return tensorOver(storage, dtype, { offset: 0, size: [count], stride: [1] });
}

/** Sets a property by its name alone: `__proto__` is one as any other. */
function define(object: object, name: string, value: unknown): void {
  Object.defineProperty(object, name, { value, writable: true, enumerable: true, configurable: true });
}

function assign(object: object, state: unknown): void {
  if (state === null || state === undefined) return;
  if (typeof state !== 'object' || Object.getPrototypeOf(state) !== Object.prototype) {
    throw new UnpicklingError(`the state of an object of class ${object.constructor.name} is no dictionary`);
  }
  for (const [name, value] of Object.entries(state)) define(object, name, value);
}
