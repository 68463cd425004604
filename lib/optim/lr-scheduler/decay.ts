/** Schedulers that change learning rates a little in every epoch. */
import { type ArgumentsOf, signature } from '../../arguments';
import { ValueError } from '../../errors';
import { type Hyperparameter, mul, pow } from '../hyperparameters';
import { type AnyOptimizer, LRScheduler } from './scheduler';

const LINEAR = signature(
  'LinearLR.__init__',
  'optimizer',
  'startFactor?',
  'endFactor?',
  'totalIters?',
  'lastEpoch?',
).of<[optimizer: AnyOptimizer, startFactor?: number, endFactor?: number, totalIters?: number, lastEpoch?: number]>();

/**
 * Goes from one factor of the learning rates to another along a line.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.optim.lr_scheduler.LinearLR.html
 * @throws ValueError for a factor that is not between 0 and 1, or a start at 0.
 */
export class LinearLR extends LRScheduler {
  declare startFactor: number;
  declare endFactor: number;
  declare totalIters: number;

  constructor(...args: ArgumentsOf<typeof LINEAR>) {
    const [optimizer, startFactor = 1 / 3, endFactor = 1, totalIters = 5, lastEpoch = -1] = LINEAR.bind(args);
    if (startFactor > 1 || startFactor <= 0) {
      throw new ValueError('Starting multiplicative factor expected to be greater than 0 and less or equal to 1.');
    }
    if (endFactor > 1 || endFactor < 0) {
      throw new ValueError('Ending multiplicative factor expected to be between 0 and 1.');
    }
    super(optimizer, null);
    this.startFactor = startFactor;
    this.endFactor = endFactor;
    this.totalIters = totalIters;
    this.begin(lastEpoch);
  }

  override getLr(): Hyperparameter[] {
    this.warnUnlessStepping();
    const { startFactor, endFactor, totalIters, lastEpoch } = this;
    if (lastEpoch === 0) return this.changedLrs((lr) => mul(lr, startFactor));
    if (this._isInitial || lastEpoch > totalIters) return this.presentLrs();
    const change = endFactor - startFactor;
    return this.changedLrs((lr) => mul(lr, 1 + change / (totalIters * startFactor + (lastEpoch - 1) * change)));
  }

  /** @internal */
  override _getClosedFormLr(): Hyperparameter[] {
    const { startFactor, endFactor, totalIters, lastEpoch } = this;
    const factor = startFactor + ((endFactor - startFactor) * Math.min(totalIters, lastEpoch)) / totalIters;
    return this.baseLrs.map((lr) => mul(lr, factor));
  }
}

const EXPONENTIAL = signature('ExponentialLR.__init__', 'optimizer', 'gamma', 'lastEpoch?').of<
  [optimizer: AnyOptimizer, gamma: number, lastEpoch?: number]
>();

/**
 * Multiplies the learning rates by `gamma` every epoch.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.optim.lr_scheduler.ExponentialLR.html
 */
export class ExponentialLR extends LRScheduler {
  declare gamma: number;

  constructor(...args: ArgumentsOf<typeof EXPONENTIAL>) {
    const [optimizer, gamma, lastEpoch = -1] = EXPONENTIAL.bind(args);
    super(optimizer, null);
    this.gamma = gamma;
    this.begin(lastEpoch);
  }

  override getLr(): Hyperparameter[] {
    this.warnUnlessStepping();
    return this._isInitial ? this.presentLrs() : this.changedLrs((lr) => mul(lr, this.gamma));
  }

  /** @internal */
  override _getClosedFormLr(): Hyperparameter[] {
    return this.baseLrs.map((lr) => mul(lr, pow(this.gamma, this.lastEpoch)));
  }
}

const POLYNOMIAL = signature('PolynomialLR.__init__', 'optimizer', 'totalIters?', 'power?', 'lastEpoch?').of<
  [optimizer: AnyOptimizer, totalIters?: number, power?: number, lastEpoch?: number]
>();

/**
 * Takes the learning rates to zero in `totalIters` epochs, by a power of what is left of them.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.optim.lr_scheduler.PolynomialLR.html
 */
export class PolynomialLR extends LRScheduler {
  declare totalIters: number;
  declare power: number;

  constructor(...args: ArgumentsOf<typeof POLYNOMIAL>) {
    const [optimizer, totalIters = 5, power = 1, lastEpoch = -1] = POLYNOMIAL.bind(args);
    super(optimizer, null);
    this.totalIters = totalIters;
    this.power = power;
    this.begin(lastEpoch);
  }

  override getLr(): Hyperparameter[] {
    this.warnUnlessStepping();
    const { totalIters, power, lastEpoch } = this;
    if (this._isInitial || lastEpoch > totalIters) return this.presentLrs();
    const factor = pow((1 - lastEpoch / totalIters) / (1 - (lastEpoch - 1) / totalIters), power);
    return this.changedLrs((lr) => mul(lr, factor));
  }

  /** @internal */
  override _getClosedFormLr(): Hyperparameter[] {
    const { totalIters, power, lastEpoch } = this;
    // Python's power binds more strongly than its product.
    const factor = pow(1 - Math.min(totalIters, lastEpoch) / totalIters, power);
    return this.baseLrs.map((lr) => mul(lr, factor));
  }
}
