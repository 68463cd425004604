/** Adamax: Adam by the largest gradients instead of by their squares. */
import { cat, zerosLike } from '../generated/torch';
import type { Tensor } from '../tensor';
import { ElementwiseOptimizer } from './elementwise';
import {
  checkAtLeast,
  checkBetas,
  checkLearningRate,
  div,
  type Hyperparameter,
  pow,
  scalar,
  sub,
  withoutDimensions,
} from './hyperparameters';
import { maximum_, type Operand, powers } from './operand';
import type { ParamState } from './optimizer';
import { type OptimizerArguments, OptimizerSignature } from './options';
import type { Item } from './parts';

/** The options of Adamax, as its groups have them. */
export interface AdamaxGroup {
  /** The learning rate. */
  lr: Hyperparameter;
  /** The decay of the average of the gradient and of its largest size. */
  betas: readonly [number, number];
  /** Added to the sizes of gradients. */
  eps: number;
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

/** The options that Adamax takes by name. */
export type AdamaxOptions = Partial<AdamaxGroup>;

type State = 'exp_avg' | 'exp_inf';

const SIGNATURE = new OptimizerSignature<AdamaxGroup>(
  'Adamax',
  { lr: 2e-3, betas: [0.9, 0.999], eps: 1e-8, weightDecay: 0, foreach: null },
  { maximize: false, differentiable: false, capturable: false },
);

/**
 * Adamax.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.optim.Adamax.html
 * @throws ValueError for an option out of its range.
 */
export class Adamax extends ElementwiseOptimizer<AdamaxGroup, State> {
  constructor(...args: OptimizerArguments<AdamaxGroup, ['lr', 'betas', 'eps', 'weightDecay', 'foreach']>) {
    const [params, options] = SIGNATURE.bind(args);
    const { lr, betas, eps, weightDecay } = options;
    checkLearningRate(lr);
    checkAtLeast(0, eps, 'Invalid epsilon value');
    checkBetas(betas);
    checkAtLeast(0, weightDecay, 'Invalid weight_decay value');
    super(params, options);
  }

  protected override get addedOptions(): AdamaxOptions {
    return { foreach: null, maximize: false, differentiable: false, capturable: false };
  }

  protected override get countedOnce(): readonly string[] {
    return ['step'];
  }

  protected override stateNames(): readonly State[] {
    return ['exp_avg', 'exp_inf'];
  }

  protected override begin(param: Tensor): ParamState {
    return { exp_avg: zerosLike(param), exp_inf: zerosLike(param) };
  }

  protected override single<T extends Operand<T>>(item: Item<T, State>, group: AdamaxGroup): void {
    const {
      param,
      state: { exp_avg, exp_inf },
    } = item;
    const { betas, eps, weightDecay, maximize, differentiable, capturable } = group;
    const [beta1, beta2] = betas;
    const lr = withoutDimensions(group.lr);
    if (capturable) item.checkCapturable('params and state_steps', !group.foreach);
    let grad = maximize ? item.grad.neg() : item.grad;
    if (weightDecay !== 0) grad = grad.add(param, { alpha: weightDecay });
    exp_avg.lerp_(grad, 1 - beta1);
    if (differentiable) recordMaximum(exp_inf as never, grad as never, beta2, eps);
    else maximum_(exp_inf.mul_(beta2), grad.abs().add_(eps));
    if (capturable) {
      const correction = powers(beta1, item.step as T)
        .sub_(1)
        .div_(lr);
      param.addcdiv_(exp_avg, exp_inf.mul(correction));
    } else {
      const correction = sub(1, pow(beta1, item.count('step')));
      param.addcdiv_(exp_avg, exp_inf, { value: -scalar(div(lr, correction)) });
    }
  }
}

/** The largest size of gradients, by operators that autograd records. */
function recordMaximum(largest: Tensor, grad: Tensor, beta2: number, eps: number): void {
  const both = cat([largest.mul_(beta2).unsqueeze(0), grad.abs().add_(eps).unsqueeze_(0)], 0);
  largest.copy_(both.amax(0, { keepdim: false }));
}
