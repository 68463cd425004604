/** The base of the optimizers that update each parameter by itself: many at once, through native lists. */
import { AssertionError, KeyError, RuntimeError } from '../errors';
import { viewAsReal } from '../generated/torch';
import { keep } from '../memory/scope';
import { native } from '../native';
import { wrap } from '../ops';
import { Tensor } from '../tensor';
import { Counter, countsInFloat64 } from './counters';
import { prefersForeach } from './groups';
import { type Hyperparameter, isRecorded } from './hyperparameters';
import { type Operand, type TensorBatch, withScratch } from './operand';
import { handlesOf, Optimizer, type ParamGroup, type ParamState } from './optimizer';
import { Item, type Member, type Part, partsOf } from './parts';

/** Which of PyTorch's implementations updates a group; `oneByOne` is the single-tensor one where lists cannot be. */
type Way = 'single' | 'oneByOne' | 'foreach' | 'fused';

/** The options that choose an implementation. */
export interface WayOptions {
  lr: Hyperparameter;
  foreach?: boolean | null;
  fused?: boolean | null;
  differentiable?: boolean;
  capturable?: boolean;
}

/** How a group is updated, kept from step to step. */
interface Plan<State extends string> {
  readonly way: Way;
  /** What the plan depends on besides parameters and state. */
  readonly key: string;
  /** All parameters of the group. */
  readonly params: readonly Tensor[];
  /** Those with gradients. */
  readonly members: readonly Tensor[];
  /** Those without. */
  readonly others: readonly Tensor[];
  /** The names of the members' state, and its values: of the first member, of the second, ... */
  readonly names: readonly string[];
  readonly values: readonly unknown[];
  readonly parts: readonly Part<State>[];
  /** Whether the counts are read, by which parts are then even. */
  readonly readsCounts: boolean;
}

/**
 * An optimizer that updates each parameter by itself. Subclasses say what state a parameter has, and how one parameter
 * is updated, or a list of them.
 */
export abstract class ElementwiseOptimizer<
  Group extends WayOptions,
  State extends string = never,
> extends Optimizer<Group> {
  private readonly plans = new WeakMap<ParamGroup<Group>, Plan<State>>();

  /** The state that a step uses: tensors of the parameter's shape. Counters come beside. */
  protected abstract stateNames(group: Group): readonly State[];

  /** The state that a parameter's first step makes, in Python's order, after the counters. */
  protected abstract begin(param: Tensor, grad: Tensor, group: Group): ParamState;

  /**
   * PyTorch's single-tensor implementation, for one tensor or a list of them. The step is a number, or a tensor where
   * the option `capturable` or `differentiable` is set.
   */
  protected abstract single<T extends Operand<T>>(item: Item<T, State>, group: Group): void;

  /** PyTorch's foreach implementation: the same operators, unless a subclass has others. */
  protected foreach(item: Item<TensorBatch, State>, group: Group): void {
    this.single(item, group);
  }

  /** PyTorch's fused implementation. */
  protected fused(_item: Item<TensorBatch, State>, _group: Group): void {
    throw new RuntimeError(`${this.constructor.name} has no fused implementation`);
  }

  /** The counters of a parameter, with their first values. */
  protected counters(_group: Group): Record<string, number> {
    return { step: 0 };
  }

  /** Whether counters are on the parameter's device; else on the CPU. */
  protected countsOnDevice({ fused, capturable }: Group): boolean {
    return fused === true || capturable === true;
  }

  /** Throws a RuntimeError for a parameter or a gradient that the optimizer cannot take. */
  protected checkGradient(_param: Tensor, grad: Tensor, _group: Group): void {
    if (grad.isSparse) throw new RuntimeError(`${this.constructor.name} does not support sparse gradients`);
  }

  /** Whether complex tensors are updated as pairs of real ones. */
  protected get pairsComplex(): boolean {
    return true;
  }

  /** Whether tensors are updated one at a time whatever the options. */
  protected get isOneByOne(): boolean {
    return false;
  }

  /** Whether the single-tensor implementation needs one tensor at a time. */
  protected needsOneByOne({ lr }: Group, _grads: Iterable<Tensor>): boolean {
    return isRecorded(lr);
  }

  /** Whether a rule itself begins this state. */
  protected mayLack(_name: State): boolean {
    return false;
  }

  override step(closure?: null): null;
  override step<T>(closure: () => T): T;
  override step<T>(closure?: (() => T) | null): T | null {
    return this.update(closure, () => {
      for (const group of this.paramGroups) this.updateGroup(group);
    });
  }

  private updateGroup(group: ParamGroup<Group>): void {
    if (group.params.length === 0) return;
    const known = this.plans.get(group);
    if (known !== undefined && this.fits(known, group) && this.run(known, group)) return;
    this.plans.delete(group);
    const grads = this.gradients(group);
    const members = group.params.filter((param) => grads.has(param));
    this.beginAll(members, group, grads);
    const way = this.wayOf(group, members, grads.values());
    if (way === 'oneByOne') {
      for (const member of this.membersOf(members, grads, group)) this.runOne(member, group);
      return;
    }
    const plan = this.plan(way, members, grads, group);
    if (plan.parts.every((part) => part.isLasting)) this.plans.set(group, plan);
    this.run(plan, group);
  }

  /** Whether a plan is still one for the group. */
  private fits(plan: Plan<State>, group: ParamGroup<Group>): boolean {
    const { key, params, members, names, values, parts, readsCounts } = plan;
    if (params.length !== group.params.length || key !== this.keyOf(group)) return false;
    for (let i = 0; i < params.length; i++) if (params[i] !== group.params[i]) return false;
    let place = 0;
    for (const member of members) {
      const state = this.state.get(member);
      for (const name of names) if (state?.[name] !== values[place++]) return false;
    }
    return !readsCounts || parts.every((part) => part.isEven());
  }

  /** What a plan depends on besides parameters and state: options, and the kind of the first parameter. */
  private keyOf(group: ParamGroup<Group>): string {
    const { foreach, fused, differentiable, capturable, lr } = group;
    const { handle } = group.params[0] as Tensor;
    const options = `${foreach} ${fused} ${differentiable} ${capturable} ${lr instanceof Tensor} ${isRecorded(lr)}`;
    return `${options} ${native.dtypeCode(handle)} ${native.deviceCode(handle)} ${this.stateNames(group)}`;
  }

  /** Updates by a plan; false, before anything has changed, if gradients have gone or have come since. */
  private run({ way, parts, others }: Plan<State>, group: ParamGroup<Group>): boolean {
    if (others.length > 0 && native.grads(handlesOf(others)).some((grad) => grad !== null)) return false;
    let isComplete = true;
    withScratch(() => {
      const grads = parts.map((part) => part.gradients());
      isComplete = grads.every((grad) => grad !== null);
      if (!isComplete) return;
      for (const [i, part] of parts.entries()) this.runPart(way, part, grads[i] as TensorBatch, group);
    });
    return isComplete;
  }

  private runPart(way: Way, part: Part<State>, grad: TensorBatch, group: ParamGroup<Group>): void {
    try {
      withScratch(() => {
        const item = part.next(grad, way === 'fused' || group.capturable === true);
        if (way === 'fused') this.fused(item, group);
        else if (way === 'foreach') this.foreach(item, group);
        else this.single(item, group);
        for (const [name, batch] of item.begun) {
          batch.list.handles().forEach((handle, i) => {
            // State outlives the `tidy` around a step.
            this.stateOf(part.params[i] as Tensor)[name] = keep(wrap(handle));
          });
        }
      });
    } catch (error) {
      // A gradient that the operators cannot take has words of its own.
      for (const param of part.params) if (param.grad !== null) this.checkGradient(param, param.grad, group);
      throw error;
    }
  }

  private runOne({ param, grad, state, counters }: Member<State>, group: ParamGroup<Group>): void {
    const isPaired = this.pairsComplex && param.dtype.isComplex;
    const real = (tensor: Tensor): Tensor => (isPaired ? viewAsReal(tensor) : tensor);
    const states = Object.entries<Tensor>(state).map(([name, tensor]) => [name, tensor && real(tensor)]);
    const { step } = counters;
    if (step !== undefined) step.tensor.add_(1);
    const item = new Item<Tensor, State>(
      {
        param: real(param),
        grad: real(grad),
        state: Object.fromEntries(states) as Record<State, Tensor>,
        step: group.capturable || group.differentiable ? (step?.tensor ?? 0) : (step?.value ?? 0),
      },
      [param],
      Object.fromEntries(Object.entries(counters).map(([name, counter]) => [name, [counter]])),
      ([tensor]) => tensor as Tensor,
    );
    this.single(item, group);
    for (const [name, tensor] of item.begun) this.stateOf(param)[name] = keep(tensor);
  }

  /** The gradients of the parameters that have one. */
  private gradients(group: ParamGroup<Group>): Map<Tensor, Tensor> {
    const grads = new Map<Tensor, Tensor>();
    native.grads(handlesOf(group.params)).forEach((handle, i) => {
      if (handle === null) return;
      const param = group.params[i] as Tensor;
      // Autograd knows the gradient itself, not another handle of it.
      const grad = group.differentiable ? (param.grad as Tensor) : wrap(handle);
      this.checkGradient(param, grad, group);
      grads.set(param, grad);
    });
    return grads;
  }

  /** Makes the state of parameters that have none. */
  protected beginAll(params: readonly Tensor[], group: ParamGroup<Group>, grads?: ReadonlyMap<Tensor, Tensor>): void {
    const fresh = [...new Set(params)].filter((param) => Object.keys(this.state.get(param) ?? {}).length === 0);
    const counters = Object.entries(this.counters(group)).map(
      ([name, value]) => [name, this.makeCounters(fresh, value, group)] as const,
    );
    for (const [i, param] of fresh.entries()) {
      const state = this.begin(param, grads?.get(param) ?? param, group);
      if (counters.length === 0 && Object.keys(state).length === 0) continue;
      const counted = counters.map(([name, tensors]) => [name, tensors[i]]);
      this.state.set(param, { ...Object.fromEntries(counted), ...keep(state) });
    }
  }

  /** Counters with a value, one for each parameter. */
  protected makeCounters(params: readonly Tensor[], value: number, group: Group): Tensor[] {
    const values = params.map(() => value);
    const counters = Counter.make(values, countsInFloat64(group.fused === true)).map(({ tensor }) => tensor);
    if (!this.countsOnDevice(group)) return counters;
    return counters.map((counter, i) => {
      const param = params[i] as Tensor;
      return param.isCpu ? counter : keep(counter.to({ device: param.device }));
    });
  }

  private membersOf(
    params: readonly Tensor[],
    grads: ReadonlyMap<Tensor, Tensor>,
    group: ParamGroup<Group>,
  ): Member<State>[] {
    const [names, counters] = [this.stateNames(group), Object.keys(this.counters(group))];
    return params.map((param) => {
      const state = this.state.get(param) ?? {};
      for (const name of [...names, ...counters]) {
        if (state[name] === undefined && !this.mayLack(name as State)) throw new KeyError(name);
      }
      return {
        param,
        grad: grads.get(param) as Tensor,
        state: Object.fromEntries(names.map((name) => [name, state[name] ?? undefined])) as Record<State, Tensor>,
        counters: Object.fromEntries(counters.map((name) => [name, Counter.of(state[name] as Tensor)])),
      };
    });
  }

  private plan(
    way: Way,
    members: readonly Tensor[],
    grads: ReadonlyMap<Tensor, Tensor>,
    group: ParamGroup<Group>,
  ): Plan<State> {
    const counters = Object.keys(this.counters(group));
    const names = [...counters, ...this.stateNames(group)];
    for (const member of members) {
      const state = this.state.get(member) ?? {};
      for (const name of counters) if (state[name] instanceof Tensor) state[name] = Counter.adopt(state[name]);
    }
    const readsCounts = way !== 'fused' && !group.capturable;
    const parts = partsOf(this.membersOf(members, grads, group), this.stateNames(group), counters, {
      readsCounts,
      isParted: way === 'single' && (members[0]?.isCpu ?? false),
      pairsComplex: this.pairsComplex,
    });
    return {
      way,
      key: this.keyOf(group),
      params: [...group.params],
      members,
      others: group.params.filter((param) => !grads.has(param)),
      names,
      values: members.flatMap((member) => names.map((name) => this.state.get(member)?.[name])),
      parts,
      readsCounts,
    };
  }

  /** The implementation that PyTorch would take. */
  private wayOf(group: ParamGroup<Group>, members: readonly Tensor[], grads: Iterable<Tensor>): Way {
    const { fused = null, differentiable, capturable } = group;
    let { foreach = null } = group;
    if (this.isOneByOne) return 'oneByOne';
    if (fused === null && foreach === null) foreach = this.prefersForeach(group, members);
    if (fused) return 'fused';
    if (foreach) {
      if (differentiable) throw new AssertionError("_foreach ops don't support autograd");
      return 'foreach';
    }
    const isTwice = new Set(members).size < members.length;
    return differentiable || capturable || isTwice || this.needsOneByOne(group, grads) ? 'oneByOne' : 'single';
  }

  /** Whether PyTorch would take its foreach implementation where none is asked for. */
  protected prefersForeach({ differentiable }: Group, members: readonly Tensor[]): boolean {
    return !differentiable && prefersForeach(members);
  }
}
