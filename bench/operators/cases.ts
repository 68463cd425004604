/** The operator cases: what a call costs around its kernel. */
import type { Case } from '../case';

/** The name of each case, which its program on every side has too, and its row's title. */
const TITLES = {
  add: 'add, 4 elements',
  'mul-scalar': 'mul by a number, 8x8',
  matmul: 'matmul, 8x8',
  sum: 'sum, 8x8',
  'mean-dim': 'mean of a dimension, 8x8',
  'max-dim': 'max of a dimension, 8x8',
  softmax: 'softmax, 8x8',
  where: 'where, 8x8',
  cat: 'cat, two of 8x8',
  stack: 'stack, two of 8x8',
  view: 'view',
  reshape: 'reshape',
  transpose: 'transpose',
  unsqueeze: 'unsqueeze',
  expand: 'expand',
  select: 'x[3]',
  slice: 'x[1:5]',
  'slice-2d': 'x[:, 1:5]',
  index: 'x[three indices]',
  'index-mask': 'x[mask], 8x8',
  clone: 'clone, 8x8',
  'to-dtype': 'to float64, 8x8',
  randn: 'randn, 2x3',
  zeros: 'zeros, 2x3',
  item: 'item',
};

export const OPERATORS: readonly Case[] = Object.entries(TITLES).map(([name, title]) => ({
  name,
  title,
  unit: 'ns',
  targets: { overhead: 1 },
  rounds: 36,
  iterations: 5_000,
  threads: 1,
}));
