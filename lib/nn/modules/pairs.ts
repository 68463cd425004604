/** Reads what dictionaries of modules and parameters are made of. */
import { ValueError } from '../../errors';
import { typename } from '../../python-repr';

/**
 * Names and values as pairs: of a Map or another dictionary, of pairs, or of a plain object.
 *
 * @throws TypeError for anything else; ValueError for what is no pair.
 */
export function pairsOf(name: string, method: string, from: unknown): [key: string, value: unknown][] {
  if ((typeof from !== 'object' && typeof from !== 'function') || from === null) {
    throw new TypeError(
      `${method}.update should be called with an iterable of key/value pairs, but got ${typename(from)}`,
    );
  }
  if (from instanceof Map) return [...from];
  if ('items' in from && typeof from.items === 'function') return from.items();
  if (!(Symbol.iterator in from)) return Object.entries(from);
  return [...(from as Iterable<unknown>)].map((pair, place) => {
    if (typeof pair !== 'object' || pair === null || !(Symbol.iterator in pair)) {
      throw new TypeError(`${name} update sequence element #${place} should be Iterable; is${typename(pair)}`);
    }
    const items = [...(pair as Iterable<unknown>)];
    if (items.length === 2) return items as [string, unknown];
    throw new ValueError(`${name} update sequence element #${place} has length ${items.length}; 2 is required`);
  });
}
