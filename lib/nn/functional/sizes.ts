/** Sizes as PyTorch's Python code takes them: one for all dimensions, a list, or a list with gaps. */
import { ValueError } from '../../errors';
import type { Int, IntList, IntOrList } from '../../types';

/** A size for each of `count` dimensions: a single one stands for all. */
export function tuple(size: IntOrList, count: number): number[] {
  return Array.isArray(size) ? size.map(Number) : new Array<number>(count).fill(Number(size));
}

/** Sizes of an output, in which null stands for the input's own size. */
export type OutputSize = Int | readonly (Int | null)[];

/** The sizes with their gaps filled from the end of `defaults`. Throws a ValueError if there are too few of those. */
export function withDefaults(size: OutputSize, defaults: readonly number[]): IntOrList {
  if (!Array.isArray(size)) return size as Int;
  const sizes = size as readonly (Int | null)[];
  if (defaults.length <= sizes.length) {
    throw new ValueError(`Input dimension should be at least ${sizes.length + 1}`);
  }
  const last = defaults.slice(defaults.length - sizes.length);
  return sizes.map((one, i) => one ?? (last[i] as number)) as IntList;
}
