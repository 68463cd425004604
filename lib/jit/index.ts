/** `torch.jit`: TorchScript, which LibTorch compiles and runs without Python. */
import { device as deviceOf } from '../device';
import { RuntimeError } from '../errors';
import { type Handle, native } from '../native';
import type { Module } from '../nn/module';
import { type Parts, type Writable, writeNow } from '../serialization/sink';
import { type Readable, readNow } from '../serialization/source';
import type { DeviceLike } from '../types';
import { handleOf, ScriptModule } from './script-module';
import { fromNative, splitArguments } from './values';

export { ScriptModule } from './script-module';

/**
 * A module that `torch.jit.save` of tsorch or of PyTorch wrote. Such a file is a program: load only those that you trust.
 *
 * @param f A path or URL, or the bytes of the file.
 * @param mapLocation The device of all tensors; if left out, those that they were saved from.
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.jit.load.html
 * @throws RuntimeError if it is no TorchScript file.
 */
export function load(f: Readable, mapLocation: DeviceLike | null = null): ScriptModule {
  const device = mapLocation === null ? null : deviceOf(mapLocation as string).handle;
  // biome-ignore lint/correctness/useYield: all is read at once
  return readNow(f, function* (source) {
    if (source.path !== null) return new ScriptModule(native.jitLoadFile(source.path, device));
    return new ScriptModule(native.jitLoad(source.read(0, source.size), device));
  });
}

/**
 * Writes a script module, which takes its place when it is complete. Python loads it with `torch.jit.load`.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.jit.save.html
 */
export function save(module: ScriptModule, f: Writable): void {
  writeNow(f, parts(native.jitSave(handleOf(module))));
}

function* parts(bytes: Uint8Array): Parts {
  yield bytes;
}

/**
 * A copy in which parameters and attributes are constants, and which is optimized for that. The module must be in
 * evaluation mode.
 *
 * @param preservedAttrs The names of methods and attributes to keep beside `forward`.
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.jit.freeze.html
 * @throws RuntimeError if the module is in training mode.
 */
export function freeze(
  module: ScriptModule,
  preservedAttrs: readonly string[] = [],
  optimizeNumerics = true,
): ScriptModule {
  if (module.training) {
    throw new RuntimeError(
      'Freezing is currently only implemented for modules in eval mode. Please call .eval() on your module before freezing.',
    );
  }
  return new ScriptModule(native.jitFreeze(handleOf(module), preservedAttrs, optimizeNumerics));
}

/**
 * A frozen copy with operators that infer faster on this machine.
 *
 * @param otherMethods The names of methods to optimize beside `forward`.
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.jit.optimize_for_inference.html
 */
export function optimizeForInference(module: ScriptModule, otherMethods: readonly string[] = []): ScriptModule {
  return new ScriptModule(native.jitOptimize(handleOf(module), otherMethods));
}

/**
 * Functions of TorchScript source text.
 *
 * @example new jit.CompilationUnit('def f(a, b: int):\n  return a * b').invoke('f', torch.ones(2), 3)
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.jit.CompilationUnit.html
 * @throws RuntimeError for source text that does not compile.
 */
export class CompilationUnit {
  readonly #handle: Handle;

  constructor(source: string) {
    this.#handle = native.jitCompile(source);
  }

  /** Compiles more functions. */
  define(source: string): void {
    native.jitDefine(this.#handle, source);
  }

  /** The names of the functions. */
  functions(): string[] {
    return native.jitFunctions(this.#handle);
  }

  /**
   * Runs a function: Python's `unit.name(...)`. A trailing plain object is keyword arguments.
   *
   * @throws AttributeError if there is none of that name, TypeError for arguments that do not fit.
   */
  // biome-ignore lint/suspicious/noExplicitAny: the program decides
  invoke(name: string, ...args: unknown[]): any {
    return fromNative(native.jitCallFunction(this.#handle, name, ...splitArguments(args)));
  }
}

/** Whether a module is of TorchScript. */
export function isScripted(module: Module): module is ScriptModule {
  return module instanceof ScriptModule;
}
