/** NAdam: Adam with Nesterov's momentum. */
import { zerosLike } from '../generated/torch';
import type { Tensor } from '../tensor';
import { ElementwiseOptimizer } from './elementwise';
import {
  add,
  checkAtLeast,
  checkBetas,
  checkLearningRate,
  div,
  type Hyperparameter,
  mul,
  neg,
  pow,
  scalar,
  sub,
  withoutDimensions,
} from './hyperparameters';
import { type Operand, powers, type TensorBatch } from './operand';
import type { ParamState } from './optimizer';
import { type OptimizerArguments, OptimizerSignature } from './options';
import type { Item } from './parts';

/** The options of NAdam, as its groups have them. */
export interface NAdamGroup {
  /** The learning rate. */
  lr: Hyperparameter;
  /** The decay of the averages of the gradient and of its square. */
  betas: readonly [number, number];
  /** Added to the denominator. */
  eps: number;
  /** The factor of the L2 penalty, or of the decay of the weights where it is decoupled. */
  weightDecay: number;
  /** How the momentum grows. */
  momentumDecay: number;
  /** Whether weights decay by themselves. */
  decoupledWeightDecay: boolean;
  /** Whether to climb instead of to descend. */
  maximize: boolean;
  /** Whether to take PyTorch's foreach implementation; null leaves the choice to the optimizer. */
  foreach: boolean | null;
  /** Whether a step can be captured in a graph of an accelerator. */
  capturable: boolean;
  /** Whether autograd records the update. */
  differentiable: boolean;
}

/** The options that NAdam takes by name. */
export type NAdamOptions = Partial<NAdamGroup>;

type State = 'exp_avg' | 'exp_avg_sq';

const SIGNATURE = new OptimizerSignature<NAdamGroup>(
  'NAdam',
  {
    lr: 2e-3,
    betas: [0.9, 0.999],
    eps: 1e-8,
    weightDecay: 0,
    momentumDecay: 4e-3,
    decoupledWeightDecay: false,
  },
  { foreach: null, maximize: false, capturable: false, differentiable: false },
  [
    'lr',
    'betas',
    'eps',
    'weightDecay',
    'momentumDecay',
    'decoupledWeightDecay',
    'maximize',
    'foreach',
    'capturable',
    'differentiable',
  ],
);

/**
 * NAdam.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.optim.NAdam.html
 * @throws ValueError for an option out of its range.
 */
export class NAdam extends ElementwiseOptimizer<NAdamGroup, State> {
  constructor(
    ...args: OptimizerArguments<
      NAdamGroup,
      ['lr', 'betas', 'eps', 'weightDecay', 'momentumDecay', 'decoupledWeightDecay']
    >
  ) {
    const [params, options] = SIGNATURE.bind(args);
    const { lr, betas, eps, weightDecay, momentumDecay } = options;
    checkLearningRate(lr);
    checkAtLeast(0, eps, 'Invalid epsilon value');
    checkBetas(betas);
    checkAtLeast(0, weightDecay, 'Invalid weight_decay value');
    checkAtLeast(0, momentumDecay, 'Invalid momentum_decay value');
    super(params, options);
  }

  protected override get addedOptions(): NAdamOptions {
    return { maximize: false, foreach: null, capturable: false, differentiable: false, decoupledWeightDecay: false };
  }

  protected override get countedOnce(): readonly string[] {
    return ['step', 'mu_product'];
  }

  protected override counters(): Record<string, number> {
    return { step: 0, mu_product: 1 };
  }

  protected override stateNames(): readonly State[] {
    return ['exp_avg', 'exp_avg_sq'];
  }

  protected override begin(param: Tensor): ParamState {
    return { exp_avg: zerosLike(param), exp_avg_sq: zerosLike(param) };
  }

  protected override single<T extends Operand<T>>(item: Item<T, State>, group: NAdamGroup): void {
    if (group.capturable) item.checkCapturable('params, mu_products and state_steps');
    const { param, state } = item;
    const { betas, eps, momentumDecay, differentiable, capturable } = group;
    const [beta1, beta2] = betas;
    const step = (capturable ? item.step : item.count('step')) as Hyperparameter;
    const grad = withWeightDecay(item, group);
    const mu = momentum(beta1, mul(step, momentumDecay));
    const muNext = momentum(beta1, mul(add(1, step), momentumDecay));
    average(state, grad, betas);
    const denominator = state.exp_avg_sq.div(sub(1, pow(beta2, step))).sqrt();
    const lr = withoutDimensions(group.lr);
    if (differentiable || capturable) {
      const product = (item.counter('mu_product') as unknown as Tensor).mul_(mu);
      const numerator = { param, denominator: denominator.add(eps), grad, average: state.exp_avg };
      recordedUpdate(numerator as never, { lr, mu, muNext, product });
      return;
    }
    const product = item.setCount('mu_product', times(item, scalar(mu)));
    denominator.add_(eps);
    const forGrad = div(mul(neg(lr), 1 - scalar(mu)), 1 - product);
    param.addcdiv_(grad, denominator, { value: scalar(forGrad) });
    const forAverage = div(mul(neg(lr), scalar(muNext)), 1 - product * scalar(muNext));
    param.addcdiv_(state.exp_avg, denominator, { value: scalar(forAverage) });
  }

  protected override foreach(item: Item<TensorBatch, State>, group: NAdamGroup): void {
    if (group.capturable) {
      this.capturedUpdate(item, group);
      return;
    }
    const { param, state } = item;
    const { betas, eps, momentumDecay } = group;
    const [beta1, beta2] = betas;
    const step = item.count('step');
    const grad = withWeightDecay(item, group);
    average(state, grad, betas);
    const root = state.exp_avg_sq.sqrt();
    const mu = momentum(beta1, step * momentumDecay) as number;
    const muNext = momentum(beta1, (step + 1) * momentumDecay) as number;
    const product = item.setCount('mu_product', times(item, mu));
    root.div_(scalar(pow(sub(1, pow(beta2, step)), 0.5))).add_(eps);
    const lr = scalar(group.lr);
    param.addcdiv_(grad, root, { value: -((lr * (1 - mu)) / (1 - product)) });
    param.addcdiv_(state.exp_avg, root, { value: -((lr * muNext) / (1 - product * muNext)) });
  }

  /** PyTorch's foreach implementation where the steps are on the device. */
  private capturedUpdate(item: Item<TensorBatch, State>, group: NAdamGroup): void {
    item.checkCapturable('params, mu_products, and state_steps', false);
    const { param, state } = item;
    const { betas, eps, momentumDecay } = group;
    const [beta1, beta2] = betas;
    const lr = withoutDimensions(group.lr);
    const step = item.step as TensorBatch;
    const products = item.counter('mu_product');
    const grad = withWeightDecay(item, group);
    average(state, grad, betas);
    const root = state.exp_avg_sq.sqrt();
    const exponent = step.mul(momentumDecay);
    const mus = powers(0.96, exponent).mul_(-0.5).add_(1).mul_(beta1);
    exponent.add_(momentumDecay);
    const muNexts = powers(0.96, exponent).mul_(-0.5).add_(1).mul_(beta1);
    const correction = powers(beta2, step).sub_(1).neg_().sqrt_();
    products.mul_(mus);
    root.div_(correction).add_(eps);
    mus.sub_(1).mul_(lr).div_(products.sub(1).neg_());
    const denominator = products.mul(muNexts);
    muNexts.mul_(lr).div_(denominator.sub_(1));
    const numerator = mus.mul(grad).addcmul_(muNexts, state.exp_avg);
    param.addcdiv_(numerator, root);
  }
}

/** The gradient to take, with the penalty on the weights; or lets these decay by themselves. */
function withWeightDecay<T extends Operand<T>>(
  { param, grad: given }: Item<T, State>,
  { lr, weightDecay, decoupledWeightDecay, maximize }: NAdamGroup,
): T {
  const grad = maximize ? given.neg() : given;
  if (weightDecay === 0) return grad;
  if (!decoupledWeightDecay) return grad.add(param, { alpha: weightDecay });
  param.mul_(sub(1, mul(withoutDimensions(lr), weightDecay)));
  return grad;
}

/** The momentum after a number of decays. */
function momentum(beta1: number, decays: Hyperparameter): Hyperparameter {
  return mul(beta1, sub(1, mul(0.5, pow(0.96, decays))));
}

function average<T extends Operand<T>>(
  state: Readonly<Record<State, T>>,
  grad: T,
  [beta1, beta2]: readonly [number, number],
): void {
  state.exp_avg.lerp_(grad, 1 - beta1);
  state.exp_avg_sq.mul_(beta2).addcmul_(grad, grad, { value: 1 - beta2 });
}

/** The product of all momenta, with one more, to its own precision. */
function times<T extends Operand<T>>(item: Item<T, State>, mu: number): number {
  return item.count('mu_product') * item.rounded('mu_product', mu);
}

interface Recorded {
  readonly param: Tensor;
  readonly denominator: Tensor;
  readonly grad: Tensor;
  readonly average: Tensor;
}

interface Momenta {
  readonly lr: Hyperparameter;
  readonly mu: Hyperparameter;
  readonly muNext: Hyperparameter;
  readonly product: Tensor;
}

/** The update of a single tensor by operators that autograd records. */
function recordedUpdate(
  { param, denominator, grad, average: mean }: Recorded,
  { lr, mu, muNext, product }: Momenta,
): void {
  const productNext = product.mul(muNext);
  const forGrad = div(mul(neg(lr), sub(1, mu)), sub(1, product));
  const forAverage = div(mul(neg(lr), muNext), sub(1, productNext));
  param.addcdiv_(grad.mul(forGrad), denominator);
  param.addcdiv_(mean.mul(forAverage), denominator);
}
