/** Hooks of every module: `torch.nn.modules.module`. */
import type { RemovableHandle } from '../../removable-handle';
import type { Tensor } from '../../tensor';
import type { Module } from '../module';
import type { Parameter } from '../parameter';
import type { BackwardHook, BackwardPreHook } from './backward-hooks';
import { HookLists } from './hook-lists';
import { callHook, type ForwardHook, type ForwardHookWithKwargs, type ForwardPreHook, globalHooks } from './hooks';

/** Sees what is registered, and may return what is to be registered in its place. */
export type RegistrationHook<T> = (module: Module, name: string, value: T) => unknown;

/** The hooks of registration. */
export const registrationHooks = new HookLists<{
  buffer: RegistrationHook<Tensor | null>;
  parameter: RegistrationHook<Parameter | null>;
  module: RegistrationHook<Module | null>;
}>();

/** Registers a hook of every `registerBuffer`. It may return another buffer. */
export function registerModuleBufferRegistrationHook(hook: RegistrationHook<Tensor | null>): RemovableHandle {
  return registrationHooks.add('buffer', hook);
}

/** Registers a hook of every `registerModule`. It may return another module. */
export function registerModuleModuleRegistrationHook(hook: RegistrationHook<Module | null>): RemovableHandle {
  return registrationHooks.add('module', hook);
}

/** Registers a hook of every `registerParameter`. It may return another parameter. */
export function registerModuleParameterRegistrationHook(hook: RegistrationHook<Parameter | null>): RemovableHandle {
  return registrationHooks.add('parameter', hook);
}

/**
 * Registers a hook that runs before `forward` of every module, before the module's own.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.modules.module.register_module_forward_pre_hook.html
 */
export function registerModuleForwardPreHook(hook: ForwardPreHook): RemovableHandle {
  return globalHooks.add('forwardPre', callHook(hook));
}

/**
 * Registers a hook that runs after `forward` of every module, before the module's own.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.modules.module.register_module_forward_hook.html
 */
export function registerModuleForwardHook(
  hook: ForwardHookWithKwargs,
  options: { withKwargs: true; alwaysCall?: boolean },
): RemovableHandle;
export function registerModuleForwardHook(
  hook: ForwardHook,
  options?: { withKwargs?: false; alwaysCall?: boolean },
): RemovableHandle;
export function registerModuleForwardHook(
  hook: (...args: never[]) => unknown,
  options: { withKwargs?: boolean; alwaysCall?: boolean } = {},
): RemovableHandle {
  return globalHooks.add('forward', callHook(hook as (...args: unknown[]) => unknown, options));
}

/**
 * Registers a hook that sees the gradients at the results of every module.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.modules.module.register_module_full_backward_pre_hook.html
 */
export function registerModuleFullBackwardPreHook(hook: BackwardPreHook): RemovableHandle {
  return globalHooks.add('backwardPre', hook);
}

/**
 * Registers a hook that sees the gradients at the arguments and results of every module.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.modules.module.register_module_full_backward_hook.html
 */
export function registerModuleFullBackwardHook(hook: BackwardHook): RemovableHandle {
  return globalHooks.add('backward', hook);
}
