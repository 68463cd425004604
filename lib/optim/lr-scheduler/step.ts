/** Schedulers that change learning rates from time to time. */
import { type ArgumentsOf, signature } from '../../arguments';
import { ValueError } from '../../errors';
import { type Hyperparameter, mul, pow } from '../hyperparameters';
import { type AnyOptimizer, LRScheduler } from './scheduler';

const STEP = signature('StepLR.__init__', 'optimizer', 'stepSize', 'gamma?', 'lastEpoch?').of<
  [optimizer: AnyOptimizer, stepSize: number, gamma?: number, lastEpoch?: number]
>();

/**
 * Multiplies the learning rates by `gamma` every `stepSize` epochs.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.optim.lr_scheduler.StepLR.html
 */
export class StepLR extends LRScheduler {
  declare stepSize: number;
  declare gamma: number;

  constructor(...args: ArgumentsOf<typeof STEP>) {
    const [optimizer, stepSize, gamma = 0.1, lastEpoch = -1] = STEP.bind(args);
    super(optimizer, null);
    this.stepSize = stepSize;
    this.gamma = gamma;
    this.begin(lastEpoch);
  }

  override getLr(): Hyperparameter[] {
    this.warnUnlessStepping();
    if (this.lastEpoch === 0 || this.lastEpoch % this.stepSize !== 0) return this.presentLrs();
    return this.changedLrs((lr) => mul(lr, this.gamma));
  }

  /** @internal */
  override _getClosedFormLr(): Hyperparameter[] {
    const factor = pow(this.gamma, Math.floor(this.lastEpoch / this.stepSize));
    return this.baseLrs.map((lr) => mul(lr, factor));
  }
}

const MULTI_STEP = signature('MultiStepLR.__init__', 'optimizer', 'milestones', 'gamma?', 'lastEpoch?').of<
  [optimizer: AnyOptimizer, milestones: Iterable<number>, gamma?: number, lastEpoch?: number]
>();

/**
 * Multiplies the learning rates by `gamma` at each milestone.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.optim.lr_scheduler.MultiStepLR.html
 */
export class MultiStepLR extends LRScheduler {
  /** How often each epoch is a milestone. */
  declare milestones: Map<number, number>;
  declare gamma: number;

  constructor(...args: ArgumentsOf<typeof MULTI_STEP>) {
    const [optimizer, milestones, gamma = 0.1, lastEpoch = -1] = MULTI_STEP.bind(args);
    super(optimizer, null);
    this.milestones = new Map();
    for (const epoch of milestones) this.milestones.set(epoch, (this.milestones.get(epoch) ?? 0) + 1);
    this.gamma = gamma;
    this.begin(lastEpoch);
  }

  override getLr(): Hyperparameter[] {
    this.warnUnlessStepping();
    const times = this.milestones.get(this.lastEpoch);
    if (times === undefined) return this.presentLrs();
    return this.changedLrs((lr) => mul(lr, pow(this.gamma, times)));
  }

  /** @internal */
  override _getClosedFormLr(): Hyperparameter[] {
    let passed = 0;
    for (const [epoch, times] of this.milestones) if (epoch <= this.lastEpoch) passed += times;
    return this.baseLrs.map((lr) => mul(lr, pow(this.gamma, passed)));
  }
}

const CONSTANT = signature('ConstantLR.__init__', 'optimizer', 'factor?', 'totalIters?', 'lastEpoch?').of<
  [optimizer: AnyOptimizer, factor?: number, totalIters?: number, lastEpoch?: number]
>();

/**
 * Multiplies the learning rates by `factor` for the first `totalIters` epochs.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.optim.lr_scheduler.ConstantLR.html
 * @throws ValueError for a factor that is not between 0 and 1.
 */
export class ConstantLR extends LRScheduler {
  declare factor: number;
  declare totalIters: number;

  constructor(...args: ArgumentsOf<typeof CONSTANT>) {
    const [optimizer, factor = 1 / 3, totalIters = 5, lastEpoch = -1] = CONSTANT.bind(args);
    if (factor > 1 || factor < 0) {
      throw new ValueError('Constant multiplicative factor expected to be between 0 and 1.');
    }
    super(optimizer, null);
    this.factor = factor;
    this.totalIters = totalIters;
    this.begin(lastEpoch);
  }

  override getLr(): Hyperparameter[] {
    this.warnUnlessStepping();
    if (this.lastEpoch === 0) return this.changedLrs((lr) => mul(lr, this.factor));
    if (this.lastEpoch !== this.totalIters) return this.presentLrs();
    return this.changedLrs((lr) => mul(lr, 1 / this.factor));
  }

  /** @internal */
  override _getClosedFormLr(): Hyperparameter[] {
    const isOver = this.lastEpoch >= this.totalIters ? 1 : 0;
    return this.baseLrs.map((lr) => mul(lr, this.factor + isOver * (1 - this.factor)));
  }
}
