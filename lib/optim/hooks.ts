/** Hooks of optimizers: around steps, and around state dictionaries. */
import { RuntimeError } from '../errors';
import { isOptions } from '../ops';
import { RemovableHandle } from '../removable-handle';
import type { Optimizer } from './optimizer';
import type { OptimizerStateDict } from './state-dict';

// biome-ignore lint/suspicious/noExplicitAny: hooks of optimizers with any options
type AnyOptimizer = Optimizer<any>;

/**
 * Runs before a step: `args` are those of `step`, the optimizer before them as in Python, `kwargs` those by name. It may
 * return `[args, kwargs]` to be used instead.
 */
export type StepPreHook<O = AnyOptimizer> = (
  optimizer: O,
  args: readonly unknown[],
  kwargs: Record<string, unknown>,
) => unknown;

/** Runs after a step. */
export type StepPostHook<O = AnyOptimizer> = (
  optimizer: O,
  args: readonly unknown[],
  kwargs: Record<string, unknown>,
) => void;

/** Runs before `stateDict`, or after `loadStateDict`. */
export type OptimizerHook<O = AnyOptimizer> = (optimizer: O) => void;

/** Runs after `stateDict` or before `loadStateDict`, and may return another dictionary. */
export type StateDictHook<O = AnyOptimizer> = (optimizer: O, stateDict: OptimizerStateDict) => unknown;

/** Hooks of one kind, in the order in which they run. */
export class HookList<Hook> implements Iterable<Hook> {
  private hooks: readonly Hook[] = [];

  get isEmpty(): boolean {
    return this.hooks.length === 0;
  }

  /** Adds a hook at the end, or at the beginning. */
  add(hook: Hook, prepend = false): RemovableHandle {
    this.hooks = prepend ? [hook, ...this.hooks] : [...this.hooks, hook];
    return new RemovableHandle(() => {
      const place = this.hooks.indexOf(hook);
      this.hooks = this.hooks.filter((_, i) => i !== place);
    });
  }

  [Symbol.iterator](): Iterator<Hook> {
    return this.hooks[Symbol.iterator]();
  }
}

/** The hooks of one optimizer. */
export class OptimizerHooks {
  readonly stepPre = new HookList<StepPreHook>();
  readonly stepPost = new HookList<StepPostHook>();
  readonly stateDictPre = new HookList<OptimizerHook>();
  readonly stateDictPost = new HookList<StateDictHook>();
  readonly loadStateDictPre = new HookList<StateDictHook>();
  readonly loadStateDictPost = new HookList<OptimizerHook>();
}

const allPre = new HookList<StepPreHook>();
const allPost = new HookList<StepPostHook>();

/**
 * Registers a hook that runs before every step of every optimizer.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.optim.optimizer.register_optimizer_step_pre_hook.html
 */
export function registerOptimizerStepPreHook(hook: StepPreHook): RemovableHandle {
  return allPre.add(hook);
}

/**
 * Registers a hook that runs after every step of every optimizer.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.optim.optimizer.register_optimizer_step_post_hook.html
 */
export function registerOptimizerStepPostHook(hook: StepPostHook): RemovableHandle {
  return allPost.add(hook);
}

type Step = (this: AnyOptimizer, ...args: unknown[]) => unknown;

const hooked = new WeakSet<Step>();

/** Makes a class's `step` run the hooks around it, as Python does when the first optimizer of a class is made. */
export function hookStep(prototype: { step: Step }, hooksOf: (optimizer: AnyOptimizer) => OptimizerHooks): void {
  const { step } = prototype;
  if (hooked.has(step)) return;
  const withHooks: Step = function (...given) {
    const { stepPre, stepPost } = hooksOf(this);
    const last = given.at(-1);
    if (stepPre.isEmpty && stepPost.isEmpty && allPre.isEmpty && allPost.isEmpty && !isOptions(last)) {
      return step.apply(this, given);
    }
    let kwargs = isOptions(last) ? last : {};
    let args: readonly unknown[] = [this, ...(isOptions(last) ? given.slice(0, -1) : given)];
    for (const hook of [...allPre, ...stepPre]) {
      const changed: unknown = hook(this, args, kwargs) ?? null;
      if (changed === null) continue;
      if (!Array.isArray(changed) || changed.length !== 2) {
        throw new RuntimeError(`step must return None or a tuple of (new_args, new_kwargs), but got ${changed}.`);
      }
      [args, kwargs] = changed as [typeof args, typeof kwargs];
    }
    const result = step.apply(this, 'closure' in kwargs ? [kwargs.closure] : args.slice(1));
    for (const hook of [...stepPost, ...allPost]) hook(this, args, kwargs);
    return result;
  };
  hooked.add(withHooks);
  prototype.step = withHooks;
}
