/** Max, average and LP pooling. */
import { python } from '../../arguments';
import * as nn from '../../generated/nn';
import * as torch from '../../generated/torch';
import type { Tensor } from '../../tensor';
import type { IntOrList } from '../../types';
import { relu } from './activation';
import { dispatchOnIndices, type MaxPoolResult, type PoolWithIndices } from './indices';
import { tuple } from './sizes';

export { avgPool2d, avgPool3d } from '../../generated/nn';
export { avgPool1d } from '../../generated/torch';

type Positional = [
  input: Tensor,
  kernelSize: IntOrList,
  stride?: IntOrList | null,
  padding?: IntOrList,
  dilation?: IntOrList,
  ceilMode?: boolean,
  returnIndices?: boolean,
];

const NAMES = ['input', 'kernelSize', 'stride?', 'padding?', 'dilation?', 'ceilMode?', 'returnIndices?'] as const;

/** What may be left out of a max pooling. */
export interface MaxPoolOptions {
  stride?: IntOrList | null;
  padding?: IntOrList;
  dilation?: IntOrList;
  ceilMode?: boolean;
}

/** Max pooling: the largest elements, or with `returnIndices` also where they are. */
export type MaxPool = PoolWithIndices<[input: Tensor, kernelSize: IntOrList], MaxPoolOptions, Positional, typeof NAMES>;

type Operator<Result> = (
  input: Tensor,
  kernelSize: IntOrList,
  stride: IntOrList,
  padding: IntOrList,
  dilation: IntOrList,
  ceilMode: boolean,
) => Result;

/** An operator with Python's defaults. */
function withDefaults<Result>(pool: Operator<Result>) {
  return (
    input: Tensor,
    kernelSize: IntOrList,
    stride: IntOrList | null = null,
    padding: IntOrList = 0,
    dilation: IntOrList = 1,
    ceilMode = false,
    _returnIndices = false,
  ): Result => pool(input, kernelSize, stride ?? [], padding, dilation, ceilMode);
}

function maxPool(name: string, pool: Operator<Tensor>, poolWithIndices: Operator<MaxPoolResult>): MaxPool {
  return dispatchOnIndices(`_${name}`, NAMES, withDefaults(pool), withDefaults(poolWithIndices));
}

/**
 * The largest element under each place of a 1-d window.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.max_pool1d.html
 */
export const maxPool1d = maxPool('max_pool1d', torch.maxPool1d, torch.maxPool1dWithIndices);

/**
 * The largest element under each place of a 2-d window.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.max_pool2d.html
 */
export const maxPool2d = maxPool('max_pool2d', torch.maxPool2d, nn.maxPool2dWithIndices);

/**
 * The largest element under each place of a 3-d window.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.max_pool3d.html
 */
export const maxPool3d = maxPool('max_pool3d', torch.maxPool3d, nn.maxPool3dWithIndices);

/** `maxPool1d` with indices. @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.max_pool1d.html */
export const maxPool1dWithIndices = python(
  'max_pool1d_with_indices',
  NAMES,
  withDefaults<MaxPoolResult>(torch.maxPool1dWithIndices),
);

/** `maxPool2d` with indices. @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.max_pool2d.html */
export const maxPool2dWithIndices = python(
  'max_pool2d_with_indices',
  NAMES,
  withDefaults<MaxPoolResult>(nn.maxPool2dWithIndices),
);

/** `maxPool3d` with indices. @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.max_pool3d.html */
export const maxPool3dWithIndices = python(
  'max_pool3d_with_indices',
  NAMES,
  withDefaults<MaxPoolResult>(nn.maxPool3dWithIndices),
);

type Pool = (input: Tensor, kernelSize: IntOrList, stride: IntOrList, padding: number, ceilMode: boolean) => Tensor;

function lpPool(dims: number, average: Pool, largest: MaxPool) {
  return python(
    `lp_pool${dims}d`,
    ['input', 'normType', 'kernelSize', 'stride?', 'ceilMode?'],
    (
      input: Tensor,
      normType: number,
      kernelSize: IntOrList,
      stride: IntOrList | null = null,
      ceilMode = false,
    ): Tensor => {
      const size = tuple(kernelSize, dims).reduce((product, length) => product * length, 1);
      if (normType === Number.POSITIVE_INFINITY) return largest(input.abs(), kernelSize, stride, 0, 1, ceilMode);
      if (normType === Number.NEGATIVE_INFINITY) {
        return largest(input.abs().neg(), kernelSize, stride, 0, 1, ceilMode).neg();
      }
      const means = average(input.pow(normType), kernelSize, stride ?? [], 0, ceilMode);
      return torch
        .sign(means)
        .mul(relu(torch.abs(means)))
        .mul(size)
        .pow(1 / normType);
    },
  );
}

/**
 * The p-norm of the elements under each place of a 1-d window.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.lp_pool1d.html
 */
export const lpPool1d = lpPool(1, torch.avgPool1d, maxPool1d);

/**
 * The p-norm of the elements under each place of a 2-d window.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.lp_pool2d.html
 */
export const lpPool2d = lpPool(2, nn.avgPool2d, maxPool2d);

/**
 * The p-norm of the elements under each place of a 3-d window.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.lp_pool3d.html
 */
export const lpPool3d = lpPool(3, nn.avgPool3d, maxPool3d);
