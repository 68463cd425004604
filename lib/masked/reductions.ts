/** Reductions of the elements that a mask keeps. */
import { python } from '../arguments';
import { bool, type DType, float32, int8, int16, int32, int64, uint8 } from '../dtype';
import { AssertionError, ValueError } from '../errors';
import * as linalg from '../generated/linalg';
import * as torch from '../generated/torch';
import { sparseCoo, sparseCsr, strided } from '../layout';
import type { Tensor } from '../tensor';
import type { IntOrList } from '../types';
import { canonicalDims, combine, inputMask } from './mask';
import { reduceCoo, reduceCsr } from './sparse-reductions';

const ALONG = ['input', 'dim?', 'keepdim?', 'dtype?', 'mask?'] as const;

/** How many of a function's parameters may be given by position. */
const INPUT_AND_DIM = 2;

const SMALL_INTEGERS: readonly DType[] = [uint8, bool, int8, int16, int32];

/** The dtype in which small integers are added and multiplied. */
function accumulated(input: Tensor): DType {
  return SMALL_INTEGERS.includes(input.dtype) ? int64 : input.dtype;
}

function unsupported(name: string, layouts: string, input: Tensor): ValueError {
  return new ValueError(`masked ${name} expects ${layouts} tensor (got ${input.layout} tensor)`);
}

function needsMask(name: string, input: Tensor, mask: Tensor | null): void {
  if (mask !== null) return;
  throw new ValueError(`masked ${name} expects explicit mask for ${input.layout.name} tensor input`);
}

/** A compressed matrix of small integers as int64, in which its elements are added and multiplied. */
function widened(input: Tensor): Tensor {
  return SMALL_INTEGERS.includes(input.dtype) ? input.toSparse().to(int64).toSparseCsr() : input;
}

/**
 * The sum of the elements that `mask` keeps.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.masked.sum.html
 */
export const sum = python(
  'sum',
  ALONG,
  (
    input: Tensor,
    dim: IntOrList | null = null,
    keepdim = false,
    dtype: DType | null = null,
    mask: Tensor | null = null,
  ): Tensor => {
    const isCsr = input.layout === sparseCsr;
    const wide = isCsr && dtype === null ? widened(input) : input;
    const type = dtype ?? (isCsr ? (wide === input ? input.dtype : null) : accumulated(input));
    const dims = canonicalDims(dim, input.dim());
    const kept = combine('sum', wide, mask);
    if (kept.layout === strided) return torch.sum(kept, dims, keepdim, { dtype: type });
    if (kept.layout === sparseCoo) return reduceCoo('sum', kept, dims, keepdim, type ?? kept.dtype);
    if (kept.layout === sparseCsr) return torch._sparseCsrSum(kept, dims, keepdim, { dtype: type });
    throw unsupported('sum', 'strided, sparse_coo or sparse_csr', kept);
  },
  INPUT_AND_DIM,
);

/**
 * The product of the elements that `mask` keeps.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.masked.prod.html
 */
export const prod = python(
  'prod',
  ALONG,
  (
    input: Tensor,
    dim: IntOrList | null = null,
    keepdim = false,
    dtype: DType | null = null,
    mask: Tensor | null = null,
  ): Tensor => {
    const isCsr = input.layout === sparseCsr;
    const wide = isCsr && dtype === null ? widened(input) : input;
    const type = dtype ?? (isCsr ? (wide === input ? input.dtype : null) : accumulated(input));
    const dims = canonicalDims(dim, input.dim());
    const kept = combine('prod', wide, mask);
    if (kept.layout === strided) {
      return dims.reduceRight((result, one) => result.prod(one, keepdim), kept.to({ dtype: type }));
    }
    if (kept.layout !== sparseCoo && kept.layout !== sparseCsr) {
      throw unsupported('prod', 'strided, sparse_coo or sparse_csr', kept);
    }
    needsMask('prod', kept, mask);
    if (kept.layout === sparseCoo) return reduceCoo('prod', kept, dims, keepdim, type ?? kept.dtype);
    return torch._sparseCsrProd(kept, dims, keepdim, { dtype: type });
  },
  INPUT_AND_DIM,
);

function extremum(name: 'amax' | 'amin') {
  return python(
    name,
    ALONG,
    (
      input: Tensor,
      dim: IntOrList | null = null,
      keepdim = false,
      dtype: DType | null = null,
      mask: Tensor | null = null,
    ): Tensor => {
      const type = dtype ?? input.dtype;
      const kept = combine(name, input, mask);
      const dims = canonicalDims(dim, kept.dim());
      if (kept.layout === strided) return kept[name](dims, keepdim).to(type);
      if (kept.layout !== sparseCoo && kept.layout !== sparseCsr) {
        throw unsupported(name, 'strided, sparse_coo or sparse_csr', kept);
      }
      needsMask(name, kept, mask);
      return (kept.layout === sparseCoo ? reduceCoo : reduceCsr)(name, kept, dims, keepdim, type);
    },
    INPUT_AND_DIM,
  );
}

/** The largest of the elements that `mask` keeps. @see https://docs.pytorch.org/docs/2.13/generated/torch.masked.amax.html */
export const amax = extremum('amax');

/** The smallest of the elements that `mask` keeps. @see https://docs.pytorch.org/docs/2.13/generated/torch.masked.amin.html */
export const amin = extremum('amin');

function place(name: 'argmax' | 'argmin') {
  return python(
    name,
    ALONG,
    (
      input: Tensor,
      dim: number | null = null,
      keepdim = false,
      dtype: DType | null = null,
      mask: Tensor | null = null,
    ): Tensor => {
      const type = dtype ?? input.dtype;
      const kept = combine(name, input, mask);
      if (kept.layout === strided) return kept[name](dim, keepdim).to(type);
      throw unsupported(name, 'strided', kept);
    },
    INPUT_AND_DIM,
  );
}

/** Where the largest of the elements is that `mask` keeps. @see https://docs.pytorch.org/docs/2.13/generated/torch.masked.argmax.html */
export const argmax = place('argmax');

/** Where the smallest of the elements is that `mask` keeps. @see https://docs.pytorch.org/docs/2.13/generated/torch.masked.argmin.html */
export const argmin = place('argmin');

/** How many elements the mask keeps, and their sum. */
function countAndTotal(
  input: Tensor,
  dim: IntOrList | null,
  keepdim: boolean,
  dtype: DType,
  mask: Tensor | null,
): [count: Tensor, total: Tensor] {
  if (mask === null) {
    const ones = torch.ones(input.shape, { dtype: int64, device: input.device });
    return [sum(ones, dim, { keepdim }), sum(input, dim, { keepdim, dtype })];
  }
  return [mask.sum(dim as number[] | null, keepdim), sum(input, dim, { keepdim, dtype, mask })];
}

/**
 * The mean of the elements that `mask` keeps; NaN where it keeps none.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.masked.mean.html
 * @throws ValueError unless the dtype is floating point or complex.
 */
export const mean = python(
  'mean',
  ALONG,
  (
    input: Tensor,
    dim: IntOrList | null = null,
    keepdim = false,
    dtype: DType | null = null,
    mask: Tensor | null = null,
  ): Tensor => {
    const type = dtype ?? input.dtype;
    if (!type.isFloatingPoint && !type.isComplex) {
      const source = dtype === null ? 'Input' : 'Optional';
      throw new ValueError(
        `mean(): Could not infer output dtype. ${source} dtype must be either a floating point or complex dtype. Got: ${type}`,
      );
    }
    if (input.layout === strided) {
      const inside = mask === null ? null : inputMask(input, mask);
      const [count, total] = countAndTotal(input, dim, keepdim, type, inside);
      return total.div(count);
    }
    if (input.layout !== sparseCsr) throw unsupported('mean', 'strided or sparse_csr', input);
    const kept = combine('mean', input, mask);
    needsMask('mean', input, mask);
    return reduceCsr('mean', kept, canonicalDims(dim, kept.dim()), keepdim, type);
  },
  INPUT_AND_DIM,
);

/**
 * The median of the elements along a dimension, the last one by default, that `mask` keeps.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.masked.median.html
 * @throws ValueError where nothing is kept of a slice of whole numbers.
 */
export const median = python(
  'median',
  ALONG,
  (input: Tensor, dim = -1, keepdim = false, dtype: DType | null = null, mask: Tensor | null = null): Tensor => {
    const type = dtype ?? input.dtype;
    const along = canonicalDims(dim, input.dim())[0] as number;
    const { isFloatingPoint } = input.dtype;
    const kept = combine('median', isFloatingPoint ? input : input.to(float32), mask);
    if (kept.layout !== strided) throw unsupported('median', 'strided', kept);
    const output = torch.nanmedian(kept, along, keepdim).values;
    if (isFloatingPoint) return output;
    if (!output.isnan().any().item<boolean>()) return output.to(type);
    throw new ValueError('masked median expects no fully masked out rows if dtype is not floating point');
  },
  INPUT_AND_DIM,
);

/**
 * The logarithm of the sum of the exponentials of the elements that `mask` keeps.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.masked.logsumexp.html
 */
export const logsumexp = python(
  'logsumexp',
  ALONG,
  (
    input: Tensor,
    dim: IntOrList | null = null,
    keepdim = false,
    dtype: DType | null = null,
    mask: Tensor | null = null,
  ): Tensor => {
    const type = dtype ?? input.dtype;
    const dims = canonicalDims(dim, input.dim());
    const kept = combine('logsumexp', input, mask);
    if (kept.layout === strided) return torch.logsumexp(kept, dims, keepdim).to(type);
    throw unsupported('logsumexp', 'strided', kept);
  },
  INPUT_AND_DIM,
);

/**
 * The logarithm of the sum of the exponentials of two tensors, each element that its mask drops counting as -infinity.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.masked.logaddexp.html
 */
export const logaddexp = python(
  'logaddexp',
  ['input', 'other', 'dtype?', 'inputMask?', 'otherMask?'],
  (
    input: Tensor,
    other: Tensor,
    dtype: DType | null = null,
    inputMask: Tensor | null = null,
    otherMask: Tensor | null = null,
  ): Tensor => {
    if (input.layout !== strided || other.layout !== strided) {
      throw new ValueError(
        `masked logaddexp expects strided tensors (got ${input.layout} tensor for input, ${other.layout} for other)`,
      );
    }
    const [one, two] = [combine('logaddexp', input, inputMask), combine('logaddexp', other, otherMask)];
    return torch.logaddexp(one, two).to(dtype ?? input.dtype);
  },
  2,
);

/**
 * The norm of order `ord` of the vector of elements that `mask` keeps.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.masked.norm.html
 */
export const norm = python(
  'norm',
  ['input', 'ord?', 'dim?', 'keepdim?', 'dtype?', 'mask?'],
  (
    input: Tensor,
    ord: number | null = 2,
    dim: IntOrList | null = null,
    keepdim = false,
    dtype: DType | null = null,
    mask: Tensor | null = null,
  ): Tensor => {
    const kept = combine('norm', input, mask, ord);
    if (kept.layout !== strided) throw unsupported('norm', 'strided', kept);
    const dims = canonicalDims(dim, input.dim());
    return linalg.vectorNorm(kept, ord ?? 2, dims, keepdim, { dtype: dtype ?? input.dtype });
  },
  3,
);

/** The variance, or its root. */
function deviation(
  input: Tensor,
  dim: IntOrList | null,
  unbiased: boolean | null,
  correction: number | null,
  keepdim: boolean,
  dtype: DType | null,
  mask: Tensor | null,
  isRoot: boolean,
): Tensor {
  if (unbiased !== null && correction !== null) {
    throw new AssertionError('Only one of unbiased and correction may be given');
  }
  const less = correction ?? (unbiased === false ? 0 : 1);
  const computable = (type: DType): DType => (type.isFloatingPoint || type.isComplex ? type : float32);
  const type = dtype ?? computable(input.dtype);
  const computed = computable(type);
  if (input.layout !== strided) throw unsupported('std/var', 'strided', input);
  const inside = mask === null ? null : inputMask(input, mask);
  const [kept, sampleTotal] = countAndTotal(input, dim, true, type, inside);
  const x = input.sub(torch.divide(sampleTotal, kept));
  const total = sum(x.mul(x.conj()), dim, { keepdim, dtype: computed, mask: inside });
  let count = keepdim ? kept : kept.reshape(total.shape);
  if (less !== 0) {
    count = torch.subtract(count.to(computed.toReal()), less);
    count = torch.maximum(count, count.newZeros([]));
  }
  const variance = torch.divide(total, count).to(type);
  return isRoot ? variance.sqrt() : variance;
}

function deviationFunction(name: 'var' | 'std') {
  return python(
    name,
    ['input', 'dim?', 'unbiased?', 'correction?', 'keepdim?', 'dtype?', 'mask?'],
    (
      input: Tensor,
      dim: IntOrList | null = null,
      unbiased: boolean | null = null,
      correction: number | null = null,
      keepdim = false,
      dtype: DType | null = null,
      mask: Tensor | null = null,
    ): Tensor => deviation(input, dim, unbiased, correction, keepdim, dtype, mask, name === 'std'),
    3,
  );
}

const variance = deviationFunction('var');

/** The standard deviation of the elements that `mask` keeps. @see https://docs.pytorch.org/docs/2.13/generated/torch.masked.std.html */
export const std = deviationFunction('std');

/** The variance of the elements that `mask` keeps. @see https://docs.pytorch.org/docs/2.13/generated/torch.masked.var.html */
export { variance as var };
