/** Fractional max pooling. */
import { python } from '../../arguments';
import { ValueError } from '../../errors';
import * as nn from '../../generated/nn';
import { rand } from '../../generated/torch';
import type { Tensor } from '../../tensor';
import type { IntOrList } from '../../types';
import { dispatchOnIndices, type MaxPoolResult, type PoolWithIndices } from './indices';
import { tuple } from './sizes';

/** The output's size as a share of the input's. */
export type OutputRatio = number | readonly number[];

type Positional = [
  input: Tensor,
  kernelSize: IntOrList,
  outputSize?: IntOrList | null,
  outputRatio?: OutputRatio | null,
  returnIndices?: boolean,
  _randomSamples?: Tensor | null,
];

const NAMES = ['input', 'kernelSize', 'outputSize?', 'outputRatio?', 'returnIndices?', '_randomSamples?'] as const;

/** Either of the sizes that a fractional max pooling needs, and where its windows lie. */
export interface FractionalMaxPoolOptions {
  outputSize?: IntOrList | null;
  outputRatio?: OutputRatio | null;
  _randomSamples?: Tensor | null;
}

/** Fractional max pooling: the largest elements, or with `returnIndices` also where they are. */
export type FractionalMaxPool = PoolWithIndices<
  [input: Tensor, kernelSize: IntOrList],
  FractionalMaxPoolOptions,
  Positional,
  typeof NAMES
>;

type Operator = (input: Tensor, kernelSize: IntOrList, outputSize: IntOrList, samples: Tensor) => MaxPoolResult;

function sizeOfRatio(dims: number, input: Tensor, ratio: OutputRatio): number[] {
  if (dims === 2 && Array.isArray(ratio) && ratio.length > 2) {
    throw new ValueError('fractional_max_pool2d requires output_ratio to either be a single Int or tuple of Ints.');
  }
  return tuple(ratio as IntOrList, dims).map((share, i) => Math.trunc(input.size(i - dims) * share));
}

function poolWithIndices(dims: number, pool: Operator) {
  return (
    input: Tensor,
    kernelSize: IntOrList,
    outputSize: IntOrList | null = null,
    outputRatio: OutputRatio | null = null,
    _returnIndices = false,
    _randomSamples: Tensor | null = null,
  ): MaxPoolResult => {
    if (outputSize === null && outputRatio === null) {
      throw new ValueError(`fractional_max_pool${dims}d requires specifying either an output_size or an output_ratio`);
    }
    const size = outputSize ?? sizeOfRatio(dims, input, outputRatio as OutputRatio);
    return pool(input, kernelSize, size, _randomSamples ?? drawSamples(dims, input));
  };
}

/** Where the windows lie: a number in [0, 1) for each dimension of each channel. */
function drawSamples(dims: number, input: Tensor): Tensor {
  const batches = input.dim() === dims + 1 ? 1 : input.size(0);
  return rand([batches, input.size(-dims - 1), dims], { dtype: input.dtype, device: input.device });
}

function maxPool(dims: number, withIndices: (...args: Positional) => MaxPoolResult): FractionalMaxPool {
  const plain = (...args: Positional): Tensor => withIndices(...args)[0];
  return dispatchOnIndices(`_fractional_max_pool${dims}d`, NAMES, plain, withIndices);
}

const withIndices2d = poolWithIndices(2, nn.fractionalMaxPool2d);
const withIndices3d = poolWithIndices(3, nn.fractionalMaxPool3d);

/**
 * The largest elements of windows at places drawn at random, so many that the output has a given size or share.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.fractional_max_pool2d.html
 * @throws ValueError if neither size nor share is given.
 */
export const fractionalMaxPool2d = maxPool(2, withIndices2d);

/**
 * The largest elements of windows at places drawn at random, so many that the output has a given size or share.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.fractional_max_pool3d.html
 * @throws ValueError if neither size nor share is given.
 */
export const fractionalMaxPool3d = maxPool(3, withIndices3d);

/** `fractionalMaxPool2d` with indices. */
export const fractionalMaxPool2dWithIndices = python('fractional_max_pool2d_with_indices', NAMES, withIndices2d);

/** `fractionalMaxPool3d` with indices. */
export const fractionalMaxPool3dWithIndices = python('fractional_max_pool3d_with_indices', NAMES, withIndices3d);
