/** Losses of classification. */
import { python } from '../../arguments';
import { ValueError } from '../../errors';
import { broadcastTensors } from '../../functional';
import * as nn from '../../generated/nn';
import * as torch from '../../generated/torch';
import type { Tensor } from '../../tensor';
import { warn } from '../../warnings';
import { legacyReduction, type Reduction, reduce as reduceErrors, reductionCode } from './reduction';

type Flag = boolean | null;

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

/**
 * The Kullback-Leibler divergence of log-probabilities and probabilities, or with `logTarget` their logarithms.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.kl_div.html
 * @throws ValueError for an unknown reduction.
 */
export const klDiv = python(
  'kl_div',
  ['input', 'target', 'sizeAverage?', 'reduce?', 'reduction?', 'logTarget?'],
  (
    input: Tensor,
    target: Tensor,
    sizeAverage: Flag = null,
    reduce: Flag = null,
    reduction: Reduction | 'batchmean' = 'mean',
    logTarget = false,
  ): Tensor => {
    const how = legacyReduction(sizeAverage, reduce, reduction);
    if (sizeAverage === null && reduce === null && reduction === 'mean') {
      warn(
        "reduction: 'mean' divides the total loss by both the batch size and the support size.'batchmean' divides " +
          "only by the batch size, and aligns with the KL div math definition.'mean' will be changed to behave the " +
          "same as 'batchmean' in the next major release.",
      );
    }
    const code = reductionCode(how === 'batchmean' ? 'sum' : how);
    const loss = torch.klDiv(input, target, code, { logTarget });
    return reduction === 'batchmean' && input.dim() !== 0 ? loss.div(input.size(0)) : loss;
  },
);

/**
 * The connectionist temporal classification loss of log-probabilities (T, N, C) and targets (N, S), or all of them in
 * one list.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.ctc_loss.html
 * @throws ValueError for an unknown reduction.
 */
export const ctcLoss = python(
  'ctc_loss',
  ['logProbs', 'targets', 'inputLengths', 'targetLengths', 'blank?', 'reduction?', 'zeroInfinity?'],
  (
    logProbs: Tensor,
    targets: Tensor,
    inputLengths: Tensor | readonly number[],
    targetLengths: Tensor | readonly number[],
    blank = 0,
    reduction: Reduction = 'mean',
    zeroInfinity = false,
  ): Tensor => {
    const lengths = [inputLengths, targetLengths] as [Tensor, Tensor];
    return torch.ctcLoss(logProbs, targets, ...lengths, blank, reductionCode(reduction), zeroInfinity);
  },
);

/**
 * The cross entropy of logits and several labels for each sample, 0 or 1 a class.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.multilabel_soft_margin_loss.html
 * @throws ValueError for an unknown reduction.
 */
export const multilabelSoftMarginLoss = python(
  'multilabel_soft_margin_loss',
  ['input', 'target', 'weight?', 'sizeAverage?', 'reduce?', 'reduction?'],
  (
    input: Tensor,
    target: Tensor,
    weight: Tensor | null = null,
    sizeAverage: Flag = null,
    reduce: Flag = null,
    reduction: Reduction = 'mean',
  ): Tensor => {
    const how = legacyReduction(sizeAverage, reduce, reduction);
    const positive = target.mul(nn.logSigmoid(input));
    const errors = positive.add(torch.sub(1, target).mul(nn.logSigmoid(input.neg()))).neg();
    const weighted = weight === null ? errors : errors.mul(weight);
    const classes = input.dim() - 1;
    const losses = weighted.sum(classes).div(input.size(classes));
    return reduceErrors(losses, how, `${how} is not valid`);
  },
);
