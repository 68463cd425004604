/** Hooks of modules: those that run in a call, and the calls in which they run. */
import { RuntimeError } from '../../errors';
import { isOptions } from '../../ops';
import { typename } from '../../python-repr';
import { Tensor } from '../../tensor';
import type { Module } from '../module';
import { type BackwardHook, BackwardHooks, type BackwardPreHook } from './backward-hooks';
import { HookLists } from './hook-lists';
import type { ModuleState } from './state';

/** Keyword arguments, where a call's last argument is a plain object. */
export type Keywords = Record<string, unknown>;

/** What `registerForwardPreHook` takes. */
export interface ForwardPreHookOptions {
  /** Run it before the hooks that are there. */
  prepend?: boolean;
  /** Give it the keyword arguments: `hook(module, args, kwargs)`, which may return `[args, kwargs]`. */
  withKwargs?: boolean;
}

/** What `registerForwardHook` takes. */
export interface ForwardHookOptions extends ForwardPreHookOptions {
  /** Run it even if the call throws. */
  alwaysCall?: boolean;
}

// biome-ignore lint/suspicious/noExplicitAny: hooks of any module's arguments and results
type Any = any;

/** Sees a call's arguments, and may return others. */
export type ForwardPreHook<M = Module> = (module: M, args: Any[]) => unknown;

/** Sees a call's arguments, keyword arguments apart, and may return both. */
export type ForwardPreHookWithKwargs<M = Module> = (module: M, args: Any[], kwargs: Any) => unknown;

/** Sees a call's arguments and its result, and may return another. */
export type ForwardHook<M = Module> = (module: M, args: Any[], output: Any) => unknown;

/** Sees a call's arguments, keyword arguments apart, and its result, and may return another. */
export type ForwardHookWithKwargs<M = Module> = (module: M, args: Any[], kwargs: Any, output: Any) => unknown;

/** A hook of `forward`, and how it is called. */
export interface CallHook {
  readonly run: (...args: Any[]) => unknown;
  readonly withKwargs: boolean;
  readonly alwaysCall: boolean;
}

/** The hooks that run in a call. */
export interface CallHooks {
  forwardPre: CallHook;
  forward: CallHook;
  backwardPre: BackwardPreHook;
  backward: BackwardHook;
}

/** The hooks of every module: they run before a module's own. */
export const globalHooks = new HookLists<CallHooks>();

/** A hook of `forward` with its options. */
export function callHook(
  run: CallHook['run'],
  { withKwargs = false, alwaysCall = false }: ForwardHookOptions = {},
): CallHook {
  return { run, withKwargs, alwaysCall };
}

/** The global hooks of a kind, then the module's. */
function hooksOf<Kind extends keyof CallHooks>({ hooks }: ModuleState, kind: Kind): readonly CallHooks[Kind][] {
  const general = globalHooks.get(kind);
  return hooks === undefined ? general : [...general, ...hooks.get(kind)];
}

function split(args: unknown[]): [args: unknown[], kwargs: Keywords] {
  const last = args.at(-1);
  return isOptions(last) ? [args.slice(0, -1), last] : [args, {}];
}

function join(args: unknown[], kwargs: Keywords): unknown[] {
  return Object.keys(kwargs).length > 0 ? [...args, kwargs] : args;
}

function runPreHook(module: Module, hook: CallHook, args: unknown[]): unknown[] {
  if (!hook.withKwargs) {
    const changed = hook.run(module, args) ?? args;
    return Array.isArray(changed) ? changed : [changed];
  }
  const changed = hook.run(module, ...split(args)) ?? null;
  if (changed === null) return args;
  if (!Array.isArray(changed) || changed.length !== 2) {
    throw new RuntimeError(
      `forward pre-hook must return None or a tuple of (new_args, new_kwargs), but got ${changed}.`,
    );
  }
  return join(changed[0], changed[1]);
}

function runHook(module: Module, hook: CallHook, args: unknown[], result: unknown): unknown {
  const changed = hook.withKwargs ? hook.run(module, ...split(args), result) : hook.run(module, args, result);
  return changed ?? result;
}

/** The backward hooks of a call, if there are any. */
function backwardHooksOf(state: ModuleState): BackwardHooks | null {
  const [hooks, preHooks] = [hooksOf(state, 'backward'), hooksOf(state, 'backwardPre')];
  return hooks.length + preHooks.length > 0 ? new BackwardHooks(state.module, hooks, preHooks) : null;
}

function watchOutputs(backward: BackwardHooks, result: unknown): unknown {
  if (!(result instanceof Tensor) && !Array.isArray(result)) {
    process.emitWarning(
      'For backward hooks to be called, module output should be a Tensor or a tuple of Tensors but received ' +
        `<class '${typename(result)}'>`,
    );
  }
  return backward.watchOutputs(result);
}

/** Calls a module's forward between its hooks: Python's `Module._call_impl`. */
export function callWithHooks(state: ModuleState, forward: (args: unknown[]) => unknown, given: unknown[]): unknown {
  const { module } = state;
  let args = given;
  let result: unknown;
  const called = new Set<CallHook>();
  try {
    const backward = backwardHooksOf(state);
    for (const hook of hooksOf(state, 'forwardPre')) args = runPreHook(module, hook, args);
    if (backward !== null) {
      const [positional, kwargs] = split(args);
      args = join(backward.watchInputs(positional), kwargs);
    }
    result = forward(args);
    for (const hook of hooksOf(state, 'forward')) {
      called.add(hook);
      result = runHook(module, hook, args, result);
    }
    if (backward !== null) result = watchOutputs(backward, result);
    return result;
  } catch (error) {
    for (const hook of hooksOf(state, 'forward')) {
      if (hook.alwaysCall && !called.has(hook)) result = runSilently(module, hook, args, result);
    }
    throw error;
  }
}

function runSilently(module: Module, hook: CallHook, args: unknown[], result: unknown): unknown {
  try {
    return runHook(module, hook, args, result);
  } catch (error) {
    process.emitWarning(
      'module forward hook with ``always_call=True`` raised an exception that was silenced as another error was ' +
        `raised in forward: ${error instanceof Error ? error.message : error}`,
    );
    return result;
  }
}
