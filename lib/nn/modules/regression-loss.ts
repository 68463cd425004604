/** Losses of regression. */
import { type ArgumentsOf, Signature, signature } from '../../arguments';
import { Complex } from '../../complex';
import { typename } from '../../python-repr';
import type { Tensor } from '../../tensor';
import * as F from '../functional';
import type { Reduction } from '../functional/reduction';
import { _Loss, type Flag, inputAndTarget, LOSS } from './loss-base';

const L1_LOSS_FORWARD = inputAndTarget('L1Loss');

/**
 * The absolute error.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.L1Loss.html
 */
export class L1Loss extends _Loss {
  constructor(...args: ArgumentsOf<typeof LOSS>) {
    super(...LOSS.bind(args));
  }

  override forward(...args: ArgumentsOf<typeof L1_LOSS_FORWARD>): Tensor {
    const [input, target] = L1_LOSS_FORWARD.bind(args);
    return F.l1Loss(input, target, { reduction: this.reduction });
  }
}

const MSE_LOSS_FORWARD = inputAndTarget('MSELoss');

/**
 * The squared error.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.MSELoss.html
 */
export class MSELoss extends _Loss {
  constructor(...args: ArgumentsOf<typeof LOSS>) {
    super(...LOSS.bind(args));
  }

  override forward(...args: ArgumentsOf<typeof MSE_LOSS_FORWARD>): Tensor {
    const [input, target] = MSE_LOSS_FORWARD.bind(args);
    return F.mseLoss(input, target, { reduction: this.reduction });
  }
}

const SMOOTH_L1 = signature('SmoothL1Loss.__init__', 'sizeAverage?', 'reduce?', 'reduction?', 'beta?').of<
  [sizeAverage?: Flag, reduce?: Flag, reduction?: Reduction, beta?: number]
>();

const SMOOTH_L1_LOSS_FORWARD = inputAndTarget('SmoothL1Loss');

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

  override forward(...args: ArgumentsOf<typeof SMOOTH_L1_LOSS_FORWARD>): Tensor {
    const [input, target] = SMOOTH_L1_LOSS_FORWARD.bind(args);
    return F.smoothL1Loss(input, target, { reduction: this.reduction, beta: this.beta });
  }
}

const HUBER = signature('HuberLoss.__init__', 'reduction?', 'delta?').of<[reduction?: Reduction, delta?: number]>();

const HUBER_LOSS_FORWARD = inputAndTarget('HuberLoss');

/**
 * The squared error where it is below `delta`, else `delta` times the absolute one.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.HuberLoss.html
 * @throws TypeError for a `delta` that is no number.
 */
export class HuberLoss extends _Loss {
  delta: number;

  constructor(...args: ArgumentsOf<typeof HUBER>) {
    const [reduction, delta = 1] = HUBER.bind(args);
    if (typeof delta !== 'number') {
      const type = (delta as unknown) instanceof Complex ? 'complex' : typename(delta);
      throw new TypeError(`delta must be a float or int, got: <class '${type}'>`);
    }
    super(null, null, reduction);
    this.delta = delta;
  }

  override forward(...args: ArgumentsOf<typeof HUBER_LOSS_FORWARD>): Tensor {
    const [input, target] = HUBER_LOSS_FORWARD.bind(args);
    return F.huberLoss(input, target, { reduction: this.reduction, delta: this.delta });
  }
}

const POISSON = signature(
  'PoissonNLLLoss.__init__',
  'logInput?',
  'full?',
  'sizeAverage?',
  'eps?',
  'reduce?',
  'reduction?',
).of<[logInput?: boolean, full?: boolean, sizeAverage?: Flag, eps?: number, reduce?: Flag, reduction?: Reduction]>();

const POISSON_NLL_LOSS_FORWARD = signature('PoissonNLLLoss.forward', 'logInput', 'target').of<
  [logInput: Tensor, target: Tensor]
>();

/**
 * The negative log likelihood of targets that are Poisson distributed, whose rate is the input, or its logarithm.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.PoissonNLLLoss.html
 */
export class PoissonNLLLoss extends _Loss {
  logInput: boolean;
  full: boolean;
  eps: number;

  constructor(...args: ArgumentsOf<typeof POISSON>) {
    const [logInput = true, full = false, sizeAverage, eps = 1e-8, reduce, reduction] = POISSON.bind(args);
    super(sizeAverage, reduce, reduction);
    this.logInput = logInput;
    this.full = full;
    this.eps = eps;
  }

  override forward(...args: ArgumentsOf<typeof POISSON_NLL_LOSS_FORWARD>): Tensor {
    const [logInput, target] = POISSON_NLL_LOSS_FORWARD.bind(args);
    const { full, eps, reduction } = this;
    return F.poissonNllLoss(logInput, target, { logInput: this.logInput, full, eps, reduction });
  }
}

const GAUSSIAN = new Signature<
  [full?: boolean, eps?: number, reduction?: Reduction],
  readonly ['full?', 'eps?', 'reduction?']
>('GaussianNLLLoss.__init__', ['full?', 'eps?', 'reduction?'], 0);

/** The options of a `GaussianNLLLoss`. */
export interface GaussianNLLLossOptions {
  /** Whether the constant term is added. */
  full?: boolean;
  /** The least variance. */
  eps?: number;
  reduction?: Reduction;
}

const GAUSSIAN_NLL_LOSS_FORWARD = signature('GaussianNLLLoss.forward', 'input', 'target', 'var').of<
  [input: Tensor, target: Tensor, variance: Tensor | number]
>();

/**
 * The negative log likelihood of targets that are normally distributed, with means `input` and variances `variance`.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.GaussianNLLLoss.html
 */
export class GaussianNLLLoss extends _Loss {
  full: boolean;
  eps: number;

  constructor(...args: [] | [options: GaussianNLLLossOptions]) {
    const [full = false, eps = 1e-6, reduction] = GAUSSIAN.bind(args);
    super(null, null, reduction);
    this.full = full;
    this.eps = eps;
  }

  override forward(...args: ArgumentsOf<typeof GAUSSIAN_NLL_LOSS_FORWARD>): Tensor {
    const [input, target, variance] = GAUSSIAN_NLL_LOSS_FORWARD.bind(args);
    return F.gaussianNllLoss(input, target, variance, this.full, this.eps, this.reduction);
  }
}
