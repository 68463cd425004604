/** Losses by margins between scores or distances. */
import { python } from '../../arguments';
import { RuntimeError, ValueError } from '../../errors';
import * as nn from '../../generated/nn';
import * as torch from '../../generated/torch';
import type { Tensor } from '../../tensor';
import { legacyReduction, type Reduction, reduce as reduceErrors, reductionCode } from './reduction';

type Flag = boolean | null;

/** A loss of an input and a target, without further options. */
function plainLoss(name: string, operator: (input: Tensor, target: Tensor, reduction: number) => Tensor) {
  return python(
    name,
    ['input', 'target', 'sizeAverage?', 'reduce?', 'reduction?'],
    (
      input: Tensor,
      target: Tensor,
      sizeAverage: Flag = null,
      reduce: Flag = null,
      reduction: Reduction = 'mean',
    ): Tensor => operator(input, target, reductionCode(legacyReduction(sizeAverage, reduce, reduction))),
  );
}

/**
 * How far each of several labels' scores is from being above those of the other classes by a margin of 1.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.multilabel_margin_loss.html
 * @throws ValueError for an unknown reduction.
 */
export const multilabelMarginLoss = plainLoss('multilabel_margin_loss', nn.multilabelMarginLoss);

/**
 * The logistic loss of scores and targets 1 and -1.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.soft_margin_loss.html
 * @throws ValueError for an unknown reduction.
 */
export const softMarginLoss = plainLoss('soft_margin_loss', nn.softMarginLoss);

/**
 * How far the input that the target, 1 or -1, says is to be above the other one by a margin is from that.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.margin_ranking_loss.html
 * @throws ValueError for an unknown reduction; RuntimeError for inputs of different dimensions.
 */
export const marginRankingLoss = python(
  'margin_ranking_loss',
  ['input1', 'input2', 'target', 'margin?', 'sizeAverage?', 'reduce?', 'reduction?'],
  (
    input1: Tensor,
    input2: Tensor,
    target: Tensor,
    margin = 0,
    sizeAverage: Flag = null,
    reduce: Flag = null,
    reduction: Reduction = 'mean',
  ): Tensor => {
    const code = reductionCode(legacyReduction(sizeAverage, reduce, reduction));
    if (input1.dim() !== input2.dim() || input1.dim() !== target.dim()) {
      throw new RuntimeError(
        'margin_ranking_loss : All input tensors should have same dimension but got sizes: ' +
          `input1: ${input1.shape}, input2: ${input2.shape}, target: ${target.shape} `,
      );
    }
    return torch.marginRankingLoss(input1, input2, target, margin, code);
  },
);

/**
 * The distance where the target is 1, and how much it lacks to the margin where it is -1.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.hinge_embedding_loss.html
 * @throws ValueError for an unknown reduction.
 */
export const hingeEmbeddingLoss = python(
  'hinge_embedding_loss',
  ['input', 'target', 'margin?', 'sizeAverage?', 'reduce?', 'reduction?'],
  (
    input: Tensor,
    target: Tensor,
    margin = 1,
    sizeAverage: Flag = null,
    reduce: Flag = null,
    reduction: Reduction = 'mean',
  ): Tensor =>
    torch.hingeEmbeddingLoss(input, target, margin, reductionCode(legacyReduction(sizeAverage, reduce, reduction))),
);

/**
 * How far vectors are from having a cosine of 1 where the target is 1, and at most the margin where it is -1.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.cosine_embedding_loss.html
 * @throws ValueError for an unknown reduction.
 */
export const cosineEmbeddingLoss = python(
  'cosine_embedding_loss',
  ['input1', 'input2', 'target', 'margin?', 'sizeAverage?', 'reduce?', 'reduction?'],
  (
    input1: Tensor,
    input2: Tensor,
    target: Tensor,
    margin = 0,
    sizeAverage: Flag = null,
    reduce: Flag = null,
    reduction: Reduction = 'mean',
  ): Tensor => {
    const code = reductionCode(legacyReduction(sizeAverage, reduce, reduction));
    return torch.cosineEmbeddingLoss(input1, input2, target, margin, code);
  },
);

/**
 * How far the right class's score is from being above each other one by the margin.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.multi_margin_loss.html
 * @throws ValueError for an unknown reduction, a `p` other than 1 and 2, or a weight that is no vector.
 */
export const multiMarginLoss = python(
  'multi_margin_loss',
  ['input', 'target', 'p?', 'margin?', 'weight?', 'sizeAverage?', 'reduce?', 'reduction?'],
  (
    input: Tensor,
    target: Tensor,
    p: 1 | 2 = 1,
    margin = 1,
    weight: Tensor | null = null,
    sizeAverage: Flag = null,
    reduce: Flag = null,
    reduction: Reduction = 'mean',
  ): Tensor => {
    const code = reductionCode(legacyReduction(sizeAverage, reduce, reduction));
    if (p !== 1 && p !== 2) throw new ValueError('only p == 1 and p == 2 supported');
    if (weight !== null && weight.dim() !== 1) throw new ValueError('weight must be one-dimensional');
    return nn.multiMarginLoss(input, target, p, margin, weight, code);
  },
);

function checkMargin(margin: number): void {
  if (margin <= 0) throw new ValueError(`margin must be greater than 0, got ${margin}`);
}

/**
 * How far the anchor is from being nearer to the positive than to the negative by the margin.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.triplet_margin_loss.html
 * @throws ValueError for an unknown reduction, or a margin that is not positive.
 */
export const tripletMarginLoss = python(
  'triplet_margin_loss',
  ['anchor', 'positive', 'negative', 'margin?', 'p?', 'eps?', 'swap?', 'sizeAverage?', 'reduce?', 'reduction?'],
  (
    anchor: Tensor,
    positive: Tensor,
    negative: Tensor,
    margin = 1,
    p = 2,
    eps = 1e-6,
    swap = false,
    sizeAverage: Flag = null,
    reduce: Flag = null,
    reduction: Reduction = 'mean',
  ): Tensor => {
    const code = reductionCode(legacyReduction(sizeAverage, reduce, reduction));
    checkMargin(margin);
    return torch.tripletMarginLoss(anchor, positive, negative, margin, p, eps, swap, code);
  },
);

/** The distances of two batches of vectors. */
export type DistanceFunction = (one: Tensor, other: Tensor) => Tensor;

/**
 * As `tripletMarginLoss`, with a distance of one's own: `torch.pairwiseDistance` if none is given.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.triplet_margin_with_distance_loss.html
 * @throws ValueError for an unknown reduction, or a margin that is not positive; RuntimeError for different dimensions.
 */
export const tripletMarginWithDistanceLoss = python(
  'triplet_margin_with_distance_loss',
  ['anchor', 'positive', 'negative', 'distanceFunction?', 'margin?', 'swap?', 'reduction?'],
  (
    anchor: Tensor,
    positive: Tensor,
    negative: Tensor,
    distanceFunction: DistanceFunction | null = null,
    margin = 1,
    swap = false,
    reduction: Reduction = 'mean',
  ): Tensor => {
    const unknown = `${reduction} is not a valid value for reduction`;
    if (!['mean', 'sum', 'none'].includes(reduction)) throw new ValueError(unknown);
    checkMargin(margin);
    const dims = [anchor, positive, negative].map((tensor) => tensor.dim());
    if (dims.some((count) => count !== dims[0])) {
      throw new RuntimeError(
        'The anchor, positive, and negative tensors are expected to have the same number of dimensions, but got: ' +
          `anchor ${dims[0]}D, positive ${dims[1]}D, and negative ${dims[2]}D inputs`,
      );
    }
    const distance = distanceFunction ?? ((one, other) => torch.pairwiseDistance(one, other));
    const near = distance(anchor, positive);
    let far = distance(anchor, negative);
    if (swap) far = torch.minimum(far, distance(positive, negative));
    return reduceErrors(torch.clampMin(near.add(margin).sub(far), 0), reduction, unknown);
  },
  3,
);
