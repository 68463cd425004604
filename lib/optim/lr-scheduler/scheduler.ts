/** `LRScheduler`: the base class of all schedulers, which set the learning rates of an optimizer's groups. */

import { KeyError, NotImplementedError, ValueError } from '../../errors';
import { keep } from '../../memory/scope';
import { isOptions } from '../../ops';
import { typename } from '../../python-repr';
import { Tensor } from '../../tensor';
import { type Hyperparameter, withoutDimensions } from '../hyperparameters';
import { camelCase, snakeCase } from '../names';
import { Optimizer } from '../optimizer';

// biome-ignore lint/suspicious/noExplicitAny: schedulers of optimizers with any options
export type AnyOptimizer = Optimizer<any>;

/** An optimizer's group as schedulers see it. */
export type Group = Record<string, unknown> & { lr: Hyperparameter };

/** A scheduler's state under Python's names. */
export type SchedulerStateDict = Record<string, unknown>;

/** What a scheduler warns of whose `step` is given an epoch. */
export const EPOCH_DEPRECATION_WARNING =
  'The epoch parameter in `scheduler.step()` was not necessary and is being deprecated where possible. Please use ' +
  '`scheduler.step()` to step the scheduler. During the deprecation, if epoch is different from None, the closed form ' +
  'is used instead of the new chainable form, where available. Please open an issue if you are unable to replicate ' +
  'your use case: https://github.com/pytorch/pytorch/issues/new/choose.';

const HOW_TO_ADJUST = 'See more details at https://pytorch.org/docs/stable/optim.html#how-to-adjust-learning-rate';

/** Optimizers whose `step` has been called since they have a scheduler, and the `step`s that tell. */
const stepped = new WeakSet<object>();
const tellingSteps = new WeakSet<object>();

/** Makes an optimizer tell when it is stepped. */
function watchSteps(optimizer: AnyOptimizer): void {
  if (tellingSteps.has(optimizer.step)) return;
  const { step } = optimizer;
  const telling = function (this: AnyOptimizer, ...args: unknown[]): unknown {
    stepped.add(optimizer);
    return step.apply(optimizer, args as never);
  };
  tellingSteps.add(telling);
  Object.defineProperty(optimizer, 'step', { value: telling, writable: true, configurable: true });
}

/** The values of an option in all groups; tensors are copied. */
export function valuesOf(optimizer: AnyOptimizer, name: string): Hyperparameter[] {
  return groupsOf(optimizer).map((group) => copyOf(group[name] as Hyperparameter));
}

/** The groups of an optimizer. */
export function groupsOf(optimizer: AnyOptimizer): Group[] {
  return optimizer.paramGroups as unknown as Group[];
}

function copyOf(value: Hyperparameter): Hyperparameter {
  return value instanceof Tensor ? keep(value.clone()) : value;
}

/** Sets an option; a tensor that is there is filled. */
export function setOption(group: Group, name: string, value: Hyperparameter): void {
  const there = group[name];
  if (there instanceof Tensor) there.fill_(withoutDimensions(value));
  else group[name] = value;
}

/** A value for each group: those of a list, or one for all. */
export function perGroup(
  name: string,
  optimizer: AnyOptimizer,
  value: Hyperparameter | readonly Hyperparameter[],
): Hyperparameter[] {
  const count = optimizer.paramGroups.length;
  if (!Array.isArray(value)) return Array.from({ length: count }, () => copyOf(value as Hyperparameter));
  if (value.length !== count) {
    throw new ValueError(
      `${name} must have the same length as optimizer.param_groups. ${name} has ${value.length} values, ` +
        `param_groups has ${count}.`,
    );
  }
  return value.map(copyOf);
}

/** Throws a TypeError for what is no optimizer. */
export function checkOptimizer(value: unknown): void {
  if (!(value instanceof Optimizer)) throw new TypeError(`${typename(value)} is not an Optimizer`);
}

/** Warns that an epoch is given. */
export function warnOfEpoch(): void {
  process.emitWarning(EPOCH_DEPRECATION_WARNING);
}

/** An epoch, by position or by name. */
export type EpochArgument = number | null | { epoch?: number | null };

/** The epoch that is meant. */
export function epochOf(argument: EpochArgument | undefined): number | null {
  return (isOptions(argument) ? argument.epoch : (argument as number | null | undefined)) ?? null;
}

/**
 * The base class of all schedulers. A subclass gives the learning rates of all groups in `getLr`.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.optim.lr_scheduler.LRScheduler.html
 */
export class LRScheduler {
  readonly optimizer: AnyOptimizer;
  /** The learning rates of the groups at the beginning. */
  declare baseLrs: Hyperparameter[];
  /** The number of steps made; -1 before the first. */
  declare lastEpoch: number;
  /** @internal */
  declare _stepCount: number;
  /** @internal Whether this is the step that the constructor makes. */
  declare _isInitial: boolean | undefined;
  /** @internal */
  declare _getLrCalledWithinStep: boolean | undefined;
  /** @internal */
  declare _lastLr: Hyperparameter[];

  /**
   * @param lastEpoch Where to go on, -1 for the beginning; null leaves the first step to `begin`, which a subclass calls
   *   once its own fields are set.
   * @throws TypeError for what is no optimizer; KeyError where one that goes on has no `initialLr` in its groups.
   */
  constructor(optimizer: AnyOptimizer, lastEpoch: number | null = -1) {
    this.optimizer = optimizer;
    if (lastEpoch !== null) this.begin(lastEpoch);
  }

  /** Notes where the learning rates begin, and makes the first step: Python's base constructor. */
  protected begin(lastEpoch: number): void {
    checkOptimizer(this.optimizer);
    groupsOf(this.optimizer).forEach((group, i) => {
      if (lastEpoch === -1) {
        if (group.initialLr === undefined) group.initialLr = copyOf(group.lr);
      } else if (group.initialLr === undefined) {
        throw new KeyError(
          `param 'initial_lr' is not specified in param_groups[${i}] when resuming scheduler with last_epoch >= 0.\n` +
            "This typically happens when:\n1. You're trying to resume training from a checkpoint but haven't properly " +
            "loaded the optimizer state\n2. You're using last_epoch >= 0 for a fresh training run (not recommended)",
        );
      }
    });
    this.baseLrs = valuesOf(this.optimizer, 'initialLr');
    this.lastEpoch = lastEpoch;
    watchSteps(this.optimizer);
    this._initialStep();
  }

  /** @internal Makes the first step. */
  _initialStep(): void {
    this._stepCount = 0;
    this._isInitial = true;
    try {
      this.step();
    } finally {
      this._isInitial = false;
    }
  }

  /**
   * The state under Python's names: everything but the optimizer.
   *
   * @see https://docs.pytorch.org/docs/2.13/generated/torch.optim.lr_scheduler.LRScheduler.html
   */
  stateDict(): SchedulerStateDict {
    const own = Object.entries(this).filter(([name, value]) => name !== 'optimizer' && typeof value !== 'function');
    return Object.fromEntries(own.map(([name, value]) => [snakeCase(name), value]));
  }

  /** Takes the state from a dictionary of `stateDict`. */
  loadStateDict(stateDict: SchedulerStateDict): void {
    for (const [name, value] of Object.entries(stateDict)) (this as Record<string, unknown>)[camelCase(name)] = value;
  }

  /** The learning rates that the last step has set. */
  getLastLr(): Hyperparameter[] {
    return this._lastLr;
  }

  /** The learning rates of this step, from those of the last one; what `step` calls. */
  getLr(): Hyperparameter[] {
    throw new NotImplementedError('');
  }

  /** @internal The learning rates of this step, from its number alone. */
  _getClosedFormLr?(): Hyperparameter[];

  /**
   * Goes on to the next step, or with an epoch, which is deprecated, to that one.
   *
   * Warns if the optimizer has not been stepped before.
   */
  // biome-ignore lint/suspicious/noExplicitAny: subclasses take other arguments, as in Python
  step(...args: any[]): void {
    const epoch = epochOf(args[0] as EpochArgument | undefined);
    if (this._stepCount === 1) {
      if (!tellingSteps.has(this.optimizer.step)) {
        process.emitWarning(
          'Seems like `optimizer.step()` has been overridden after learning rate scheduler initialization. Please, ' +
            `make sure to call \`optimizer.step()\` before \`lr_scheduler.step()\`. ${HOW_TO_ADJUST}`,
        );
      } else if (!stepped.has(this.optimizer)) {
        process.emitWarning(
          'Detected call of `lr_scheduler.step()` before `optimizer.step()`. In PyTorch 1.1.0 and later, you should ' +
            'call them in the opposite order: `optimizer.step()` before `lr_scheduler.step()`.  Failure to do this will ' +
            `result in PyTorch skipping the first value of the learning rate schedule. ${HOW_TO_ADJUST}`,
        );
      }
    }
    this._stepCount += 1;
    if (epoch !== null) warnOfEpoch();
    this._updateLr(epoch);
  }

  /** @internal Sets the learning rates of the next step, or of an epoch. */
  _updateLr(epoch: number | null = null): void {
    this.lastEpoch = epoch ?? this.lastEpoch + 1;
    const values = this.whileStepping(() =>
      epoch !== null && this._getClosedFormLr !== undefined ? this._getClosedFormLr() : this.getLr(),
    );
    this.setLrs(values);
  }

  /** Calls `getLr` without its warning. */
  protected whileStepping<T>(body: () => T): T {
    this._getLrCalledWithinStep = true;
    try {
      return body();
    } finally {
      this._getLrCalledWithinStep = false;
    }
  }

  /** Sets the learning rates of the groups. */
  protected setLrs(values: readonly Hyperparameter[]): void {
    groupsOf(this.optimizer).forEach((group, i) => {
      setOption(group, 'lr', values[i] as Hyperparameter);
    });
    this._lastLr = valuesOf(this.optimizer, 'lr');
  }

  /** Warns where `getLr` is called by somebody else than `step`. */
  protected warnUnlessStepping(): void {
    if (this._getLrCalledWithinStep) return;
    process.emitWarning('To get the last learning rate computed by the scheduler, please use `get_last_lr()`.');
  }

  /** The learning rates as they are. */
  protected presentLrs(): Hyperparameter[] {
    return valuesOf(this.optimizer, 'lr');
  }

  /** The learning rates, changed. */
  protected changedLrs(change: (lr: Hyperparameter, i: number) => Hyperparameter): Hyperparameter[] {
    return groupsOf(this.optimizer).map(({ lr }, i) => change(lr, i));
  }
}
