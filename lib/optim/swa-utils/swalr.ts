/** The scheduler of stochastic weight averaging. */
import { type ArgumentsOf, signature } from '../../arguments';
import { ValueError } from '../../errors';
import { repr } from '../../python-repr';
import { add, div, type Hyperparameter, mul, sub } from '../hyperparameters';
import { cos } from '../libm';
import { type AnyOptimizer, groupsOf, LRScheduler, perGroup } from '../lr-scheduler/scheduler';

const SWALR_PARAMETERS = signature(
  'SWALR.__init__',
  'optimizer',
  'swaLr',
  'annealEpochs?',
  'annealStrategy?',
  'lastEpoch?',
).of<
  [
    optimizer: AnyOptimizer,
    swaLr: Hyperparameter | readonly Hyperparameter[],
    annealEpochs?: number,
    annealStrategy?: 'cos' | 'linear',
    lastEpoch?: number,
  ]
>();

/**
 * Takes the learning rates to `swaLr` in so many epochs, and leaves them there.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.optim.swa_utils.SWALR.html
 * @throws ValueError for an unknown strategy, or epochs that are not whole.
 */
export class SWALR extends LRScheduler {
  /** @internal */
  declare _annealStrategy: 'cos' | 'linear';
  declare annealEpochs: number;

  constructor(...args: ArgumentsOf<typeof SWALR_PARAMETERS>) {
    const [optimizer, swaLr, annealEpochs = 10, annealStrategy = 'cos', lastEpoch = -1] = SWALR_PARAMETERS.bind(args);
    super(optimizer, null);
    const swaLrs = perGroup('swa_lr', optimizer, swaLr);
    groupsOf(optimizer).forEach((group, i) => {
      group.swaLr = swaLrs[i];
    });
    if (!['cos', 'linear'].includes(annealStrategy)) {
      throw new ValueError(`anneal_strategy must be one of 'cos' or 'linear', instead got ${annealStrategy}`);
    }
    this._annealStrategy = annealStrategy;
    if (!Number.isInteger(annealEpochs) || annealEpochs < 0) {
      throw new ValueError(`anneal_epochs must be equal or greater than 0, got ${repr(annealEpochs)}`);
    }
    this.annealEpochs = annealEpochs;
    this.begin(lastEpoch);
  }

  /** How much of the way is gone after a part of the epochs. */
  private anneal(step: number): number {
    const part = Math.max(0, Math.min(1, step / Math.max(1, this.annealEpochs)));
    return this._annealStrategy === 'cos' ? (1 - cos(Math.PI * part)) / 2 : part;
  }

  override getLr(): Hyperparameter[] {
    this.warnUnlessStepping();
    const step = this.annealEpochs === 0 ? Math.max(1, this._stepCount - 1) : this._stepCount - 1;
    const [before, now] = [this.anneal(step - 1), this.anneal(step)];
    return groupsOf(this.optimizer).map((group) => {
      const swaLr = group.swaLr as Hyperparameter;
      // Where the learning rate began, from where it is.
      const first = before === 1 ? swaLr : div(sub(group.lr, mul(before, swaLr)), 1 - before);
      return add(mul(swaLr, now), mul(first, 1 - now));
    });
  }
}
