/** Modules that find the shapes of their parameters in their first input. */
import { noGrad } from '../../autograd/grad-mode';
import { NotImplementedError, RuntimeError } from '../../errors';
import type { RemovableHandle } from '../../removable-handle';
import type { Module } from '../module';
import { STATE } from '../module/state';
import type { StateDict } from '../module/state-dict';
import { isLazy } from '../uninitialized';

// biome-ignore lint/suspicious/noExplicitAny: TypeScript demands this of the constructor of a mixin's base.
type ModuleClass = abstract new (...args: any[]) => Module;

/** What `LazyModuleMixin` adds to the instances of a class of modules. */
export interface LazyModule {
  /** Gives the parameters their shapes, by the arguments of the first call: to be defined by subclasses. */
  initializeParameters(...args: unknown[]): void;
  /** Whether a parameter or a buffer of this very module has no shape yet. */
  hasUninitializedParams(): boolean;
}

// biome-ignore lint/suspicious/noExplicitAny: subclasses call it with what the base class takes.
type LazyClass = abstract new (...args: any[]) => LazyModule;

/** A class of modules with what `LazyModuleMixin` adds to it. */
export type Lazy<Base extends ModuleClass> = Base & LazyClass & { readonly clsToBecome: ModuleClass | null };

/**
 * A class of modules whose parameters may be made as `UninitializedParameter`: before the first call its
 * `initializeParameters` is given the arguments, and then the module becomes an instance of the class that its static
 * property `clsToBecome` names, if it does.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.modules.lazy.LazyModuleMixin.html
 * @example class LazyScale extends LazyModuleMixin(Scale) { static override readonly clsToBecome = Scale; ... }
 */
export function LazyModuleMixin<Base extends ModuleClass>(Base: Base): Lazy<Base> {
  abstract class LazyBase extends Base implements LazyModule {
    static readonly clsToBecome: ModuleClass | null = null;
    declare _loadHook?: RemovableHandle;
    declare _initializeHook?: RemovableHandle;

    // biome-ignore lint/suspicious/noExplicitAny: TypeScript demands this of a mixin's constructor.
    constructor(...args: any[]) {
      super(...args);
      this._loadHook = this.registerLoadStateDictPreHook(materializeLoaded);
      this._initializeHook = this.registerForwardPreHook(initialize as never);
    }

    initializeParameters(..._args: unknown[]): void {
      throw new NotImplementedError(`initialize_parameters is not implemented for ${this.constructor.name}`);
    }

    hasUninitializedParams(): boolean {
      const { parameters, buffers } = this[STATE];
      return [...parameters.values(), ...buffers.values()].some(isLazy);
    }

    override _saveToStateDict(destination: StateDict, prefix: string, keepVars: boolean): void {
      const { parameters, buffers, nonPersistent } = this[STATE];
      for (const [name, member] of [...parameters, ...buffers]) {
        if (member === null || nonPersistent.has(name)) continue;
        destination.set(prefix + name, isLazy(member) || keepVars ? member : member.detach());
      }
    }
  }
  return LazyBase;
}

interface Initializing extends Module, LazyModule {
  _loadHook?: RemovableHandle;
  _initializeHook?: RemovableHandle;
}

/** Before the first call. */
function initialize(module: Initializing, args: unknown[]): void {
  module.initializeParameters(...args);
  if (module.hasUninitializedParams()) {
    throw new RuntimeError(`module ${module._getName()} has not been fully initialized`);
  }
  module._initializeHook?.remove();
  module._loadHook?.remove();
  delete module._initializeHook;
  delete module._loadHook;
  const { clsToBecome } = module.constructor as typeof module.constructor & { clsToBecome: ModuleClass | null };
  if (clsToBecome !== null) Object.setPrototypeOf(module, clsToBecome.prototype);
}

/** Before a dictionary is loaded: gives what has no shape yet that of what is to be loaded. */
function materializeLoaded(module: Module, stateDict: StateDict, prefix: string): void {
  const { parameters, buffers } = module[STATE];
  for (const [name, member] of [...parameters, ...buffers]) {
    const loaded = stateDict.get(prefix + name);
    if (loaded === undefined || !isLazy(member) || isLazy(loaded)) continue;
    noGrad(() => member.materialize(loaded.shape));
  }
}
