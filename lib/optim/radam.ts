/** RAdam: Adam that waits for its averages to become reliable. */
import { where, zerosLike } from '../generated/torch';
import { wrap } from '../ops';
import type { Tensor } from '../tensor';
import { ElementwiseOptimizer } from './elementwise';
import {
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
import { type Operand, powers, TensorBatch } from './operand';
import type { ParamState } from './optimizer';
import { type OptimizerArguments, OptimizerSignature } from './options';
import type { Item } from './parts';

/** The options of RAdam, as its groups have them. */
export interface RAdamGroup {
  /** The learning rate. */
  lr: Hyperparameter;
  /** The decay of the averages of the gradient and of its square. */
  betas: readonly [number, number];
  /** Added to the denominator. */
  eps: number;
  /** The factor of the L2 penalty, or of the decay of the weights where it is decoupled. */
  weightDecay: number;
  /** Whether to climb instead of to descend. */
  maximize: boolean;
  /** Whether to take PyTorch's foreach implementation; null leaves the choice to the optimizer. */
  foreach: boolean | null;
  /** Whether a step can be captured in a graph of an accelerator. */
  capturable: boolean;
  /** Whether weights decay by themselves. */
  decoupledWeightDecay: boolean;
  /** Whether autograd records the update. */
  differentiable: boolean;
}

/** The options that RAdam takes by name. */
export type RAdamOptions = Partial<RAdamGroup>;

type State = 'exp_avg' | 'exp_avg_sq';

const SIGNATURE = new OptimizerSignature<RAdamGroup>(
  'RAdam',
  { lr: 1e-3, betas: [0.9, 0.999], eps: 1e-8, weightDecay: 0, decoupledWeightDecay: false },
  { foreach: null, maximize: false, capturable: false, differentiable: false },
  ['lr', 'betas', 'eps', 'weightDecay', 'maximize', 'foreach', 'capturable', 'decoupledWeightDecay', 'differentiable'],
);

/** The length of the average from which on it is reliable. */
const RELIABLE = 5;

/**
 * RAdam.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.optim.RAdam.html
 * @throws ValueError for an option out of its range.
 */
export class RAdam extends ElementwiseOptimizer<RAdamGroup, State> {
  constructor(...args: OptimizerArguments<RAdamGroup, ['lr', 'betas', 'eps', 'weightDecay', 'decoupledWeightDecay']>) {
    const [params, options] = SIGNATURE.bind(args);
    const { lr, betas, eps, weightDecay } = options;
    checkLearningRate(lr);
    checkAtLeast(0, eps, 'Invalid epsilon value');
    checkBetas(betas);
    checkAtLeast(0, weightDecay, 'Invalid weight_decay value');
    super(params, options);
  }

  protected override get addedOptions(): RAdamOptions {
    return { foreach: null, maximize: false, differentiable: false, decoupledWeightDecay: false, capturable: false };
  }

  protected override get countedOnce(): readonly string[] {
    return ['step'];
  }

  protected override stateNames(): readonly State[] {
    return ['exp_avg', 'exp_avg_sq'];
  }

  protected override begin(param: Tensor): ParamState {
    return { exp_avg: zerosLike(param), exp_avg_sq: zerosLike(param) };
  }

  protected override single<T extends Operand<T>>(item: Item<T, State>, group: RAdamGroup): void {
    if (group.capturable) item.checkCapturable();
    const { param, state } = item;
    const { betas, eps, differentiable } = group;
    const [beta1, beta2] = betas;
    const lr = withoutDimensions(group.lr);
    average(item, group);
    if (group.capturable) {
      captureSingle(item as never, group);
      return;
    }
    const step = item.count('step');
    const correction2 = sub(1, pow(beta2, step)) as number;
    const length = averageLength(step, beta2);
    const corrected = state.exp_avg.div(sub(1, pow(beta1, step)));
    const update = differentiable ? corrected.mul(lr) : corrected.mul_(lr);
    if (length > RELIABLE) {
      const root = state.exp_avg_sq.sqrt();
      const scale = (differentiable ? root.add(eps) : root.add_(eps)).reciprocal().mul(pow(correction2, 0.5));
      param.add_(update.mul(scale).mul(rectification(length, beta2)), { alpha: -1 });
    } else {
      param.add_(update, { alpha: -1 });
    }
  }

  protected override foreach(item: Item<TensorBatch, State>, group: RAdamGroup): void {
    const { param, state } = item;
    const { betas, eps } = group;
    const [beta1, beta2] = betas;
    const buffer = (): TensorBatch => state.exp_avg_sq.sqrt().add_(eps);
    if (group.capturable) {
      item.checkCapturable('params and state_steps', false);
      average(item, group);
      const { unrectified, rectified } = captureSteps(item.step as TensorBatch, betas, withoutDimensions(group.lr));
      param.addcmul_(state.exp_avg, buffer().div_(rectified).reciprocal_().add_(unrectified));
      return;
    }
    average(item, group);
    const step = item.count('step');
    const lr = withoutDimensions(group.lr);
    const length = averageLength(step, beta2);
    const rect = length > RELIABLE ? rectification(length, beta2) : 0;
    const correction1 = sub(1, pow(beta1, step)) as number;
    const root2 = pow(sub(1, pow(beta2, step)), 0.5);
    const unrectified = neg(div(mul(lr, rect > 0 ? 0 : 1), correction1));
    const rectified = neg(mul(root2, div(mul(lr, rect), correction1)));
    const scale = buffer().div_(scalar(rectified)).reciprocal_().add_(scalar(unrectified));
    param.addcmul_(state.exp_avg, scale);
  }
}

/** Averages the gradient, with the penalty on the weights, and its square; or lets the weights decay by themselves. */
function average<T extends Operand<T>>(
  { param, grad: given, state }: Item<T, State>,
  { lr, betas: [beta1, beta2], weightDecay, decoupledWeightDecay, maximize }: RAdamGroup,
): void {
  let grad = maximize ? given.neg() : given;
  if (weightDecay !== 0) {
    if (decoupledWeightDecay) param.mul_(sub(1, mul(withoutDimensions(lr), weightDecay)));
    else grad = grad.add(param, { alpha: weightDecay });
  }
  state.exp_avg.lerp_(grad, 1 - beta1);
  state.exp_avg_sq.mul_(beta2).addcmul_(grad, grad, { value: 1 - beta2 });
}

/** The length of a moving average that is as reliable after endless steps. */
function longest(beta2: number): number {
  return 2 / (1 - beta2) - 1;
}

/** The same after so many. */
function averageLength(step: number, beta2: number): number {
  const power = pow(beta2, step) as number;
  return longest(beta2) - (2 * step * power) / (1 - power);
}

function rectification(length: number, beta2: number): number {
  const most = longest(beta2);
  return pow(((length - 4) * (length - 2) * most) / ((most - 4) * (most - 2) * length), 0.5) as number;
}

/** The update of a single tensor where the step is on the device. */
function captureSingle(
  { param, state, step: given }: Item<Tensor, State>,
  { lr, betas: [beta1, beta2], eps, differentiable }: RAdamGroup,
): void {
  const step = given as Tensor;
  const power = pow(beta2, step) as Tensor;
  const correction1 = sub(1, pow(beta1, step)) as Tensor;
  const correction2 = sub(1, power) as Tensor;
  const corrected = state.exp_avg.div(correction1);
  const most = longest(beta2);
  const length = sub(most, step.mul(2).mul(power).div(correction2)) as Tensor;
  const rect = length
    .sub(4)
    .mul(length.sub(2))
    .mul(most)
    .div(length.mul((most - 4) * (most - 2)))
    .pow(0.5);
  const root = state.exp_avg_sq.sqrt();
  const adaptive = correction2.pow(0.5).div(differentiable ? root.add(eps) : root.add_(eps));
  const update = where(length.gt(RELIABLE), rect.mul(adaptive), 1);
  param.add_(corrected.mul(withoutDimensions(lr)).mul(update), { alpha: -1 });
}

/** The step sizes of PyTorch's foreach implementation where the steps are on the device. */
function captureSteps(
  steps: TensorBatch,
  [beta1, beta2]: readonly [number, number],
  lr: Hyperparameter,
): { unrectified: TensorBatch; rectified: TensorBatch } {
  const most = longest(beta2);
  const complement = powers(beta2, steps).neg_().add_(1);
  const lengths = powers(beta2, steps).mul_(steps).mul_(2).div_(complement).neg_().add_(most);
  const factors = lengths
    .sub(4)
    .mul_(lengths.sub(2))
    .mul_(most)
    .div_(lengths.mul((most - 4) * (most - 2)))
    .sqrt_();
  // There is no `where` over lists.
  const tensors = (batch: TensorBatch): Tensor[] => batch.list.handles().map(wrap);
  const [lengthTensors, factorTensors] = [tensors(lengths), tensors(factors)];
  const rects = lengthTensors.map((length, i) => where(length.gt(RELIABLE), factorTensors[i] as Tensor, 0));
  const unrectified = TensorBatch.of(rects.map((rect) => rect.gt(0).logicalNot().to(rect.dtype)));
  unrectified.mul_(lr);
  const correction1 = powers(beta1, steps).neg_().add_(1);
  unrectified.div_(correction1).neg_();
  const rectified = powers(beta2, steps).neg_().add_(1).sqrt_().mul_(lr).mul_(TensorBatch.of(rects));
  return { unrectified, rectified: rectified.neg_().div_(correction1) };
}
