/** The scheduler of a single cycle. */
import { type ArgumentsOf, signature } from '../../arguments';
import { ValueError } from '../../errors';
import { repr } from '../../python-repr';
import { add, div, type Hyperparameter, mul, sub } from '../hyperparameters';
import { cos } from '../libm';
import { camelCase } from '../names';
import { beginMomenta, setMomentum, usesBeta1 } from './momentum';
import { type AnyOptimizer, checkOptimizer, type Group, groupsOf, LRScheduler, perGroup } from './scheduler';

const ONE_CYCLE = signature(
  'OneCycleLR.__init__',
  'optimizer',
  'maxLr',
  'totalSteps?',
  'epochs?',
  'stepsPerEpoch?',
  'pctStart?',
  'annealStrategy?',
  'cycleMomentum?',
  'baseMomentum?',
  'maxMomentum?',
  'divFactor?',
  'finalDivFactor?',
  'threePhase?',
  'lastEpoch?',
).of<
  [
    optimizer: AnyOptimizer,
    maxLr: Hyperparameter | readonly Hyperparameter[],
    totalSteps?: number | null,
    epochs?: number | null,
    stepsPerEpoch?: number | null,
    pctStart?: number,
    annealStrategy?: 'cos' | 'linear',
    cycleMomentum?: boolean,
    baseMomentum?: number | readonly number[],
    maxMomentum?: number | readonly number[],
    divFactor?: number,
    finalDivFactor?: number,
    threePhase?: boolean,
    lastEpoch?: number,
  ]
>();

/** A part of the cycle: its last step, and the options of a group, under Python's names, between which it goes. */
interface Phase {
  end_step: number;
  start_lr: string;
  end_lr: string;
  start_momentum: string;
  end_momentum: string;
}

function checkWhole(value: number, name: string): void {
  if (!Number.isInteger(value) || value <= 0) {
    throw new ValueError(`Expected positive integer ${name}, but got ${repr(value)}`);
  }
}

function phasesOf(totalSteps: number, pctStart: number, threePhase: boolean): Phase[] {
  const phase = (end_step: number, lrs: [string, string], momenta: [string, string]): Phase => ({
    end_step,
    start_lr: lrs[0],
    end_lr: lrs[1],
    start_momentum: momenta[0],
    end_momentum: momenta[1],
  });
  const up = phase(pctStart * totalSteps - 1, ['initial_lr', 'max_lr'], ['max_momentum', 'base_momentum']);
  if (!threePhase) {
    return [up, phase(totalSteps - 1, ['max_lr', 'min_lr'], ['base_momentum', 'max_momentum'])];
  }
  return [
    up,
    phase(2 * pctStart * totalSteps - 2, ['max_lr', 'initial_lr'], ['base_momentum', 'max_momentum']),
    phase(totalSteps - 1, ['initial_lr', 'min_lr'], ['max_momentum', 'max_momentum']),
  ];
}

/**
 * Takes the learning rates up to `maxLr` and down to nearly nothing, batch by batch, and the momentum the other way.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.optim.lr_scheduler.OneCycleLR.html
 * @throws ValueError where the number of steps is not given, or an option is out of its range; and by `step` after the
 *   last one.
 */
export class OneCycleLR extends LRScheduler {
  declare totalSteps: number;
  /** @internal */
  declare _schedulePhases: Phase[];
  /** @internal */
  declare _annealFuncType: 'cos' | 'linear';
  declare cycleMomentum: boolean;
  declare useBeta1: boolean;

  constructor(...args: ArgumentsOf<typeof ONE_CYCLE>) {
    const [
      optimizer,
      maxLr,
      totalSteps = null,
      epochs = null,
      stepsPerEpoch = null,
      pctStart = 0.3,
      annealStrategy = 'cos',
      cycleMomentum = true,
      baseMomentum = 0.85,
      maxMomentum = 0.95,
      divFactor = 25,
      finalDivFactor = 1e4,
      threePhase = false,
      lastEpoch = -1,
    ] = ONE_CYCLE.bind(args);
    checkOptimizer(optimizer);
    super(optimizer, null);
    if (totalSteps !== null) {
      checkWhole(totalSteps, 'total_steps');
      this.totalSteps = totalSteps;
    } else if (epochs !== null && stepsPerEpoch !== null) {
      checkWhole(epochs, 'epochs');
      checkWhole(stepsPerEpoch, 'steps_per_epoch');
      this.totalSteps = epochs * stepsPerEpoch;
    } else {
      throw new ValueError('You must define either total_steps OR (epochs AND steps_per_epoch)');
    }
    this._schedulePhases = phasesOf(this.totalSteps, pctStart, threePhase);
    if (!(pctStart >= 0 && pctStart <= 1)) {
      throw new ValueError(`Expected float between 0 and 1 pct_start, but got ${repr(pctStart)}`);
    }
    if (!['cos', 'linear'].includes(annealStrategy)) {
      throw new ValueError(`anneal_strategy must be one of 'cos' or 'linear', instead got ${annealStrategy}`);
    }
    this._annealFuncType = annealStrategy;
    const maxLrs = perGroup('max_lr', optimizer, maxLr);
    if (lastEpoch === -1) {
      groupsOf(optimizer).forEach((group, i) => {
        const initialLr = div(maxLrs[i] as Hyperparameter, divFactor);
        Object.assign(group, { initialLr, maxLr: maxLrs[i], minLr: div(initialLr, finalDivFactor) });
      });
    }
    this.cycleMomentum = cycleMomentum;
    if (cycleMomentum) {
      this.useBeta1 = usesBeta1(optimizer);
      const largest = perGroup('max_momentum', optimizer, maxMomentum);
      const base = perGroup('base_momentum', optimizer, baseMomentum);
      if (lastEpoch === -1) beginMomenta(optimizer, base, largest, this.useBeta1);
    }
    this.begin(lastEpoch);
  }

  private anneal(start: Hyperparameter, end: Hyperparameter, part: number): Hyperparameter {
    if (this._annealFuncType === 'linear') return add(mul(sub(end, start), part), start);
    return add(end, mul(div(sub(start, end), 2), cos(Math.PI * part) + 1));
  }

  /** The learning rates of this step. Sets the momenta as well. */
  override getLr(): Hyperparameter[] {
    this.warnUnlessStepping();
    const step = this.lastEpoch;
    if (step > this.totalSteps) {
      throw new ValueError(`Tried to step ${step} times. The specified number of total steps is ${this.totalSteps}`);
    }
    const phases = this._schedulePhases;
    const found = phases.findIndex(({ end_step }) => step <= end_step);
    const place = found < 0 ? phases.length - 1 : found;
    const phase = phases[place] as Phase;
    const start = place === 0 ? 0 : (phases[place - 1] as Phase).end_step;
    const part = (step - start) / (phase.end_step - start);
    const option = (group: Group, name: string): Hyperparameter => group[camelCase(name)] as Hyperparameter;
    return groupsOf(this.optimizer).map((group) => {
      const lr = this.anneal(option(group, phase.start_lr), option(group, phase.end_lr), part);
      if (this.cycleMomentum) {
        const [from, to] = [option(group, phase.start_momentum), option(group, phase.end_momentum)];
        setMomentum(group, this.anneal(from, to, part), this.useBeta1);
      }
      return lr;
    });
  }
}
