/** Sums of sparse tensors. */
import { python } from '../arguments';
import type { DType } from '../dtype';
import { _sparseSum } from '../generated/torch';
import type { Tensor } from '../tensor';
import type { IntOrList } from '../types';

/**
 * The sum of a sparse tensor along `dim`, sparse unless all sparse dimensions are summed; the gradient is masked.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.sparse.sum.html
 */
export const sum = python(
  'sum',
  ['input', 'dim?', 'dtype?'],
  (input: Tensor, dim: IntOrList | null = null, dtype: DType | null = null): Tensor => {
    if (dtype === null) return dim === null ? _sparseSum(input) : _sparseSum(input, dim);
    return dim === null ? _sparseSum(input, { dtype }) : _sparseSum(input, dim, { dtype });
  },
);
