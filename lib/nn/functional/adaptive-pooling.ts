/** Pooling to a given size. */
import { python } from '../../arguments';
import * as nn from '../../generated/nn';
import * as torch from '../../generated/torch';
import type { Tensor } from '../../tensor';
import type { IntOrList } from '../../types';
import { dispatchOnIndices, type MaxPoolResult, type PoolWithIndices } from './indices';
import { type OutputSize, withDefaults } from './sizes';

export { adaptiveAvgPool1d } from '../../generated/torch';

type Positional<Size> = [input: Tensor, outputSize: Size, returnIndices?: boolean];

const NAMES = ['input', 'outputSize', 'returnIndices?'] as const;

/** Adaptive max pooling: the largest elements, or with `returnIndices` also where they are. */
export type AdaptiveMaxPool<Size> = PoolWithIndices<
  [input: Tensor, outputSize: Size],
  object,
  Positional<Size>,
  typeof NAMES
>;

type Operator = (input: Tensor, outputSize: IntOrList) => MaxPoolResult;

type Body<Size> = (input: Tensor, outputSize: Size, returnIndices?: boolean) => MaxPoolResult;

function filled(pool: Operator): Body<OutputSize> {
  return (input, outputSize) => pool(input, withDefaults(outputSize, input.shape));
}

function maxPool<Size>(name: string, withIndices: Body<Size>): AdaptiveMaxPool<Size> {
  const plain = (input: Tensor, outputSize: Size): Tensor => withIndices(input, outputSize)[0];
  return dispatchOnIndices(`_${name}`, NAMES, plain, withIndices);
}

const withIndices1d: Body<IntOrList> = (input, outputSize) => torch.adaptiveMaxPool1d(input, outputSize);
const withIndices2d = filled(nn.adaptiveMaxPool2d);
const withIndices3d = filled(nn.adaptiveMaxPool3d);

/**
 * The largest elements of as many equal parts as `outputSize` says.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.adaptive_max_pool1d.html
 */
export const adaptiveMaxPool1d = maxPool('adaptive_max_pool1d', withIndices1d);

/**
 * The largest elements of as many equal parts as `outputSize` says; null keeps a size.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.adaptive_max_pool2d.html
 */
export const adaptiveMaxPool2d = maxPool('adaptive_max_pool2d', withIndices2d);

/**
 * The largest elements of as many equal parts as `outputSize` says; null keeps a size.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.adaptive_max_pool3d.html
 */
export const adaptiveMaxPool3d = maxPool('adaptive_max_pool3d', withIndices3d);

/** `adaptiveMaxPool1d` with indices. */
export const adaptiveMaxPool1dWithIndices = python('adaptive_max_pool1d_with_indices', NAMES, withIndices1d);

/** `adaptiveMaxPool2d` with indices. */
export const adaptiveMaxPool2dWithIndices = python('adaptive_max_pool2d_with_indices', NAMES, withIndices2d);

/** `adaptiveMaxPool3d` with indices. */
export const adaptiveMaxPool3dWithIndices = python('adaptive_max_pool3d_with_indices', NAMES, withIndices3d);

/**
 * The means of as many equal parts as `outputSize` says; null keeps a size.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.adaptive_avg_pool2d.html
 */
export const adaptiveAvgPool2d = python(
  'adaptive_avg_pool2d',
  ['input', 'outputSize'],
  (input: Tensor, outputSize: OutputSize): Tensor => nn.adaptiveAvgPool2d(input, withDefaults(outputSize, input.shape)),
);

/**
 * The means of as many equal parts as `outputSize` says; null keeps a size.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.adaptive_avg_pool3d.html
 */
export const adaptiveAvgPool3d = python(
  'adaptive_avg_pool3d',
  ['input', 'outputSize'],
  (input: Tensor, outputSize: OutputSize): Tensor => nn.adaptiveAvgPool3d(input, withDefaults(outputSize, input.shape)),
);
