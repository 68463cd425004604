/** Modules that hold modules. */
import { AssertionError } from '../../errors';
import { typename } from '../../python-repr';
import { Module } from '../module';
import { unregister } from '../module/registration';
import { addIndent } from '../module/repr';
import { isModule, STATE } from '../module/state';

/** The children of a container, each with a name: a Map, pairs, or an object without integer-like names. */
export type NamedModules =
  | ReadonlyMap<string, Module>
  | readonly (readonly [name: string, module: Module])[]
  | Readonly<Record<string, Module>>;

/** The base of containers that number their children. */
abstract class NumberedModules<M extends Module> extends Module {
  /** The children by position. */
  readonly [index: number]: M;

  /** The number of children. */
  override get length(): number {
    return this[STATE].modules.size;
  }

  /** The child at a position; negative ones count from the end. Throws a RangeError if there is none. */
  at(index: number): M {
    return this[STATE].modules.get(this.nameAt(index)) as M;
  }

  /** Puts a module in the place of the child at a position. Throws a RangeError if there is none. */
  set(index: number, module: M): void {
    (this as unknown as Record<string, Module>)[this.nameAt(index)] = module;
  }

  /** Removes and gives the child at a position, the last one if left out; those behind it move up. */
  pop(index = -1): M {
    const module = this.at(index);
    const name = this.nameAt(index);
    this.renumber([...this[STATE].modules].filter(([other]) => other !== name).map(([, child]) => child as M));
    return module;
  }

  /** Adds a module at the end. */
  append(module: M): this {
    this.registerModule(String(this.length), module);
    return this;
  }

  /** Adds modules at the end. */
  extend(modules: Iterable<M>): this {
    if (typeof modules !== 'object' && !isModule(modules)) {
      throw new TypeError(`${this._getName()}.extend should be called with an iterable, but got ${typename(modules)}`);
    }
    for (const module of [...modules]) this.append(module);
    return this;
  }

  [Symbol.iterator](): IterableIterator<M> {
    return (this[STATE].modules as Map<string, M>).values();
  }

  /** The name of the child at a position, which need not be the position. */
  protected nameAt(index: number): string {
    const name = [...this[STATE].modules.keys()].at(index);
    if (name === undefined || !Number.isInteger(index)) throw new RangeError(`index ${index} is out of range`);
    return name;
  }

  /** Makes these the children, numbered. */
  protected renumber(children: readonly M[]): void {
    const state = this[STATE];
    for (const name of [...state.modules.keys()]) {
      unregister(state, name);
      Reflect.deleteProperty(state.target, name);
    }
    for (const child of children) this.append(child);
  }
}

/**
 * Modules that are called one after the other, each with the result of the one before.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.Sequential.html
 */
export class Sequential extends NumberedModules<Module> {
  /** Takes modules, or their names and modules: a Map, pairs or a plain object. */
  constructor(...modules: Module[] | [NamedModules]) {
    super();
    const [first] = modules;
    const numbered = modules.map((module, i) => [String(i), module as Module] as const);
    const entries = modules.length === 1 && isNamed(first) ? entriesOf(first) : numbered;
    for (const [name, module] of entries) this.registerModule(name, module);
  }

  // biome-ignore lint/suspicious/noExplicitAny: what goes in and comes out is up to the first and the last module.
  override forward(input: any): any {
    let result = input;
    for (const module of this[STATE].modules.values()) result = (module as Module)(result);
    return result;
  }

  /** The children from one position up to another, under their names, in a new container. */
  slice(start?: number, end?: number): Sequential {
    return new Sequential(new Map([...(this[STATE].modules as Map<string, Module>)].slice(start, end)));
  }

  /** Puts a module before the one at a position. Throws a RangeError if the position is not there. */
  insert(index: number, module: Module): this {
    if (!isModule(module)) throw new AssertionError(`module should be of type: ${Module.name}`);
    const children = [...this];
    if (index < -children.length || index > children.length) throw new RangeError(`Index out of range: ${index}`);
    this.renumber(children.toSpliced(index, 0, module));
    return this;
  }
}

function isNamed(value: unknown): value is NamedModules {
  return Array.isArray(value) ? value.every(Array.isArray) : typeof value === 'object' && value !== null;
}

function entriesOf(named: NamedModules): Iterable<readonly [string, Module]> {
  return Symbol.iterator in named ? (named as Iterable<readonly [string, Module]>) : Object.entries(named);
}

/**
 * A list of modules that are registered, and are called by whoever holds the list.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.ModuleList.html
 */
export class ModuleList<M extends Module = Module> extends NumberedModules<M> {
  constructor(modules: Iterable<M> | null = null) {
    super();
    if (modules !== null) this.extend(modules);
  }

  /** The children from one position up to another, in a new list. */
  slice(start?: number, end?: number): ModuleList<M> {
    return new ModuleList([...this].slice(start, end));
  }

  /** Puts a module before the one at a position. */
  insert(index: number, module: M): void {
    this.renumber([...this].toSpliced(index, 0, module));
  }

  /** Python's text: equal neighbours are counted. */
  override toString(): string {
    const blocks: { first: number; last: number; text: string }[] = [];
    [...this].forEach((module, i) => {
      const text = module.toString();
      const before = blocks.at(-1);
      if (before?.text === text) before.last = i;
      else blocks.push({ first: i, last: i, text });
    });
    if (blocks.length === 0) return `${this._getName()}()`;
    const lines = blocks.map(({ first, last, text }) => {
      return addIndent(first === last ? `(${first}): ${text}` : `(${first}-${last}): ${last - first + 1} x ${text}`, 2);
    });
    return `${this._getName()}(\n  ${lines.join('\n  ')}\n)`;
  }
}
