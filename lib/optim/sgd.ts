/** Stochastic gradient descent. */
import { Signature } from '../arguments';
import { RuntimeError, ValueError } from '../errors';
import { keep } from '../memory/scope';
import { native } from '../native';
import { wrap } from '../ops';
import { repr } from '../python-repr';
import { Tensor } from '../tensor';
import { checkFused, prefersForeach } from './groups';
import { CachedList } from './lists';
import { handlesOf, Optimizer, type ParamGroup, type Params } from './optimizer';
import { updateFused, updateLikeForeach, updateLists, updateOneByOne, updateWhole } from './sgd-update';

/** The options of SGD, as its groups have them. */
export interface SGDGroup {
  /** The learning rate. */
  lr: number | Tensor;
  momentum: number;
  /** How much of the gradient the momentum leaves out. */
  dampening: number;
  /** The factor of the L2 penalty. */
  weightDecay: number | Tensor;
  /** Whether the momentum looks ahead. */
  nesterov: boolean;
  /** Whether to climb instead of to descend. */
  maximize: boolean;
  /** Whether to take PyTorch's foreach implementation; null leaves the choice to the optimizer. */
  foreach: boolean | null;
  /** Whether autograd records the update. */
  differentiable: boolean;
  /** Whether to take the fused operator. */
  fused: boolean | null;
}

/** The options that SGD takes by name. */
export type SGDOptions = Partial<SGDGroup>;

type KeywordOptions = Pick<SGDOptions, 'maximize' | 'foreach' | 'differentiable' | 'fused'>;

const SGD_PARAMETERS = new Signature(
  'SGD.__init__',
  [
    'params',
    'lr?',
    'momentum?',
    'dampening?',
    'weightDecay?',
    'nesterov?',
    'maximize?',
    'foreach?',
    'differentiable?',
    'fused?',
  ],
  6,
);

function defaultsOf(options: readonly unknown[]): SGDGroup {
  const [lr = 1e-3, momentum = 0, dampening = 0, weightDecay = 0, nesterov = false, ...keywords] = options;
  const [maximize = false, foreach = null, differentiable = false, fused = null] = keywords;
  const group = {
    lr,
    momentum,
    dampening,
    weightDecay,
    nesterov,
    maximize,
    foreach,
    differentiable,
    fused,
  } as SGDGroup;
  check(group);
  return group;
}

function check({ lr, momentum, dampening, weightDecay, nesterov }: SGDGroup): void {
  if (lr instanceof Tensor && lr.numel() !== 1) throw new ValueError('Tensor lr must be 1-element');
  if (Number(lr) < 0) throw new ValueError(`Invalid learning rate: ${textOf(lr)}`);
  if (momentum < 0) throw new ValueError(`Invalid momentum value: ${repr(momentum)}`);
  if (Number(weightDecay) < 0) throw new ValueError(`Invalid weight_decay value: ${textOf(weightDecay)}`);
  if (nesterov && (momentum <= 0 || dampening !== 0)) {
    throw new ValueError('Nesterov momentum requires a momentum and zero dampening');
  }
}

function textOf(value: number | Tensor): string {
  return value instanceof Tensor ? `${value}` : repr(value);
}

/** The parameters of a group that have gradients, and what belongs to them. */
export interface Trained {
  readonly params: Tensor[];
  readonly grads: Tensor[];
  /** Of the steps before; null at a parameter's first. Empty without momentum. */
  readonly buffers: (Tensor | null)[];
}

/**
 * Stochastic gradient descent, with momentum if asked for.
 *
 * A step is a handful of native calls over lists, however many parameters there are, and gives PyTorch's digits.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.optim.SGD.html
 * @throws ValueError for a negative option, or `nesterov` without momentum or with dampening.
 * @throws TypeError for an option that does not exist.
 */
export class SGD extends Optimizer<SGDGroup> {
  private checkedForFused = false;
  private readonly lists = new WeakMap<ParamGroup<SGDGroup>, { params: CachedList; buffers: CachedList }>();

  constructor(params: Params<SGDGroup>, options?: SGDOptions);
  constructor(params: Params<SGDGroup>, lr: number | Tensor, options?: Omit<SGDOptions, 'lr'>);
  constructor(
    params: Params<SGDGroup>,
    lr?: number | Tensor,
    momentum?: number,
    dampening?: number,
    weightDecay?: number | Tensor,
    nesterov?: boolean,
    options?: KeywordOptions,
  );
  constructor(options: { params: Params<SGDGroup> } & SGDOptions);
  constructor(...args: unknown[]) {
    const [params, ...options] = SGD_PARAMETERS.bind(args as never);
    const defaults = defaultsOf(options);
    super(params as Params<SGDGroup>, defaults);
    if (!defaults.fused) return;
    if (defaults.differentiable) throw new RuntimeError('`fused` does not support `differentiable`');
    if (defaults.foreach) throw new RuntimeError('`fused` and `foreach` cannot be `True` together.');
  }

  protected override completeGroup(group: ParamGroup<SGDGroup>): void {
    const complete = { nesterov: false, maximize: false, foreach: null, differentiable: false, fused: false };
    const options: Record<string, unknown> = group as object as Record<string, unknown>;
    for (const [name, value] of Object.entries(complete)) {
      if (!(name in options)) options[name] = value;
    }
  }

  override step(closure?: null): null;
  override step<T>(closure: () => T): T;
  override step<T>(closure?: (() => T) | null): T | null {
    return this.update(closure, () => {
      for (const group of this.paramGroups) this.updateGroup(group);
    });
  }

  private updateGroup(group: ParamGroup<SGDGroup>): void {
    if (group.params.length > 0 && updateOf(group, group.params) === updateLists && this.updateWhole(group)) return;
    const trained = this.trained(group);
    if (trained.params.length > 0) updateOf(group, trained.params)(group, trained);
    if (group.momentum === 0) return;
    for (const [i, param] of trained.params.entries()) {
      const [state, buffer] = [this.stateOf(param), trained.buffers[i]];
      // State outlives the `tidy` around a step.
      if (state.momentum_buffer !== buffer) state.momentum_buffer = keep(buffer);
    }
  }

  /** Updates a group through native lists; false if some of its parameters have to be treated apart. */
  private updateWhole(group: ParamGroup<SGDGroup>): boolean {
    let lists = this.lists.get(group);
    if (lists === undefined) {
      lists = { params: new CachedList(), buffers: new CachedList() };
      this.lists.set(group, lists);
    }
    const buffers = group.momentum === 0 ? [] : this.buffers(group);
    if (buffers === null) return false;
    const params = lists.params.of(group.params);
    const grads = params.gradients();
    if (grads === null) return false;
    const old =
      buffers.length > 0 ? { list: lists.buffers.of(buffers), momentum: lists.buffers.factor(group.momentum) } : null;
    const fresh = updateWhole(group, params, grads, old);
    grads.dispose();
    fresh?.handles().forEach((handle, i) => {
      this.stateOf(group.params[i] as Tensor).momentum_buffer = keep(wrap(handle));
    });
    return true;
  }

  /** The momentum buffers of all parameters, none if there are none yet; null if only some have one. */
  private buffers(group: ParamGroup<SGDGroup>): Tensor[] | null {
    const buffers: Tensor[] = [];
    for (const param of group.params) {
      const buffer = this.state.get(param)?.momentum_buffer;
      if (buffer !== undefined && buffer !== null) buffers.push(buffer as Tensor);
    }
    return buffers.length === 0 || buffers.length === group.params.length ? buffers : null;
  }

  private trained(group: ParamGroup<SGDGroup>): Trained {
    const params: Tensor[] = [];
    const grads: Tensor[] = [];
    const buffers: (Tensor | null)[] = [];
    const all = native.grads(handlesOf(group.params));
    for (let i = 0; i < all.length; i++) {
      const [param, grad] = [group.params[i] as Tensor, all[i]];
      if (grad === null || grad === undefined) continue;
      if (group.fused && !this.checkedForFused) {
        checkFused(param);
        this.checkedForFused = true;
      }
      params.push(param);
      grads.push(group.differentiable ? (param.grad as Tensor) : wrap(grad));
      if (group.momentum !== 0) buffers.push((this.state.get(param)?.momentum_buffer ?? null) as Tensor | null);
    }
    return { params, grads, buffers };
  }
}

type Update = (group: SGDGroup, trained: Trained) => void;

/** The implementation that PyTorch would take; its single-tensor one in the form that runs over lists. */
function updateOf({ foreach, fused, lr, weightDecay, differentiable }: SGDGroup, params: readonly Tensor[]): Update {
  if (foreach === true || (foreach === null && fused === null && prefersForeach(params))) return updateLikeForeach;
  if (fused === true) return updateFused;
  const recorded = [lr, weightDecay].some((option) => option instanceof Tensor && option.requiresGrad);
  return differentiable || recorded ? updateOneByOne : updateLists;
}
