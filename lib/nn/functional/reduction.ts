/** How losses are reduced: Python's `torch/nn/_reduction.py`. */
import { ValueError } from '../../errors';
import type { Tensor } from '../../tensor';
import { warn } from '../../warnings';

/** What a loss gives: every element's, their mean, or their sum. */
export type Reduction = 'none' | 'mean' | 'sum';

const CODES: Readonly<Record<string, number>> = { none: 0, mean: 1, elementwise_mean: 1, sum: 2 };

/** LibTorch's number of a reduction. Throws a ValueError for any other word. */
export function reductionCode(reduction: string): number {
  if (reduction === 'elementwise_mean') {
    warn("reduction='elementwise_mean' is deprecated. Please use reduction='mean' instead.");
  }
  const code = CODES[reduction];
  if (code === undefined) throw new ValueError(`${reduction} is not a valid value for reduction`);
  return code;
}

/** The reduction that the two flags of old stand for, with a warning; `reduction` if neither is given. */
export function legacyReduction(
  sizeAverage: boolean | null | undefined,
  reduce: boolean | null | undefined,
  reduction: string,
): string {
  if ((sizeAverage ?? null) === null && (reduce ?? null) === null) return reduction;
  const stands = !(reduce ?? true) ? 'none' : (sizeAverage ?? true) ? 'mean' : 'sum';
  warn(`size_average and reduce args will be deprecated, please use reduction='${stands}' instead.`);
  return stands;
}

/** Errors reduced by tensor's own methods. Throws a ValueError with the words `unknown` for any other word. */
export function reduce(errors: Tensor, reduction: string, unknown: string): Tensor {
  if (reduction === 'none') return errors;
  if (reduction === 'mean') return errors.mean();
  if (reduction === 'sum') return errors.sum();
  throw new ValueError(unknown);
}
