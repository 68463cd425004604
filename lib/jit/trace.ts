/** `torch.jit.trace`: programs recorded from what functions and modules of tsorch do. */
import { Signature } from '../arguments';
import { AttributeError } from '../errors';
import { type NativeResult, native } from '../native';
import { Module } from '../nn/module';
import { registerModuleForwardHook, registerModuleForwardPreHook } from '../nn/module/global-hooks';
import { isOptions } from '../ops';
import { warn } from '../warnings';
import { checkTrace } from './check-trace';
import { parameterNames } from './parameter-names';
import { ScriptFunction } from './script-function';
import { ScriptModule } from './script-module';
import { argumentsOf, copied, type Example, type ExampleInputs, exampleOf } from './trace-example';
import { nativeModuleOf, scopesOf } from './traced-module';
import { fromNative, toInferred } from './values';

// biome-ignore lint/suspicious/noExplicitAny: any function can be traced
type Callable = (...args: any[]) => unknown;

/** How a program is traced and checked. */
export interface TraceOptions {
  /** Whether to run the program, the function and a second trace, and to compare them. */
  checkTrace?: boolean;
  /** Other inputs to check with. */
  checkInputs?: readonly ExampleInputs[] | null;
  /** The relative tolerance of the check. */
  checkTolerance?: number;
  /** Whether to refuse dictionaries among what is returned, which could change with the inputs. */
  strict?: boolean;
  /** Keyword arguments in place of `exampleInputs`: the function gets them as its one argument, a plain object. */
  exampleKwargInputs?: Readonly<Record<string, unknown>> | null;
}

const TRACE = new Signature(
  'trace',
  [
    'func',
    'exampleInputs?',
    'optimize?',
    'checkTrace?',
    'checkInputs?',
    'checkTolerance?',
    'strict?',
    'exampleKwargInputs?',
  ],
  7,
).of<
  [
    func: Module | Callable,
    exampleInputs?: ExampleInputs,
    optimize?: null,
    checkTrace?: boolean,
    checkInputs?: readonly ExampleInputs[] | null,
    checkTolerance?: number,
    strict?: boolean,
    exampleKwargInputs?: Readonly<Record<string, unknown>> | null,
  ]
>();

/**
 * Runs a function or a module once with example inputs and makes a TorchScript program of the operators that were
 * called: one that LibTorch runs by itself, and that Python loads. What is not a call of an operator is frozen as it
 * was: control flow, numbers taken from tensors (`item()` says so with a TracerWarning) and, other than in Python, sizes
 * read from `shape`. Arrays among inputs and results are tuples, plain objects and Maps dictionaries.
 *
 * @param func A function, or a module, whose parameters, buffers and children become those of the program.
 * @param exampleInputs A tensor, or a list of arguments.
 * @param options See `TraceOptions`.
 * @returns A ScriptModule for a module, a ScriptFunction for a function.
 * @throws TracingCheckError if a second run records something else, RuntimeError for what cannot be traced.
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.jit.trace.html
 */
export function trace(func: Module, exampleInputs: ExampleInputs, options?: TraceOptions): ScriptModule;
export function trace(func: Module, options: TraceOptions): ScriptModule;
export function trace(func: Callable, exampleInputs: ExampleInputs, options?: TraceOptions): ScriptFunction;
export function trace(func: Callable, options: TraceOptions): ScriptFunction;
export function trace(...given: unknown[]): ScriptModule | ScriptFunction {
  const [func, inputs, , check = true, checkInputs = null, tolerance = 1e-5, strict = true, kwargs = null] = TRACE.bind(
    given as Parameters<typeof TRACE.bind>[0],
  );
  const example = exampleOf(inputs, kwargs);
  const checks = (checkInputs ?? []).map((one) => exampleOf(one, null));
  if (func instanceof Module) return traceMethods(func, { forward: example }, { check, tolerance, strict, checks });
  const traced = recordFunction(func, example, strict);
  if (check) {
    for (const one of checks.length > 0 ? checks : [example]) {
      checkTrace(func, traced, recordFunction(func, copied(one), strict), one, tolerance);
    }
  }
  return traced;
}

/** The function as the addon calls it: with a list of native values. */
function runnerOf(func: Callable, { names }: Example): (values: NativeResult[]) => unknown {
  return (values) => {
    const result = func(...argumentsOf({ args: values.map(fromNative), names }));
    return result === undefined || result === null ? null : toInferred(result);
  };
}

function recordFunction(func: Callable, example: Example, strict: boolean): ScriptFunction {
  const name = /^[A-Za-z_]\w*$/.test(func.name) ? func.name : '_lambda';
  const names = example.names ?? parameterNames(func, example.args.length);
  const unit = native.traceFunction(runnerOf(func, example), name, example.args.map(toInferred), strict, names);
  return new ScriptFunction(unit, name);
}

interface MethodChecks {
  readonly check: boolean;
  readonly tolerance: number;
  readonly strict: boolean;
  readonly checks: readonly Example[];
}

function traceMethods(module: Module, examples: Record<string, Example>, options: MethodChecks): ScriptModule {
  if (module instanceof ScriptModule) {
    warn('The input to trace is already a ScriptModule, tracing it is a no-op. Returning the object as is.');
    return module;
  }
  const traced = recordMethods(module, examples, options.strict);
  if (options.check) {
    for (const [name, example] of Object.entries(examples)) {
      for (const one of options.checks.length > 0 ? options.checks : [example]) {
        const again = recordMethods(module, { [name]: copied(one) }, options.strict);
        checkTrace(methodOf(module, name), traced, again, one, options.tolerance, name);
      }
    }
  }
  return traced;
}

function methodOf(module: Module, name: string): Callable {
  if (name === 'forward') return (...args) => (module as unknown as Callable)(...args);
  const method = (module as unknown as Record<string, unknown>)[name];
  if (typeof method !== 'function') {
    throw new AttributeError(`'${module._getName()}' object has no attribute '${name}'`);
  }
  return (...args) => method.apply(module, args);
}

function recordMethods(module: Module, examples: Record<string, Example>, strict: boolean): ScriptModule {
  const handle = nativeModuleOf(module);
  for (const [name, example] of Object.entries(examples)) {
    const method = methodOf(module, name);
    const declared = name === 'forward' ? module.forward : (module as unknown as Record<string, Callable>)[name];
    const names = example.names ?? parameterNames(declared as Callable, example.args.length);
    const named = names.length > 0 ? ['self', ...names] : [];
    using _ = markModules(module);
    native.traceMethod(runnerOf(method, example), name, example.args.map(toInferred), strict, named, handle);
  }
  return new ScriptModule(handle);
}

/** Tells the tracer which module runs, so that each has its own `forward` in the program. */
function markModules(module: Module): Disposable {
  const scopes = scopesOf(module);
  const enter = registerModuleForwardPreHook((called) => {
    const scope = scopes.get(called);
    if (scope !== undefined && native.isTracing()) native.enterTracedModule(scope);
  });
  const leave = registerModuleForwardHook((called) => {
    if (scopes.has(called) && native.isTracing()) native.leaveTracedModule();
  });
  return {
    [Symbol.dispose]() {
      enter.remove();
      leave.remove();
    },
  };
}

/**
 * As `trace`, for several methods of a module.
 *
 * @param inputs The example inputs of each method, by its name.
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.jit.trace_module.html
 */
export function traceModule(
  mod: Module,
  inputs: Readonly<Record<string, ExampleInputs>>,
  options: Pick<TraceOptions, 'checkTrace' | 'checkTolerance' | 'strict'> = {},
): ScriptModule {
  if (!(mod instanceof Module)) throw new AttributeError('expected torch.nn.Module as the first argument');
  if (!isOptions(inputs)) throw new AttributeError('expected a dictionary of (method_name, input) pairs');
  const { checkTrace: check = true, checkTolerance: tolerance = 1e-5, strict = true } = options;
  const examples = Object.entries(inputs).map(([name, input]) => [name, exampleOf(input, null)]);
  return traceMethods(mod, Object.fromEntries(examples), { check, tolerance, strict, checks: [] });
}

/** Whether a trace is being recorded. @see https://docs.pytorch.org/docs/2.13/generated/torch.jit.is_tracing.html */
export function isTracing(): boolean {
  return native.isTracing();
}
