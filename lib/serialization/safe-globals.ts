/** The classes and functions that a user lets checkpoints name: Python's `torch.serialization.add_safe_globals`. */
import { ValueError } from '../errors';

// biome-ignore lint/suspicious/noExplicitAny: any class and any function may be allowed
export type SafeGlobal = (new (...args: any[]) => object) | ((...args: any[]) => unknown);

/** A class or function, alone or with Python's full name of it; alone it is `__main__.<its name>`. */
export type NamedSafeGlobal = SafeGlobal | readonly [SafeGlobal, string];

const ALLOWED = new Map<string, SafeGlobal>();

/**
 * Lets checkpoints hold objects of these classes, and call these functions. An object of a class is made without its
 * constructor, and gets its properties, or what its method `__setstate__` makes of them. Saving notes the properties, or
 * what `__getstate__` gives.
 *
 * @example torch.serialization.addSafeGlobals([Config, [Vocabulary, 'my_project.text.Vocabulary']]);
 * @see https://docs.pytorch.org/docs/2.13/notes/serialization.html#torch.serialization.add_safe_globals
 */
export function addSafeGlobals(safeGlobals: readonly NamedSafeGlobal[]): void {
  for (const [safe, name] of safeGlobals.map(named)) ALLOWED.set(name, safe);
}

/** What has been allowed. @see https://docs.pytorch.org/docs/2.13/notes/serialization.html#torch.serialization.get_safe_globals */
export function getSafeGlobals(): [SafeGlobal, string][] {
  return [...ALLOWED].map(([name, safe]) => [safe, name]);
}

/** Allows nothing any more. @see https://docs.pytorch.org/docs/2.13/notes/serialization.html#torch.serialization.clear_safe_globals */
export function clearSafeGlobals(): void {
  ALLOWED.clear();
}

/**
 * Allows classes and functions while `body` runs, or until the scope ends.
 *
 * @example using _ = torch.serialization.safeGlobals([Config]);
 * @see https://docs.pytorch.org/docs/2.13/notes/serialization.html#torch.serialization.safe_globals
 */
export function safeGlobals(allowed: readonly NamedSafeGlobal[]): Disposable;
export function safeGlobals<R>(allowed: readonly NamedSafeGlobal[], body: () => R): R;
export function safeGlobals<R>(allowed: readonly NamedSafeGlobal[], body?: () => R): Disposable | R {
  const before = new Map(ALLOWED);
  addSafeGlobals(allowed);
  const restore = (): void => {
    ALLOWED.clear();
    for (const [name, safe] of before) ALLOWED.set(name, safe);
  };
  if (body === undefined) return { [Symbol.dispose]: restore };
  try {
    return body();
  } finally {
    restore();
  }
}

/** @internal What has been allowed under Python's name. */
export function safeGlobal(name: string): SafeGlobal | undefined {
  return ALLOWED.get(name);
}

/** @internal Python's name of what has been allowed. */
export function nameOfSafeGlobal(safe: unknown): string | undefined {
  for (const [name, allowed] of ALLOWED) if (allowed === safe) return name;
  return undefined;
}

function named(entry: NamedSafeGlobal): readonly [SafeGlobal, string] {
  if (typeof entry === 'function') {
    if (!entry.name) throw new ValueError('a class or function without a name needs one: pass [it, name]');
    return [entry, `__main__.${entry.name}`];
  }
  const [safe, name] = entry;
  if (typeof safe !== 'function' || typeof name !== 'string') {
    throw new TypeError('expected classes and functions, or pairs of one and its full name in Python');
  }
  return entry;
}

/** @internal The allowed class of objects with a prototype. */
export function safeGlobalOfPrototype(prototype: unknown): SafeGlobal | undefined {
  for (const safe of ALLOWED.values()) if (safe.prototype === prototype && prototype) return safe;
  return undefined;
}
