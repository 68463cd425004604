/** Adam: moments of the gradient, corrected for their beginning at zero. */
import { RuntimeError, ValueError } from '../errors';
import { zerosLike } from '../generated/torch';
import { Tensor } from '../tensor';
import { ElementwiseOptimizer } from './elementwise';
import { checkFusedOptions, checkUnscaled, runFused } from './fused';
import { checkFused } from './groups';
import {
  checkAtLeast,
  checkBetas,
  div,
  type Hyperparameter,
  isRecorded,
  mul,
  neg,
  pow,
  scalar,
  sub,
  textOf,
  withoutDimensions,
} from './hyperparameters';
import { maximum_, type Operand, powers, type TensorBatch } from './operand';
import type { ParamState } from './optimizer';
import { type OptimizerArguments, OptimizerSignature } from './options';
import type { Item } from './parts';

/** The options of Adam and AdamW, as their groups have them. */
export interface AdamGroup {
  /** The learning rate. A tensor needs `capturable` or `fused` where lists are updated. */
  lr: Hyperparameter;
  /** The decay of the averages of the gradient and of its square. */
  betas: readonly [Hyperparameter, Hyperparameter];
  /** Added to the denominator. */
  eps: number;
  /** The factor of the L2 penalty, or of the decay of the weights where it is decoupled. */
  weightDecay: Hyperparameter;
  /** Whether to divide by the largest average so far. */
  amsgrad: boolean;
  /** Whether to climb instead of to descend. */
  maximize: boolean;
  /** Whether to take PyTorch's foreach implementation; null leaves the choice to the optimizer. */
  foreach: boolean | null;
  /** Whether a step can be captured in a graph of an accelerator. */
  capturable: boolean;
  /** Whether autograd records the update. */
  differentiable: boolean;
  /** Whether to take the fused operator. */
  fused: boolean | null;
  /** Whether weights decay by themselves, as in AdamW. */
  decoupledWeightDecay: boolean;
}

/** The options that Adam takes by name. */
export type AdamOptions = Partial<AdamGroup>;

/** The options that may be given by position. */
export type AdamPositional = ['lr', 'betas', 'eps', 'weightDecay', 'amsgrad'];

type State = 'exp_avg' | 'exp_avg_sq' | 'max_exp_avg_sq';

const SIGNATURE = new OptimizerSignature<AdamGroup>(
  'Adam',
  { lr: 1e-3, betas: [0.9, 0.999], eps: 1e-8, weightDecay: 0, amsgrad: false },
  {
    foreach: null,
    maximize: false,
    capturable: false,
    differentiable: false,
    fused: null,
    decoupledWeightDecay: false,
  },
  [
    'lr',
    'betas',
    'eps',
    'weightDecay',
    'amsgrad',
    'maximize',
    'foreach',
    'capturable',
    'differentiable',
    'fused',
    'decoupledWeightDecay',
  ],
);

const NO_TENSOR = 'as a Tensor is not supported for capturable=False and foreach=True';

function check({ lr, betas, eps, weightDecay, foreach, capturable }: AdamGroup): void {
  if (lr instanceof Tensor) {
    if (foreach && !capturable) throw new ValueError(`lr ${NO_TENSOR}`);
    if (lr.numel() !== 1) throw new ValueError('Tensor lr must be 1-element');
  }
  if (!(Number(lr) >= 0)) throw new ValueError(`Invalid learning rate: ${textOf(lr)}`);
  checkAtLeast(0, eps, 'Invalid epsilon value');
  checkBetas(betas);
  checkAtLeast(0, weightDecay, 'Invalid weight_decay value');
  const [beta1, beta2] = betas;
  if (beta1 instanceof Tensor !== beta2 instanceof Tensor) {
    throw new ValueError('betas must be either both floats or both Tensors');
  }
  for (const [i, beta] of betas.entries()) {
    if (!(beta instanceof Tensor)) continue;
    if (!capturable && foreach) throw new ValueError(`betas[${i}] ${NO_TENSOR}`);
    if (beta.numel() !== 1) throw new ValueError(`Tensor betas[${i}] must be 1-element`);
  }
}

/**
 * Adam. With `amsgrad` it divides by the largest average of squares so far.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.optim.Adam.html
 * @throws ValueError for an option out of its range, RuntimeError for options that exclude each other.
 */
export class Adam extends ElementwiseOptimizer<AdamGroup, State> {
  constructor(...args: OptimizerArguments<AdamGroup, AdamPositional>) {
    const [params, options] = SIGNATURE.bind(args);
    check(options);
    const [beta1, beta2] = options.betas;
    super(params, { ...options, betas: [withoutDimensions(beta1), withoutDimensions(beta2)] });
    checkFusedOptions(this, options);
  }

  protected override get addedOptions(): AdamOptions {
    return {
      amsgrad: false,
      maximize: false,
      foreach: null,
      capturable: false,
      differentiable: false,
      decoupledWeightDecay: false,
      fused: null,
    };
  }

  protected override get countedOnce(): readonly string[] {
    return ['step'];
  }

  protected override stateNames({ amsgrad }: AdamGroup): readonly State[] {
    return amsgrad ? ['exp_avg', 'exp_avg_sq', 'max_exp_avg_sq'] : ['exp_avg', 'exp_avg_sq'];
  }

  protected override begin(param: Tensor, _grad: Tensor, group: AdamGroup): ParamState {
    if (group.fused) checkFused(param);
    return Object.fromEntries(this.stateNames(group).map((name) => [name, zerosLike(param)]));
  }

  protected override checkGradient(_param: Tensor, grad: Tensor, group: AdamGroup): void {
    if (grad.isSparse) {
      throw new RuntimeError('Adam does not support sparse gradients, please consider SparseAdam instead');
    }
    if (group.foreach && group.lr instanceof Tensor && !group.capturable) throw new RuntimeError(`lr ${NO_TENSOR}`);
  }

  protected override prefersForeach(group: AdamGroup, members: readonly Tensor[]): boolean {
    return (!(group.lr instanceof Tensor) || group.capturable) && super.prefersForeach(group, members);
  }

  protected override needsOneByOne({ lr, betas, weightDecay }: AdamGroup): boolean {
    return betas[0] instanceof Tensor || [lr, ...betas, weightDecay].some(isRecorded);
  }

  protected override single<T extends Operand<T>>(item: Item<T, State>, group: AdamGroup): void {
    checkUnscaled(this);
    const { param, state } = item;
    const [beta1, beta2] = group.betas;
    if (group.capturable) item.checkCapturable();
    const grad = withWeightDecay(param, group.maximize ? item.grad.neg() : item.grad, group);
    state.exp_avg.lerp_(grad, weight(beta1, param));
    if (group.differentiable && isRecorded(beta2)) state.exp_avg_sq.lerp_(grad.mul(grad), sub(1, beta2));
    else state.exp_avg_sq.mul_(beta2).addcmul_(grad, grad, { value: scalar(sub(1, beta2)) });
    if (typeof item.step !== 'number') {
      recordedUpdate(item, item.step, group);
      return;
    }
    const biasCorrection1 = sub(1, pow(beta1, item.step));
    const biasCorrection2 = sub(1, pow(beta2, item.step));
    const stepSize = div(withoutDimensions(group.lr), biasCorrection1);
    const squares = group.amsgrad ? maximum_(state.max_exp_avg_sq, state.exp_avg_sq) : state.exp_avg_sq;
    const denominator = squares.sqrt().div_(pow(biasCorrection2, 0.5)).add_(group.eps);
    param.addcdiv_(state.exp_avg, denominator, { value: -scalar(stepSize) });
  }

  protected override foreach(item: Item<TensorBatch, State>, group: AdamGroup): void {
    checkUnscaled(this);
    const { lr, eps, amsgrad, capturable } = group;
    const [beta1, beta2] = group.betas;
    if (lr instanceof Tensor && !capturable) throw new RuntimeError(`lr ${NO_TENSOR}`);
    for (const [i, beta] of group.betas.entries()) {
      if (beta instanceof Tensor && !capturable) throw new ValueError(`beta${i + 1} ${NO_TENSOR}`);
    }
    if (!capturable || typeof item.step === 'number') {
      this.single(item, group);
      return;
    }
    item.checkCapturable('params and state_steps', false);
    const { param, state, step } = item;
    const grad = withWeightDecay(param, group.maximize ? item.grad.neg() : item.grad, group);
    state.exp_avg.lerp_(grad, weight(beta1, param, item.params[0]));
    state.exp_avg_sq.mul_(beta2);
    if (beta2 instanceof Tensor) state.exp_avg_sq.addcmul_(grad.mul(sub(1, beta2)), grad);
    else state.exp_avg_sq.addcmul_(grad, grad, { value: 1 - beta2 });
    const stepSize = powers(beta1, step).sub_(1).div_(withoutDimensions(lr)).reciprocal_();
    const correction = powers(beta2, step).sub_(1).neg_().sqrt_();
    const squares = amsgrad ? maximum_(state.max_exp_avg_sq, state.exp_avg_sq) : state.exp_avg_sq;
    param.addcdiv_(state.exp_avg, squares.sqrt().div_(correction).add_(eps).div_(stepSize));
  }

  protected override fused(item: Item<TensorBatch, State>, group: AdamGroup): void {
    const { lr, betas, weightDecay, eps, amsgrad, maximize, differentiable } = group;
    if (differentiable) throw new RuntimeError('Adam with fused=True does not support differentiable=True');
    const { exp_avg, exp_avg_sq, max_exp_avg_sq } = item.state;
    const onDevice = lr instanceof Tensor && !lr.isCpu ? lr.to({ device: (item.params[0] as Tensor).device }) : lr;
    runFused(
      group.decoupledWeightDecay ? '_fusedAdamw_' : '_fusedAdam_',
      item,
      [item.param, item.grad, exp_avg, exp_avg_sq, amsgrad ? max_exp_avg_sq : null, item.step as TensorBatch],
      {
        amsgrad,
        lr: onDevice,
        beta1: scalar(betas[0]),
        beta2: scalar(betas[1]),
        weightDecay: scalar(weightDecay),
        eps,
        maximize,
      },
      this,
    );
  }
}

/** Lets the weights decay, or adds the penalty to the gradient, which it gives. */
function withWeightDecay<T extends Operand<T>>(
  param: T,
  grad: T,
  { lr, weightDecay, decoupledWeightDecay, differentiable, maximize, foreach }: AdamGroup,
): T {
  if (scalar(weightDecay) === 0) return grad;
  if (decoupledWeightDecay) {
    param.mul_(sub(1, mul(withoutDimensions(lr), weightDecay)));
    return grad;
  }
  if (differentiable && isRecorded(weightDecay)) {
    return grad.addcmul_(param.clone(), weightDecay as unknown as T);
  }
  const alpha = scalar(weightDecay);
  // PyTorch's foreach implementation uses the memory of the negated gradients.
  return maximize && foreach ? grad.add_(param, { alpha }) : grad.add(param, { alpha });
}

/** `1 - beta` as a weight of `lerp_`: a tensor in the dtype and on the device of what it weighs. */
function weight(beta: Hyperparameter, param: unknown, like = param as Tensor | undefined): Hyperparameter {
  if (!(beta instanceof Tensor)) return 1 - beta;
  return sub(1, like instanceof Tensor ? beta.to({ device: like.device, dtype: like.dtype }) : beta);
}

/** The update of a single tensor where the step is a tensor. */
function recordedUpdate<T extends Operand<T>>(item: Item<T, State>, given: T, group: AdamGroup): void {
  const step = given as unknown as Tensor;
  const { param, state } = item as unknown as Item<Tensor, State>;
  const { lr, betas, eps, differentiable, amsgrad } = group;
  const correction = (beta: Hyperparameter): Tensor =>
    sub(1, pow(beta, differentiable && isRecorded(beta) ? step.clone() : step)) as Tensor;
  const [biasCorrection1, biasCorrection2] = [correction(betas[0]), correction(betas[1])];
  const negativeStepSize = neg(div(withoutDimensions(lr), biasCorrection1)) as Tensor;
  const root = biasCorrection2.sqrt();
  let squares = state.exp_avg_sq;
  if (amsgrad) {
    const largest = differentiable ? state.max_exp_avg_sq.clone() : state.max_exp_avg_sq;
    squares = state.max_exp_avg_sq.copy_(largest.maximum(state.exp_avg_sq));
  }
  const denominator = squares
    .sqrt()
    .div(root.mul(negativeStepSize))
    .add_(div(eps, negativeStepSize) as Tensor);
  param.addcdiv_(differentiable ? state.exp_avg.clone() : state.exp_avg, denominator);
}
