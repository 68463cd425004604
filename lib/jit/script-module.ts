/** Modules whose program is TorchScript, run by LibTorch itself. */
import { noGrad } from '../autograd/grad-mode';
import { deepcopy } from '../deepcopy';
import { AttributeError } from '../errors';
import { type Handle, native } from '../native';
import { Module } from '../nn/module';
import { STATE } from '../nn/module/state';
import { Parameter } from '../nn/parameter';
import { wrap } from '../ops';
import type { Writable } from '../serialization/sink';
import { Tensor } from '../tensor';
import { bytesOf, type ExtraFiles, write } from './save';
import { fromNative, splitArguments, toNative } from './values';

const HANDLES = new WeakMap<Module, Handle>();

/** @internal The native module. */
export function handleOf(module: Module): Handle {
  const handle = HANDLES.get(module[STATE].module);
  if (handle === undefined) throw new TypeError('expected a script module');
  return handle;
}

/**
 * A module of TorchScript, as `torch.jit.load` gives it. Called, it runs its `forward`; its parameters, buffers and
 * children are those of any module, so that `stateDict`, `to`, `train`, optimizers and the like work. Methods and
 * attributes keep the names that they have in Python.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.jit.ScriptModule.html
 */
export class ScriptModule extends Module {
  /** Python's name of the class that was compiled. */
  readonly originalName: string;

  /** @internal */
  constructor(handle: Handle) {
    super();
    HANDLES.set(this[STATE].module, handle);
    const [className, , members] = native.jitDescribe(handle);
    this.originalName = className;
    for (const [kind, name, value] of members) {
      if (kind === 'module') this.registerModule(name, new ScriptModule(value as Handle));
      else if (kind === 'parameter') this.registerParameter(name, value === null ? null : parameterOf(value as Handle));
      else if (kind === 'buffer') this.registerBuffer(name, value === null ? null : wrap(value as Handle));
      else if (name === 'training') this.training = value as boolean;
    }
  }

  /** Runs the program's `forward`. */
  override forward(...args: unknown[]): unknown {
    return this.invoke('forward', ...args);
  }

  /**
   * Runs a method of the program: Python's `module.method(...)`. A trailing plain object is keyword arguments.
   *
   * @throws AttributeError if there is none of that name, TypeError for arguments that do not fit.
   */
  // biome-ignore lint/suspicious/noExplicitAny: the program decides
  invoke(method: string, ...args: unknown[]): any {
    return fromNative(native.jitCallMethod(handleOf(this), method, ...splitArguments(args)));
  }

  /**
   * Writes the program; `jit.save` of this module.
   *
   * @param f A path or URL, or a stream.
   * @param _extraFiles Texts or bytes to save beside the program, by name.
   */
  save(f: Writable, _extraFiles: ExtraFiles = {}): void {
    write(handleOf(this), f, _extraFiles);
  }

  /** The bytes that `save` would write. */
  saveToBuffer(_extraFiles: ExtraFiles = {}): Uint8Array {
    return bytesOf(handleOf(this), _extraFiles);
  }

  /** The text of a method's graph, as PyTorch prints it. */
  graph(method = 'forward'): string {
    return native.graphText(handleOf(this), method);
  }

  /** A module with the same program and copies of all tensors: Python's `copy.deepcopy`. */
  override [deepcopy.method](): ScriptModule {
    const copy = noGrad(() => new ScriptModule(native.jitClone(handleOf(this))));
    const originals = this.parameters();
    for (const [i, parameter] of copy.parameters().entries()) parameter.requiresGrad_(originals[i]?.requiresGrad);
    return copy;
  }

  /** The names of the program's methods. */
  methods(): string[] {
    return native.jitDescribe(handleOf(this))[1];
  }

  /** The names of the attributes that are neither parameters, buffers nor modules. */
  attributes(): string[] {
    const [, , members] = native.jitDescribe(handleOf(this));
    return members.filter(([kind]) => kind === 'attribute').map(([, name]) => name);
  }

  /** An attribute's value: Python's `module.name`. @throws AttributeError if there is none. */
  // biome-ignore lint/suspicious/noExplicitAny: the program decides
  getAttribute(name: string): any {
    const [, , members] = native.jitDescribe(handleOf(this));
    const found = members.find(([kind, known]) => known === name && kind === 'attribute');
    if (found === undefined) throw new AttributeError(`the script module has no attribute '${name}'`);
    return fromNative(found[2]);
  }

  /** Sets an attribute. @throws AttributeError if there is none, TypeError for a value of another type. */
  setAttribute(name: string, value: unknown): void {
    native.jitSetAttribute(handleOf(this), name, toNative(value));
  }

  override train(mode: boolean | { mode?: boolean } = true): this {
    super.train(mode);
    native.jitTrain(handleOf(this), this.training);
    return this;
  }

  /** @internal What becomes of members becomes of the program's as well. */
  override _apply(fn: (tensor: Tensor) => Tensor, recurse = true): this {
    super._apply(fn, recurse);
    const { parameters, buffers } = this[STATE];
    for (const [name, member] of [...parameters, ...buffers]) {
      if (member !== null) native.jitSetAttribute(handleOf(this), name, member.handle);
    }
    return this;
  }

  override _getName(): string {
    return 'RecursiveScriptModule';
  }

  override extraRepr(): string {
    return `original_name=${this.originalName}`;
  }
}

/** The program's very tensor as a parameter: a Parameter that is made of a tensor would be another one. */
function parameterOf(handle: Handle): Parameter {
  return Reflect.construct(Tensor, [handle], Parameter);
}
