/** Losses. */
import { python } from '../../arguments';
import { ValueError } from '../../errors';
import { broadcastTensors } from '../../functional';
import * as nn from '../../generated/nn';
import * as torch from '../../generated/torch';
import type { Tensor } from '../../tensor';
import { legacyReduction, type Reduction, reductionCode } from './reduction';

type Flag = boolean | null;

function warnOfSizes(input: Tensor, target: Tensor): void {
  if (String(target.shape) === String(input.shape)) return;
  process.emitWarning(
    `Using a target size (${target.shape}) that is different to the input size (${input.shape}). This will likely ` +
      'lead to incorrect results due to broadcasting. Please ensure they have the same size.',
  );
}

/** Reduces weighted errors; their mean is by the sum of `weight`, or by their number where none is given. */
function reduceWeighted(errors: Tensor, reduction: string, weight: Tensor | null): Tensor {
  if (reduction === 'none') return errors;
  if (reduction === 'sum') return errors.sum();
  if (reduction === 'mean') return weight === null ? errors.mean() : errors.sum().div(weight.sum());
  throw new ValueError(`Invalid reduction mode: ${reduction}. Expected one of 'none', 'mean', 'sum'.`);
}

function checkWeight(weight: Tensor, input: Tensor): void {
  if (String(weight.shape) !== String(input.shape)) {
    throw new ValueError('Weights and input must have the same size.');
  }
}

/**
 * The cross entropy of logits and class indices, or class probabilities.
 *
 * Class indices are int64: `torch.tensor([1n, 0n])` or `{ dtype: torch.int64 }`.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.cross_entropy.html
 * @throws ValueError for an unknown reduction.
 */
export const crossEntropy = python(
  'cross_entropy',
  ['input', 'target', 'weight?', 'sizeAverage?', 'ignoreIndex?', 'reduce?', 'reduction?', 'labelSmoothing?'],
  (
    input: Tensor,
    target: Tensor,
    weight: Tensor | null = null,
    sizeAverage: Flag = null,
    ignoreIndex = -100,
    reduce: Flag = null,
    reduction: Reduction = 'mean',
    labelSmoothing = 0,
  ): Tensor => {
    const code = reductionCode(legacyReduction(sizeAverage, reduce, reduction));
    return nn.crossEntropyLoss(input, target, weight, code, ignoreIndex, labelSmoothing);
  },
);

/**
 * The negative log likelihood of log-probabilities and class indices.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.nll_loss.html
 * @throws ValueError for an unknown reduction.
 */
export const nllLoss = python(
  'nll_loss',
  ['input', 'target', 'weight?', 'sizeAverage?', 'ignoreIndex?', 'reduce?', 'reduction?'],
  (
    input: Tensor,
    target: Tensor,
    weight: Tensor | null = null,
    sizeAverage: Flag = null,
    ignoreIndex = -100,
    reduce: Flag = null,
    reduction: Reduction = 'mean',
  ): Tensor => {
    const code = reductionCode(legacyReduction(sizeAverage, reduce, reduction));
    return nn.nllLossNd(input, target, weight, code, ignoreIndex);
  },
);

/**
 * The squared error.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.mse_loss.html
 * @throws ValueError for an unknown reduction, or weights of another size.
 */
export const mseLoss = python(
  'mse_loss',
  ['input', 'target', 'sizeAverage?', 'reduce?', 'reduction?', 'weight?'],
  (
    input: Tensor,
    target: Tensor,
    sizeAverage: Flag = null,
    reduce: Flag = null,
    reduction: Reduction = 'mean',
    weight: Tensor | null = null,
  ): Tensor => {
    warnOfSizes(input, target);
    const how = legacyReduction(sizeAverage, reduce, reduction);
    const [left, right] = broadcastTensors(input, target) as [Tensor, Tensor];
    if (weight === null) return nn.mseLoss(left, right, reductionCode(how));
    checkWeight(weight, input);
    return reduceWeighted(left.sub(right).pow(2).mul(weight), how, weight);
  },
);

/**
 * The absolute error.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.l1_loss.html
 * @throws ValueError for an unknown reduction, or weights of another size.
 */
export const l1Loss = python(
  'l1_loss',
  ['input', 'target', 'sizeAverage?', 'reduce?', 'reduction?', 'weight?'],
  (
    input: Tensor,
    target: Tensor,
    sizeAverage: Flag = null,
    reduce: Flag = null,
    reduction: Reduction = 'mean',
    weight: Tensor | null = null,
  ): Tensor => {
    warnOfSizes(input, target);
    const how = legacyReduction(sizeAverage, reduce, reduction);
    const [left, right] = broadcastTensors(input, target) as [Tensor, Tensor];
    if (weight === null) return nn.l1Loss(left, right, reductionCode(how));
    checkWeight(weight, input);
    return reduceWeighted(left.sub(right).abs().mul(weight), how, weight);
  },
);

/**
 * The squared error where it is below `beta`, else the absolute one.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.smooth_l1_loss.html
 * @throws ValueError for an unknown reduction.
 */
export const smoothL1Loss = python(
  'smooth_l1_loss',
  ['input', 'target', 'sizeAverage?', 'reduce?', 'reduction?', 'beta?'],
  (
    input: Tensor,
    target: Tensor,
    sizeAverage: Flag = null,
    reduce: Flag = null,
    reduction: Reduction = 'mean',
    beta = 1,
  ): Tensor => {
    warnOfSizes(input, target);
    const code = reductionCode(legacyReduction(sizeAverage, reduce, reduction));
    const [left, right] = broadcastTensors(input, target) as [Tensor, Tensor];
    return beta === 0 ? nn.l1Loss(left, right, code) : nn.smoothL1Loss(left, right, code, beta);
  },
);

/**
 * The squared error where it is below `delta`, else `delta` times the absolute one.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.huber_loss.html
 * @throws ValueError for an unknown reduction, or weights of another size.
 */
export const huberLoss = python(
  'huber_loss',
  ['input', 'target', 'reduction?', 'delta?', 'weight?'],
  (input: Tensor, target: Tensor, reduction: Reduction = 'mean', delta = 1, weight: Tensor | null = null): Tensor => {
    warnOfSizes(input, target);
    const [left, right] = broadcastTensors(input, target) as [Tensor, Tensor];
    if (weight === null) return nn.huberLoss(left, right, reductionCode(reduction), delta);
    checkWeight(weight, input);
    return reduceWeighted(nn.huberLoss(left, right, reductionCode('none'), delta).mul(weight), reduction, null);
  },
);

/**
 * The cross entropy of probabilities and targets in [0, 1].
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.binary_cross_entropy.html
 * @throws ValueError for an unknown reduction, or a target of another size.
 */
export const binaryCrossEntropy = python(
  'binary_cross_entropy',
  ['input', 'target', 'weight?', 'sizeAverage?', 'reduce?', 'reduction?'],
  (
    input: Tensor,
    target: Tensor,
    weight: Tensor | null = null,
    sizeAverage: Flag = null,
    reduce: Flag = null,
    reduction: Reduction = 'mean',
  ): Tensor => {
    const code = reductionCode(legacyReduction(sizeAverage, reduce, reduction));
    if (String(target.shape) !== String(input.shape)) {
      throw new ValueError(
        `Using a target size (${target.shape}) that is different to the input size (${input.shape}) is deprecated. ` +
          'Please ensure they have the same size.',
      );
    }
    const expanded = weight === null ? null : (broadcastTensors(weight, target)[0] as Tensor);
    return nn.binaryCrossEntropy(input, target, expanded, code);
  },
);

/**
 * The cross entropy of logits and targets in [0, 1].
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.binary_cross_entropy_with_logits.html
 * @throws ValueError for an unknown reduction, or a target of another size.
 */
export const binaryCrossEntropyWithLogits = python(
  'binary_cross_entropy_with_logits',
  ['input', 'target', 'weight?', 'sizeAverage?', 'reduce?', 'reduction?', 'posWeight?'],
  (
    input: Tensor,
    target: Tensor,
    weight: Tensor | null = null,
    sizeAverage: Flag = null,
    reduce: Flag = null,
    reduction: Reduction = 'mean',
    posWeight: Tensor | null = null,
  ): Tensor => {
    const code = reductionCode(legacyReduction(sizeAverage, reduce, reduction));
    if (String(target.shape) !== String(input.shape)) {
      throw new ValueError(`Target size (${target.shape}) must be the same as input size (${input.shape})`);
    }
    return torch.binaryCrossEntropyWithLogits(input, target, weight, posWeight, code);
  },
);
