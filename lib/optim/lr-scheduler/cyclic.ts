/** The scheduler that goes up and down. */
import { type ArgumentsOf, signature } from '../../arguments';
import { ValueError } from '../../errors';
import { add, type Hyperparameter, mul, pow, sub } from '../hyperparameters';
import { beginMomenta, setMomentum, usesBeta1 } from './momentum';
import {
  type AnyOptimizer,
  checkOptimizer,
  groupsOf,
  LRScheduler,
  perGroup,
  type SchedulerStateDict,
  setOption,
} from './scheduler';

/** How the height of cycles changes. */
export type CyclicMode = 'triangular' | 'triangular2' | 'exp_range';

const CYCLIC = signature(
  'CyclicLR.__init__',
  'optimizer',
  'baseLr',
  'maxLr',
  'stepSizeUp?',
  'stepSizeDown?',
  'mode?',
  'gamma?',
  'scaleFn?',
  'scaleMode?',
  'cycleMomentum?',
  'baseMomentum?',
  'maxMomentum?',
  'lastEpoch?',
).of<
  [
    optimizer: AnyOptimizer,
    baseLr: Hyperparameter | readonly Hyperparameter[],
    maxLr: Hyperparameter | readonly Hyperparameter[],
    stepSizeUp?: number,
    stepSizeDown?: number | null,
    mode?: CyclicMode,
    gamma?: number,
    scaleFn?: ((x: number) => number) | null,
    scaleMode?: 'cycle' | 'iterations',
    cycleMomentum?: boolean,
    baseMomentum?: number | readonly number[],
    maxMomentum?: number | readonly number[],
    lastEpoch?: number,
  ]
>();

/**
 * Takes the learning rates from `baseLr` to `maxLr` and back, batch by batch, and the momentum the other way.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.optim.lr_scheduler.CyclicLR.html
 * @throws ValueError for an unknown mode, or an optimizer without momentum where that is to cycle.
 */
export class CyclicLR extends LRScheduler {
  declare maxLrs: Hyperparameter[];
  /** The steps of a cycle. */
  declare totalSize: number;
  /** The part of them that goes up. */
  declare stepRatio: number;
  declare mode: CyclicMode;
  declare gamma: number;
  /** @internal */
  declare _scaleFnCustom: ((x: number) => number) | null;
  declare scaleMode: 'cycle' | 'iterations';
  declare cycleMomentum: boolean;
  declare useBeta1: boolean;
  declare baseMomentums: Hyperparameter[];
  declare maxMomentums: Hyperparameter[];

  constructor(...args: ArgumentsOf<typeof CYCLIC>) {
    const [
      optimizer,
      baseLr,
      maxLr,
      stepSizeUp = 2000,
      stepSizeDown = null,
      mode = 'triangular',
      gamma = 1,
      scaleFn = null,
      scaleMode = 'cycle',
      cycleMomentum = true,
      baseMomentum = 0.8,
      maxMomentum = 0.9,
      lastEpoch = -1,
    ] = CYCLIC.bind(args);
    checkOptimizer(optimizer);
    super(optimizer, null);
    const baseLrs = perGroup('base_lr', optimizer, baseLr);
    if (lastEpoch === -1) {
      groupsOf(optimizer).forEach((group, i) => {
        setOption(group, 'lr', baseLrs[i] as Hyperparameter);
      });
    }
    this.maxLrs = perGroup('max_lr', optimizer, maxLr);
    this.totalSize = stepSizeUp + (stepSizeDown ?? stepSizeUp);
    this.stepRatio = stepSizeUp / this.totalSize;
    if (!['triangular', 'triangular2', 'exp_range'].includes(mode) && scaleFn === null) {
      throw new ValueError('mode is invalid and scale_fn is None');
    }
    this.mode = mode;
    this.gamma = gamma;
    this._scaleFnCustom = scaleFn;
    this.scaleMode = scaleFn !== null ? scaleMode : mode === 'exp_range' ? 'iterations' : 'cycle';
    this.cycleMomentum = cycleMomentum;
    if (cycleMomentum) {
      this.useBeta1 = usesBeta1(optimizer);
      this.baseMomentums = perGroup('base_momentum', optimizer, baseMomentum);
      this.maxMomentums = perGroup('max_momentum', optimizer, maxMomentum);
      if (lastEpoch === -1) beginMomenta(optimizer, this.baseMomentums, this.maxMomentums, this.useBeta1);
    }
    this.begin(lastEpoch);
    this.baseLrs = baseLrs;
  }

  /** The height of a cycle, or of a step, by its number. */
  scaleFn(x: number): number {
    if (this._scaleFnCustom !== null) return this._scaleFnCustom(x);
    if (this.mode === 'triangular') return 1;
    return this.mode === 'triangular2' ? 1 / 2 ** (x - 1) : (pow(this.gamma, x) as number);
  }

  /** The learning rates of this step. Sets the momenta as well. */
  override getLr(): Hyperparameter[] {
    this.warnUnlessStepping();
    const cycle = Math.floor(1 + this.lastEpoch / this.totalSize);
    const x = 1 + this.lastEpoch / this.totalSize - cycle;
    const factor = x <= this.stepRatio ? x / this.stepRatio : (x - 1) / (this.stepRatio - 1);
    const height = this.scaleFn(this.scaleMode === 'cycle' ? cycle : this.lastEpoch);
    const above = (low: Hyperparameter, high: Hyperparameter): Hyperparameter =>
      mul(mul(sub(high, low), factor), height);
    const lrs = this.baseLrs.map((low, i) => add(low, above(low, this.maxLrs[i] as Hyperparameter)));
    if (this.cycleMomentum) {
      groupsOf(this.optimizer).forEach((group, i) => {
        const [low, high] = [this.baseMomentums[i], this.maxMomentums[i]] as [Hyperparameter, Hyperparameter];
        setMomentum(group, sub(high, above(low, high)), this.useBeta1);
      });
    }
    return lrs;
  }

  /** The state, without a function of one's own. */
  override stateDict(): SchedulerStateDict {
    const { _scale_fn_custom: _, ...state } = super.stateDict();
    return { ...state, _scale_fn_custom: null };
  }

  /** Takes the state, but for a function. */
  override loadStateDict({ _scale_fn_custom: _, ...state }: SchedulerStateDict): void {
    super.loadStateDict(state);
  }
}
