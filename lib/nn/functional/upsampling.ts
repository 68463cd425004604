/** Resizing of images and the like. */
import { python } from '../../arguments';
import { NotImplementedError, ValueError } from '../../errors';
import * as nn from '../../generated/nn';
import { adaptiveAvgPool1d } from '../../generated/torch';
import { listRepr, repr } from '../../python-repr';
import type { Tensor } from '../../tensor';
import { warn } from '../../warnings';
import { adaptiveAvgPool2d, adaptiveAvgPool3d } from './adaptive-pooling';

export { channelShuffle, nativeChannelShuffle, pixelShuffle, pixelUnshuffle } from '../../generated/torch';

/** How elements between the given ones are found. */
export type InterpolateMode =
  | 'nearest'
  | 'linear'
  | 'bilinear'
  | 'bicubic'
  | 'trilinear'
  | 'lanczos'
  | 'area'
  | 'nearest-exact';

type Sizes = readonly number[] | null;
type OneOrList = number | readonly number[] | null;
type Nearest = (input: Tensor, size: Sizes, scales: Sizes) => Tensor;
type Interpolation = (input: Tensor, size: Sizes, alignCorners: boolean, scales: Sizes) => Tensor;

const NEAREST: Readonly<Record<string, Nearest>> = {
  '3 nearest': nn.upsampleNearest1d,
  '4 nearest': nn.upsampleNearest2d,
  '5 nearest': nn.upsampleNearest3d,
  '3 nearest-exact': nn._upsampleNearestExact1d,
  '4 nearest-exact': nn._upsampleNearestExact2d,
  '5 nearest-exact': nn._upsampleNearestExact3d,
  '3 area': (input, size) => adaptiveAvgPool1d(input, size as readonly number[]),
  '4 area': (input, size) => adaptiveAvgPool2d(input, size as readonly number[]),
  '5 area': (input, size) => adaptiveAvgPool3d(input, size as readonly number[]),
};

const INTERPOLATIONS: Readonly<Record<string, Interpolation>> = {
  '3 linear': nn.upsampleLinear1d,
  '4 bilinear': nn.upsampleBilinear2d,
  '5 trilinear': nn.upsampleTrilinear3d,
  '4 bicubic': nn.upsampleBicubic2d,
};

const ANTIALIASED: Readonly<Record<string, Interpolation>> = {
  '4 bilinear': nn._upsampleBilinear2dAa,
  '4 bicubic': nn._upsampleBicubic2dAa,
  '4 lanczos': nn._upsampleLanczos2dAa,
};

/** The number of dimensions that a mode needs, where it needs another than is given. */
const DIMENSIONS: Readonly<Record<string, number>> = { linear: 3, bilinear: 4, trilinear: 5 };

function checkAlignCorners(mode: string, alignCorners: boolean | null): void {
  if (alignCorners !== null && ['nearest', 'area', 'nearest-exact'].includes(mode)) {
    throw new ValueError(
      'align_corners option can only be set with the interpolating modes: linear | bilinear | bicubic | trilinear',
    );
  }
}

function sizesOf(input: Tensor, size: number | readonly number[]): readonly number[] {
  const dims = input.dim() - 2;
  if (typeof size === 'number') return new Array<number>(dims).fill(size);
  if (size.length !== dims) {
    throw new ValueError(
      'Input and output must have the same number of spatial dimensions, but got input with spatial dimensions of ' +
        `${listRepr(input.shape.slice(2))} and output size of ${repr(size)}. Please provide input tensor in (N, C, ` +
        'd1, d2, ...,dK) format and output size in (o1, o2, ...,oK) format.',
    );
  }
  if (!size.every((one) => Number.isInteger(one))) {
    throw new TypeError(
      'expected size to be one of int or Tuple[int] or Tuple[int, int] or Tuple[int, int, int], but got size with ' +
        `types [${size.map((one) => `<class '${Number.isInteger(one) ? 'int' : 'float'}'>`).join(', ')}]`,
    );
  }
  return size;
}

function scalesOf(input: Tensor, scaleFactor: number | readonly number[]): readonly number[] {
  const dims = input.dim() - 2;
  if (typeof scaleFactor === 'number') return new Array<number>(dims).fill(scaleFactor);
  if (scaleFactor.length !== dims) {
    throw new ValueError(
      'Input and scale_factor must have the same number of spatial dimensions, but got input with spatial dimensions ' +
        `of ${listRepr(input.shape.slice(2))} and scale_factor of shape ${repr(scaleFactor)}. Please provide input ` +
        'tensor in (N, C, d1, d2, ...,dK) format and scale_factor in (s1, s2, ...,sK) format.',
    );
  }
  return scaleFactor;
}

/** The size to make and the factors to make it by: one of both, the other null. */
function targetOf(
  input: Tensor,
  size: OneOrList,
  scaleFactor: OneOrList,
  mode: string,
  recompute: boolean | null,
): [size: Sizes, scales: Sizes] {
  if (size !== null && scaleFactor !== null) {
    throw new ValueError('only one of size or scale_factor should be defined');
  }
  if (size === null && scaleFactor === null) throw new ValueError('either size or scale_factor should be defined');
  if (size !== null) {
    const sizes = sizesOf(input, size);
    if (recompute) throw new ValueError('recompute_scale_factor is not meaningful with an explicit size.');
    return [sizes, null];
  }
  const scales = scalesOf(input, scaleFactor as number | readonly number[]);
  if (!recompute && mode !== 'area') return [null, scales];
  return [scales.map((scale, i) => Math.trunc(input.size(i + 2) * scale)), null];
}

function unsupported(dims: number, mode: string): NotImplementedError {
  const needed = DIMENSIONS[mode];
  if (needed !== undefined && dims >= 3 && dims <= 5) {
    return new NotImplementedError(`Got ${dims}D input, but ${mode} mode needs ${needed}D input`);
  }
  return new NotImplementedError(
    `Input Error: Only 3D, 4D and 5D input Tensors supported (got ${dims}D) for the modes: nearest | linear | ` +
      `bilinear | bicubic | trilinear | lanczos | area | nearest-exact (got ${mode})`,
  );
}

function resize(
  input: Tensor,
  size: OneOrList,
  scaleFactor: OneOrList,
  mode: string,
  alignCorners: boolean | null,
  recomputeScaleFactor: boolean | null,
  antialias: boolean,
): Tensor {
  checkAlignCorners(mode, alignCorners);
  const [target, scales] = targetOf(input, size, scaleFactor, mode, recomputeScaleFactor);
  const kind = `${input.dim()} ${mode}`;
  if (antialias && ANTIALIASED[kind] === undefined) {
    throw new ValueError(
      'Anti-alias option is restricted to bilinear, bicubic, and lanczos modes and requires a 4-D tensor as input',
    );
  }
  const nearest = NEAREST[kind];
  if (nearest !== undefined) return nearest(input, target, scales);
  if (kind === '4 lanczos') {
    if (alignCorners) throw new ValueError('Lanczos mode does not support align_corners=True');
    if (!antialias) throw new ValueError('Lanczos mode requires antialias=True');
  }
  const interpolation = (antialias ? ANTIALIASED : INTERPOLATIONS)[kind];
  if (interpolation === undefined) throw unsupported(input.dim(), mode);
  return interpolation(input, target, alignCorners ?? false, scales);
}

/**
 * Resizes (N, C, L), (N, C, H, W) or (N, C, D, H, W) to a size, or by a factor.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.interpolate.html
 * @throws ValueError for options that do not go together; NotImplementedError for a mode that the input's dimensions do
 * not have.
 */
export const interpolate = python(
  'interpolate',
  ['input', 'size?', 'scaleFactor?', 'mode?', 'alignCorners?', 'recomputeScaleFactor?', 'antialias?'],
  (
    input: Tensor,
    size: OneOrList = null,
    scaleFactor: OneOrList = null,
    mode: InterpolateMode = 'nearest',
    alignCorners: boolean | null = null,
    recomputeScaleFactor: boolean | null = null,
    antialias = false,
  ): Tensor => resize(input, size, scaleFactor, mode, alignCorners, recomputeScaleFactor, antialias),
);

function warnOfName(name: string): void {
  warn(`\`nn.functional.${name}\` is deprecated. Use \`nn.functional.interpolate\` instead.`);
}

/** @deprecated PyTorch's older name of `interpolate`. */
export const upsample = python(
  'upsample',
  ['input', 'size?', 'scaleFactor?', 'mode?', 'alignCorners?'],
  (
    input: Tensor,
    size: OneOrList = null,
    scaleFactor: OneOrList = null,
    mode: InterpolateMode = 'nearest',
    alignCorners: boolean | null = null,
  ): Tensor => {
    warnOfName('upsample');
    return resize(input, size, scaleFactor, mode, alignCorners, null, false);
  },
);

/** @deprecated `interpolate` with the mode `'nearest'`. */
export const upsampleNearest = python(
  'upsample_nearest',
  ['input', 'size?', 'scaleFactor?'],
  (input: Tensor, size: OneOrList = null, scaleFactor: OneOrList = null): Tensor => {
    warnOfName('upsample_nearest');
    return resize(input, size, scaleFactor, 'nearest', null, null, false);
  },
);

/** @deprecated `interpolate` with the mode `'bilinear'` and aligned corners. */
export const upsampleBilinear = python(
  'upsample_bilinear',
  ['input', 'size?', 'scaleFactor?'],
  (input: Tensor, size: OneOrList = null, scaleFactor: OneOrList = null): Tensor => {
    warnOfName('upsample_bilinear');
    return resize(input, size, scaleFactor, 'bilinear', true, null, false);
  },
);
