/** Window functions: `torch.signal.windows`. */
import { python } from '../arguments';
import { tensor } from '../creation';
import { type DType, float32, float64, getDefaultDtype } from '../dtype';
import { ValueError } from '../errors';
import { arange, cos, empty, exp, i0, linspace, minimum, ones, sin, sub } from '../generated/torch';
import { type Layout, strided } from '../layout';
import type { Tensor } from '../tensor';
import type { DeviceLike } from '../types';

/** The parameters that every window has last. */
const COMMON = ['sym?', 'dtype?', 'layout?', 'device?', 'requiresGrad?'] as const;

/** How a window's tensor is made. */
interface Made {
  readonly dtype: DType;
  readonly layout: Layout;
  readonly device: DeviceLike | null;
  readonly requiresGrad: boolean;
}

/** The checks of all windows. */
function made(
  name: string,
  M: number,
  dtype: DType | null,
  layout: Layout,
  device: DeviceLike | null,
  requiresGrad: boolean,
): Made {
  const type = dtype ?? getDefaultDtype();
  if (M < 0) throw new ValueError(`${name} requires non-negative window length, got M=${M}`);
  if (layout !== strided) throw new ValueError(`${name} is implemented for strided tensors only, got: ${layout}`);
  if (type !== float32 && type !== float64) {
    throw new ValueError(`${name} expects float32 or float64 dtypes, got: ${type}`);
  }
  return { dtype: type, layout, device, requiresGrad };
}

/**
 * A window that falls off exponentially from its center, with the time constant `tau`; M elements.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.signal.windows.exponential.html
 * @throws ValueError for a `tau` that is not positive, or a center of a symmetric window.
 */
export const exponential = python(
  'exponential',
  ['M', 'center?', 'tau?', ...COMMON],
  (
    M: number,
    center: number | null = null,
    tau = 1,
    sym = true,
    dtype: DType | null = null,
    layout: Layout = strided,
    device: DeviceLike | null = null,
    requiresGrad = false,
  ): Tensor => {
    const options = made('exponential', M, dtype, layout, device, requiresGrad);
    if (tau <= 0) throw new ValueError(`Tau must be positive, got: ${tau} instead.`);
    if (sym && center !== null) throw new ValueError('Center must be None for symmetric windows');
    if (M === 0) return empty([0], options);
    const middle = center ?? (!sym && M > 1 ? M : M - 1) / 2;
    const constant = 1 / tau;
    const k = linspace(-middle * constant, (-middle + (M - 1)) * constant, M, options);
    return exp(k.abs().neg());
  },
  1,
);

/** The half wave of a sine; M elements. @see https://docs.pytorch.org/docs/2.13/generated/torch.signal.windows.cosine.html */
export const cosine = python(
  'cosine',
  ['M', ...COMMON],
  (
    M: number,
    sym = true,
    dtype: DType | null = null,
    layout: Layout = strided,
    device: DeviceLike | null = null,
    requiresGrad = false,
  ): Tensor => {
    const options = made('cosine', M, dtype, layout, device, requiresGrad);
    if (M === 0) return empty([0], options);
    const constant = Math.PI / (!sym && M > 1 ? M + 1 : M);
    return sin(linspace(0.5 * constant, (0.5 + (M - 1)) * constant, M, options));
  },
  1,
);

/**
 * A Gaussian bell with the standard deviation `std`; M elements.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.signal.windows.gaussian.html
 * @throws ValueError for a deviation that is not positive.
 */
export const gaussian = python(
  'gaussian',
  ['M', 'std?', ...COMMON],
  (
    M: number,
    std = 1,
    sym = true,
    dtype: DType | null = null,
    layout: Layout = strided,
    device: DeviceLike | null = null,
    requiresGrad = false,
  ): Tensor => {
    const options = made('gaussian', M, dtype, layout, device, requiresGrad);
    if (std <= 0) throw new ValueError(`Standard deviation must be positive, got: ${std} instead.`);
    if (M === 0) return empty([0], options);
    const start = -(!sym && M > 1 ? M : M - 1) / 2;
    const constant = 1 / (std * Math.SQRT2);
    return exp(
      linspace(start * constant, (start + (M - 1)) * constant, M, options)
        .pow(2)
        .neg(),
    );
  },
  1,
);

/**
 * Kaiser's window with the shape `beta`; M elements.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.signal.windows.kaiser.html
 * @throws ValueError for a negative `beta`.
 */
export const kaiser = python(
  'kaiser',
  ['M', 'beta?', ...COMMON],
  (
    M: number,
    beta = 12,
    sym = true,
    dtype: DType | null = null,
    layout: Layout = strided,
    device: DeviceLike | null = null,
    requiresGrad = false,
  ): Tensor => {
    const options = made('kaiser', M, dtype, layout, device, requiresGrad);
    if (beta < 0) throw new ValueError(`beta must be non-negative, got: ${beta} instead.`);
    if (M === 0) return empty([0], options);
    if (M === 1) return ones([1], options);
    const shape = tensor(beta, { dtype: options.dtype, device });
    const start = shape.neg();
    const end = minimum(
      shape,
      start.add(
        shape
          .mul(2)
          .div(sym ? M - 1 : M)
          .mul(M - 1),
      ),
    );
    const k = linspace(start, end, M, options);
    return i0(shape.mul(shape).sub(k.pow(2)).sqrt()).div(i0(shape));
  },
  1,
);

/** A triangle; M elements. @see https://docs.pytorch.org/docs/2.13/generated/torch.signal.windows.bartlett.html */
export const bartlett = python(
  'bartlett',
  ['M', ...COMMON],
  (
    M: number,
    sym = true,
    dtype: DType | null = null,
    layout: Layout = strided,
    device: DeviceLike | null = null,
    requiresGrad = false,
  ): Tensor => {
    const options = made('bartlett', M, dtype, layout, device, requiresGrad);
    if (M === 0) return empty([0], options);
    if (M === 1) return ones([1], options);
    const constant = 2 / (sym ? M - 1 : M);
    return sub(1, linspace(-1, -1 + (M - 1) * constant, M, options).abs());
  },
  1,
);

/**
 * A sum of cosines with the coefficients `a`; M elements.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.signal.windows.general_cosine.html
 * @throws ValueError without coefficients, TypeError if they are no list.
 */
export const generalCosine = python(
  'general_cosine',
  ['M', 'a', ...COMMON],
  (
    M: number,
    a: readonly number[],
    sym = true,
    dtype: DType | null = null,
    layout: Layout = strided,
    device: DeviceLike | null = null,
    requiresGrad = false,
  ): Tensor => {
    const options = made('general_cosine', M, dtype, layout, device, requiresGrad);
    if (M === 0) return empty([0], options);
    if (M === 1) return ones([1], options);
    if (!Array.isArray(a)) throw new TypeError('Coefficients must be a list/tuple');
    if (a.length === 0) throw new ValueError('Coefficients cannot be empty');
    const constant = (2 * Math.PI) / (sym ? M - 1 : M);
    const k = linspace(0, (M - 1) * constant, M, options);
    const signed = a.map((weight, i) => (i % 2 === 0 ? weight : -weight));
    const weights = tensor(signed, { dtype: options.dtype, device, requiresGrad });
    const i = arange(a.length, { dtype: weights.dtype, device: weights.device, requiresGrad });
    return weights
      .unsqueeze(-1)
      .mul(cos(i.unsqueeze(-1).mul(k)))
      .sum(0);
  },
  1,
);

/** A window of fixed coefficients, checked in the name of `generalCosine` but for the one that Python checks itself. */
function fixed(name: string, a: readonly number[], checkedAs = 'general_cosine') {
  return python(
    name,
    ['M', ...COMMON],
    (
      M: number,
      sym = true,
      dtype: DType | null = null,
      layout: Layout = strided,
      device: DeviceLike | null = null,
      requiresGrad = false,
    ): Tensor => {
      made(checkedAs, M, dtype, layout, device, requiresGrad);
      return generalCosine(M, { a, sym, dtype, layout, device, requiresGrad });
    },
    1,
  );
}

/** Hamming's window; M elements. @see https://docs.pytorch.org/docs/2.13/generated/torch.signal.windows.hamming.html */
export const hamming = fixed('hamming', [0.54, 1 - 0.54]);

/** Hann's window; M elements. @see https://docs.pytorch.org/docs/2.13/generated/torch.signal.windows.hann.html */
export const hann = fixed('hann', [0.5, 0.5]);

/** Blackman's window; M elements. @see https://docs.pytorch.org/docs/2.13/generated/torch.signal.windows.blackman.html */
export const blackman = fixed('blackman', [0.42, 0.5, 0.08], 'blackman');

/** Nuttall's window; M elements. @see https://docs.pytorch.org/docs/2.13/generated/torch.signal.windows.nuttall.html */
export const nuttall = fixed('nuttall', [0.3635819, 0.4891775, 0.1365995, 0.0106411]);

/**
 * Hamming's window with another share `alpha` of the constant; M elements.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.signal.windows.general_hamming.html
 */
export const generalHamming = python(
  'general_hamming',
  ['M', 'alpha?', ...COMMON],
  (
    M: number,
    alpha = 0.54,
    sym = true,
    dtype: DType | null = null,
    layout: Layout = strided,
    device: DeviceLike | null = null,
    requiresGrad = false,
  ): Tensor => generalCosine(M, { a: [alpha, 1 - alpha], sym, dtype, layout, device, requiresGrad }),
  1,
);
