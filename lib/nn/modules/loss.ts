/** Losses of classification. */
import { type ArgumentsOf, signature } from '../../arguments';
import type { Tensor } from '../../tensor';
import { warn } from '../../warnings';
import * as F from '../functional';
import type { Reduction } from '../functional/reduction';
import { _Loss, _WeightedLoss, type Flag, inputAndTarget, WEIGHTED_LOSS } from './loss-base';

const NLL = signature('NLLLoss.__init__', 'weight?', 'sizeAverage?', 'ignoreIndex?', 'reduce?', 'reduction?').of<
  [weight?: Tensor | null, sizeAverage?: Flag, ignoreIndex?: number, reduce?: Flag, reduction?: Reduction]
>();

const NLL_LOSS_FORWARD = inputAndTarget('NLLLoss');

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

  override forward(...args: ArgumentsOf<typeof NLL_LOSS_FORWARD>): Tensor {
    const [input, target] = NLL_LOSS_FORWARD.bind(args);
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

const CROSS_ENTROPY_LOSS_FORWARD = inputAndTarget('CrossEntropyLoss');

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

  override forward(...args: ArgumentsOf<typeof CROSS_ENTROPY_LOSS_FORWARD>): Tensor {
    const [input, target] = CROSS_ENTROPY_LOSS_FORWARD.bind(args);
    const { weight, ignoreIndex, reduction, labelSmoothing } = this;
    return F.crossEntropy(input, target, weight, null, ignoreIndex, null, reduction, labelSmoothing);
  }
}

const BCE_LOSS_FORWARD = inputAndTarget('BCELoss');

/**
 * The cross entropy of probabilities and targets in [0, 1].
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.BCELoss.html
 */
export class BCELoss extends _WeightedLoss {
  constructor(...args: ArgumentsOf<typeof WEIGHTED_LOSS>) {
    super(...WEIGHTED_LOSS.bind(args));
  }

  override forward(...args: ArgumentsOf<typeof BCE_LOSS_FORWARD>): Tensor {
    const [input, target] = BCE_LOSS_FORWARD.bind(args);
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

const BCE_WITH_LOGITS_LOSS_FORWARD = inputAndTarget('BCEWithLogitsLoss');

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

  override forward(...args: ArgumentsOf<typeof BCE_WITH_LOGITS_LOSS_FORWARD>): Tensor {
    const [input, target] = BCE_WITH_LOGITS_LOSS_FORWARD.bind(args);
    const { weight, pos_weight: posWeight, reduction } = this;
    return F.binaryCrossEntropyWithLogits(input, target, weight, { posWeight, reduction });
  }
}

/**
 * The older name of `NLLLoss`.
 *
 * @deprecated Use `NLLLoss`.
 */
export class NLLLoss2d extends NLLLoss {
  constructor(...args: ArgumentsOf<typeof NLL>) {
    warn(
      '`NLLLoss2d` has been deprecated. Please use `NLLLoss` instead as a drop-in replacement and see ' +
        'https://pytorch.org/docs/main/nn.html#torch.nn.NLLLoss for more details.',
      'FutureWarning',
    );
    super(...args);
  }
}

const KL_DIV = signature('KLDivLoss.__init__', 'sizeAverage?', 'reduce?', 'reduction?', 'logTarget?').of<
  [sizeAverage?: Flag, reduce?: Flag, reduction?: Reduction | 'batchmean', logTarget?: boolean]
>();

const KL_DIV_LOSS_FORWARD = inputAndTarget('KLDivLoss');

/**
 * The Kullback-Leibler divergence of log-probabilities and probabilities, or with `logTarget` their logarithms.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.KLDivLoss.html
 */
export class KLDivLoss extends _Loss {
  logTarget: boolean;

  constructor(...args: ArgumentsOf<typeof KL_DIV>) {
    const [sizeAverage, reduce, reduction, logTarget = false] = KL_DIV.bind(args);
    super(sizeAverage, reduce, reduction as Reduction);
    this.logTarget = logTarget;
  }

  override forward(...args: ArgumentsOf<typeof KL_DIV_LOSS_FORWARD>): Tensor {
    const [input, target] = KL_DIV_LOSS_FORWARD.bind(args);
    return F.klDiv(input, target, { reduction: this.reduction, logTarget: this.logTarget });
  }
}

const MULTI_LABEL_SOFT_MARGIN_LOSS_FORWARD = inputAndTarget('MultiLabelSoftMarginLoss');

/**
 * The cross entropy of logits and several labels for each sample, 0 or 1 a class.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.MultiLabelSoftMarginLoss.html
 */
export class MultiLabelSoftMarginLoss extends _WeightedLoss {
  constructor(...args: ArgumentsOf<typeof WEIGHTED_LOSS>) {
    super(...WEIGHTED_LOSS.bind(args));
  }

  override forward(...args: ArgumentsOf<typeof MULTI_LABEL_SOFT_MARGIN_LOSS_FORWARD>): Tensor {
    const [input, target] = MULTI_LABEL_SOFT_MARGIN_LOSS_FORWARD.bind(args);
    return F.multilabelSoftMarginLoss(input, target, { weight: this.weight, reduction: this.reduction });
  }
}

const CTC = signature('CTCLoss.__init__', 'blank?', 'reduction?', 'zeroInfinity?').of<
  [blank?: number, reduction?: Reduction, zeroInfinity?: boolean]
>();

const CTC_LOSS_FORWARD = signature('CTCLoss.forward', 'logProbs', 'targets', 'inputLengths', 'targetLengths').of<
  [
    logProbs: Tensor,
    targets: Tensor,
    inputLengths: Tensor | readonly number[],
    targetLengths: Tensor | readonly number[],
  ]
>();

/**
 * The connectionist temporal classification loss of log-probabilities (T, N, C) and targets (N, S), or all of them in
 * one list.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.CTCLoss.html
 */
export class CTCLoss extends _Loss {
  blank: number;
  zeroInfinity: boolean;

  constructor(...args: ArgumentsOf<typeof CTC>) {
    const [blank = 0, reduction, zeroInfinity = false] = CTC.bind(args);
    super(null, null, reduction);
    this.blank = blank;
    this.zeroInfinity = zeroInfinity;
  }

  override forward(...args: ArgumentsOf<typeof CTC_LOSS_FORWARD>): Tensor {
    const [logProbs, targets, inputLengths, targetLengths] = CTC_LOSS_FORWARD.bind(args);
    const { blank, reduction, zeroInfinity } = this;
    return F.ctcLoss(logProbs, targets, inputLengths, targetLengths, blank, reduction, zeroInfinity);
  }
}
