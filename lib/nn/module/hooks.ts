/** Forward hooks of modules, and the calls in which they run. */
import { RuntimeError } from '../../errors';
import { isOptions } from '../../ops';
import { RemovableHandle } from '../../removable-handle';
import type { Module } from '../module';
import type { ModuleState } from './state';

export { RemovableHandle };

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

interface Hook {
  readonly run: (...args: Any[]) => unknown;
  readonly withKwargs: boolean;
  readonly alwaysCall: boolean;
}

/** A module's hooks, in the order in which they run. */
export interface ModuleHooks {
  forwardPre: Hook[];
  forward: Hook[];
}

/** Adds a hook of one kind. */
export function addHook(
  state: ModuleState,
  kind: keyof ModuleHooks,
  run: Hook['run'],
  { prepend = false, withKwargs = false, alwaysCall = false }: ForwardHookOptions,
): RemovableHandle {
  const hook: Hook = { run, withKwargs, alwaysCall };
  const hooks = state.hooks ?? { forwardPre: [], forward: [] };
  state.hooks = { ...hooks, [kind]: prepend ? [hook, ...hooks[kind]] : [...hooks[kind], hook] };
  return new RemovableHandle(() => removeHook(state, kind, hook));
}

function removeHook(state: ModuleState, kind: keyof ModuleHooks, hook: Hook): void {
  if (state.hooks === undefined) return;
  const hooks = { ...state.hooks, [kind]: state.hooks[kind].filter((other) => other !== hook) };
  state.hooks = hooks.forwardPre.length + hooks.forward.length > 0 ? hooks : undefined;
}

function split(args: unknown[]): [args: unknown[], kwargs: Keywords] {
  const last = args.at(-1);
  return isOptions(last) ? [args.slice(0, -1), last] : [args, {}];
}

function join(args: unknown[], kwargs: Keywords): unknown[] {
  return Object.keys(kwargs).length > 0 ? [...args, kwargs] : args;
}

function runPreHook(module: Module, hook: Hook, args: unknown[]): unknown[] {
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

function runHook(module: Module, hook: Hook, args: unknown[], result: unknown): unknown {
  const changed = hook.withKwargs ? hook.run(module, ...split(args), result) : hook.run(module, args, result);
  return changed ?? result;
}

/** Calls a module's forward between its hooks: Python's `Module._call_impl`. */
export function callWithHooks(
  { module, hooks }: ModuleState,
  forward: (args: unknown[]) => unknown,
  given: unknown[],
): unknown {
  let args = given;
  let result: unknown;
  const called = new Set<Hook>();
  try {
    for (const hook of hooks?.forwardPre ?? []) args = runPreHook(module, hook, args);
    result = forward(args);
    for (const hook of hooks?.forward ?? []) {
      called.add(hook);
      result = runHook(module, hook, args, result);
    }
    return result;
  } catch (error) {
    for (const hook of hooks?.forward ?? []) {
      if (hook.alwaysCall && !called.has(hook)) result = runSilently(module, hook, args, result);
    }
    throw error;
  }
}

function runSilently(module: Module, hook: Hook, args: unknown[], result: unknown): unknown {
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
