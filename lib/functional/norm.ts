/** Norms of vectors and matrices, in PyTorch's old way of asking for them. */
import { python } from '../arguments';
import type { DType } from '../dtype';
import { RuntimeError, ValueError } from '../errors';
import * as linalg from '../generated/linalg';
import { frobeniusNorm, nuclearNorm } from '../generated/torch';
import * as vf from '../generated/vf';
import { strided } from '../layout';
import type { Tensor } from '../tensor';
import type { Int, IntList } from '../types';

/** The order of a norm: a number, or one of matrices. */
export type NormOrder = number | 'fro' | 'nuc';

/** Keyword arguments without those that are not given, which some overloads do not have. */
function given<T extends object>(options: T): T {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== null)) as T;
}

/** Python's way for sparse tensors and rare devices. */
function unusualNorm(
  input: Tensor,
  p: NormOrder,
  dims: IntList | null,
  keepdim: boolean,
  out: Tensor | null,
  dtype: DType | null,
): Tensor {
  const all = dims ?? Array.from({ length: input.dim() }, (_, dim) => dim);
  if (typeof p === 'number') return vf.norm(input, p, all, keepdim, given({ dtype, out }) as { out?: Tensor });
  if (p !== 'fro' && p !== 'nuc') {
    throw new RuntimeError(`only valid string values are 'fro' and 'nuc', found ${p}`);
  }
  if (dtype !== null) {
    throw new ValueError(`dtype argument is not supported in ${p === 'fro' ? 'frobenius' : 'nuclear'} norm`);
  }
  if (p === 'fro') return frobeniusNorm(input, dims === null && out === null ? [] : all, keepdim, given({ out }));
  return dims === null
    ? nuclearNorm(input, { keepdim, ...given({ out }) })
    : nuclearNorm(input, dims, keepdim, given({ out }));
}

/**
 * The norm of a tensor, or of its vectors or matrices along `dim`: `p` is a number, `'fro'` or `'nuc'`. Newer code uses
 * `linalg.vectorNorm` and `linalg.matrixNorm`.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.norm.html
 */
export const norm = python(
  'norm',
  ['input', 'p?', 'dim?', 'keepdim?', 'out?', 'dtype?'],
  (
    input: Tensor,
    p: NormOrder | null = 'fro',
    dim: Int | IntList | null = null,
    keepdim = false,
    out: Tensor | null = null,
    dtype: DType | null = null,
  ): Tensor => {
    const dims = (dim === null || Array.isArray(dim) ? dim : [dim]) as IntList | null;
    const isUsual = input.layout === strided && ['cpu', 'cuda', 'xpu', 'meta'].includes(input.device.type);
    if (!isUsual) return unusualNorm(input, p ?? 2, dims, keepdim, out, dtype);
    const options = { dtype, ...given({ out }) };
    if (typeof p !== 'string') return linalg.vectorNorm(input, p ?? 2, dims, keepdim, options);
    if (p === 'fro' && (dims === null || dims.length <= 2)) {
      return linalg.vectorNorm(input, 2, dims, keepdim, options);
    }
    const matrix = dims ?? Array.from({ length: input.dim() }, (_, i) => i);
    return linalg.matrixNorm(input, p, matrix, keepdim, options);
  },
);
