/** Functions whose program is TorchScript. */
import { type Handle, native } from '../native';
import type { Writable } from '../serialization/sink';
import { bytesOf, type ExtraFiles, write } from './save';
import { fromNative, splitArguments } from './values';

const HANDLES = new WeakMap<ScriptFunction, Handle>();

/** @internal The native unit that has the function. */
export function unitOf(fn: ScriptFunction): Handle {
  return HANDLES.get(fn) as Handle;
}

/** Runs the program. A trailing plain object is keyword arguments. */
export interface ScriptFunction {
  // biome-ignore lint/suspicious/noExplicitAny: the program decides
  (...args: any[]): any;
}

/**
 * A function of TorchScript, as `torch.jit.trace` makes of a function. It is called as any function.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.jit.ScriptFunction.html
 */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: the constructor returns a function
export class ScriptFunction {
  /** @internal */
  constructor(unit: Handle, name: string) {
    const call = (...args: unknown[]): unknown =>
      fromNative(native.jitCallFunction(unit, name, ...splitArguments(args)));
    Object.setPrototypeOf(call, new.target.prototype);
    Object.defineProperty(call, 'name', { value: name });
    HANDLES.set(call as ScriptFunction, unit);
    // biome-ignore lint/correctness/noConstructorReturn: a class whose instances can be called
    return call as ScriptFunction;
  }

  /** The name under which the function is known. */
  declare readonly name: string;

  /** The text of the graph, as PyTorch prints it. */
  graph(): string {
    return native.graphText(unitOf(this), this.name);
  }

  /** Writes the function as the `forward` of a module; `jit.save` of this function. */
  save(f: Writable, _extraFiles: ExtraFiles = {}): void {
    write(native.functionModule(unitOf(this), this.name), f, _extraFiles);
  }

  /** The bytes that `save` would write. */
  saveToBuffer(_extraFiles: ExtraFiles = {}): Uint8Array {
    return bytesOf(native.functionModule(unitOf(this), this.name), _extraFiles);
  }
}
