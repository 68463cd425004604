/** What `torch` writes in Python over its operators: `torch/functional.py`. */
import { python } from './arguments';
import * as vf from './generated/vf';
import { Tensor } from './tensor';
import type { Int, IntList, TensorList } from './types';

/**
 * Splits a tensor into chunks of one size, the last one smaller if need be, or of the given sizes: views.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.split.html
 */
export const split = python(
  'split',
  ['tensor', 'splitSizeOrSections', 'dim?'],
  (tensor: Tensor, splitSizeOrSections: Int | IntList, dim: Int = 0): Tensor[] =>
    vf.split(tensor, splitSizeOrSections as Int, dim),
);

/**
 * Indices of nonzero elements, one row each; with `asTuple`, one tensor a dimension.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nonzero.html
 */
export function nonzero(input: Tensor): Tensor;
export function nonzero(input: Tensor, options: { asTuple: true }): Tensor[];
export function nonzero(input: Tensor, options: { asTuple?: false; out?: Tensor }): Tensor;
export function nonzero(
  input: Tensor,
  { asTuple = false, out }: { asTuple?: boolean; out?: Tensor } = {},
): Tensor | Tensor[] {
  if (asTuple) return vf.nonzeroNumpy(input);
  return out === undefined ? vf.nonzero(input) : vf.nonzero(input, { out });
}

/**
 * Tensors expanded to their common shape.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.broadcast_tensors.html
 */
export function broadcastTensors(...tensors: Tensor[] | [TensorList]): Tensor[] {
  return vf.broadcastTensors(
    tensors[0] instanceof Tensor || tensors.length === 0 ? (tensors as Tensor[]) : (tensors[0] as TensorList),
  );
}
