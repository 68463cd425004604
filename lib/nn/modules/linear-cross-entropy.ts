/** A linear map and the cross entropy of its outputs, in one. */
import { type Arguments, type ArgumentsOf, Signature } from '../../arguments';
import type { DType } from '../../dtype';
import { RuntimeError } from '../../errors';
import { repr, tupleRepr } from '../../python-repr';
import type { Tensor } from '../../tensor';
import type { DeviceLike } from '../../types';
import { linearCrossEntropy } from '../functional';
import type { Reduction } from '../functional/reduction';
import { Linear } from './linear';
import { _WeightedLoss, inputAndTarget } from './loss-base';
import { float } from './utils';

type Parameters = [
  inFeatures: number,
  numClasses: number,
  outFeatures?: readonly number[],
  bias?: boolean,
  device?: DeviceLike | null,
  dtype?: DType | null,
  reduction?: Reduction,
  weight?: Tensor | null,
  ignoreIndex?: number | null,
  labelSmoothing?: number,
  options?: null,
];

const NAMES = [
  'inFeatures',
  'numClasses',
  'outFeatures?',
  'bias?',
  'device?',
  'dtype?',
  'reduction?',
  'weight?',
  'ignoreIndex?',
  'labelSmoothing?',
  'options?',
] as const;

const SIGNATURE = new Signature<Parameters, typeof NAMES>('LinearCrossEntropyLoss.__init__', NAMES, 2);

const LINEAR_CROSS_ENTROPY_LOSS_FORWARD = inputAndTarget('LinearCrossEntropyLoss');

/**
 * The cross entropy of a linear map of (N, inFeatures), or (inFeatures), and class indices, or class probabilities.
 *
 * PyTorch's `options`, which save memory by working on chunks of the batch, are not supported.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.LinearCrossEntropyLoss.html
 * @throws RuntimeError for a weight of another shape than (numClasses), or a smoothing that is not in [0, 1].
 */
export class LinearCrossEntropyLoss extends _WeightedLoss {
  numClasses: number;
  outFeatures: readonly number[];
  ignoreIndex: number | null;
  labelSmoothing: number;
  linear: Linear;
  options: null;

  constructor(...args: Arguments<Parameters, typeof NAMES>) {
    const [inFeatures, numClasses, outFeatures = [], bias = false, device, dtype, reduction] = SIGNATURE.bind(args);
    const [weight = null, ignoreIndex = null, labelSmoothing = 0, options = null] = SIGNATURE.bind(args).slice(7) as [
      (Tensor | null)?,
      (number | null)?,
      number?,
      null?,
    ];
    if (weight !== null && (weight.dim() !== 1 || weight.size(0) !== numClasses)) {
      throw new RuntimeError(`expected weight shape to be (${numClasses},), got ${tupleRepr(weight.shape)}`);
    }
    if (labelSmoothing < 0 || labelSmoothing > 1) {
      throw new RuntimeError(`expected label_smoothing to be in range [0, 1], got ${labelSmoothing}`);
    }
    super(weight, null, null, reduction);
    this.numClasses = numClasses;
    this.outFeatures = outFeatures;
    this.ignoreIndex = ignoreIndex;
    this.labelSmoothing = labelSmoothing;
    const units = outFeatures.reduce((product, size) => product * size, numClasses);
    this.linear = new Linear(inFeatures, units, { bias, device, dtype });
    this.options = options;
  }

  override forward(...args: ArgumentsOf<typeof LINEAR_CROSS_ENTROPY_LOSS_FORWARD>): Tensor {
    const [input, target] = LINEAR_CROSS_ENTROPY_LOSS_FORWARD.bind(args);
    const { linear, weight, reduction, ignoreIndex, labelSmoothing, options } = this;
    const shape = [this.numClasses, ...this.outFeatures];
    const linearWeight = linear.weight.reshape([...shape, linear.inFeatures]);
    const linearBias = linear.bias === null ? null : linear.bias.reshape(shape);
    return linearCrossEntropy(input, linearWeight, target, {
      linearBias,
      weight,
      reduction,
      ignoreIndex,
      labelSmoothing,
      options,
    });
  }

  override extraRepr(): string {
    const { linear, numClasses, outFeatures, reduction, ignoreIndex, labelSmoothing, options } = this;
    return (
      `in_features=${linear.inFeatures}, num_classes=${numClasses}, out_features=${tupleRepr(outFeatures)}, ` +
      `bias=${repr(linear.bias !== null)}, reduction=${reduction}, ignore_index=${repr(ignoreIndex)}, ` +
      `label_smoothing=${float(labelSmoothing)}, options=${repr(options)}`
    );
  }
}
