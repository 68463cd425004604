/** Softmax and its relatives. */
import { python } from '../../arguments';
import type { DType } from '../../dtype';
import * as torch from '../../generated/torch';
import { contiguousFormat } from '../../layout';
import type { Tensor } from '../../tensor';
import { warn } from '../../warnings';

/** The dimension that PyTorch takes where none is given, with its warning. */
function softmaxDim(name: string, ndim: number): number {
  warn(`Implicit dimension choice for ${name} has been deprecated. Change the call to include dim=X as an argument.`);
  return ndim === 0 || ndim === 1 || ndim === 3 ? 0 : 1;
}

const NAMES = ['input', 'dim?', '_stacklevel?', 'dtype?'] as const;

/**
 * Exponentials divided by their sum along a dimension.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.softmax.html
 */
export const softmax = python(
  'softmax',
  NAMES,
  (input: Tensor, dim: number | null = null, _stacklevel = 3, dtype: DType | null = null): Tensor =>
    input.softmax(dim ?? softmaxDim('softmax', input.dim()), { dtype }),
);

/**
 * The softmax of the negated input.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.softmin.html
 */
export const softmin = python(
  'softmin',
  NAMES,
  (input: Tensor, dim: number | null = null, _stacklevel = 3, dtype: DType | null = null): Tensor =>
    input.neg().softmax(dim ?? softmaxDim('softmin', input.dim()), { dtype }),
);

/**
 * The logarithm of the softmax.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.log_softmax.html
 */
export const logSoftmax = python(
  'log_softmax',
  NAMES,
  (input: Tensor, dim: number | null = null, _stacklevel = 3, dtype: DType | null = null): Tensor =>
    input.logSoftmax(dim ?? softmaxDim('log_softmax', input.dim()), { dtype }),
);

/**
 * A sample of the Gumbel-softmax distribution; with `hard` one-hot in value, and soft in its gradient.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.gumbel_softmax.html
 */
export const gumbelSoftmax = python(
  'gumbel_softmax',
  ['logits', 'tau?', 'hard?', 'eps?', 'dim?'],
  (logits: Tensor, tau = 1, hard = false, eps = 1e-10, dim = -1): Tensor => {
    if (eps !== 1e-10) warn('`eps` parameter is deprecated and has no effect.');
    const noise = torch.emptyLike(logits, { memoryFormat: contiguousFormat }).exponential_().log().neg();
    const soft = logits.add(noise).div(tau).softmax(dim);
    if (!hard) return soft;
    const [, index] = soft.max(dim, { keepdim: true });
    const oneHot = torch.zerosLike(logits, { memoryFormat: contiguousFormat }).scatter_(dim, index, 1);
    // Its value is that of `oneHot`, its gradient that of `soft`.
    return oneHot.sub(soft.detach()).add(soft);
  },
);
