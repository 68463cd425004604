/** Products of tensors over several dimensions or of several matrices, and distances. */
import { python, trailing } from '../arguments';
import { AssertionError, RuntimeError, ValueError } from '../errors';
import * as vf from '../generated/vf';
import { isTensor } from '../ops';
import { repr } from '../python-repr';
import type { Tensor } from '../tensor';
import type { IntList } from '../types';

/** The last `count` dimensions of one tensor and the first of the other. */
function facing(count: number): [number[], number[]] {
  const dims = Array.from({ length: count }, (_, i) => i);
  return [dims.map((dim) => dim - count), dims];
}

/** The dimensions of both tensors that `dims` stands for. */
function contracted(a: Tensor, b: Tensor, dims: unknown): [IntList, IntList] {
  if (Array.isArray(dims)) return dims as [IntList, IntList];
  if (isTensor(dims)) {
    if (dims.numel() > 1) {
      if (dims.size(0) !== 2) {
        throw new AssertionError(`dims tensor must have size 2 in first dimension, got ${dims.size(0)}`);
      }
      return dims.tolist<[number[], number[]]>();
    }
    const count = Math.trunc(dims.item());
    if (count < 0) throw new RuntimeError(`tensordot expects dims >= 0, but got dims=${dims}`);
    return facing(count);
  }
  if (typeof dims !== 'number' && typeof dims !== 'bigint') {
    throw new RuntimeError(
      `tensordot expects dims to be int or tuple[list[int], list[int]] or list[list[int]] containing two lists, but got dims=${typeof dims === 'string' ? dims : repr(dims)}`,
    );
  }
  if (dims < 0) throw new RuntimeError(`tensordot expects dims >= 0, but got dims=${dims}`);
  if (dims > Math.min(a.dim(), b.dim())) {
    throw new RuntimeError(`tensordot expects dims < ndim_a or ndim_b, but got dims=${dims}`);
  }
  return facing(Number(dims));
}

/**
 * The contraction of two tensors over several dimensions: the last `dims` of `a` with the first of `b`, or those that two
 * lists, or a tensor of two rows, name.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.tensordot.html
 * @throws RuntimeError for dimensions that are not there or do not fit.
 */
export const tensordot = python(
  'tensordot',
  ['a', 'b', 'dims?', 'out?'],
  (
    a: Tensor,
    b: Tensor,
    dims: number | bigint | readonly [IntList, IntList] | Tensor = 2,
    out: Tensor | null = null,
  ): Tensor => {
    const [dimsA, dimsB] = contracted(a, b, dims);
    return out === null ? vf.tensordot(a, b, dimsA, dimsB) : vf.tensordot(a, b, dimsA, dimsB, { out });
  },
);

/**
 * The product of matrices, multiplied in the order that costs least.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.chain_matmul.html
 */
export function chainMatmul(...matrices: Tensor[] | [...Tensor[], { out?: Tensor | null }]): Tensor {
  const [list, { out = null }] = trailing<Tensor, { out?: Tensor | null }>('chain_matmul', ['out'], matrices);
  return out === null ? vf.chainMatmul(list) : vf.chainMatmul(list, { out });
}

// The numbers that the operator has for them.
const COMPUTE_MODES = {
  use_mm_for_euclid_dist_if_necessary: null,
  use_mm_for_euclid_dist: 1,
  donot_use_mm_for_euclid_dist: 2,
} as const;

/**
 * The p-norm distance between each row of `x1` and each of `x2`, in batches: (B, P, M) and (B, R, M) give (B, P, R).
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.cdist.html
 * @throws ValueError for a mode that is none.
 */
export const cdist = python(
  'cdist',
  ['x1', 'x2', 'p?', 'computeMode?'],
  (
    x1: Tensor,
    x2: Tensor,
    p = 2,
    computeMode: keyof typeof COMPUTE_MODES = 'use_mm_for_euclid_dist_if_necessary',
  ): Tensor => {
    const mode = COMPUTE_MODES[computeMode];
    if (mode === undefined) throw new ValueError(`${computeMode} is not a valid value for compute_mode`);
    return vf.cdist(x1, x2, p, mode);
  },
);
