/** RMSprop: gradients in units of their recent size. */
import { zerosLike } from '../generated/torch';
import { Tensor } from '../tensor';
import { ElementwiseOptimizer } from './elementwise';
import {
  checkAtLeast,
  checkLearningRate,
  type Hyperparameter,
  neg,
  scalar,
  withoutDimensions,
} from './hyperparameters';
import type { Operand, TensorBatch } from './operand';
import type { ParamState } from './optimizer';
import { type OptimizerArguments, OptimizerSignature } from './options';
import type { Item } from './parts';

/** The options of RMSprop, as its groups have them. */
export interface RMSpropGroup {
  /** The learning rate. */
  lr: Hyperparameter;
  momentum: number;
  /** The decay of the averages. */
  alpha: number;
  /** Added to the denominator. */
  eps: number;
  /** Whether to take the variance of the gradients instead of their squares. */
  centered: boolean;
  /** The factor of the L2 penalty. */
  weightDecay: number;
  /** Whether a step can be captured in a graph of an accelerator. */
  capturable: boolean;
  /** Whether to take PyTorch's foreach implementation; null leaves the choice to the optimizer. */
  foreach: boolean | null;
  /** Whether to climb instead of to descend. */
  maximize: boolean;
  /** Whether autograd records the update. */
  differentiable: boolean;
}

/** The options that RMSprop takes by name. */
export type RMSpropOptions = Partial<RMSpropGroup>;

type State = 'square_avg' | 'momentum_buffer' | 'grad_avg';

const SIGNATURE = new OptimizerSignature<RMSpropGroup>(
  'RMSprop',
  {
    lr: 1e-2,
    alpha: 0.99,
    eps: 1e-8,
    weightDecay: 0,
    momentum: 0,
    centered: false,
    capturable: false,
    foreach: null,
    maximize: false,
    differentiable: false,
  },
  {},
  ['lr', 'momentum', 'alpha', 'eps', 'centered', 'weightDecay', 'capturable', 'foreach', 'maximize', 'differentiable'],
);

/**
 * RMSprop, with momentum if asked for.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.optim.RMSprop.html
 * @throws ValueError for an option out of its range.
 */
export class RMSprop extends ElementwiseOptimizer<RMSpropGroup, State> {
  constructor(
    ...args: OptimizerArguments<
      RMSpropGroup,
      [
        'lr',
        'alpha',
        'eps',
        'weightDecay',
        'momentum',
        'centered',
        'capturable',
        'foreach',
        'maximize',
        'differentiable',
      ]
    >
  ) {
    const [params, options] = SIGNATURE.bind(args);
    const { lr, eps, momentum, weightDecay, alpha } = options;
    checkLearningRate(lr);
    checkAtLeast(0, eps, 'Invalid epsilon value');
    checkAtLeast(0, momentum, 'Invalid momentum value');
    checkAtLeast(0, weightDecay, 'Invalid weight_decay value');
    checkAtLeast(0, alpha, 'Invalid alpha value');
    super(params, options);
  }

  protected override get addedOptions(): RMSpropOptions {
    return { momentum: 0, centered: false, foreach: null, maximize: false, differentiable: false, capturable: false };
  }

  protected override get countedOnce(): readonly string[] {
    return ['step'];
  }

  protected override stateNames({ momentum, centered }: RMSpropGroup): readonly State[] {
    return [
      'square_avg',
      ...(momentum > 0 ? ['momentum_buffer' as const] : []),
      ...(centered ? ['grad_avg' as const] : []),
    ];
  }

  protected override begin(param: Tensor, _grad: Tensor, group: RMSpropGroup): ParamState {
    return Object.fromEntries(this.stateNames(group).map((name) => [name, zerosLike(param)]));
  }

  protected override single<T extends Operand<T>>(item: Item<T, State>, group: RMSpropGroup): void {
    if (group.capturable) item.checkCapturable();
    const { param, state } = item;
    const { grad, root } = average(item, group);
    const lr = scalar(group.lr);
    if (group.momentum > 0) {
      param.add_(state.momentum_buffer.mul_(group.momentum).addcdiv_(grad, root), { alpha: -lr });
    } else {
      param.addcdiv_(grad, root, { value: -lr });
    }
  }

  protected override foreach(item: Item<TensorBatch, State>, group: RMSpropGroup): void {
    if (!(group.capturable && group.lr instanceof Tensor)) {
      this.single(item, group);
      return;
    }
    item.checkCapturable();
    const { param, state } = item;
    const { grad, root } = average(item, group);
    const negativeRate = neg(withoutDimensions(group.lr));
    if (group.momentum > 0) {
      param.add_(state.momentum_buffer.mul_(group.momentum).addcdiv_(grad, root).mul(negativeRate));
    } else {
      param.addcdiv_(grad, root.div_(negativeRate));
    }
  }
}

/** Averages the squares of a gradient; gives it, and the root of the average. */
function average<T extends Operand<T>>(
  { param, grad: given, state }: Item<T, State>,
  { alpha, eps, weightDecay, centered, maximize, differentiable }: RMSpropGroup,
): { grad: T; root: T } {
  let grad = maximize ? given.neg() : given;
  if (weightDecay !== 0) grad = grad.add(param, { alpha: weightDecay });
  const squares = state.square_avg.mul_(alpha).addcmul_(grad, grad, { value: 1 - alpha });
  let root: T;
  if (centered) {
    const mean = state.grad_avg.lerp_(grad, 1 - alpha);
    root = squares.addcmul(mean, mean, { value: -1 }).sqrt_();
  } else {
    root = squares.sqrt();
  }
  return { grad, root: differentiable ? root.add(eps) : root.add_(eps) };
}
