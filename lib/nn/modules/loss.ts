/** Losses. */
import { type ArgumentsOf, signature } from '../../arguments';
import type { Tensor } from '../../tensor';
import * as F from '../functional';
import { legacyReduction, type Reduction } from '../functional/reduction';
import { Module } from '../module';

type Flag = boolean | null;

/** The base class of losses. */
export abstract class _Loss extends Module {
  /** What becomes of the elements' losses. */
  reduction: Reduction;

  /** @internal */
  constructor(sizeAverage: Flag | undefined, reduce: Flag | undefined, reduction: Reduction = 'mean') {
    super();
    this.reduction = legacyReduction(sizeAverage, reduce, reduction) as Reduction;
  }
}

/** The base class of losses with a weight for each class. */
export abstract class _WeightedLoss extends _Loss {
  /** A buffer with the weight of each class, or null. */
  weight!: Tensor | null;

  /** @internal */
  constructor(weight: Tensor | null, sizeAverage: Flag | undefined, reduce: Flag | undefined, reduction?: Reduction) {
    super(sizeAverage, reduce, reduction);
    this.registerBuffer('weight', weight);
  }
}

const LOSS = signature('_Loss.__init__', 'sizeAverage?', 'reduce?', 'reduction?').of<
  [sizeAverage?: Flag, reduce?: Flag, reduction?: Reduction]
>();

/**
 * The absolute error.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.L1Loss.html
 */
export class L1Loss extends _Loss {
  constructor(...args: ArgumentsOf<typeof LOSS>) {
    super(...LOSS.bind(args));
  }

  override forward(input: Tensor, target: Tensor): Tensor {
    return F.l1Loss(input, target, { reduction: this.reduction });
  }
}

/**
 * The squared error.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.MSELoss.html
 */
export class MSELoss extends _Loss {
  constructor(...args: ArgumentsOf<typeof LOSS>) {
    super(...LOSS.bind(args));
  }

  override forward(input: Tensor, target: Tensor): Tensor {
    return F.mseLoss(input, target, { reduction: this.reduction });
  }
}

const SMOOTH_L1 = signature('SmoothL1Loss.__init__', 'sizeAverage?', 'reduce?', 'reduction?', 'beta?').of<
  [sizeAverage?: Flag, reduce?: Flag, reduction?: Reduction, beta?: number]
>();

/**
 * The squared error where it is below `beta`, else the absolute one.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.SmoothL1Loss.html
 */
export class SmoothL1Loss extends _Loss {
  beta: number;

  constructor(...args: ArgumentsOf<typeof SMOOTH_L1>) {
    const [sizeAverage, reduce, reduction, beta = 1] = SMOOTH_L1.bind(args);
    super(sizeAverage, reduce, reduction);
    this.beta = beta;
  }

  override forward(input: Tensor, target: Tensor): Tensor {
    return F.smoothL1Loss(input, target, { reduction: this.reduction, beta: this.beta });
  }
}

const HUBER = signature('HuberLoss.__init__', 'reduction?', 'delta?').of<[reduction?: Reduction, delta?: number]>();

/**
 * The squared error where it is below `delta`, else `delta` times the absolute one.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.HuberLoss.html
 */
export class HuberLoss extends _Loss {
  delta: number;

  constructor(...args: ArgumentsOf<typeof HUBER>) {
    const [reduction, delta = 1] = HUBER.bind(args);
    super(null, null, reduction);
    this.delta = delta;
  }

  override forward(input: Tensor, target: Tensor): Tensor {
    return F.huberLoss(input, target, { reduction: this.reduction, delta: this.delta });
  }
}

const NLL = signature('NLLLoss.__init__', 'weight?', 'sizeAverage?', 'ignoreIndex?', 'reduce?', 'reduction?').of<
  [weight?: Tensor | null, sizeAverage?: Flag, ignoreIndex?: number, reduce?: Flag, reduction?: Reduction]
>();

/**
 * The negative log likelihood of log-probabilities (N, C, ...) and class indices (N, ...).
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.NLLLoss.html
 */
export class NLLLoss extends _WeightedLoss {
  ignoreIndex: number;

  constructor(...args: ArgumentsOf<typeof NLL>) {
    const [weight = null, sizeAverage, ignoreIndex = -100, reduce, reduction] = NLL.bind(args);
    super(weight, sizeAverage, reduce, reduction);
    this.ignoreIndex = ignoreIndex;
  }

  override forward(input: Tensor, target: Tensor): Tensor {
    return F.nllLoss(input, target, this.weight, null, this.ignoreIndex, null, this.reduction);
  }
}

const CROSS_ENTROPY = signature(
  'CrossEntropyLoss.__init__',
  'weight?',
  'sizeAverage?',
  'ignoreIndex?',
  'reduce?',
  'reduction?',
  'labelSmoothing?',
).of<
  [
    weight?: Tensor | null,
    sizeAverage?: Flag,
    ignoreIndex?: number,
    reduce?: Flag,
    reduction?: Reduction,
    labelSmoothing?: number,
  ]
>();

/**
 * The cross entropy of logits (N, C, ...) and class indices (N, ...), or class probabilities (N, C, ...).
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.CrossEntropyLoss.html
 */
export class CrossEntropyLoss extends _WeightedLoss {
  ignoreIndex: number;
  labelSmoothing: number;

  constructor(...args: ArgumentsOf<typeof CROSS_ENTROPY>) {
    const [weight = null, sizeAverage, ignoreIndex = -100, reduce, reduction, labelSmoothing = 0] =
      CROSS_ENTROPY.bind(args);
    super(weight, sizeAverage, reduce, reduction);
    this.ignoreIndex = ignoreIndex;
    this.labelSmoothing = labelSmoothing;
  }

  override forward(input: Tensor, target: Tensor): Tensor {
    const { weight, ignoreIndex, reduction, labelSmoothing } = this;
    return F.crossEntropy(input, target, weight, null, ignoreIndex, null, reduction, labelSmoothing);
  }
}

const BCE = signature('BCELoss.__init__', 'weight?', 'sizeAverage?', 'reduce?', 'reduction?').of<
  [weight?: Tensor | null, sizeAverage?: Flag, reduce?: Flag, reduction?: Reduction]
>();

/**
 * The cross entropy of probabilities and targets in [0, 1].
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.BCELoss.html
 */
export class BCELoss extends _WeightedLoss {
  constructor(...args: ArgumentsOf<typeof BCE>) {
    const [weight = null, sizeAverage, reduce, reduction] = BCE.bind(args);
    super(weight, sizeAverage, reduce, reduction);
  }

  override forward(input: Tensor, target: Tensor): Tensor {
    return F.binaryCrossEntropy(input, target, { weight: this.weight, reduction: this.reduction });
  }
}

const BCE_LOGITS = signature(
  'BCEWithLogitsLoss.__init__',
  'weight?',
  'sizeAverage?',
  'reduce?',
  'reduction?',
  'posWeight?',
).of<[weight?: Tensor | null, sizeAverage?: Flag, reduce?: Flag, reduction?: Reduction, posWeight?: Tensor | null]>();

/**
 * The cross entropy of logits and targets in [0, 1].
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.BCEWithLogitsLoss.html
 */
export class BCEWithLogitsLoss extends _Loss {
  /** A buffer with the weight of each element, or null. */
  weight!: Tensor | null;
  /** A buffer with the weight of positive targets, or null. */
  pos_weight!: Tensor | null;

  constructor(...args: ArgumentsOf<typeof BCE_LOGITS>) {
    const [weight = null, sizeAverage, reduce, reduction, posWeight = null] = BCE_LOGITS.bind(args);
    super(sizeAverage, reduce, reduction);
    this.registerBuffer('weight', weight);
    this.registerBuffer('pos_weight', posWeight);
  }

  override forward(input: Tensor, target: Tensor): Tensor {
    const { weight, pos_weight: posWeight, reduction } = this;
    return F.binaryCrossEntropyWithLogits(input, target, weight, { posWeight, reduction });
  }
}
