/** Modules that hold parameters: lists and dictionaries. */
import { KeyError, RuntimeError } from '../../errors';
import { typename } from '../../python-repr';
import { Tensor } from '../../tensor';
import { Module } from '../module';
import { Parameter } from '../parameter';
import { pairsOf } from './pairs';

function asMember(value: unknown): unknown {
  return value instanceof Tensor && !(value instanceof Parameter) ? new Parameter(value) : value;
}

/** The line of a member in the text. */
function line(key: string | number, value: unknown, type: (tensor: Tensor) => string): string {
  if (!(value instanceof Tensor)) return `  (${key}): Object of type: ${typename(value)}`;
  const kind = value instanceof Parameter ? 'Parameter' : 'Tensor';
  const device = value.device.type === 'cuda' ? ` (${value.device})` : '';
  return `  (${key}): ${kind} containing: [${type(value)} of size ${value.size().join('x')}${device}]`;
}

function properties(module: Module): Record<string, unknown> {
  return module as unknown as Record<string, unknown>;
}

/**
 * A list whose tensors are registered as parameters. Other values may be in it as well.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.ParameterList.html
 */
export class ParameterList<P = Parameter> extends Module {
  /** The members by position. */
  readonly [index: number]: P;
  private size = 0;

  constructor(values: Iterable<unknown> | null = null) {
    super();
    if (values !== null) this.extend(values);
  }

  /** The number of members. */
  override get length(): number {
    return this.size;
  }

  private nameAt(index: number): string {
    if (!Number.isInteger(index) || index < -this.size || index >= this.size) {
      throw new RangeError(`index ${index} is out of range`);
    }
    return String(index < 0 ? index + this.size : index);
  }

  /** The member at a position; negative ones count from the end. Throws a RangeError if there is none. */
  at(index: number): P {
    return properties(this)[this.nameAt(index)] as P;
  }

  /** Puts a value in the place of the member at a position; a tensor becomes a parameter. */
  set(index: number, param: unknown): void {
    properties(this)[this.nameAt(index)] = asMember(param);
  }

  /** The members from one position up to another, in a new list. */
  slice(start?: number, end?: number): ParameterList<P> {
    return new ParameterList<P>([...this].slice(start, end));
  }

  /** Adds a value at the end; a tensor becomes a parameter. */
  append(value: unknown): this {
    this.size++;
    this.set(this.size - 1, value);
    return this;
  }

  /** Adds values at the end. Throws a TypeError for what is not iterable, or is one tensor. */
  extend(values: Iterable<unknown>): this {
    if (typeof values !== 'object' || values instanceof Tensor || !(Symbol.iterator in values)) {
      if (!(values instanceof ParameterList)) {
        throw new TypeError(`ParameterList.extend should be called with an iterable, but got ${nameOf(values)}`);
      }
    }
    for (const value of [...values]) this.append(value);
    return this;
  }

  *[Symbol.iterator](): IterableIterator<P> {
    for (let i = 0; i < this.size; i++) yield this.at(i);
  }

  override extraRepr(): string {
    return [...this].map((value, i) => line(i, value, (tensor) => String(tensor.dtype))).join('\n');
  }

  override forward(..._args: unknown[]): never {
    throw new RuntimeError('ParameterList should not be called.');
  }
}

function nameOf(value: unknown): string {
  return value instanceof Tensor ? value.constructor.name : typename(value);
}

/** What a ParameterDict is made of. */
export type NamedParameters =
  | ReadonlyMap<string, unknown>
  | Iterable<readonly [name: string, value: unknown]>
  | Readonly<Record<string, unknown>>;

/**
 * A dictionary whose tensors are registered as parameters. Other values may be in it as well. Iterating gives the names,
 * as in Python; a plain object's are sorted first, as those of Python's dict are.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.ParameterDict.html
 */
export class ParameterDict<P = Parameter> extends Module {
  private readonly names = new Set<string>();

  /** Takes names and values: a Map, pairs, a plain object or another ParameterDict. */
  constructor(parameters: NamedParameters | ParameterDict<unknown> | null = null) {
    super();
    if (parameters !== null) this.update(parameters);
  }

  /** The value of a name; without one, `fallback`. */
  get(key: string, fallback?: P | null): P {
    return (this.names.has(key) ? properties(this)[key] : (fallback ?? null)) as P;
  }

  /** Puts a value under a name; a tensor becomes a parameter. Throws a TypeError for a name that is no string. */
  set(key: string, value: unknown): this {
    if (typeof key !== 'string') {
      throw new TypeError(
        `Index given to ParameterDict cannot be used as a key as it is not a string (type is '${typename(key)}'). Open ` +
          'an issue on github if you need non-string keys.',
      );
    }
    this.names.add(key);
    properties(this)[key] = asMember(value);
    return this;
  }

  /** Whether there is a value of a name. */
  has(key: string): boolean {
    return this.names.has(key);
  }

  /** Removes the value of a name. Throws a KeyError if there is none. */
  delete(key: string): void {
    if (!this.names.delete(key)) throw new KeyError(key);
    delete properties(this)[key];
  }

  /** The value of a name, which is put there first if there is none. */
  setdefault(key: string, fallback: unknown = null): P {
    if (!this.has(key)) this.set(key, fallback);
    return this.get(key);
  }

  /** Removes all values. */
  clear(): void {
    for (const key of this.keys()) this.delete(key);
  }

  /** Removes and gives the value of a name. Throws a KeyError if there is none. */
  pop(key: string): P {
    const value = this.get(key);
    this.delete(key);
    return value;
  }

  /** Removes and gives the last name and value. Throws a KeyError if there is none. */
  popitem(): [key: string, value: P] {
    const key = this.keys().at(-1);
    if (key === undefined) throw new KeyError('dictionary is empty');
    return [key, this.pop(key)];
  }

  /** A new dictionary with the same values. */
  copy(): ParameterDict<P> {
    return new ParameterDict<P>(new Map(this.items()));
  }

  /** A new dictionary with the same value under all these names. */
  fromkeys(keys: Iterable<string>, fallback: unknown = null): ParameterDict<P> {
    return new ParameterDict<P>(new Map([...keys].map((key) => [key, fallback])));
  }

  /** The names. */
  keys(): string[] {
    return [...this.names];
  }

  /** The values. */
  values(): P[] {
    return this.keys().map((key) => this.get(key));
  }

  /** Names and values as pairs. */
  items(): [key: string, value: P][] {
    return this.keys().map((key) => [key, this.get(key)]);
  }

  /** Puts values under their names. Throws a TypeError for what has no pairs, a ValueError for one that is no pair. */
  update(parameters: NamedParameters | ParameterDict<unknown>): void {
    const pairs = pairsOf('ParameterDict', 'ParametersDict', parameters);
    const plain = !(parameters instanceof ParameterDict) && !(Symbol.iterator in parameters);
    if (plain) pairs.sort(([a], [b]) => (a < b ? -1 : 1));
    for (const [key, value] of pairs) this.set(key, value);
  }

  /** The number of values. */
  override get length(): number {
    return this.names.size;
  }

  [Symbol.iterator](): Iterator<string> {
    return this.keys().values();
  }

  override extraRepr(): string {
    return this.items()
      .map(([key, value]) => line(key, value, typename))
      .join('\n');
  }

  override forward(..._args: unknown[]): never {
    throw new RuntimeError('ParameterDict should not be called.');
  }
}
