/** Fractional max pooling. */
import { type Arguments, Signature } from '../../arguments';
import { ValueError } from '../../errors';
import { repr } from '../../python-repr';
import type { Tensor } from '../../tensor';
import type { IntOrList } from '../../types';
import { fractionalMaxPool2d, fractionalMaxPool3d, type OutputRatio } from '../functional';
import { Module } from '../module';
import { tuple } from './utils';

type Parameters = [
  kernelSize: IntOrList,
  outputSize?: IntOrList | null,
  outputRatio?: OutputRatio | null,
  returnIndices?: boolean,
  _randomSamples?: Tensor | null,
];

const NAMES = ['kernelSize', 'outputSize?', 'outputRatio?', 'returnIndices?', '_randomSamples?'] as const;

type FractionalArguments = Arguments<Parameters, typeof NAMES>;

/** The base class of fractional max pooling. Calls give the output; with `returnIndices` the array of it and the indices. */
abstract class FractionalMaxPool extends Module {
  readonly kernelSize: readonly number[];
  readonly outputSize: readonly number[] | null;
  readonly outputRatio: readonly number[] | null;
  readonly returnIndices: boolean;
  /** A buffer that says where the windows lie, or null to draw their places in each call. */
  _random_samples!: Tensor | null;

  constructor(name: string, dims: number, args: FractionalArguments) {
    super();
    const [kernelSize, outputSize = null, outputRatio = null, returnIndices = false, samples = null] = new Signature<
      Parameters,
      typeof NAMES
    >(`${name}.__init__`, NAMES).bind(args);
    this.kernelSize = tuple(kernelSize, dims);
    if (dims === 3 && this.kernelSize.some((size) => size <= 0)) {
      throw new ValueError(`kernel_size must be greater than 0, but got ${repr(kernelSize)}`);
    }
    this.returnIndices = returnIndices;
    this.registerBuffer('_random_samples', samples);
    this.outputSize = outputSize === null ? null : tuple(outputSize, dims);
    this.outputRatio = outputRatio === null ? null : tuple(outputRatio as IntOrList, dims);
    if (outputSize === null && outputRatio === null) {
      throw new ValueError(`${name} requires specifying either an output size, or a pooling ratio`);
    }
    if (outputSize !== null && outputRatio !== null) {
      throw new ValueError('only one of output_size and output_ratio may be specified');
    }
    if (this.outputRatio?.some((ratio) => ratio <= 0 || ratio >= 1)) {
      throw new ValueError(`output_ratio must be between 0 and 1 (got ${repr(outputRatio)})`);
    }
  }
}

/**
 * The largest elements of windows over (N, C, H, W) or (C, H, W) at places drawn at random, so many that the output has
 * a given size or share.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.FractionalMaxPool2d.html
 * @throws ValueError unless one of size and share is given, the share between 0 and 1.
 */
export class FractionalMaxPool2d extends FractionalMaxPool {
  constructor(...args: FractionalArguments) {
    super('FractionalMaxPool2d', 2, args);
  }

  override forward(input: Tensor): Tensor {
    const { kernelSize, outputSize, outputRatio, returnIndices, _random_samples: samples } = this;
    return fractionalMaxPool2d(input, kernelSize, outputSize, outputRatio, returnIndices, samples);
  }
}

/**
 * The largest elements of windows over (N, C, D, H, W) or (C, D, H, W) at places drawn at random, so many that the output has
 * a given size or share.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.FractionalMaxPool3d.html
 * @throws ValueError unless one of size and share is given, the share between 0 and 1.
 */
export class FractionalMaxPool3d extends FractionalMaxPool {
  constructor(...args: FractionalArguments) {
    super('FractionalMaxPool3d', 3, args);
  }

  override forward(input: Tensor): Tensor {
    const { kernelSize, outputSize, outputRatio, returnIndices, _random_samples: samples } = this;
    return fractionalMaxPool3d(input, kernelSize, outputSize, outputRatio, returnIndices, samples);
  }
}
