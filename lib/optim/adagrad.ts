/** Adagrad: steps that shrink with the sum of all squared gradients. */
import { Complex } from '../complex';
import { RuntimeError } from '../errors';
import { fullLike } from '../generated/torch';
import type { Tensor } from '../tensor';
import { ElementwiseOptimizer } from './elementwise';
import { checkFusedOptions, checkUnscaled, runFused } from './fused';
import { checkFused } from './groups';
import {
  checkAtLeast,
  checkLearningRate,
  div,
  type Hyperparameter,
  isRecorded,
  neg,
  scalar,
  withoutDimensions,
} from './hyperparameters';
import type { Operand, TensorBatch } from './operand';
import type { ParamState } from './optimizer';
import { type OptimizerArguments, OptimizerSignature } from './options';
import type { Item } from './parts';
import { sparseLike } from './sparse';

/** The options of Adagrad, as its groups have them. */
export interface AdagradGroup {
  /** The learning rate. */
  lr: Hyperparameter;
  /** The decay of the learning rate, per step. */
  lrDecay: number;
  /** Added to the denominator. */
  eps: number;
  /** The factor of the L2 penalty. */
  weightDecay: number;
  /** Where the sums of squared gradients begin. */
  initialAccumulatorValue: number;
  /** Whether to take PyTorch's foreach implementation; null leaves the choice to the optimizer. */
  foreach: boolean | null;
  /** Whether to climb instead of to descend. */
  maximize: boolean;
  /** Whether autograd records the update. */
  differentiable: boolean;
  /** Whether to take the fused operator. */
  fused: boolean | null;
}

/** The options that Adagrad takes by name. */
export type AdagradOptions = Partial<AdagradGroup>;

const SIGNATURE = new OptimizerSignature<AdagradGroup>(
  'Adagrad',
  { lr: 1e-2, lrDecay: 0, weightDecay: 0, initialAccumulatorValue: 0, eps: 1e-10, foreach: null },
  { maximize: false, differentiable: false, fused: null },
  ['lr', 'lrDecay', 'eps', 'weightDecay', 'initialAccumulatorValue', 'foreach', 'maximize', 'differentiable', 'fused'],
);

/**
 * Adagrad. Takes sparse gradients too.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.optim.Adagrad.html
 * @throws ValueError for an option out of its range, RuntimeError for options that exclude each other.
 */
export class Adagrad extends ElementwiseOptimizer<AdagradGroup, 'sum'> {
  private checkedForFused = false;

  constructor(
    ...args: OptimizerArguments<
      AdagradGroup,
      ['lr', 'lrDecay', 'weightDecay', 'initialAccumulatorValue', 'eps', 'foreach']
    >
  ) {
    const [params, options] = SIGNATURE.bind(args);
    const { lr, lrDecay, weightDecay, initialAccumulatorValue, eps } = options;
    checkLearningRate(lr);
    checkAtLeast(0, lrDecay, 'Invalid lr_decay value');
    checkAtLeast(0, weightDecay, 'Invalid weight_decay value');
    checkAtLeast(0, initialAccumulatorValue, 'Invalid initial_accumulator_value value');
    checkAtLeast(0, eps, 'Invalid epsilon value');
    super(params, options);
    checkFusedOptions(this, options);
    for (const group of this.paramGroups) this.beginAll(group.params, group);
  }

  protected override get addedOptions(): AdagradOptions {
    return { foreach: null, maximize: false, differentiable: false, fused: null };
  }

  protected override get countedOnce(): readonly string[] {
    return ['step'];
  }

  /** Moves the sums of squares to memory that processes share. */
  shareMemory(): void {
    for (const { sum } of this.state.values()) (sum as Tensor & { shareMemory_(): void }).shareMemory_();
  }

  protected override stateNames(): readonly 'sum'[] {
    return ['sum'];
  }

  protected override begin(param: Tensor): ParamState {
    const { initialAccumulatorValue: value } = this.defaults;
    return { sum: fullLike(param, param.dtype.isComplex ? new Complex(value, value) : value) };
  }

  protected override checkGradient(param: Tensor, grad: Tensor, { fused, weightDecay }: AdagradGroup): void {
    if (fused && !this.checkedForFused) {
      checkFused(param);
      this.checkedForFused = true;
    }
    if (fused && (grad.isSparse || param.dtype.isComplex)) {
      throw new RuntimeError('`fused` does not support sparse grad or complex param');
    }
    if (grad.isSparse && weightDecay !== 0) {
      throw new RuntimeError('weight_decay option is not compatible with sparse gradients');
    }
  }

  protected override needsOneByOne({ lr }: AdagradGroup, grads: Iterable<Tensor>): boolean {
    return isRecorded(lr) || [...grads].some((grad) => grad.isSparse);
  }

  protected override single<T extends Operand<T>>(item: Item<T, 'sum'>, group: AdagradGroup): void {
    checkUnscaled(this);
    const { param, state } = item;
    const { eps, weightDecay, maximize, differentiable } = group;
    let grad = maximize ? item.grad.neg() : item.grad;
    if (weightDecay !== 0) grad = grad.add(param, { alpha: weightDecay });
    const lr = decayedRate(item, group);
    if ((grad as unknown as Tensor).isSparse) {
      updateSparse(param as never, grad as never, state.sum as never, { lr: scalar(lr), eps });
      return;
    }
    state.sum.addcmul_(grad, grad, { value: 1 });
    const root = state.sum.sqrt();
    param.addcdiv_(grad, differentiable ? root.add(eps) : root.add_(eps), { value: -scalar(lr) });
  }

  protected override foreach(item: Item<TensorBatch, 'sum'>, group: AdagradGroup): void {
    checkUnscaled(this);
    const { param, state } = item;
    const { eps, weightDecay, maximize } = group;
    let grad = maximize ? item.grad.neg() : item.grad;
    if (weightDecay !== 0) {
      grad = maximize ? grad.add_(param, { alpha: weightDecay }) : grad.add(param, { alpha: weightDecay });
    }
    const negativeRate = scalar(decayedRate(item, group, neg(withoutDimensions(group.lr))));
    state.sum.addcmul_(grad, grad, { value: 1 });
    const std = state.sum.sqrt().add_(eps);
    const numerator = weightDecay !== 0 || maximize ? grad.mul_(negativeRate) : grad.mul(negativeRate);
    param.addcdiv_(numerator, std);
  }

  protected override fused(item: Item<TensorBatch, 'sum'>, group: AdagradGroup): void {
    const { lr, lrDecay, weightDecay, eps, maximize, differentiable } = group;
    if (differentiable) throw new RuntimeError('adagrad with fused=True does not support differentiable=True');
    runFused(
      '_fusedAdagrad_',
      item,
      [item.param, item.grad, item.state.sum, item.step as TensorBatch],
      { lr, lrDecay, weightDecay, eps, maximize },
      this,
    );
  }
}

/** The learning rate of a step. */
function decayedRate<T extends Operand<T>>(
  item: Item<T, 'sum'>,
  { lr, lrDecay }: AdagradGroup,
  rate: Hyperparameter = withoutDimensions(lr),
): Hyperparameter {
  return div(rate, 1 + (item.count('step') - 1) * lrDecay);
}

/** Updates the elements that a sparse gradient has. */
function updateSparse(param: Tensor, given: Tensor, sum: Tensor, { lr, eps }: { lr: number; eps: number }): void {
  // The update is not linear: each index has to be there once.
  const grad = given.coalesce();
  const values = grad._values();
  sum.add_(sparseLike(grad, values.pow(2)));
  const std = sum.sparseMask(grad)._values().sqrt_().add_(eps);
  param.add_(sparseLike(grad, values.div(std)), { alpha: -lr });
}
