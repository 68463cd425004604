/** Stochastic gradient descent. */
import { RuntimeError, ValueError } from '../errors';
import { Tensor } from '../tensor';
import { ElementwiseOptimizer } from './elementwise';
import { checkFusedOptions, checkUnscaled, runFused } from './fused';
import { checkFused } from './groups';
import { checkAtLeast, type Hyperparameter, isRecorded, scalar, textOf, withoutDimensions } from './hyperparameters';
import type { Operand, TensorBatch } from './operand';
import { type OptimizerArguments, OptimizerSignature } from './options';
import type { Item } from './parts';

/** The options of SGD, as its groups have them. */
export interface SGDGroup {
  /** The learning rate. */
  lr: Hyperparameter;
  momentum: number;
  /** How much of the gradient the momentum leaves out. */
  dampening: number;
  /** The factor of the L2 penalty. */
  weightDecay: Hyperparameter;
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

const SIGNATURE = new OptimizerSignature<SGDGroup>(
  'SGD',
  { lr: 1e-3, momentum: 0, dampening: 0, weightDecay: 0, nesterov: false },
  { maximize: false, foreach: null, differentiable: false, fused: null },
);

function check({ lr, momentum, dampening, weightDecay, nesterov }: SGDGroup): void {
  if (lr instanceof Tensor && lr.numel() !== 1) throw new ValueError('Tensor lr must be 1-element');
  if (Number(lr) < 0) throw new ValueError(`Invalid learning rate: ${textOf(lr)}`);
  checkAtLeast(0, momentum, 'Invalid momentum value');
  checkAtLeast(0, weightDecay, 'Invalid weight_decay value');
  if (nesterov && (momentum <= 0 || dampening !== 0)) {
    throw new ValueError('Nesterov momentum requires a momentum and zero dampening');
  }
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
export class SGD extends ElementwiseOptimizer<SGDGroup, 'momentum_buffer'> {
  private checkedForFused = false;

  constructor(...args: OptimizerArguments<SGDGroup, ['lr', 'momentum', 'dampening', 'weightDecay', 'nesterov']>) {
    const [params, options] = SIGNATURE.bind(args);
    check(options);
    super(params, options);
    checkFusedOptions(this, options);
  }

  protected override get addedOptions(): SGDOptions {
    return { nesterov: false, maximize: false, foreach: null, differentiable: false, fused: false };
  }

  protected override counters(): Record<string, number> {
    return {};
  }

  protected override stateNames({ momentum }: SGDGroup): readonly 'momentum_buffer'[] {
    return momentum === 0 ? [] : ['momentum_buffer'];
  }

  protected override begin(): Record<string, unknown> {
    return {};
  }

  /** The momentum begins as the first gradient. */
  protected override mayLack(): boolean {
    return true;
  }

  protected override checkGradient(param: Tensor, grad: Tensor, { fused }: SGDGroup): void {
    if (!fused) return;
    if (!this.checkedForFused) checkFused(param);
    this.checkedForFused = true;
    if (grad.isSparse) throw new RuntimeError('`_fused_sgd` does not support sparse gradients');
  }

  protected override get pairsComplex(): boolean {
    return false;
  }

  protected override needsOneByOne({ lr, weightDecay }: SGDGroup): boolean {
    return isRecorded(lr) || isRecorded(weightDecay);
  }

  protected override single<T extends Operand<T>>(item: Item<T, 'momentum_buffer'>, group: SGDGroup): void {
    checkUnscaled(this);
    const { param } = item;
    const { momentum, nesterov, maximize, weightDecay } = group;
    let grad = maximize ? item.grad.neg() : item.grad;
    if (isRecorded(weightDecay)) {
      if (scalar(weightDecay) !== 0) grad = addcmul_(grad, param.clone(), weightDecay, 1);
    } else if (scalar(weightDecay) !== 0) {
      grad = grad.add(param, { alpha: scalar(weightDecay) });
    }
    if (momentum !== 0) {
      const buffer = accumulate(item, grad, group);
      grad = nesterov ? grad.add(buffer, { alpha: momentum }) : buffer;
    }
    const lr = withoutDimensions(group.lr);
    if (isRecorded(lr)) addcmul_(param, grad, lr, -1);
    else param.add_(grad, { alpha: -scalar(lr) });
  }

  /**
   * With `nesterov`, and neither weight decay nor `maximize`, PyTorch's foreach implementation adds the momentum to the
   * gradients themselves, and so does this.
   */
  protected override foreach(item: Item<TensorBatch, 'momentum_buffer'>, group: SGDGroup): void {
    checkUnscaled(this);
    const { momentum, nesterov, maximize } = group;
    const weightDecay = scalar(group.weightDecay);
    let grad = maximize ? item.grad.neg() : item.grad;
    if (weightDecay !== 0) {
      grad = maximize ? grad.add_(item.param, { alpha: weightDecay }) : grad.add(item.param, { alpha: weightDecay });
    }
    if (momentum !== 0) {
      const buffer = accumulate(item, grad, group);
      grad = nesterov ? grad.add_(buffer, { alpha: momentum }) : buffer;
    }
    item.param.add_(grad, { alpha: -scalar(group.lr) });
  }

  protected override fused(item: Item<TensorBatch, 'momentum_buffer'>, group: SGDGroup): void {
    const { momentum, dampening, nesterov, maximize, weightDecay, lr } = group;
    let buffer: TensorBatch | null = momentum === 0 ? null : item.state.momentum_buffer;
    const isFirstStep = buffer === undefined;
    if (isFirstStep) {
      buffer = item.grad.clone();
      item.begun.set('momentum_buffer', buffer);
    }
    runFused(
      '_fusedSgd_',
      item,
      [item.param, item.grad, buffer],
      { weightDecay: scalar(weightDecay), momentum, lr, dampening, nesterov, maximize, isFirstStep },
      this,
    );
  }
}

/** Adds a gradient to the momentum, which begins as a copy of it. */
function accumulate<T extends Operand<T>>(
  item: Item<T, 'momentum_buffer'>,
  grad: T,
  { momentum, dampening }: SGDGroup,
): T {
  const known = item.state.momentum_buffer as T | undefined;
  if (known !== undefined) return known.mul_(momentum).add_(grad, { alpha: 1 - dampening });
  const buffer = (grad instanceof Tensor ? grad.detach().clone() : grad.clone()) as T;
  item.begun.set('momentum_buffer', buffer);
  return buffer;
}

/** `sum += value * a * factor`, for updates that autograd records. */
function addcmul_<T extends Operand<T>>(sum: T, a: T, factor: Hyperparameter, value: number): T {
  const tensor = sum as unknown as Tensor;
  return tensor.addcmul_(a as unknown as Tensor, factor as Tensor, { value }) as unknown as T;
}
