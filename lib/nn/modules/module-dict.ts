/** `ModuleDict`: modules by their names. */
import { KeyError } from '../../errors';
import { Module } from '../module';
import { unregister } from '../module/registration';
import { STATE } from '../module/state';
import type { NamedModules } from './container';
import { pairsOf } from './pairs';

/**
 * Modules by their names, registered, and called by whoever holds the dictionary. Iterating gives the names, as in
 * Python.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.ModuleDict.html
 */
export class ModuleDict<M extends Module = Module> extends Module {
  /** Takes names and modules: a Map, pairs, a plain object or another ModuleDict. */
  constructor(modules: NamedModules | ModuleDict | null = null) {
    super();
    if (modules !== null) this.update(modules);
  }

  /** The module of a name. Throws a KeyError if there is none. */
  get(key: string): M {
    const module = this[STATE].modules.get(key);
    if (module === undefined) throw new KeyError(key);
    return module as M;
  }

  /** Puts a module under a name. Throws a KeyError for a name that is empty, has a dot or is an attribute's. */
  set(key: string, module: M): this {
    this.addModule(key, module);
    return this;
  }

  /** Whether there is a module of a name. */
  has(key: string): boolean {
    return this[STATE].modules.has(key);
  }

  /** Removes the module of a name. Throws a KeyError if there is none. */
  delete(key: string): void {
    if (!this.has(key)) throw new KeyError(key);
    unregister(this[STATE], key);
    Reflect.deleteProperty(this[STATE].target, key);
  }

  /** Removes all modules. */
  clear(): void {
    for (const key of this.keys()) this.delete(key);
  }

  /** Removes and gives the module of a name. Throws a KeyError if there is none. */
  pop(key: string): M {
    const module = this.get(key);
    this.delete(key);
    return module;
  }

  /** The names. */
  keys(): string[] {
    return [...this[STATE].modules.keys()];
  }

  /** The modules. */
  values(): M[] {
    return [...this[STATE].modules.values()] as M[];
  }

  /** Names and modules as pairs. */
  items(): [key: string, module: M][] {
    return [...this[STATE].modules] as [string, M][];
  }

  /** Puts modules under their names. Throws a TypeError for what has no pairs, a ValueError for one that is no pair. */
  update(modules: NamedModules | ModuleDict): void {
    for (const [key, module] of pairsOf('ModuleDict', 'ModuleDict', modules)) this.set(key, module as M);
  }

  /** The number of modules. */
  override get length(): number {
    return this[STATE].modules.size;
  }

  [Symbol.iterator](): Iterator<string> {
    return this.keys().values();
  }
}
