/** What tsorch's side of the benchmark works with: the compiled library, as users run it. */
import type * as tsorch from '../lib';

export const torch: typeof tsorch = require('../dist');

/** What is done over and over; the last result is compared with the other sides'. */
export type Work = () => tsorch.Tensor;

/** The work of each case of a family. */
export type Works = Readonly<Record<string, Work>>;
