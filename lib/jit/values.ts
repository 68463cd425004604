/** Values that TorchScript takes and gives: see `from_js` and `value_to_js` in binding/jit.cc. */
import type { NativeResult } from '../native';
import { finish, isOptions, isTensor, unwrap } from '../ops';

/** A value as the addon takes it: a Map or a plain object as its keys and values in turn. */
export function toNative(value: unknown): unknown {
  if (value instanceof Map) return [...value].flat().map(toNative);
  if (isOptions(value)) return Object.entries(value).flat().map(toNative);
  return Array.isArray(value) ? value.map(toNative) : unwrap(value);
}

/**
 * A value as the addon takes it where no schema says what is expected: an array is a tuple, a Map or a plain object a
 * dictionary, a number that is whole an int.
 */
export function toInferred(value: unknown): unknown {
  if (value instanceof Map) return ['dict', ...[...value].flat().map(toInferred)];
  if (isOptions(value)) return ['dict', ...Object.entries(value).flat().map(toInferred)];
  if (!(Array.isArray(value) || isIterableTuple(value))) return unwrap(value);
  return [null, ...[...value].map(toInferred)];
}

/** A named tuple, such as `x.max(1)` gives. */
function isIterableTuple(value: unknown): value is Iterable<unknown> {
  const isObject = typeof value === 'object' && value !== null;
  return isObject && !isTensor(value) && Symbol.iterator in value && 'length' in value;
}

/** Positional arguments, and keyword arguments as names and values in turn. */
export function splitArguments(args: readonly unknown[]): [positional: unknown[], keywords: unknown[]] {
  const last = args.at(-1);
  if (!isOptions(last)) return [args.map(toNative), []];
  const keywords = Object.entries(last).flatMap(([name, value]) => [name, toNative(value)]);
  return [args.slice(0, -1).map(toNative), keywords];
}

/** What the addon gave: a dict with string keys as a plain object, another as a Map, lists and tuples as arrays. */
export function fromNative(result: NativeResult): unknown {
  if (!Array.isArray(result)) return finish(result, undefined, []);
  const [tag, ...items] = result as NativeResult[];
  if (tag === null) return items.map(fromNative);
  return tag === 'dict' ? dictOf(items.map(fromNative)) : finish(result, undefined, []);
}

function dictOf(items: readonly unknown[]): Map<unknown, unknown> | Record<string, unknown> {
  const map = new Map<unknown, unknown>();
  for (let i = 0; i < items.length; i += 2) map.set(items[i], items[i + 1]);
  const isPlain = [...map.keys()].every((key) => typeof key === 'string');
  return isPlain ? Object.fromEntries(map as Map<string, unknown>) : map;
}
