/** `optim.Optimizer`: the base class of all optimizers, which keeps parameter groups and their state. */
import { inspect } from 'node:util';
import { enableGrad } from '../autograd/grad-mode';
import { full } from '../creation';
import { float32, getDefaultDtype } from '../dtype';
import { NotImplementedError, ValueError } from '../errors';
import { keep } from '../memory/scope';
import { type Handle, native } from '../native';
import { isOptions } from '../ops';
import { floatRepr } from '../print/number';
import { listRepr, repr, typename } from '../python-repr';
import type { RemovableHandle } from '../removable-handle';
import { Tensor } from '../tensor';
import {
  hookStep,
  type OptimizerHook,
  OptimizerHooks,
  type StateDictHook,
  type StepPostHook,
  type StepPreHook,
} from './hooks';
import { snakeCase } from './names';
import { loadedGroups, loadedState, type OptimizerStateDict, packGroups, packState } from './state-dict';

/** Parameters and the options that hold for them. */
export type ParamGroup<Options extends object = Record<string, unknown>> = Options & {
  params: Tensor[];
  /** The parameters' names, if they were given with names. */
  paramNames?: string[];
};

/** What a parameter group is made of: options that are left out take the optimizer's defaults. */
export type ParamGroupInput<Options extends object = Record<string, unknown>> = Partial<Options> & {
  params: Tensor | Iterable<Tensor> | Iterable<readonly [name: string, param: Tensor]>;
};

/** What an optimizer optimizes: parameters, parameters with names, or groups of them. */
export type Params<Options extends object = Record<string, unknown>> =
  | Iterable<Tensor>
  | Iterable<readonly [name: string, param: Tensor]>
  | Iterable<ParamGroupInput<Options>>;

/** What an optimizer remembers of one parameter, under Python's names. */
export type ParamState = Record<string, unknown>;

/** Computes the loss anew, gradients included. */
export type Closure = () => Tensor | number;

/** Marks an option that has no default. */
export const required: unique symbol = Symbol('<required parameter>');

/**
 * The base class of all optimizers.
 *
 * @see https://docs.pytorch.org/docs/2.13/optim.html#torch.optim.Optimizer
 */
export class Optimizer<Options extends object = Record<string, unknown>> {
  /** The options of groups that do not set their own. */
  readonly defaults: Options;
  /** The parameters and their options. */
  paramGroups: ParamGroup<Options>[] = [];
  /** What is remembered of each parameter, under Python's names. */
  state: Map<Tensor, ParamState> = new Map();
  /** @internal The factor by which a gradient scaler has scaled the gradients, and whether one of them is not finite. */
  gradScale: Tensor | null = null;
  /** @internal */
  foundInf: Tensor | null = null;
  /** @internal Whether `step` takes `gradScale` and `foundInf` itself, so that a gradient scaler leaves the gradients as they are. */
  _stepSupportsAmpScaling = false;
  readonly #hooks = new OptimizerHooks();

  /**
   * @throws TypeError if `params` is a tensor, or has something else than tensors in it.
   * @throws ValueError if it is empty, has a tensor twice, or one that is no leaf.
   */
  constructor(params: Params<Options>, defaults: Options) {
    this.defaults = defaults;
    hookStep(new.target.prototype as never, (optimizer) => (optimizer as Optimizer<Options>).#hooks);
    if (params instanceof Tensor) {
      throw new TypeError(
        `params argument given to the optimizer should be an iterable of Tensors or dicts, but got ${params.type()}`,
      );
    }
    if (params === null || params === undefined || !(Symbol.iterator in Object(params))) {
      throw new TypeError(`'${typename(params)}' object is not iterable`);
    }
    const given = [...params] as unknown[];
    if (given.length === 0) throw new ValueError('optimizer got an empty parameter list');
    const groups = isOptions(given[0]) ? given : [{ params: given }];
    for (const group of groups) this.addParamGroup(group as ParamGroupInput<Options>);
  }

  /**
   * Adds a group of parameters, such as those of layers that were frozen before.
   *
   * @see https://docs.pytorch.org/docs/2.13/generated/torch.optim.Optimizer.add_param_group.html
   * @throws TypeError, ValueError as the constructor.
   */
  addParamGroup(paramGroup: ParamGroupInput<Options>): void {
    if (!isOptions(paramGroup)) {
      throw new TypeError(`param_group must be a dict, but got <class '${typename(paramGroup)}'>`);
    }
    if ((paramGroup.params as unknown) instanceof Set) {
      throw new TypeError(
        'optimizer parameters need to be organized in ordered collections, but the ordering of tensors in sets will ' +
          'change between runs. Please use a list instead.',
      );
    }
    const [params, paramNames] = this.unpack(paramGroup.params as Iterable<unknown>);
    const group = { ...paramGroup, params, ...(paramNames && { paramNames }) } as Record<string, unknown>;
    for (const [name, value] of Object.entries(this.defaults)) {
      if (value === required && group[name] === undefined) {
        throw new ValueError(
          `parameter group didn't specify a value of required optimization parameter ${snakeCase(name)}`,
        );
      }
      if (group[name] === undefined) group[name] = value;
    }
    this.checkDistinct(params, paramNames !== undefined);
    this.paramGroups.push(group as ParamGroup<Options>);
  }

  private unpack(params: Iterable<unknown>): [params: Tensor[], names: string[] | undefined] {
    const given: unknown[] = params instanceof Tensor ? [params] : [...params];
    const tensors = given.map((param) => (Array.isArray(param) ? param[1] : param));
    const names = given.filter(Array.isArray).map(([name]) => name as string);
    if (names.length > 0 && names.length !== given.length) {
      throw new ValueError('all optimizer params should be with/without names. Some param names are missing');
    }
    const { differentiable } = this.defaults as { differentiable?: boolean };
    for (const param of tensors) {
      if (!(param instanceof Tensor)) {
        throw new TypeError(`optimizer can only optimize Tensors, but one of the params is ${typename(param)}`);
      }
      if (!differentiable && !param.isLeaf && !param.retainsGrad) {
        throw new ValueError("can't optimize a non-leaf Tensor");
      }
    }
    return [tensors, names.length > 0 ? names : undefined];
  }

  private checkDistinct(params: readonly Tensor[], named: boolean): void {
    if (new Set(params).size !== params.length) {
      process.emitWarning(
        'optimizer contains a parameter group with duplicate parameters; in future, this will cause an error; see ' +
          'github.com/pytorch/pytorch/issues/40967 for more information',
      );
    }
    const others = new Set<Tensor>();
    for (const group of this.paramGroups) {
      for (const param of group.params) others.add(param);
      if (named !== (group.paramNames !== undefined)) {
        throw new ValueError(
          'all optimizer param groups should be with/without names. cannot add param group ' +
            `${named ? 'with names' : 'without names'} to the optimizer`,
        );
      }
    }
    if (params.some((param) => others.has(param))) {
      throw new ValueError('some parameters appear in more than one parameter group');
    }
  }

  /**
   * Drops the gradients of all parameters, or fills them with zeros where `setToNone` is false.
   *
   * @see https://docs.pytorch.org/docs/2.13/generated/torch.optim.Optimizer.zero_grad.html
   */
  zeroGrad(setToNone: boolean | { setToNone?: boolean } = true): void {
    const drop = typeof setToNone === 'boolean' ? setToNone : (setToNone.setToNone ?? true);
    for (const group of this.paramGroups) native.zeroGrads(handlesOf(group.params), drop);
  }

  /**
   * Changes the parameters by their gradients. With a closure, calls it first and gives the loss that it returns.
   *
   * @see https://docs.pytorch.org/docs/2.13/generated/torch.optim.Optimizer.step.html
   */
  step(closure?: null): null;
  step<T>(closure: () => T): T;
  step(_closure?: (() => unknown) | null): unknown {
    throw new NotImplementedError('');
  }

  /** Runs an update with gradients recorded only if the optimizer is differentiable; the closure always records. */
  protected update<T>(closure: (() => T) | null | undefined, body: () => void): T | null {
    const before = native.isGradEnabled();
    native.setGradEnabled((this.defaults as { differentiable?: boolean }).differentiable ?? false);
    try {
      const loss = closure ? enableGrad(closure) : null;
      body();
      return loss;
    } finally {
      native.setGradEnabled(before);
    }
  }

  /** What is remembered of a parameter, made if there is nothing yet. */
  protected stateOf(param: Tensor): ParamState {
    let state = this.state.get(param);
    if (state === undefined) {
      state = {};
      this.state.set(param, state);
    }
    return state;
  }

  /**
   * The state and the options in Python's layout and under Python's names; parameters are numbered through all groups.
   *
   * @see https://docs.pytorch.org/docs/2.13/generated/torch.optim.Optimizer.state_dict.html
   */
  stateDict(): OptimizerStateDict {
    for (const hook of this.#hooks.stateDictPre) hook(this);
    const numbers = new Map<Tensor, number>();
    const groups = packGroups(this.paramGroups, numbers);
    let stateDict: OptimizerStateDict = { state: packState(this.state, numbers), param_groups: groups };
    for (const hook of this.#hooks.stateDictPost)
      stateDict = (hook(this, stateDict) ?? stateDict) as OptimizerStateDict;
    return stateDict;
  }

  /**
   * Takes state and options from a state dictionary, and casts the state to each parameter's dtype and device.
   *
   * @see https://docs.pytorch.org/docs/2.13/generated/torch.optim.Optimizer.load_state_dict.html
   * @throws ValueError if the groups are not of the same sizes.
   */
  loadStateDict(stateDict: OptimizerStateDict): void {
    let given = { ...stateDict };
    for (const hook of this.#hooks.loadStateDictPre) given = (hook(this, given) ?? given) as OptimizerStateDict;
    const groups = loadedGroups(this.paramGroups, given) as ParamGroup<Options>[];
    this.state = keep(loadedState(this.paramGroups, given));
    this.paramGroups = groups;
    for (const group of groups) this.completeGroup(group);
    for (const hook of this.#hooks.loadStateDictPost) hook(this);
  }

  /** The options that groups of older versions lack. */
  protected get addedOptions(): Partial<Options> {
    return {};
  }

  /** Sets what a loaded group of an older version lacks. */
  protected completeGroup(group: ParamGroup<Options>): void {
    const options = group as Record<string, unknown>;
    for (const [name, value] of Object.entries(this.addedOptions)) {
      if (!(name in options)) options[name] = value;
    }
    const { fused, capturable } = options;
    for (const param of group.params) {
      const state = this.state.get(param);
      for (const name of this.countedOnce) {
        if (state === undefined || !(name in state) || state[name] instanceof Tensor) continue;
        const device = capturable || fused ? param.device : 'cpu';
        state[name] = keep(full([], Number(state[name]), { dtype: fused ? float32 : getDefaultDtype(), device }));
      }
    }
  }

  /** What older versions counted with numbers instead of tensors. */
  protected get countedOnce(): readonly string[] {
    return [];
  }

  /**
   * Registers a hook that runs before each step.
   *
   * @see https://docs.pytorch.org/docs/2.13/generated/torch.optim.Optimizer.register_step_pre_hook.html
   */
  registerStepPreHook(hook: StepPreHook<this>): RemovableHandle {
    return this.#hooks.stepPre.add(hook as StepPreHook);
  }

  /**
   * Registers a hook that runs after each step.
   *
   * @see https://docs.pytorch.org/docs/2.13/generated/torch.optim.Optimizer.register_step_post_hook.html
   */
  registerStepPostHook(hook: StepPostHook<this>): RemovableHandle {
    return this.#hooks.stepPost.add(hook as StepPostHook);
  }

  /**
   * Registers a hook that runs before `stateDict`; with `prepend`, before the hooks that are there.
   *
   * @see https://docs.pytorch.org/docs/2.13/generated/torch.optim.Optimizer.register_state_dict_pre_hook.html
   */
  registerStateDictPreHook(hook: OptimizerHook<this>, prepend: Prepend = false): RemovableHandle {
    return this.#hooks.stateDictPre.add(hook as OptimizerHook, isPrepended(prepend));
  }

  /**
   * Registers a hook that runs after `stateDict` and may change the dictionary, or return another.
   *
   * @see https://docs.pytorch.org/docs/2.13/generated/torch.optim.Optimizer.register_state_dict_post_hook.html
   */
  registerStateDictPostHook(hook: StateDictHook<this>, prepend: Prepend = false): RemovableHandle {
    return this.#hooks.stateDictPost.add(hook as StateDictHook, isPrepended(prepend));
  }

  /**
   * Registers a hook that runs before `loadStateDict` on a shallow copy of the dictionary, and may return another.
   *
   * @see https://docs.pytorch.org/docs/2.13/generated/torch.optim.Optimizer.register_load_state_dict_pre_hook.html
   */
  registerLoadStateDictPreHook(hook: StateDictHook<this>, prepend: Prepend = false): RemovableHandle {
    return this.#hooks.loadStateDictPre.add(hook as StateDictHook, isPrepended(prepend));
  }

  /**
   * Registers a hook that runs after `loadStateDict`.
   *
   * @see https://docs.pytorch.org/docs/2.13/generated/torch.optim.Optimizer.register_load_state_dict_post_hook.html
   */
  registerLoadStateDictPostHook(hook: OptimizerHook<this>, prepend: Prepend = false): RemovableHandle {
    return this.#hooks.loadStateDictPost.add(hook as OptimizerHook, isPrepended(prepend));
  }

  /** Defaults that are whole, but floats in Python, which writes them so; under Python's names. */
  protected get floatDefaults(): Readonly<Record<string, number>> {
    return {};
  }

  /** Python's text. */
  toString(): string {
    const groups = this.paramGroups.map((group, i) => {
      const { params: _, ...options } = group as ParamGroup;
      const lines = Object.entries(options)
        .map(([name, value]) => [snakeCase(name), value] as const)
        .sort(([a], [b]) => (a < b ? -1 : 1));
      return `\nParameter Group ${i}\n${lines.map(([name, value]) => `    ${name}: ${this.text(name, value)}\n`).join('')}`;
    });
    return `${this.constructor.name} (${groups.join('')})`;
  }

  private text(name: string, value: unknown): string {
    if (typeof value === 'string') return value;
    if (value instanceof Tensor) return `${value}`;
    if (typeof value === 'number' && value === this.floatDefaults[name]) return floatRepr(value);
    return Array.isArray(value) && name === 'param_names' ? listRepr(value) : repr(value);
  }

  /** @internal What `console.log` prints. */
  [inspect.custom](): string {
    return this.toString();
  }
}

/** Whether a hook is to run before those that are there. */
type Prepend = boolean | { prepend?: boolean };

function isPrepended(prepend: Prepend): boolean {
  return typeof prepend === 'boolean' ? prepend : (prepend.prepend ?? false);
}

/** The native values of tensors. */
export function handlesOf(tensors: readonly Tensor[]): Handle[] {
  return tensors.map((tensor) => tensor.handle);
}
