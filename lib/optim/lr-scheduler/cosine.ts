/** Schedulers along a cosine. */
import { type ArgumentsOf, signature } from '../../arguments';
import { ValueError } from '../../errors';
import { repr } from '../../python-repr';
import { add, div, type Hyperparameter, mul, sub } from '../hyperparameters';
import { cos, log } from '../libm';
import { type AnyOptimizer, type EpochArgument, epochOf, LRScheduler } from './scheduler';

const COSINE = signature('CosineAnnealingLR.__init__', 'optimizer', 'TMax', 'etaMin?', 'lastEpoch?').of<
  [optimizer: AnyOptimizer, TMax: number, etaMin?: number, lastEpoch?: number]
>();

/**
 * Takes the learning rates to `etaMin` in `TMax` epochs, and back in as many.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.optim.lr_scheduler.CosineAnnealingLR.html
 */
export class CosineAnnealingLR extends LRScheduler {
  declare TMax: number;
  declare etaMin: number;

  constructor(...args: ArgumentsOf<typeof COSINE>) {
    const [optimizer, TMax, etaMin = 0, lastEpoch = -1] = COSINE.bind(args);
    super(optimizer, null);
    this.TMax = TMax;
    this.etaMin = etaMin;
    this.begin(lastEpoch);
  }

  override getLr(): Hyperparameter[] {
    this.warnUnlessStepping();
    const { TMax, etaMin, lastEpoch } = this;
    if (this._isInitial) return this.presentLrs();
    if (this._stepCount === 1 && lastEpoch > 0) return this.onCosine((lastEpoch * Math.PI) / TMax);
    if ((lastEpoch - 1 - TMax) % (2 * TMax) === 0) {
      const rise = 1 - cos(Math.PI / TMax);
      return this.changedLrs((lr, i) => add(lr, div(mul(sub(this.baseLrs[i] as Hyperparameter, etaMin), rise), 2)));
    }
    const ratio = (1 + cos((Math.PI * lastEpoch) / TMax)) / (1 + cos((Math.PI * (lastEpoch - 1)) / TMax));
    return this.changedLrs((lr) => add(mul(ratio, sub(lr, etaMin)), etaMin));
  }

  /** @internal */
  override _getClosedFormLr(): Hyperparameter[] {
    return this.onCosine((Math.PI * this.lastEpoch) / this.TMax);
  }

  private onCosine(angle: number): Hyperparameter[] {
    return between(this.etaMin, this.baseLrs, angle);
  }
}

/** Learning rates on the cosine from the initial ones to the least. */
function between(etaMin: number, baseLrs: readonly Hyperparameter[], angle: number): Hyperparameter[] {
  const height = 1 + cos(angle);
  return baseLrs.map((lr) => add(etaMin, div(mul(sub(lr, etaMin), height), 2)));
}

const RESTARTS = signature(
  'CosineAnnealingWarmRestarts.__init__',
  'optimizer',
  'T0',
  'TMult?',
  'etaMin?',
  'lastEpoch?',
).of<[optimizer: AnyOptimizer, T0: number, TMult?: number, etaMin?: number, lastEpoch?: number]>();

/**
 * Takes the learning rates to `etaMin` in `T0` epochs, jumps back, and does so again in `TMult` times as many.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.optim.lr_scheduler.CosineAnnealingWarmRestarts.html
 * @throws ValueError for periods that are not positive and whole.
 */
export class CosineAnnealingWarmRestarts extends LRScheduler {
  declare T0: number;
  /** The epochs of this period. */
  declare TI: number;
  declare TMult: number;
  declare etaMin: number;
  /** The epochs since the period's beginning. */
  declare TCur: number;

  constructor(...args: ArgumentsOf<typeof RESTARTS>) {
    const [optimizer, T0, TMult = 1, etaMin = 0, lastEpoch = -1] = RESTARTS.bind(args);
    if (T0 <= 0 || !Number.isInteger(T0)) throw new ValueError(`Expected positive integer T_0, but got ${repr(T0)}`);
    if (TMult < 1 || !Number.isInteger(TMult)) {
      throw new ValueError(`Expected integer T_mult >= 1, but got ${repr(TMult)}`);
    }
    if (typeof etaMin !== 'number') {
      throw new ValueError(`Expected float or int eta_min, but got ${etaMin} of type ${typeof etaMin}`);
    }
    super(optimizer, null);
    this.T0 = T0;
    this.TI = T0;
    this.TMult = TMult;
    this.etaMin = etaMin;
    this.TCur = lastEpoch;
    this.begin(lastEpoch);
  }

  override getLr(): Hyperparameter[] {
    this.warnUnlessStepping();
    return between(this.etaMin, this.baseLrs, (Math.PI * this.TCur) / this.TI);
  }

  /** Goes on to the next step, or to an epoch, which may be a part of one: `scheduler.step(epoch + batch / batches)`. */
  override step(argument?: EpochArgument): void {
    let epoch = epochOf(argument);
    if (epoch === null && this.lastEpoch < 0) epoch = 0;
    if (epoch === null) {
      epoch = this.lastEpoch + 1;
      this.TCur += 1;
      if (this.TCur >= this.TI) {
        this.TCur %= this.TI;
        this.TI *= this.TMult;
      }
    } else {
      if (epoch < 0) throw new ValueError(`Expected non-negative epoch, but got ${repr(epoch)}`);
      this.goTo(epoch);
    }
    this.lastEpoch = Math.floor(epoch);
    this.setLrs(this.whileStepping(() => this.getLr()));
  }

  private goTo(epoch: number): void {
    const { T0, TMult } = this;
    if (epoch < T0) {
      this.TI = T0;
      this.TCur = epoch;
    } else if (TMult === 1) {
      this.TCur = epoch % T0;
    } else {
      const periods = Math.trunc(log((epoch / T0) * (TMult - 1) + 1, TMult));
      this.TCur = epoch - (T0 * (TMult ** periods - 1)) / (TMult - 1);
      this.TI = T0 * TMult ** periods;
    }
  }
}
