/** Python's slices: `torch.slice` and the strings that stand for one. */
import { ValueError } from '../errors';

/** A number that a slice begins or ends with, as text; none where it is left out. */
type Bound = '' | `${number}`;

/** A slice as Python writes it between the brackets: `':'`, `'1:'`, `':-1'`, `'1:-1:2'`. */
export type SliceString = `${Bound}:${Bound}` | `${Bound}:${Bound}:${Bound}`;

/** A whole number, or what has one: a tensor of one integer. */
type Index = number | bigint | { item(): unknown };

/** A bound of {@link slice}; null or undefined where it is left out. */
export type SliceBound = Index | null | undefined;

/** A range of positions of a dimension. */
export class Slice {
  /** The first position; null for the first of all. */
  readonly start: number | bigint | null;
  /** The position after the last one; null for the end. */
  readonly stop: number | bigint | null;
  /** The distance between positions. */
  readonly step: number | bigint;

  /** @internal Made by `slice`. */
  constructor(start: SliceBound, stop: SliceBound, step: SliceBound) {
    this.start = whole(start);
    this.stop = whole(stop);
    this.step = whole(step) ?? 1;
    if (Number(this.step) === 0) throw new ValueError('slice step cannot be zero');
    if (this.step < 0) throw new ValueError('step must be greater than zero');
  }

  /** Python's text: `slice(1, None, None)`. */
  toString(): string {
    return `slice(${this.start ?? 'None'}, ${this.stop ?? 'None'}, ${this.step})`;
  }
}

const [LEAST, MOST] = [-(2n ** 63n), 2n ** 63n - 1n];

/** What LibTorch takes for a bound. */
function whole(bound: SliceBound): number | bigint | null {
  if (bound === null || bound === undefined) return null;
  const value = typeof bound === 'object' ? bound.item() : bound;
  if (typeof value === 'bigint') return value < LEAST ? LEAST : value > MOST ? MOST : value;
  if (Number.isSafeInteger(value)) return value as number;
  throw new TypeError('slice indices must be integers or None or have an __index__ method');
}

/**
 * Python's `slice`, for `x.at` and `x.set`: the positions from `start` up to, not including, `stop`, `step` apart.
 * Negative numbers count from the end; what lies beyond the dimension is cut off; null and undefined leave a bound out.
 * One argument is the stop. Strings say the same: `x.at('1:3')`, and `x.at(slice(1, 3))` where the bounds are computed.
 *
 * @example x.at(slice(3)); // Python's x[:3]
 * @example x.at(slice(1, null, 2)); // Python's x[1::2]
 * @see https://docs.python.org/3/library/functions.html#slice
 * @throws ValueError if the step is zero or negative: as in PyTorch, use `flip`.
 * @throws TypeError if a bound is no whole number.
 */
export function slice(stop: SliceBound): Slice;
export function slice(start: SliceBound, stop: SliceBound, step?: SliceBound): Slice;
export function slice(...bounds: SliceBound[]): Slice {
  return bounds.length === 1 ? new Slice(null, bounds[0], null) : new Slice(bounds[0], bounds[1], bounds[2]);
}

const PATTERN = /^\s*(-?\d+)?\s*:\s*(-?\d+)?\s*(?::\s*(-?\d+)?\s*)?$/;

/** Texts seen before, so that a slice in a loop is read once; emptied when computed texts fill it. */
const known = new Map<string, Slice>();
const KNOWN_AT_MOST = 1024;

/** The slice that a string such as `'1:-1:2'` stands for. */
export function parseSlice(text: string): Slice {
  const seen = known.get(text);
  if (seen !== undefined) return seen;
  const match = PATTERN.exec(text);
  if (match === null) {
    throw new TypeError(`an index that is a string is '...' or a slice such as ':' or '1:-1:2', not '${text}'`);
  }
  const [start, stop, step] = match.slice(1).map((bound) => (bound === undefined ? null : BigInt(bound)));
  const parsed = new Slice(...([start, stop, step].map(narrow) as [SliceBound, SliceBound, SliceBound]));
  if (known.size >= KNOWN_AT_MOST) known.clear();
  known.set(text, parsed);
  return parsed;
}

/** A number where it is exact. */
function narrow(bound: bigint | null | undefined): SliceBound {
  return typeof bound === 'bigint' && Number.isSafeInteger(Number(bound)) ? Number(bound) : bound;
}
