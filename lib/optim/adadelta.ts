/** Adadelta: steps as large as the recent ones, in units of the recent gradients. */
import { ValueError } from '../errors';
import { zerosLike } from '../generated/torch';
import { repr } from '../python-repr';
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

/** The options of Adadelta, as its groups have them. */
export interface AdadeltaGroup {
  /** The factor of a step. */
  lr: Hyperparameter;
  /** The decay of the average of squared gradients. */
  rho: number;
  /** Added to what roots are taken of. */
  eps: number;
  /** The factor of the L2 penalty. */
  weightDecay: number;
  /** Whether to climb instead of to descend. */
  maximize: boolean;
  /** Whether a step can be captured in a graph of an accelerator. */
  capturable: boolean;
  /** Whether to take PyTorch's foreach implementation; null leaves the choice to the optimizer. */
  foreach: boolean | null;
  /** Whether autograd records the update. */
  differentiable: boolean;
}

/** The options that Adadelta takes by name. */
export type AdadeltaOptions = Partial<AdadeltaGroup>;

type State = 'square_avg' | 'acc_delta';

const SIGNATURE = new OptimizerSignature<AdadeltaGroup>(
  'Adadelta',
  { lr: 1, rho: 0.9, eps: 1e-6, weightDecay: 0, foreach: null },
  { capturable: false, maximize: false, differentiable: false },
  ['lr', 'rho', 'eps', 'weightDecay', 'maximize', 'capturable', 'foreach', 'differentiable'],
);

/**
 * Adadelta.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.optim.Adadelta.html
 * @throws ValueError for an option out of its range.
 */
export class Adadelta extends ElementwiseOptimizer<AdadeltaGroup, State> {
  constructor(...args: OptimizerArguments<AdadeltaGroup, ['lr', 'rho', 'eps', 'weightDecay', 'foreach']>) {
    const [params, options] = SIGNATURE.bind(args);
    const { lr, rho, eps, weightDecay } = options;
    checkLearningRate(lr);
    if (!(rho >= 0 && rho <= 1)) throw new ValueError(`Invalid rho value: ${repr(rho)}`);
    checkAtLeast(0, eps, 'Invalid epsilon value');
    checkAtLeast(0, weightDecay, 'Invalid weight_decay value');
    super(params, options);
  }

  protected override get addedOptions(): AdadeltaOptions {
    return { foreach: null, maximize: false, differentiable: false, capturable: false };
  }

  protected override get countedOnce(): readonly string[] {
    return ['step'];
  }

  protected override get floatDefaults(): Record<string, number> {
    return { lr: 1 };
  }

  protected override stateNames(): readonly State[] {
    return ['square_avg', 'acc_delta'];
  }

  protected override begin(param: Tensor): ParamState {
    return { square_avg: zerosLike(param), acc_delta: zerosLike(param) };
  }

  protected override single<T extends Operand<T>>(item: Item<T, State>, group: AdadeltaGroup): void {
    if (group.capturable) item.checkCapturable('params and state_steps', false);
    const delta = direction(item, group);
    item.param.add_(delta, { alpha: -scalar(group.lr) });
  }

  protected override foreach(item: Item<TensorBatch, State>, group: AdadeltaGroup): void {
    if (group.capturable) item.checkCapturable('params and state_steps', false);
    const delta = direction(item, group);
    if (group.capturable && group.lr instanceof Tensor) item.param.add_(delta.mul_(neg(withoutDimensions(group.lr))));
    else item.param.add_(delta, { alpha: -scalar(group.lr) });
  }
}

/** Accumulates a gradient and the step that comes of it, which it gives. */
function direction<T extends Operand<T>>(
  { param, grad: given, state: { square_avg, acc_delta } }: Item<T, State>,
  { rho, eps, weightDecay, maximize, differentiable }: AdadeltaGroup,
): T {
  let grad = maximize ? given.neg() : given;
  if (weightDecay !== 0) grad = grad.add(param, { alpha: weightDecay });
  square_avg.mul_(rho).addcmul_(grad, grad, { value: 1 - rho });
  const std = square_avg.add(eps).sqrt_();
  let delta = acc_delta.add(eps).sqrt_();
  if (differentiable) delta = delta.clone();
  delta.div_(std).mul_(grad);
  acc_delta.mul_(rho).addcmul_(delta, delta, { value: 1 - rho });
  return delta;
}
