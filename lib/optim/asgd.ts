/** Averaged stochastic gradient descent. */
import { float64, getDefaultDtype } from '../dtype';
import { onesLike, zerosLike } from '../generated/torch';
import type { Tensor } from '../tensor';
import { ElementwiseOptimizer } from './elementwise';
import {
  add,
  checkAtLeast,
  checkLearningRate,
  div,
  type Hyperparameter,
  mul,
  pow,
  scalar,
  sub,
  withoutDimensions,
} from './hyperparameters';
import type { Operand, TensorBatch } from './operand';
import type { ParamState } from './optimizer';
import { type OptimizerArguments, OptimizerSignature } from './options';
import type { Item } from './parts';

/** The options of ASGD, as its groups have them. */
export interface ASGDGroup {
  /** The learning rate. */
  lr: Hyperparameter;
  /** The decay of the parameters. */
  lambd: number;
  /** The power by which the learning rate decays. */
  alpha: number;
  /** The step from which on parameters are averaged. */
  t0: number;
  /** The factor of the L2 penalty. */
  weightDecay: number;
  /** Whether to take PyTorch's foreach implementation; null leaves the choice to the optimizer. */
  foreach: boolean | null;
  /** Whether to climb instead of to descend. */
  maximize: boolean;
  /** Whether autograd records the update. */
  differentiable: boolean;
  /** Whether a step can be captured in a graph of an accelerator. */
  capturable: boolean;
}

/** The options that ASGD takes by name. */
export type ASGDOptions = Partial<ASGDGroup>;

const SIGNATURE = new OptimizerSignature<ASGDGroup>(
  'ASGD',
  {
    lr: 1e-2,
    lambd: 1e-4,
    alpha: 0.75,
    t0: 1e6,
    weightDecay: 0,
    foreach: null,
    maximize: false,
    differentiable: false,
    capturable: false,
  },
  {},
);

/**
 * Averaged stochastic gradient descent: the averages are `ax` in the state.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.optim.ASGD.html
 * @throws ValueError for an option out of its range.
 */
export class ASGD extends ElementwiseOptimizer<ASGDGroup, 'ax'> {
  constructor(
    ...args: OptimizerArguments<
      ASGDGroup,
      ['lr', 'lambd', 'alpha', 't0', 'weightDecay', 'foreach', 'maximize', 'differentiable', 'capturable']
    >
  ) {
    const [params, options] = SIGNATURE.bind(args);
    checkLearningRate(options.lr);
    checkAtLeast(0, options.weightDecay, 'Invalid weight_decay value');
    super(params, options);
  }

  protected override get addedOptions(): ASGDOptions {
    return { foreach: null, maximize: false, differentiable: false, capturable: false };
  }

  protected override get countedOnce(): readonly string[] {
    return ['step', 'eta', 'mu'];
  }

  protected override get floatDefaults(): Record<string, number> {
    return { t0: 1e6 };
  }

  protected override counters({ lr }: ASGDGroup): Record<string, number> {
    return { step: 0, eta: scalar(lr), mu: 1 };
  }

  protected override countsOnDevice(): boolean {
    return true;
  }

  protected override stateNames(): readonly 'ax'[] {
    return ['ax'];
  }

  protected override begin(param: Tensor): ParamState {
    return { ax: zerosLike(param) };
  }

  protected override single<T extends Operand<T>>(item: Item<T, 'ax'>, group: ASGDGroup): void {
    const {
      param,
      state: { ax },
    } = item;
    const { lambd, weightDecay, maximize, capturable } = group;
    if (capturable) item.checkCapturable('params, mus, etas, and state_steps');
    let grad = maximize ? item.grad.neg() : item.grad;
    if (weightDecay !== 0) grad = grad.add(param, { alpha: weightDecay });
    if (capturable) {
      const eta = item.counter('eta');
      param.mul_(sub(1, mul(lambd, eta as unknown as Tensor)));
      param.addcmul_(grad, eta, { value: -1 });
    } else {
      const eta = item.count('eta');
      param.mul_(1 - lambd * eta);
      param.add_(grad, { alpha: -eta });
    }
    if (capturable || item.count('mu') !== 1) {
      ax.add_(param.sub(ax).mul_(capturable ? item.counter('mu') : item.count('mu')));
    } else {
      ax.copy_(param);
    }
    if (capturable) captureRates(item as never, group);
    else updateRates(item, group, item.count('step'));
  }

  protected override foreach(item: Item<TensorBatch, 'ax'>, group: ASGDGroup): void {
    const {
      param,
      state: { ax },
    } = item;
    const { lambd, weightDecay, maximize, capturable } = group;
    if (capturable) item.checkCapturable('params, mus, etas, and state_steps', false);
    let grad = maximize ? item.grad.neg() : item.grad;
    if (weightDecay !== 0) {
      grad = maximize ? grad.add_(param, { alpha: weightDecay }) : grad.add(param, { alpha: weightDecay });
      grad.add_(param, { alpha: lambd });
    } else {
      grad = grad.add(param, { alpha: lambd });
    }
    const [etas, mus] = [item.counter('eta'), item.counter('mu')];
    param.addcmul_(grad, etas, { value: -1 });
    ax.addcmul_(param.sub(ax), mus);
    if (!capturable) {
      updateRates(item, group, item.firstCounter('step'));
      return;
    }
    const step = item.step as TensorBatch;
    const lr = withoutDimensions(group.lr);
    mus.copy_(step.sub(group.t0).maximum_(1).reciprocal_());
    etas.copy_(step.mul(lambd).mul_(lr).add_(1).pow_(group.alpha).reciprocal_().mul_(lr));
  }
}

/** The next step size, and the weight of the next parameters in the average. */
function updateRates<T extends Operand<T>>(
  item: Item<T, 'ax'>,
  { lr: given, lambd, alpha, t0 }: ASGDGroup,
  step: Hyperparameter,
): void {
  const lr = withoutDimensions(given);
  const decay = pow(add(1, mul(mul(lambd, lr), step)), alpha);
  item.setCount('eta', toDefaultDtype(scalar(div(lr, decay))));
  item.setCount('mu', toDefaultDtype(1 / Math.max(1, item.count('step') - t0)));
}

/** PyTorch makes tensors of the numbers, which loaded counters of another dtype then copy. */
function toDefaultDtype(value: number): number {
  return getDefaultDtype() === float64 ? value : Math.fround(value);
}

/** The same where the steps are on the device. */
function captureRates(item: Item<Tensor, 'ax'>, { lr: given, lambd, alpha, t0 }: ASGDGroup): void {
  const lr = withoutDimensions(given);
  const step = item.step as Tensor;
  const decay = pow(add(1, mul(mul(lambd, lr), step)), alpha);
  item.counter('eta').copy_(div(lr, decay) as Tensor);
  item.counter('mu').copy_(div(1, step.sub(t0).maximum(onesLike(step))) as Tensor);
}
