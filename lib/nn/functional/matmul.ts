/** Products of scaled and of grouped matrices. */
import { python } from '../../arguments';
import { bfloat16, type DType } from '../../dtype';
import * as torch from '../../generated/torch';
import type { Tensor } from '../../tensor';

/**
 * What each scale of a matrix belongs to, by LibTorch's numbers.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.ScalingType.html
 */
export const ScalingType = {
  TensorWise: 0,
  RowWise: 1,
  BlockWise1x16: 2,
  BlockWise1x32: 3,
  BlockWise1x128: 4,
  BlockWise128x128: 5,
} as const;

/** One of the values of `ScalingType`. */
export type ScalingType = (typeof ScalingType)[keyof typeof ScalingType];

/**
 * How scales are laid out, by LibTorch's numbers.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.SwizzleType.html
 */
export const SwizzleType = { NO_SWIZZLE: 0, SWIZZLE_32_4_4: 1 } as const;

/** One of the values of `SwizzleType`. */
export type SwizzleType = (typeof SwizzleType)[keyof typeof SwizzleType];

type OneOrList<T> = T | readonly T[];

function list<T>(value: OneOrList<T> | null): readonly T[] {
  if (value === null) return [];
  return Array.isArray(value) ? value : [value as T];
}

/**
 * Products of groups of matrices: `offs` are the ends of the groups where a matrix holds all of them in two dimensions.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.grouped_mm.html
 */
export const groupedMm = python(
  'grouped_mm',
  ['matA', 'matB', 'offs?', 'bias?', 'outDtype?'],
  (
    matA: Tensor,
    matB: Tensor,
    offs: Tensor | null = null,
    bias: Tensor | null = null,
    outDtype: DType | null = null,
  ): Tensor => torch._groupedMm(matA, matB, { offs, bias, outDtype }),
  2,
);

/**
 * The product of two matrices of small floats with their scales.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.scaled_mm.html
 */
export const scaledMm = python(
  'scaled_mm',
  [
    'matA',
    'matB',
    'scaleA',
    'scaleRecipeA',
    'scaleB',
    'scaleRecipeB',
    'swizzleA?',
    'swizzleB?',
    'bias?',
    'outputDtype?',
    'contractionDim?',
    'useFastAccum?',
  ],
  (
    matA: Tensor,
    matB: Tensor,
    scaleA: OneOrList<Tensor>,
    scaleRecipeA: OneOrList<ScalingType>,
    scaleB: OneOrList<Tensor>,
    scaleRecipeB: OneOrList<ScalingType>,
    swizzleA: OneOrList<SwizzleType> | null = null,
    swizzleB: OneOrList<SwizzleType> | null = null,
    bias: Tensor | null = null,
    outputDtype: DType | null = bfloat16,
    contractionDim: readonly number[] = [],
    useFastAccum = false,
  ): Tensor =>
    torch._scaledMmV2(
      matA,
      matB,
      list(scaleA),
      list(scaleRecipeA),
      list(swizzleA),
      list(scaleB),
      list(scaleRecipeB),
      list(swizzleB),
      bias,
      outputDtype,
      contractionDim,
      useFastAccum,
    ),
);

/**
 * Products of groups of matrices of small floats with their scales.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.scaled_grouped_mm.html
 */
export const scaledGroupedMm = python(
  'scaled_grouped_mm',
  [
    'matA',
    'matB',
    'scaleA',
    'scaleRecipeA',
    'scaleB',
    'scaleRecipeB',
    'swizzleA?',
    'swizzleB?',
    'bias?',
    'offs?',
    'outputDtype?',
    'contractionDim?',
    'useFastAccum?',
  ],
  (
    matA: Tensor,
    matB: Tensor,
    scaleA: OneOrList<Tensor>,
    scaleRecipeA: OneOrList<ScalingType>,
    scaleB: OneOrList<Tensor>,
    scaleRecipeB: OneOrList<ScalingType>,
    swizzleA: OneOrList<SwizzleType> | null = null,
    swizzleB: OneOrList<SwizzleType> | null = null,
    bias: Tensor | null = null,
    offs: Tensor | null = null,
    outputDtype: DType | null = bfloat16,
    contractionDim: readonly number[] = [],
    useFastAccum = false,
  ): Tensor =>
    torch._scaledGroupedMmV2(
      matA,
      matB,
      list(scaleA),
      list(scaleRecipeA),
      list(swizzleA),
      list(scaleB),
      list(scaleRecipeB),
      list(swizzleB),
      offs,
      bias,
      outputDtype,
      contractionDim,
      useFastAccum,
    ),
);
