/** The scheduler that watches a metric. */
import { type ArgumentsOf, signature } from '../../arguments';
import { RuntimeError, ValueError } from '../../errors';
import type { Tensor } from '../../tensor';
import {
  type AnyOptimizer,
  checkOptimizer,
  groupsOf,
  LRScheduler,
  type SchedulerStateDict,
  setOption,
  valuesOf,
  warnOfEpoch,
} from './scheduler';

const PLATEAU = signature(
  'ReduceLROnPlateau.__init__',
  'optimizer',
  'mode?',
  'factor?',
  'patience?',
  'threshold?',
  'thresholdMode?',
  'cooldown?',
  'minLr?',
  'eps?',
).of<
  [
    optimizer: AnyOptimizer,
    mode?: 'min' | 'max',
    factor?: number,
    patience?: number,
    threshold?: number,
    thresholdMode?: 'rel' | 'abs',
    cooldown?: number,
    minLr?: number | readonly number[],
    eps?: number,
  ]
>();

const STEP = signature('step', 'metrics', 'epoch?').of<[metrics: number | Tensor, epoch?: number | null]>();

/**
 * Multiplies the learning rates by `factor` when a metric has not become better for more than `patience` epochs.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.optim.lr_scheduler.ReduceLROnPlateau.html
 * @throws ValueError for a factor of 1 or more, or an unknown mode.
 */
export class ReduceLROnPlateau extends LRScheduler {
  declare factor: number;
  declare defaultMinLr: number | null;
  declare minLrs: number[];
  declare patience: number;
  declare cooldown: number;
  declare eps: number;
  /** The worst value that there is. */
  declare modeWorse: number;
  declare mode: 'min' | 'max';
  declare threshold: number;
  declare thresholdMode: 'rel' | 'abs';
  /** The best value so far. */
  declare best: number;
  declare cooldownCounter: number;
  declare numBadEpochs: number;

  constructor(...args: ArgumentsOf<typeof PLATEAU>) {
    const [
      optimizer,
      mode = 'min',
      factor = 0.1,
      patience = 10,
      threshold = 1e-4,
      thresholdMode = 'rel',
      cooldown = 0,
      minLr = 0,
      eps = 1e-8,
    ] = PLATEAU.bind(args);
    if (factor >= 1) throw new ValueError('Factor should be < 1.0.');
    checkOptimizer(optimizer);
    super(optimizer, null);
    this.factor = factor;
    const count = optimizer.paramGroups.length;
    const isList = typeof minLr !== 'number';
    if (isList && minLr.length !== count) throw new ValueError(`expected ${count} min_lrs, got ${minLr.length}`);
    this.defaultMinLr = isList ? null : minLr;
    this.minLrs = isList ? [...minLr] : new Array(count).fill(minLr);
    this.patience = patience;
    this.cooldown = cooldown;
    this.eps = eps;
    this.lastEpoch = 0;
    this._lastLr = valuesOf(optimizer, 'lr');
    this.compareBy(mode, threshold, thresholdMode);
    this.best = this.modeWorse;
    this.cooldownCounter = 0;
    this.numBadEpochs = 0;
  }

  private compareBy(mode: 'min' | 'max', threshold: number, thresholdMode: 'rel' | 'abs'): void {
    if (!['min', 'max'].includes(mode)) throw new ValueError(`mode ${mode} is unknown!`);
    if (!['rel', 'abs'].includes(thresholdMode)) throw new ValueError(`threshold mode ${thresholdMode} is unknown!`);
    this.modeWorse = mode === 'min' ? Infinity : -Infinity;
    this.mode = mode;
    this.threshold = threshold;
    this.thresholdMode = thresholdMode;
  }

  /** Takes a metric, and reduces the learning rates if it has not become better for too long. */
  override step(...args: ArgumentsOf<typeof STEP>): void {
    const [metrics, given = null] = STEP.bind(args);
    const current = Number(metrics);
    if (given !== null) warnOfEpoch();
    this.lastEpoch = given ?? this.lastEpoch + 1;
    if (this.isBetter(current, this.best)) {
      this.best = current;
      this.numBadEpochs = 0;
    } else {
      this.numBadEpochs += 1;
    }
    if (this.inCooldown) {
      this.cooldownCounter -= 1;
      this.numBadEpochs = 0;
    }
    if (this.numBadEpochs > this.patience) {
      this.reduceLrs();
      this.cooldownCounter = this.cooldown;
      this.numBadEpochs = 0;
    }
    this._lastLr = valuesOf(this.optimizer, 'lr');
  }

  private reduceLrs(): void {
    const groups = groupsOf(this.optimizer);
    if (groups.length !== this.minLrs.length) {
      if (this.defaultMinLr === null) {
        throw new RuntimeError(
          `The number of param groups in the \`optimizer\` (${groups.length}) differs from when ` +
            `\`ReduceLROnPlateau\` was initialized (${this.minLrs.length}), usually due to a new param group being ` +
            'added to the optimizer. Please modify the `min_lrs` field to match the length of the `optimizer` param ' +
            'groups.',
        );
      }
      this.minLrs = new Array(groups.length).fill(this.defaultMinLr);
    }
    groups.forEach((group, i) => {
      const old = Number(group.lr);
      const reduced = Math.max(old * this.factor, this.minLrs[i] as number);
      if (old - reduced > this.eps) setOption(group, 'lr', reduced);
    });
  }

  /** Whether the scheduler waits after a reduction. */
  get inCooldown(): boolean {
    return this.cooldownCounter > 0;
  }

  private isBetter(value: number, best: number): boolean {
    const { mode, threshold } = this;
    if (this.thresholdMode === 'rel') {
      return mode === 'min' ? value < best * (1 - threshold) : value > best * (threshold + 1);
    }
    return mode === 'min' ? value < best - threshold : value > best + threshold;
  }

  override loadStateDict(stateDict: SchedulerStateDict): void {
    super.loadStateDict(stateDict);
    this.compareBy(this.mode, this.threshold, this.thresholdMode);
  }
}
