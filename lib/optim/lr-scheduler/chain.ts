/** Schedulers of schedulers: one after the other, or all at once. */
import { type ArgumentsOf, signature } from '../../arguments';
import { ValueError } from '../../errors';
import type { Hyperparameter } from '../hyperparameters';
import { ReduceLROnPlateau } from './plateau';
import { type AnyOptimizer, groupsOf, LRScheduler, type SchedulerStateDict, setOption, valuesOf } from './scheduler';

/** What both have in common. */
abstract class SchedulerList extends LRScheduler {
  /** @internal */
  declare _schedulers: readonly LRScheduler[];

  protected check(optimizer: AnyOptimizer, schedulers: readonly LRScheduler[], purpose: string): void {
    const { name } = this.constructor;
    if (schedulers.length < 1) {
      throw new ValueError(`${name} expects at least one scheduler${purpose}, but got no scheduler.`);
    }
    for (const [i, scheduler] of schedulers.entries()) {
      if (!(scheduler instanceof LRScheduler)) {
        throw new TypeError(`${name} at index ${i} should have \`optimizer\` as its attribute.`);
      }
      if (scheduler instanceof ReduceLROnPlateau) {
        throw new ValueError(
          `${name} does not support \`ReduceLROnPlateau\` scheduler as it requires additional kwargs to be specified ` +
            `when calling \`step\`, but got one at index ${i} in the given schedulers sequence.`,
        );
      }
      if (optimizer !== scheduler.optimizer) {
        throw new ValueError(
          `${name} expects all schedulers to belong to the same optimizer, but got scheduler ` +
            `${scheduler.constructor.name} at index ${i} has ${scheduler.optimizer}, which is different from ` +
            `${optimizer.constructor.name}.`,
        );
      }
    }
  }

  /** The state, with that of each scheduler. */
  override stateDict(): SchedulerStateDict {
    const { _schedulers: _, ...state } = super.stateDict();
    return { ...state, _schedulers: this._schedulers.map((scheduler) => scheduler.stateDict()) };
  }

  /** Takes the state, and that of each scheduler. */
  override loadStateDict({ _schedulers: states, ...state }: SchedulerStateDict): void {
    super.loadStateDict(state);
    (states as SchedulerStateDict[]).forEach((own, i) => {
      this._schedulers[i]?.loadStateDict(own);
    });
  }
}

const SEQUENTIAL = signature('SequentialLR.__init__', 'optimizer', 'schedulers', 'milestones', 'lastEpoch?').of<
  [optimizer: AnyOptimizer, schedulers: readonly LRScheduler[], milestones: readonly number[], lastEpoch?: number]
>();

/**
 * Schedulers one after the other, each until its milestone.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.optim.lr_scheduler.SequentialLR.html
 * @throws ValueError for schedulers of other optimizers, or a number of milestones that does not fit.
 */
export class SequentialLR extends SchedulerList {
  /** @internal */
  declare _milestones: readonly number[];

  constructor(...args: ArgumentsOf<typeof SEQUENTIAL>) {
    const [optimizer, schedulers, milestones, lastEpoch = -1] = SEQUENTIAL.bind(args);
    super(optimizer, null);
    this.check(optimizer, schedulers, '');
    if (milestones.length !== schedulers.length - 1) {
      throw new ValueError(
        'Sequential Schedulers expects number of schedulers provided to be one more than the number of milestone ' +
          `points, but got number of schedulers ${schedulers.length} and the number of milestones to be equal to ` +
          `${milestones.length}`,
      );
    }
    this._schedulers = schedulers;
    this._milestones = milestones;
    this.lastEpoch = lastEpoch + 1;
    // Each scheduler has made its first step on top of the others': all begin anew, and only the first one steps.
    for (const group of groupsOf(optimizer)) setOption(group, 'lr', group.initialLr as Hyperparameter);
    this.recursiveUndo();
    const first = schedulers[this.placeOf(0)] as LRScheduler;
    first._initialStep();
    this._lastLr = first.getLastLr();
  }

  /** Takes back the last step of a scheduler, and of those in it. */
  recursiveUndo(scheduler: LRScheduler = this): void {
    if (scheduler instanceof SchedulerList) for (const one of scheduler._schedulers) this.recursiveUndo(one);
    else if (scheduler.lastEpoch !== undefined) scheduler.lastEpoch -= 1;
  }

  private placeOf(epoch: number): number {
    return this._milestones.filter((milestone) => milestone <= epoch).length;
  }

  /** Goes on to the next step. */
  override step(): void {
    this.lastEpoch += 1;
    const place = this.placeOf(this.lastEpoch);
    const scheduler = this._schedulers[place] as LRScheduler;
    if (place > 0 && this._milestones[place - 1] === this.lastEpoch) scheduler._updateLr(0);
    else scheduler.step();
    this._lastLr = scheduler.getLastLr();
  }
}

const CHAINED = signature('ChainedScheduler.__init__', 'schedulers', 'optimizer?').of<
  [schedulers: readonly LRScheduler[], optimizer?: AnyOptimizer | null]
>();

/**
 * Schedulers that all step at once.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.optim.lr_scheduler.ChainedScheduler.html
 * @throws ValueError for no schedulers, or some of other optimizers.
 */
export class ChainedScheduler extends SchedulerList {
  constructor(...args: ArgumentsOf<typeof CHAINED>) {
    const [schedulers, given] = CHAINED.bind(args);
    const optimizer = given ?? (schedulers[0]?.optimizer as AnyOptimizer);
    super(optimizer, null);
    this.check(optimizer, schedulers, ' to be chained');
    this._schedulers = schedulers;
    this._lastLr = valuesOf(optimizer, 'lr');
  }

  /** Goes on to the next step. */
  override step(): void {
    for (const scheduler of this._schedulers) scheduler.step();
    this._lastLr = valuesOf(this.optimizer, 'lr');
  }
}
