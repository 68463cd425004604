/** `torch.jit`: TorchScript, which LibTorch compiles and runs without Python. */
import { python } from '../arguments';
import { device as deviceOf } from '../device';
import { RuntimeError } from '../errors';
import { type Handle, native } from '../native';
import type { Module } from '../nn/module';
import type { Writable } from '../serialization/sink';
import { type Readable, readNow } from '../serialization/source';
import type { DeviceLike } from '../types';
import { checkArchive } from './check-archive';
import type { ExtraFiles } from './save';
import { ScriptFunction } from './script-function';
import { handleOf, ScriptModule } from './script-module';
import { fromNative, splitArguments } from './values';

export { TracingCheckError } from './check-trace';
export type { ExtraFiles } from './save';
export { ScriptFunction } from './script-function';
export { ScriptModule } from './script-module';
export { isTracing, type TraceOptions, trace, traceModule } from './trace';
export type { ExampleInputs } from './trace-example';

/**
 * A module that `torch.jit.save` of tsorch or of PyTorch wrote. Such a file is a program: load only those that you trust.
 *
 * @param f A path or URL, or the bytes of the file.
 * @param mapLocation The device of all tensors; if left out, those that they were saved from.
 * @param _extraFiles An object or a Map whose keys name files that were saved beside the program: each gets its bytes.
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.jit.load.html
 * @throws RuntimeError if it is no TorchScript file, or a damaged one.
 */
export const load = python(
  'load',
  ['f', 'mapLocation?', '_extraFiles?'],
  (
    f: Readable,
    mapLocation: DeviceLike | null = null,
    _extraFiles: Record<string, unknown> | Map<string, unknown> = {},
  ): ScriptModule => {
    const device = mapLocation === null ? null : deviceOf(mapLocation as string).handle;
    const names = [...(_extraFiles instanceof Map ? _extraFiles.keys() : Object.keys(_extraFiles))];
    // biome-ignore lint/correctness/useYield: all is read at once
    const [module, ...extra] = readNow(f, function* (source) {
      checkArchive(source);
      if (source.path !== null) return native.jitLoadFile(source.path, device, names);
      return native.jitLoad(source.read(0, source.size), device, names);
    });
    names.forEach((name, i) => {
      if (_extraFiles instanceof Map) _extraFiles.set(name, extra[i]);
      else _extraFiles[name] = extra[i];
    });
    return new ScriptModule(module);
  },
);

/**
 * Writes a script module or a script function, which takes its place when it is complete. Python loads it with
 * `torch.jit.load`.
 *
 * @param f A path or URL, or a stream.
 * @param _extraFiles Texts or bytes to save beside the program, by name.
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.jit.save.html
 */
export const save = python(
  'save',
  ['m', 'f', '_extraFiles?'],
  (m: ScriptModule | ScriptFunction, f: Writable, _extraFiles: ExtraFiles = {}): void => {
    if (!(m instanceof ScriptModule || m instanceof ScriptFunction)) throw new TypeError('expected a script module');
    m.save(f, _extraFiles);
  },
);

/**
 * A copy in which parameters and attributes are constants, and which is optimized for that. The module must be in
 * evaluation mode.
 *
 * @param preservedAttrs The names of methods and attributes to keep beside `forward`.
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.jit.freeze.html
 * @throws RuntimeError if the module is in training mode.
 */
export const freeze = python(
  'freeze',
  ['mod', 'preservedAttrs?', 'optimizeNumerics?'],
  (
    mod: ScriptModule,
    preservedAttrs: readonly string[] | null = null,
    optimizeNumerics: boolean = true,
  ): ScriptModule => {
    const handle = handleOf(mod);
    if (mod.training) {
      throw new RuntimeError(
        'Freezing is currently only implemented for modules in eval mode. Please call .eval() on your module before freezing.',
      );
    }
    return new ScriptModule(native.jitFreeze(handle, preservedAttrs ?? [], optimizeNumerics));
  },
);

/**
 * A frozen copy with operators that infer faster on this machine.
 *
 * @param otherMethods The names of methods to optimize beside `forward`.
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.jit.optimize_for_inference.html
 */
export const optimizeForInference = python(
  'optimize_for_inference',
  ['mod', 'otherMethods?'],
  (mod: ScriptModule, otherMethods: readonly string[] | null = null): ScriptModule => {
    // As in Python, a module in evaluation mode is frozen first.
    const isFrozen = !mod.attributes().includes('training');
    const frozen = isFrozen ? mod : freeze(mod.eval(), { preservedAttrs: otherMethods ?? [] });
    return new ScriptModule(native.jitOptimize(handleOf(frozen), otherMethods ?? []));
  },
);

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
