/** How hooks are registered with a module. */
import type { RemovableHandle } from '../../removable-handle';
import type { BackwardHook, BackwardPreHook } from './backward-hooks';
import { HookLists } from './hook-lists';
import {
  callHook,
  type ForwardHook,
  type ForwardHookOptions,
  type ForwardHookWithKwargs,
  type ForwardPreHook,
  type ForwardPreHookOptions,
  type ForwardPreHookWithKwargs,
} from './hooks';
import type { IncompatibleKeys } from './load-state-dict';
import { type ModuleState, STATE } from './state';
import type { LocalMetadata, StateDict } from './state-dict';

/** Runs before a module's state is saved. */
export type StateDictPreHook<M> = (module: M, prefix: string, keepVars: boolean) => void;

/** Runs when a module's state is saved, and may change the dictionary. */
export type StateDictHook<M> = (module: M, stateDict: StateDict, prefix: string, localMetadata: LocalMetadata) => void;

/** Runs before a module's state is loaded, and may change the dictionary and the lists. */
export type LoadStateDictPreHook<M> = (
  module: M,
  stateDict: StateDict,
  prefix: string,
  localMetadata: LocalMetadata,
  strict: boolean,
  missingKeys: string[],
  unexpectedKeys: string[],
  errorMsgs: string[],
) => void;

/** Runs when a module's state is loaded, and may change the lists. */
export type LoadStateDictPostHook<M> = (module: M, incompatibleKeys: IncompatibleKeys) => void;

/** The hooks that run when a module's state is saved or loaded. */
export interface StateHooks {
  saving: StateDictPreHook<unknown>;
  saved: StateDictHook<unknown>;
  loading: LoadStateDictPreHook<unknown>;
  loaded: LoadStateDictPostHook<unknown>;
}

/** The methods of modules that register hooks. */
export abstract class Hookable {
  /** @internal */
  declare readonly [STATE]: ModuleState;

  /**
   * Registers a function that sees the arguments of every call before `forward`, and may return others (an array of
   * them, or one). With `withKwargs` a trailing plain object is given apart; without, it is the last of the arguments.
   *
   * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.Module.html#torch.nn.Module.register_forward_pre_hook
   */
  registerForwardPreHook(
    hook: ForwardPreHookWithKwargs<this>,
    options: ForwardPreHookOptions & { withKwargs: true },
  ): RemovableHandle;
  registerForwardPreHook(hook: ForwardPreHook<this>, options?: ForwardPreHookOptions): RemovableHandle;
  registerForwardPreHook(hook: (...args: never[]) => unknown, options: ForwardPreHookOptions = {}): RemovableHandle {
    return callHooksOf(this).add('forwardPre', callHook(hook as AnyFunction, options), options.prepend);
  }

  /**
   * Registers a function that sees the arguments and the result of every call, and may return another result. With
   * `alwaysCall` it runs even if the call throws.
   *
   * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.Module.html#torch.nn.Module.register_forward_hook
   */
  registerForwardHook(
    hook: ForwardHookWithKwargs<this>,
    options: ForwardHookOptions & { withKwargs: true },
  ): RemovableHandle;
  registerForwardHook(hook: ForwardHook<this>, options?: ForwardHookOptions): RemovableHandle;
  registerForwardHook(hook: (...args: never[]) => unknown, options: ForwardHookOptions = {}): RemovableHandle {
    return callHooksOf(this).add('forward', callHook(hook as AnyFunction, options), options.prepend);
  }

  /**
   * Registers a function that sees the gradients with respect to the results of every call, in an array with null
   * where there is none, and may return an array of others.
   *
   * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.Module.html#torch.nn.Module.register_full_backward_pre_hook
   */
  registerFullBackwardPreHook(hook: BackwardPreHook<this>, options: { prepend?: boolean } = {}): RemovableHandle {
    return callHooksOf(this).add('backwardPre', hook as never, options.prepend);
  }

  /**
   * Registers a function that sees the gradients with respect to the arguments and the results of every call, and may
   * return others for the arguments. The graph of a call lets go of its hooks with a backward pass that does not
   * retain it.
   *
   * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.Module.html#torch.nn.Module.register_full_backward_hook
   */
  registerFullBackwardHook(hook: BackwardHook<this>, options: { prepend?: boolean } = {}): RemovableHandle {
    return callHooksOf(this).add('backward', hook as never, options.prepend);
  }

  /** Registers a function that runs before the module's state is saved by `stateDict`. */
  registerStateDictPreHook(hook: StateDictPreHook<this>): RemovableHandle {
    return stateHooksOf(this).add('saving', hook as StateDictPreHook<unknown>);
  }

  /** Registers a function that runs after the module's state was saved by `stateDict`, and may change what was saved. */
  registerStateDictPostHook(hook: StateDictHook<this>): RemovableHandle {
    return stateHooksOf(this).add('saved', hook as StateDictHook<unknown>);
  }

  /** Registers a function that runs before `loadStateDict` loads the module, and may change what it loads. */
  registerLoadStateDictPreHook(hook: LoadStateDictPreHook<this>): RemovableHandle {
    return stateHooksOf(this).add('loading', hook as LoadStateDictPreHook<unknown>);
  }

  /** Registers a function that runs after `loadStateDict` has loaded the module, and may change the lists of keys. */
  registerLoadStateDictPostHook(hook: LoadStateDictPostHook<this>): RemovableHandle {
    return stateHooksOf(this).add('loaded', hook as LoadStateDictPostHook<unknown>);
  }
}

// biome-ignore lint/suspicious/noExplicitAny: hooks of any module's arguments and results
type AnyFunction = (...args: any[]) => unknown;

/** The hooks of a module's calls, for one to be added. */
export function callHooksOf(module: Hookable): NonNullable<ModuleState['hooks']> {
  module[STATE].hooks ??= new HookLists();
  return module[STATE].hooks;
}

function stateHooksOf(module: Hookable): NonNullable<ModuleState['stateHooks']> {
  module[STATE].stateHooks ??= new HookLists();
  return module[STATE].stateHooks;
}
