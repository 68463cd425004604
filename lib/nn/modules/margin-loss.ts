/** Losses by margins between scores or distances. */
import { type Arguments, type ArgumentsOf, Signature, signature } from '../../arguments';
import { ValueError } from '../../errors';
import type { Tensor } from '../../tensor';
import * as F from '../functional';
import type { Reduction } from '../functional/reduction';
import { PairwiseDistance } from './distance';
import { _Loss, _WeightedLoss, type Flag, inputAndTarget, LOSS } from './loss-base';

type MarginParameters = [margin?: number, sizeAverage?: Flag, reduce?: Flag, reduction?: Reduction];

const MARGIN = ['margin?', 'sizeAverage?', 'reduce?', 'reduction?'] as const;

const HINGE = signature('HingeEmbeddingLoss.__init__', ...MARGIN).of<MarginParameters>();
const COSINE = signature('CosineEmbeddingLoss.__init__', ...MARGIN).of<MarginParameters>();
const RANKING = signature('MarginRankingLoss.__init__', ...MARGIN).of<MarginParameters>();

const HINGE_EMBEDDING_LOSS_FORWARD = inputAndTarget('HingeEmbeddingLoss');

/**
 * The distance where the target is 1, and how much it lacks to the margin where it is -1.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.HingeEmbeddingLoss.html
 */
export class HingeEmbeddingLoss extends _Loss {
  margin: number;

  constructor(...args: ArgumentsOf<typeof HINGE>) {
    const [margin = 1, sizeAverage, reduce, reduction] = HINGE.bind(args);
    super(sizeAverage, reduce, reduction);
    this.margin = margin;
  }

  override forward(...args: ArgumentsOf<typeof HINGE_EMBEDDING_LOSS_FORWARD>): Tensor {
    const [input, target] = HINGE_EMBEDDING_LOSS_FORWARD.bind(args);
    return F.hingeEmbeddingLoss(input, target, { margin: this.margin, reduction: this.reduction });
  }
}

const COSINE_EMBEDDING_LOSS_FORWARD = signature('CosineEmbeddingLoss.forward', 'input1', 'input2', 'target').of<
  [input1: Tensor, input2: Tensor, target: Tensor]
>();

/**
 * How far vectors are from having a cosine of 1 where the target is 1, and at most the margin where it is -1.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.CosineEmbeddingLoss.html
 */
export class CosineEmbeddingLoss extends _Loss {
  margin: number;

  constructor(...args: ArgumentsOf<typeof COSINE>) {
    const [margin = 0, sizeAverage, reduce, reduction] = COSINE.bind(args);
    super(sizeAverage, reduce, reduction);
    this.margin = margin;
  }

  override forward(...args: ArgumentsOf<typeof COSINE_EMBEDDING_LOSS_FORWARD>): Tensor {
    const [input1, input2, target] = COSINE_EMBEDDING_LOSS_FORWARD.bind(args);
    return F.cosineEmbeddingLoss(input1, input2, target, { margin: this.margin, reduction: this.reduction });
  }
}

const MARGIN_RANKING_LOSS_FORWARD = signature('MarginRankingLoss.forward', 'input1', 'input2', 'target').of<
  [input1: Tensor, input2: Tensor, target: Tensor]
>();

/**
 * How far the input that the target, 1 or -1, says is to be above the other one by the margin is from that.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.MarginRankingLoss.html
 */
export class MarginRankingLoss extends _Loss {
  margin: number;

  constructor(...args: ArgumentsOf<typeof RANKING>) {
    const [margin = 0, sizeAverage, reduce, reduction] = RANKING.bind(args);
    super(sizeAverage, reduce, reduction);
    this.margin = margin;
  }

  override forward(...args: ArgumentsOf<typeof MARGIN_RANKING_LOSS_FORWARD>): Tensor {
    const [input1, input2, target] = MARGIN_RANKING_LOSS_FORWARD.bind(args);
    return F.marginRankingLoss(input1, input2, target, { margin: this.margin, reduction: this.reduction });
  }
}

const MULTI_LABEL_MARGIN_LOSS_FORWARD = inputAndTarget('MultiLabelMarginLoss');

/**
 * How far each of several labels' scores is from being above those of the other classes by a margin of 1.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.MultiLabelMarginLoss.html
 */
export class MultiLabelMarginLoss extends _Loss {
  constructor(...args: ArgumentsOf<typeof LOSS>) {
    super(...LOSS.bind(args));
  }

  override forward(...args: ArgumentsOf<typeof MULTI_LABEL_MARGIN_LOSS_FORWARD>): Tensor {
    const [input, target] = MULTI_LABEL_MARGIN_LOSS_FORWARD.bind(args);
    return F.multilabelMarginLoss(input, target, { reduction: this.reduction });
  }
}

const SOFT_MARGIN_LOSS_FORWARD = inputAndTarget('SoftMarginLoss');

/**
 * The logistic loss of scores and targets 1 and -1.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.SoftMarginLoss.html
 */
export class SoftMarginLoss extends _Loss {
  constructor(...args: ArgumentsOf<typeof LOSS>) {
    super(...LOSS.bind(args));
  }

  override forward(...args: ArgumentsOf<typeof SOFT_MARGIN_LOSS_FORWARD>): Tensor {
    const [input, target] = SOFT_MARGIN_LOSS_FORWARD.bind(args);
    return F.softMarginLoss(input, target, { reduction: this.reduction });
  }
}

const MULTI_MARGIN = signature(
  'MultiMarginLoss.__init__',
  'p?',
  'margin?',
  'weight?',
  'sizeAverage?',
  'reduce?',
  'reduction?',
).of<[p?: 1 | 2, margin?: number, weight?: Tensor | null, sizeAverage?: Flag, reduce?: Flag, reduction?: Reduction]>();

const MULTI_MARGIN_LOSS_FORWARD = inputAndTarget('MultiMarginLoss');

/**
 * How far the right class's score is from being above each other one by the margin.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.MultiMarginLoss.html
 * @throws ValueError for a `p` other than 1 and 2, or a weight that is no vector.
 */
export class MultiMarginLoss extends _WeightedLoss {
  p: 1 | 2;
  margin: number;

  constructor(...args: ArgumentsOf<typeof MULTI_MARGIN>) {
    const [p = 1, margin = 1, weight = null, sizeAverage, reduce, reduction] = MULTI_MARGIN.bind(args);
    super(weight, sizeAverage, reduce, reduction);
    if (p !== 1 && p !== 2) throw new ValueError('only p == 1 and p == 2 supported');
    if (weight !== null && weight.dim() !== 1) {
      throw new ValueError(`MultiMarginLoss: expected weight to be None or 1D tensor, got ${weight.dim()}D instead`);
    }
    this.p = p;
    this.margin = margin;
  }

  override forward(...args: ArgumentsOf<typeof MULTI_MARGIN_LOSS_FORWARD>): Tensor {
    const [input, target] = MULTI_MARGIN_LOSS_FORWARD.bind(args);
    const { p, margin, weight, reduction } = this;
    return F.multiMarginLoss(input, target, p, margin, { weight, reduction });
  }
}

function checkMargin(name: string, margin: number): void {
  if (margin <= 0) throw new ValueError(`${name}: expected margin to be greater than 0, got ${margin} instead`);
}

const TRIPLET = signature(
  'TripletMarginLoss.__init__',
  'margin?',
  'p?',
  'eps?',
  'swap?',
  'sizeAverage?',
  'reduce?',
  'reduction?',
).of<
  [margin?: number, p?: number, eps?: number, swap?: boolean, sizeAverage?: Flag, reduce?: Flag, reduction?: Reduction]
>();

const TRIPLET_MARGIN_LOSS_FORWARD = signature('TripletMarginLoss.forward', 'anchor', 'positive', 'negative').of<
  [anchor: Tensor, positive: Tensor, negative: Tensor]
>();

/**
 * How far the anchor is from being nearer to the positive than to the negative by the margin.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.TripletMarginLoss.html
 * @throws ValueError for a margin that is not positive.
 */
export class TripletMarginLoss extends _Loss {
  margin: number;
  p: number;
  eps: number;
  swap: boolean;

  constructor(...args: ArgumentsOf<typeof TRIPLET>) {
    const [margin = 1, p = 2, eps = 1e-6, swap = false, sizeAverage, reduce, reduction] = TRIPLET.bind(args);
    super(sizeAverage, reduce, reduction);
    checkMargin('TripletMarginLoss', margin);
    this.margin = margin;
    this.p = p;
    this.eps = eps;
    this.swap = swap;
  }

  override forward(...args: ArgumentsOf<typeof TRIPLET_MARGIN_LOSS_FORWARD>): Tensor {
    const [anchor, positive, negative] = TRIPLET_MARGIN_LOSS_FORWARD.bind(args);
    const { margin, p, eps, swap, reduction } = this;
    return F.tripletMarginLoss(anchor, positive, negative, margin, p, eps, swap, { reduction });
  }
}

type DistanceParameters = [
  distanceFunction?: F.DistanceFunction | null,
  margin?: number,
  swap?: boolean,
  reduction?: Reduction,
];

const DISTANCE = ['distanceFunction?', 'margin?', 'swap?', 'reduction?'] as const;

const WITH_DISTANCE = new Signature<DistanceParameters, typeof DISTANCE>(
  'TripletMarginWithDistanceLoss.__init__',
  DISTANCE,
  0,
);

const TRIPLET_MARGIN_WITH_DISTANCE_LOSS_FORWARD = signature(
  'TripletMarginWithDistanceLoss.forward',
  'anchor',
  'positive',
  'negative',
).of<[anchor: Tensor, positive: Tensor, negative: Tensor]>();

/**
 * As `TripletMarginLoss`, with a distance of one's own, a function or a module: `PairwiseDistance` if none is given.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.TripletMarginWithDistanceLoss.html
 * @throws ValueError for a margin that is not positive.
 */
export class TripletMarginWithDistanceLoss extends _Loss {
  distance_function: F.DistanceFunction;
  margin: number;
  swap: boolean;

  constructor(...args: Arguments<DistanceParameters, typeof DISTANCE>) {
    const [distance = null, margin = 1, swap = false, reduction] = WITH_DISTANCE.bind(args);
    super(null, null, reduction);
    checkMargin('TripletMarginWithDistanceLoss', margin);
    this.distance_function = distance ?? new PairwiseDistance();
    this.margin = margin;
    this.swap = swap;
  }

  override forward(...args: ArgumentsOf<typeof TRIPLET_MARGIN_WITH_DISTANCE_LOSS_FORWARD>): Tensor {
    const [anchor, positive, negative] = TRIPLET_MARGIN_WITH_DISTANCE_LOSS_FORWARD.bind(args);
    const { distance_function: distanceFunction, margin, swap, reduction } = this;
    return F.tripletMarginWithDistanceLoss(anchor, positive, negative, { distanceFunction, margin, swap, reduction });
  }
}
