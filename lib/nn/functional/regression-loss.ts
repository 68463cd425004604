/** Losses of regression. */
import { python } from '../../arguments';
import { noGrad } from '../../autograd/grad-mode';
import { ValueError } from '../../errors';
import { broadcastTensors } from '../../functional';
import * as nn from '../../generated/nn';
import * as torch from '../../generated/torch';
import type { Tensor } from '../../tensor';
import { warn } from '../../warnings';
import { legacyReduction, type Reduction, reduce as reduceErrors, reductionCode } from './reduction';

type Flag = boolean | null;

function warnOfSizes(input: Tensor, target: Tensor): void {
  if (String(target.shape) === String(input.shape)) return;
  warn(
    `Using a target size (${target.shape}) that is different to the input size (${input.shape}). This will likely ` +
      'lead to incorrect results due to broadcasting. Please ensure they have the same size.',
  );
}

/** Reduces weighted errors; their mean is by the sum of `weight`, or by their number where none is given. */
function reduceWeighted(errors: Tensor, reduction: string, weight: Tensor | null): Tensor {
  if (reduction === 'mean' && weight !== null) return errors.sum().div(weight.sum());
  return reduceErrors(
    errors,
    reduction,
    `Invalid reduction mode: ${reduction}. Expected one of 'none', 'mean', 'sum'.`,
  );
}

function checkWeight(weight: Tensor, input: Tensor): void {
  if (String(weight.shape) !== String(input.shape)) {
    throw new ValueError('Weights and input must have the same size.');
  }
}

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
 * The negative log likelihood of targets that are Poisson distributed, whose rate is `input`, or its logarithm.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.poisson_nll_loss.html
 * @throws ValueError for an unknown reduction.
 */
export const poissonNllLoss = python(
  'poisson_nll_loss',
  ['input', 'target', 'logInput?', 'full?', 'sizeAverage?', 'eps?', 'reduce?', 'reduction?'],
  (
    input: Tensor,
    target: Tensor,
    logInput = true,
    full = false,
    sizeAverage: Flag = null,
    eps = 1e-8,
    reduce: Flag = null,
    reduction: Reduction = 'mean',
  ): Tensor => {
    const code = reductionCode(legacyReduction(sizeAverage, reduce, reduction));
    return torch.poissonNllLoss(input, target, logInput, full, eps, code);
  },
);

/** Whether variances are given for each sample alone, or for all but one dimension. */
function fitsButForOne(shape: readonly number[], variances: readonly number[]): boolean {
  if (shape.length !== variances.length) return false;
  const different = variances.filter((size, i) => size !== shape[i]);
  return different.reduce((sum, size) => sum + size, 0) === 1;
}

function variancesFor(input: Tensor, variances: Tensor): Tensor {
  if (String(variances.shape) === String(input.shape)) return variances;
  if (String(input.shape.slice(0, -1)) === String([...variances.shape])) return torch.unsqueeze(variances, -1);
  if (fitsButForOne(input.shape, variances.shape)) return variances;
  throw new ValueError('var is of incorrect size');
}

/**
 * The negative log likelihood of targets that are normally distributed, with means `input` and variances `var`.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.gaussian_nll_loss.html
 * @throws ValueError for negative variances, or an unknown reduction.
 */
export const gaussianNllLoss = python(
  'gaussian_nll_loss',
  ['input', 'target', 'var', 'full?', 'eps?', 'reduction?'],
  (
    input: Tensor,
    target: Tensor,
    variance: Tensor | number,
    full = false,
    eps = 1e-6,
    reduction: Reduction = 'mean',
  ): Tensor => {
    const negative = typeof variance === 'number' ? variance < 0 : variance.lt(0).any().item<boolean>();
    if (negative) throw new ValueError('var has negative entry/entries');
    const given = typeof variance === 'number' ? torch.onesLike(input).mul(variance) : variance;
    const fitting = variancesFor(input, given);
    if (!['none', 'mean', 'sum'].includes(reduction)) throw new ValueError(`${reduction} is not valid`);
    const variances = fitting.clone();
    noGrad(() => variances.clamp_({ min: eps }));
    const losses = torch.log(variances).add(input.sub(target).pow(2).div(variances)).mul(0.5);
    if (full) losses.add_(0.5 * Math.log(2 * Math.PI));
    return reduceErrors(losses, reduction, `${reduction} is not valid`);
  },
);
