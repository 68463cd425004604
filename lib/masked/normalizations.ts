/** Functions of slices, of which they see the elements that a mask keeps. */
import { python } from '../arguments';
import type { DType } from '../dtype';
import { ValueError } from '../errors';
import * as torch from '../generated/torch';
import { strided } from '../layout';
import type { Tensor } from '../tensor';
import { canonicalDims, combine, type MaskedOperation } from './mask';
import { norm } from './reductions';

/** A function of the slices along `dim`, whose dropped elements take the value of an operation's identity. */
function sliced(name: string, identity: MaskedOperation, apply: (kept: Tensor, dim: number, dtype: DType) => Tensor) {
  return python(
    name,
    ['input', 'dim', 'dtype?', 'mask?'],
    (input: Tensor, dim: number, dtype: DType | null = null, mask: Tensor | null = null): Tensor => {
      const along = canonicalDims(dim, input.dim())[0] as number;
      const kept = combine(identity, input, mask);
      if (kept.layout === strided) return apply(kept, along, dtype ?? input.dtype);
      throw new ValueError(`masked ${name} expects strided tensor (got ${kept.layout} tensor)`);
    },
    2,
  );
}

/** Running sums. @see https://docs.pytorch.org/docs/2.13/generated/torch.masked.cumsum.html */
export const cumsum = sliced('cumsum', 'sum', (kept, dim, dtype) => torch.cumsum(kept, dim, { dtype }).to(dtype));

/** Running products. @see https://docs.pytorch.org/docs/2.13/generated/torch.masked.cumprod.html */
export const cumprod = sliced('cumprod', 'prod', (kept, dim, dtype) => torch.cumprod(kept, dim, { dtype }).to(dtype));

/** Softmax. @see https://docs.pytorch.org/docs/2.13/generated/torch.masked.softmax.html */
export const softmax = sliced('softmax', 'amax', (kept, dim, dtype) => kept.softmax(dim, { dtype }));

/** The logarithm of softmax. @see https://docs.pytorch.org/docs/2.13/generated/torch.masked.log_softmax.html */
export const logSoftmax = sliced('log_softmax', 'amax', (kept, dim, dtype) => kept.logSoftmax(dim, { dtype }));

/** Softmax of the negated elements. @see https://docs.pytorch.org/docs/2.13/generated/torch.masked.softmin.html */
export const softmin = sliced('softmin', 'amin', (kept, dim, dtype) => kept.neg().softmax(dim, { dtype }));

/**
 * Slices divided by their norm of order `ord`, or by `eps` if that is larger.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.masked.normalize.html
 */
export const normalize = python(
  'normalize',
  ['input', 'ord', 'dim', 'eps?', 'dtype?', 'mask?'],
  (
    input: Tensor,
    ord: number,
    dim: number,
    eps = 1e-12,
    dtype: DType | null = null,
    mask: Tensor | null = null,
  ): Tensor => {
    const kept = combine('sum', input, mask);
    if (kept.layout !== strided) {
      throw new ValueError(`masked normalize expects strided tensor (got ${kept.layout} tensor)`);
    }
    const size = norm(input, ord, dim, { keepdim: true, dtype: dtype ?? input.dtype, mask });
    return torch.divide(kept, torch.maximum(size, size.newFull([], eps)));
  },
  3,
);
