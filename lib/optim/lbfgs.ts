/** L-BFGS: Newton's method with a Hessian that is estimated from recent gradients. */
import { enableGrad } from '../autograd/grad-mode';
import { AssertionError, RuntimeError, ValueError } from '../errors';
import { cat, viewAsReal, zeros } from '../generated/torch';
import { keep } from '../memory/scope';
import type { Tensor } from '../tensor';
import {
  checkLearningRate,
  type Hyperparameter,
  isAtMost,
  isLess,
  min,
  mul,
  neg,
  scalar,
  withoutDimensions,
} from './hyperparameters';
import { strongWolfe } from './line-search';
import { Optimizer } from './optimizer';
import { type OptimizerArguments, OptimizerSignature } from './options';

/** The options of LBFGS, as its group has them. */
export interface LBFGSGroup {
  /** The learning rate. */
  lr: Hyperparameter;
  /** The most iterations of a step. */
  maxIter: number;
  /** The most evaluations of a step: a quarter more than the iterations if null. */
  maxEval: number | null;
  /** The size of the gradient at which a step ends. */
  toleranceGrad: number;
  /** The change of the loss or of the parameters at which a step ends. */
  toleranceChange: number;
  /** How many gradients are remembered. */
  historySize: number;
  /** Whether to search along the line: null moves by the learning rate. */
  lineSearchFn: 'strong_wolfe' | null;
}

/** The options that LBFGS takes by name. */
export type LBFGSOptions = Partial<LBFGSGroup>;

/** What LBFGS remembers, as the state of the first parameter. */
interface Memory {
  func_evals: number;
  n_iter: number;
  al?: (Tensor | null)[];
  d?: Tensor;
  t?: Hyperparameter;
  old_dirs?: Tensor[];
  old_stps?: Tensor[];
  ro?: Tensor[];
  H_diag?: Hyperparameter;
  prev_flat_grad?: Tensor;
  prev_loss?: number;
}

const SIGNATURE = new OptimizerSignature<LBFGSGroup>(
  'LBFGS',
  {
    lr: 1,
    maxIter: 20,
    maxEval: null,
    toleranceGrad: 1e-7,
    toleranceChange: 1e-9,
    historySize: 100,
    lineSearchFn: null,
  },
  {},
);

/**
 * L-BFGS. Its `step` needs a closure, which it calls several times. All parameters are in one group.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.optim.LBFGS.html
 * @throws ValueError for a negative learning rate, or for more groups than one.
 */
export class LBFGS extends Optimizer<LBFGSGroup> {
  private readonly params: readonly Tensor[];

  constructor(
    ...args: OptimizerArguments<
      LBFGSGroup,
      ['lr', 'maxIter', 'maxEval', 'toleranceGrad', 'toleranceChange', 'historySize', 'lineSearchFn']
    >
  ) {
    const [params, options] = SIGNATURE.bind(args);
    checkLearningRate(options.lr);
    super(params, { ...options, maxEval: options.maxEval ?? Math.floor((options.maxIter * 5) / 4) });
    if (this.paramGroups.length !== 1) {
      throw new ValueError("LBFGS doesn't support per-parameter options (parameter groups)");
    }
    this.params = (this.paramGroups[0] as { params: Tensor[] }).params;
  }

  private flatGradient(): Tensor {
    const views = this.params.map((param) => {
      const { grad } = param;
      let view: Tensor;
      if (grad === null) view = zeros([param.numel()], { dtype: param.dtype, device: param.device });
      else view = (grad.isSparse ? grad.toDense() : grad).view(-1);
      return view.dtype.isComplex ? viewAsReal(view).view(-1) : view;
    });
    return cat(views, 0);
  }

  /** Moves the parameters along a direction. */
  private move(t: Hyperparameter, direction: Tensor): void {
    let offset = 0;
    for (const param of this.params) {
      const real = param.dtype.isComplex ? viewAsReal(param) : param;
      const count = real.numel();
      real.add_(direction.narrow(0, offset, count).viewAs(real), { alpha: scalar(t) });
      offset += count;
    }
  }

  /**
   * Minimizes the loss that a closure gives, which it calls several times; gives the loss of the first time.
   *
   * @throws TypeError without a closure.
   */
  override step(closure?: null): null;
  override step<T>(closure: () => T): T;
  override step<T>(closure?: (() => T) | null): T | null {
    if (!closure) throw new TypeError("LBFGS.step() missing 1 required positional argument: 'closure'");
    if (this.paramGroups.length !== 1) {
      throw new AssertionError(`Expected exactly one param_group, but got ${this.paramGroups.length}`);
    }
    let loss: T | null = null;
    this.update(null, () => {
      const memory = this.stateOf(this.params[0] as Tensor) as unknown as Memory;
      memory.func_evals ??= 0;
      memory.n_iter ??= 0;
      loss = enableGrad(closure);
      memory.func_evals += 1;
      this.minimize(memory, Number(loss), () => Number(enableGrad(closure)));
      keep(memory);
    });
    return loss;
  }

  private minimize(memory: Memory, firstLoss: number, evaluate: () => number): void {
    const group = this.paramGroups[0] as LBFGSGroup;
    const { maxIter, toleranceGrad, toleranceChange, lineSearchFn } = group;
    const maxEval = group.maxEval as number;
    const lr = withoutDimensions(group.lr);
    const isOptimal = (gradient: Tensor): boolean => isAtMost(gradient.abs().max(), toleranceGrad);
    let loss = firstLoss;
    let gradient = this.flatGradient();
    let evaluations = 1;
    if (isOptimal(gradient)) return;
    const now = { ...memory } as Required<Memory>;
    for (let iteration = 1; iteration <= maxIter; iteration++) {
      memory.n_iter += 1;
      if (memory.n_iter === 1) Object.assign(now, { d: gradient.neg(), old_dirs: [], old_stps: [], ro: [], H_diag: 1 });
      else now.d = direction(memory, now, gradient, group);
      if (now.prev_flat_grad === undefined) now.prev_flat_grad = gradient.clone();
      else now.prev_flat_grad.copy_(gradient);
      now.prev_loss = loss;
      now.t = memory.n_iter === 1 ? mul(min(1, gradient.abs().sum().reciprocal()), lr) : lr;
      const slope = gradient.dot(now.d);
      if (isLess(-toleranceChange, slope)) break;

      let spent = 0;
      let hasArrived = false;
      if (lineSearchFn !== null) {
        if (lineSearchFn !== 'strong_wolfe') throw new RuntimeError("only 'strong_wolfe' is supported");
        const start = { t: 0, value: loss, gradient, slope };
        const found = this.search(start, now, maxEval - evaluations, evaluate);
        ({ t: now.t, value: loss, gradient } = found.point);
        spent = found.evaluations;
        this.move(now.t, now.d);
        hasArrived = isOptimal(gradient);
      } else {
        this.move(now.t, now.d);
        // What is evaluated after the last iteration would be of no use.
        if (iteration !== maxIter) {
          loss = evaluate();
          gradient = this.flatGradient();
          hasArrived = isOptimal(gradient);
          spent = 1;
        }
      }
      evaluations += spent;
      memory.func_evals += spent;
      if (iteration === maxIter || evaluations >= maxEval || hasArrived) break;
      if (isAtMost(now.d.mul(now.t).abs().max(), toleranceChange)) break;
      if (Math.abs(loss - now.prev_loss) < toleranceChange) break;
    }
    const { d, t, old_dirs, old_stps, ro, H_diag, prev_flat_grad, prev_loss } = now;
    Object.assign(memory, { d, t, old_dirs, old_stps, ro, H_diag, prev_flat_grad, prev_loss });
  }

  private search(
    start: Parameters<typeof strongWolfe>[0],
    { d, t }: Required<Memory>,
    maxEvaluations: number,
    evaluate: () => number,
  ): ReturnType<typeof strongWolfe> {
    const before = this.params.map((param) => param.clone());
    return strongWolfe(start, t, {
      direction: d,
      maxEvaluations,
      evaluate: (distance) => {
        this.move(distance, d);
        const result = [evaluate(), this.flatGradient()] as const;
        this.params.forEach((param, i) => {
          param.copy_(before[i] as Tensor);
        });
        return result;
      },
    });
  }
}

/** Remembers the last change of the gradient, and gives the direction of Newton's step. */
function direction(memory: Memory, now: Required<Memory>, gradient: Tensor, { historySize }: LBFGSGroup): Tensor {
  const { old_dirs: changes, old_stps: steps, ro } = now;
  const y = gradient.sub(now.prev_flat_grad);
  const s = now.d.mul(now.t);
  const ys = y.dot(s);
  if (isLess(1e-10, ys)) {
    if (changes.length === historySize) for (const list of [changes, steps, ro]) list.shift();
    changes.push(y);
    steps.push(s);
    ro.push(ys.reciprocal());
    now.H_diag = ys.div(y.dot(y));
  }
  memory.al ??= new Array<Tensor | null>(historySize).fill(null);
  const { al } = memory;
  const q = gradient.neg();
  for (let i = changes.length - 1; i >= 0; i--) {
    const factor = (steps[i] as Tensor).dot(q).mul(ro[i] as Tensor);
    al[i] = factor;
    q.add_(changes[i] as Tensor, { alpha: scalar(neg(factor)) });
  }
  const r = q.mul(now.H_diag);
  for (const [i, change] of changes.entries()) {
    const factor = change.dot(r).mul(ro[i] as Tensor);
    r.add_(steps[i] as Tensor, { alpha: (al[i] as Tensor).sub(factor).item() });
  }
  return r;
}
