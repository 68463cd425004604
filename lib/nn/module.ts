/** `nn.Module`: the base class of all modules, callable, with registration by assignment. */
import { inspect } from 'node:util';
import { type Copies, DEEPCOPY } from '../deepcopy';
import type { DType } from '../dtype';
import { AttributeError, NotImplementedError, RuntimeError, ValueError } from '../errors';
import { emptyLike } from '../generated/torch';
import { native } from '../native';
import type { Tensor } from '../tensor';
import type { DeviceLike } from '../types';
import { applyToMembers, type Conversion, converter, parseConversion } from './module/conversion';
import { copyModule } from './module/copy';
import { Hookable } from './module/hookable';
import { makeModule } from './module/instance';
import {
  type IncompatibleKeys,
  type LoadReport,
  loadFromStateDict,
  loadStateDict,
  type StateDictLike,
} from './module/load-state-dict';
import { registerBuffer, registerModule, registerParameter } from './module/registration';
import { moduleText } from './module/repr';
import { isModule, STATE } from './module/state';
import { collectStateDict, EXTRA_STATE, type LocalMetadata, StateDict, saveToStateDict } from './module/state-dict';
import { childrenOf, type MemberOptions, type ModuleOptions, membersOf, modulesOf } from './module/traversal';
import { Parameter } from './parameter';
import { isLazy } from './uninitialized';

/**
 * The base class of all modules. A module is a function: `model(x)` runs its `forward` between its hooks, and is typed
 * by it. Parameters, buffers made with `new nn.Buffer` and modules are registered where they are assigned, in class
 * fields as in constructors.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.Module.html
 */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: only an interface can declare the call, and the constructor returns a function.
export class Module extends Hookable {
  /** The version of the layout of the state dictionary. */
  static readonly _version: number = 1;

  /** Whether the module is in training mode: set by `train` and `eval`. */
  declare training: boolean;

  constructor() {
    super();
    const module = makeModule(new.target.prototype as Module);
    module[STATE].target.training = true;
    // biome-ignore lint/correctness/noConstructorReturn: the instance is a function behind a proxy.
    return module;
  }

  /**
   * What a call of the module computes: to be defined by subclasses.
   *
   * @throws NotImplementedError in the base class.
   */
  // biome-ignore lint/suspicious/noExplicitAny: subclasses take and give what they like.
  forward(..._args: any[]): any {
    throw new NotImplementedError(`Module [${this._getName()}] is missing the required "forward" function`);
  }

  /**
   * Registers a tensor that is part of the state but no parameter; `persistent: false` keeps it out of `stateDict`.
   *
   * @throws KeyError for a name that is empty, has a dot or is taken; TypeError for what is no tensor.
   */
  registerBuffer(name: string, tensor: Tensor | null, persistent: boolean | { persistent?: boolean } = true): void {
    const flag = typeof persistent === 'boolean' ? persistent : (persistent.persistent ?? true);
    registerBuffer(this[STATE], name, tensor, flag);
  }

  /**
   * Registers a parameter; null keeps its place.
   *
   * @throws KeyError for a name that is empty, has a dot or is taken; TypeError for what is no Parameter; ValueError
   * for one that is no leaf.
   */
  registerParameter(name: string, param: Parameter | null): void {
    registerParameter(this[STATE], name, param);
  }

  /** Registers a child; null keeps its place. Throws a KeyError for a name that is empty, has a dot or is taken. */
  registerModule(name: string, module: Module | null): void {
    registerModule(this[STATE], name, module);
  }

  /** The same as `registerModule`. */
  addModule(name: string, module: Module | null): void {
    registerModule(this[STATE], name, module);
  }

  /** The module at a path such as `'layers.0'`; itself at `''`. Throws an AttributeError if there is none. */
  getSubmodule(target: string): Module {
    let module: Module = this[STATE].module;
    for (const name of target === '' ? [] : target.split('.')) {
      const child = attribute(module, name);
      if (!isModule(child)) throw new AttributeError(`\`${name}\` is not an nn.Module`);
      module = child;
    }
    return module;
  }

  /** Puts a module at a path. Throws an AttributeError if its parent, or with `strict` itself, is not there. */
  setSubmodule(target: string, module: Module, strict: boolean | { strict?: boolean } = false): void {
    if (target === '') throw new ValueError('Cannot set the submodule without a target name!');
    if (!isModule(module)) throw new ValueError(`\`module\` is not an nn.Module, found ${typeof module}`);
    const [path, name] = splitPath(target);
    const parent = this.getSubmodule(path);
    const known = typeof strict === 'boolean' ? strict : (strict.strict ?? false);
    if ((known || hasAttribute(parent, name)) && !isModule(attribute(parent, name))) {
      throw new AttributeError(`\`${name}\` is not an nn.Module`);
    }
    (parent as unknown as Record<string, Module>)[name] = module;
  }

  /** The parameter at a path such as `'layers.0.weight'`. Throws an AttributeError if there is none. */
  getParameter(target: string): Parameter {
    const [path, name] = splitPath(target);
    const parameter = attribute(this.getSubmodule(path), name);
    if (!(parameter instanceof Parameter)) throw new AttributeError(`\`${name}\` is not an nn.Parameter`);
    return parameter;
  }

  /** The buffer at a path such as `'layers.1.running_mean'`. Throws an AttributeError if there is none. */
  getBuffer(target: string): Tensor {
    const [path, name] = splitPath(target);
    const module = this.getSubmodule(path);
    const buffer = attribute(module, name);
    if (!module[STATE].buffers.has(name)) throw new AttributeError(`\`${name}\` is not a buffer`);
    return buffer as Tensor;
  }

  /** All parameters, each once, in the order of registration; without those of children where `recurse` is false. */
  parameters(recurse: boolean | { recurse?: boolean } = true): Parameter[] {
    const options = typeof recurse === 'boolean' ? { recurse } : recurse;
    return this.namedParameters(options).map(([, parameter]) => parameter);
  }

  /** All parameters with their paths. */
  namedParameters(prefix?: string, recurse?: boolean, removeDuplicate?: boolean): [name: string, value: Parameter][];
  namedParameters(options?: MemberOptions): [name: string, value: Parameter][];
  namedParameters(
    prefix?: string | MemberOptions,
    recurse?: boolean,
    removeDuplicate?: boolean,
  ): [string, Parameter][] {
    const options = typeof prefix === 'object' ? prefix : { prefix, recurse, removeDuplicate };
    return membersOf(this[STATE].module, ({ parameters }) => parameters, options);
  }

  /** All buffers, each once. */
  buffers(recurse: boolean | { recurse?: boolean } = true): Tensor[] {
    const options = typeof recurse === 'boolean' ? { recurse } : recurse;
    return this.namedBuffers(options).map(([, buffer]) => buffer);
  }

  /** All buffers with their paths. */
  namedBuffers(prefix?: string, recurse?: boolean, removeDuplicate?: boolean): [name: string, value: Tensor][];
  namedBuffers(options?: MemberOptions): [name: string, value: Tensor][];
  namedBuffers(prefix?: string | MemberOptions, recurse?: boolean, removeDuplicate?: boolean): [string, Tensor][] {
    const options = typeof prefix === 'object' ? prefix : { prefix, recurse, removeDuplicate };
    return membersOf(this[STATE].module, ({ buffers }) => buffers, options);
  }

  /** The immediate children, each once. */
  children(): Module[] {
    return childrenOf(this).map(([, child]) => child);
  }

  /** The immediate children with their names. */
  namedChildren(): [name: string, value: Module][] {
    return childrenOf(this);
  }

  /** This module and all below it, each once, parents first. */
  modules(removeDuplicate: boolean | { removeDuplicate?: boolean } = true): Module[] {
    const options = typeof removeDuplicate === 'boolean' ? { removeDuplicate } : removeDuplicate;
    return modulesOf(this[STATE].module, options).map(([, module]) => module);
  }

  /** This module and all below it with their paths; `memo` holds those to leave out. */
  namedModules(memo?: Set<Module> | null, prefix?: string, removeDuplicate?: boolean): [name: string, value: Module][];
  namedModules(options?: ModuleOptions): [name: string, value: Module][];
  namedModules(
    memo?: Set<Module> | ModuleOptions | null,
    prefix?: string,
    removeDuplicate?: boolean,
  ): [string, Module][] {
    const named = memo !== null && memo !== undefined && !(memo instanceof Set);
    return modulesOf(this[STATE].module, named ? memo : { memo, prefix, removeDuplicate });
  }

  /** Puts the module and all below it in training mode, or out of it. Throws a ValueError if `mode` is no boolean. */
  train(mode: boolean | { mode?: boolean } = true): this {
    const flag = typeof mode === 'object' && mode !== null ? (mode.mode ?? true) : mode;
    if (typeof flag !== 'boolean') throw new ValueError('training mode is expected to be boolean');
    this.training = flag;
    for (const child of this.children()) child.train(flag);
    return this;
  }

  /** Puts the module and all below it in evaluation mode. */
  eval(): this {
    return this.train(false);
  }

  /** Calls `fn` with every module below and then with this one, as is used to initialise parameters. */
  apply(fn: (module: Module) => void): this {
    for (const child of this.children()) child.apply(fn);
    fn(this[STATE].module);
    return this;
  }

  /** Puts what `fn` makes of every parameter and buffer in its place. */
  _apply(fn: (tensor: Tensor) => Tensor, recurse = true): this {
    if (recurse) for (const child of this.children()) child._apply(fn);
    applyToMembers(this[STATE], fn);
    return this;
  }

  /**
   * Moves parameters and buffers to a device and casts the floating point ones, in place.
   *
   * @throws TypeError for a dtype of whole numbers.
   */
  to(device: DeviceLike | null, dtype?: DType | null, nonBlocking?: boolean): this;
  to(dtype: DType, nonBlocking?: boolean): this;
  to(tensor: Tensor, nonBlocking?: boolean): this;
  to(options: Conversion & { tensor?: Tensor }): this;
  to(...args: unknown[]): this {
    return this._apply(converter(parseConversion(args)));
  }

  /** Moves parameters and buffers to the CPU. */
  cpu(): this {
    return this._apply((tensor) => tensor.cpu());
  }

  /** Moves parameters and buffers to a CUDA device: the current one if none is named. */
  cuda(device: DeviceLike | null = null): this {
    return this._apply((tensor) => tensor.cuda(device));
  }

  /** Casts all parameters and buffers. */
  type(dstType: DType | string): this {
    return this._apply((tensor) => tensor.type(dstType));
  }

  /** Casts floating point parameters and buffers to float32. */
  float(): this {
    return this._apply((tensor) => (tensor.isFloatingPoint() ? tensor.float() : tensor));
  }

  /** Casts floating point parameters and buffers to float64. */
  double(): this {
    return this._apply((tensor) => (tensor.isFloatingPoint() ? tensor.double() : tensor));
  }

  /** Casts floating point parameters and buffers to float16. */
  half(): this {
    return this._apply((tensor) => (tensor.isFloatingPoint() ? tensor.half() : tensor));
  }

  /** Casts floating point parameters and buffers to bfloat16. */
  bfloat16(): this {
    return this._apply((tensor) => (tensor.isFloatingPoint() ? tensor.bfloat16() : tensor));
  }

  /** Moves parameters and buffers to a device without their values. */
  toEmpty({ device, recurse = true }: { device: DeviceLike | null; recurse?: boolean }): this {
    return this._apply((tensor) => emptyLike(tensor, { device }), recurse);
  }

  /**
   * Python's sharing with the processes of its `multiprocessing`, which JavaScript has not: always throws. Worker threads
   * share a SharedArrayBuffer: `loadStateDict` takes tensors over it, that `torch.frombuffer` makes, with `assign`.
   *
   * @throws NotImplementedError
   */
  shareMemory(): never {
    throw new NotImplementedError(
      "share_memory() serves Python's multiprocessing: to share a module between worker threads, load tensors over a " +
        'SharedArrayBuffer: module.loadStateDict({ weight: torch.frombuffer(shared).view(2, 3) }, { assign: true })',
    );
  }

  /** Sets whether autograd records operations on the parameters. */
  requiresGrad_(requiresGrad: boolean | { requiresGrad?: boolean } = true): this {
    for (const parameter of this.parameters()) parameter.requiresGrad_(requiresGrad);
    return this;
  }

  /** Drops the parameters' gradients, or fills them with zeros where `setToNone` is false. */
  zeroGrad(setToNone: boolean | { setToNone?: boolean } = true): void {
    const drop = typeof setToNone === 'boolean' ? setToNone : (setToNone.setToNone ?? true);
    const initialized = this.parameters().filter((parameter) => !isLazy(parameter));
    native.zeroGrads(
      initialized.map(({ handle }) => handle),
      drop,
    );
  }

  /**
   * The parameters and persistent buffers by their paths. The values are detached but share memory with the module's;
   * with `keepVars` they are the module's own.
   *
   * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.Module.html#torch.nn.Module.state_dict
   */
  stateDict(options: { destination?: StateDict | null; prefix?: string; keepVars?: boolean } = {}): StateDict {
    const { destination, prefix = '', keepVars = false } = options;
    return collectStateDict(this[STATE].module, destination ?? new StateDict(), prefix, keepVars);
  }

  /** Adds this module's own members to a state dictionary; subclasses may add more. */
  _saveToStateDict(destination: StateDict, prefix: string, keepVars: boolean): void {
    saveToStateDict(this[STATE], destination, prefix, keepVars);
    if (this.getExtraState === Module.prototype.getExtraState) return;
    destination.set(prefix + EXTRA_STATE, this.getExtraState() as Tensor);
  }

  /**
   * Copies values from a state dictionary, a Map or a plain object, into the parameters and buffers; with `assign`
   * takes the tensors themselves.
   *
   * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.Module.html#torch.nn.Module.load_state_dict
   * @throws RuntimeError where shapes differ or, with `strict`, names.
   */
  loadStateDict(
    stateDict: StateDictLike,
    strict: boolean | { strict?: boolean; assign?: boolean } = true,
    assign: boolean | { assign?: boolean } = false,
  ): IncompatibleKeys {
    const options = {
      ...(typeof strict === 'object' ? strict : { strict }),
      ...(typeof assign === 'object' ? assign : {}),
    };
    const takes = options.assign ?? assign === true;
    return loadStateDict(this[STATE].module, stateDict, options.strict ?? true, takes);
  }

  /** Loads this module's own members from a state dictionary; subclasses may convert older versions first. */
  _loadFromStateDict(
    stateDict: StateDict,
    prefix: string,
    localMetadata: LocalMetadata,
    strict: boolean,
    report: LoadReport,
  ): void {
    const takesExtra = this.setExtraState !== Module.prototype.setExtraState;
    loadFromStateDict(this[STATE], stateDict, prefix, localMetadata, strict, report, takesExtra);
  }

  /**
   * What else belongs to the state, for `stateDict` to store under `_extra_state`: to be defined by subclasses that
   * have it, with `setExtraState`.
   *
   * @throws RuntimeError in the base class.
   */
  getExtraState(): unknown {
    throw new RuntimeError(
      'Reached a code path in Module.get_extra_state() that should never be called. Please file an issue at ' +
        'https://github.com/pytorch/pytorch/issues/new?template=bug-report.yml to report this bug.',
    );
  }

  /** Takes what `getExtraState` gave, from the dictionary that is loaded: to be defined by subclasses that have it. */
  setExtraState(_state: unknown): void {
    throw new RuntimeError(
      'Reached a code path in Module.set_extra_state() that should never be called. Please file an issue at ' +
        'https://github.com/pytorch/pytorch/issues/new?template=bug-report.yml to report this bug.',
    );
  }

  /** @internal What `deepcopy` makes of it. */
  [DEEPCOPY](copies: Copies): Module {
    return copyModule(this, copies);
  }

  /** The name that the text begins with. */
  _getName(): string {
    return this.constructor.name;
  }

  /** What stands between the parentheses of the text: to be defined by subclasses. */
  extraRepr(): string {
    return '';
  }

  /** Python's text. */
  override toString(): string {
    return moduleText(this);
  }

  /** @internal What `console.log` prints. */
  [inspect.custom](): string {
    return moduleText(this);
  }
}

export interface Module {
  /** Runs `forward` between the hooks. */
  // biome-ignore lint/style/useShorthandFunctionType: an interface is what merges with the class.
  (...args: Parameters<this['forward']>): ReturnType<this['forward']>;
}

function splitPath(target: string): [path: string, name: string] {
  const dot = target.lastIndexOf('.');
  return [target.slice(0, Math.max(dot, 0)), target.slice(dot + 1)];
}

function hasAttribute(module: Module, name: string): boolean {
  return (module as unknown as Record<string, unknown>)[name] !== undefined;
}

function attribute(module: Module, name: string): unknown {
  if (!hasAttribute(module, name)) throw new AttributeError(`${module._getName()} has no attribute \`${name}\``);
  return (module as unknown as Record<string, unknown>)[name];
}
