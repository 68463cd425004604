/** Adafactor: second moments of matrices by their rows and columns. */
import { RuntimeError, ValueError } from '../errors';
import * as linalg from '../generated/linalg';
import { zerosLike } from '../generated/torch';
import { repr } from '../python-repr';
import type { Tensor } from '../tensor';
import { ElementwiseOptimizer } from './elementwise';
import { checkUnscaled } from './fused';
import {
  checkAtLeast,
  checkLearningRate,
  div,
  type Hyperparameter,
  mul,
  neg,
  pow,
  scalar,
  sub,
  textOf,
  withoutDimensions,
} from './hyperparameters';
import type { Operand } from './operand';
import type { ParamGroup, ParamState } from './optimizer';
import { type OptimizerArguments, OptimizerSignature } from './options';
import type { Item } from './parts';

/** The options of Adafactor, as its groups have them. */
export interface AdafactorGroup {
  /** The most that a relative step may be, and the factor of the weights' decay. */
  lr: Hyperparameter;
  /** The power by which the decay of second moments approaches one. */
  beta2Decay: number;
  /** The least size of a denominator (null for the dtype's precision), and that of a parameter. */
  eps: readonly [number | null, number];
  /** The size beyond which updates are clipped. */
  d: number;
  /** How weights decay by themselves. */
  weightDecay: number;
  /** Whether to take PyTorch's foreach implementation. */
  foreach: boolean | null;
  /** Whether to climb instead of to descend. */
  maximize: boolean;
}

/** The options that Adafactor takes by name. */
export type AdafactorOptions = Partial<AdafactorGroup>;

type State = 'row_var' | 'col_var' | 'variance';

const SIGNATURE = new OptimizerSignature<AdafactorGroup>(
  'Adafactor',
  { lr: 1e-2, beta2Decay: -0.8, eps: [null, 1e-3], d: 1, weightDecay: 0 },
  { foreach: null, maximize: false },
);

/** The difference between one and the next number, by dtype. */
const PRECISION: Readonly<Record<string, number>> = {
  float16: 2 ** -10,
  bfloat16: 2 ** -7,
  float32: 2 ** -23,
  float64: 2 ** -52,
};

/**
 * Adafactor, which remembers less than one number per parameter of a matrix.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.optim.Adafactor.html
 * @throws ValueError for an option out of its range.
 */
export class Adafactor extends ElementwiseOptimizer<AdafactorGroup, State> {
  constructor(...args: OptimizerArguments<AdafactorGroup, ['lr', 'beta2Decay', 'eps', 'd', 'weightDecay']>) {
    const [params, options] = SIGNATURE.bind(args);
    const { lr, beta2Decay, eps, d, weightDecay } = options;
    checkLearningRate(lr, 'Learning rate should be >= 0 but is');
    if (!(beta2Decay <= 0)) throw new ValueError(`beta2_decay should be <= 0 but is: ${repr(beta2Decay)}`);
    if (eps[0] !== null) checkAtLeast(0, eps[0], 'epsilon1 should be >= 0 but is');
    checkAtLeast(0, eps[1], 'epsilon2 should be >= 0 but is');
    if (!(d >= 1)) throw new ValueError(`Clipping threshold d should be >= 1 but is: ${textOf(d)}`);
    checkAtLeast(0, weightDecay, 'weight_decay should be >= 0 but is');
    super(params, options);
  }

  protected override get addedOptions(): AdafactorOptions {
    return { foreach: null };
  }

  protected override get countedOnce(): readonly string[] {
    return ['step'];
  }

  protected override get floatDefaults(): Record<string, number> {
    return { d: 1, weight_decay: 0 };
  }

  protected override stateNames(): readonly State[] {
    return ['row_var', 'col_var', 'variance'];
  }

  protected override mayLack(name: string): boolean {
    return name !== 'step';
  }

  protected override begin(_param: Tensor, grad: Tensor): ParamState {
    if (grad.dim() <= 1) return { variance: zerosLike(grad) };
    const { shape } = grad;
    return {
      row_var: grad.newZeros([...shape.slice(0, -1), 1]),
      col_var: grad.newZeros([...shape.slice(0, -2), 1, shape.at(-1) as number]),
    };
  }

  protected override checkGradient(param: Tensor, grad: Tensor): void {
    if (param.dtype.isComplex) throw new RuntimeError('Adafactor does not support complex parameters');
    if (grad.isSparse) throw new RuntimeError('Adafactor does not support sparse gradients');
  }

  /** Norms are numbers: PyTorch's foreach implementation goes from tensor to tensor, too. */
  protected override get isOneByOne(): boolean {
    return true;
  }

  protected override single<T extends Operand<T>>(item: Item<T, State>, group: AdafactorGroup): void {
    checkUnscaled(this);
    const { param, grad: given, state } = item as unknown as Item<Tensor, State>;
    const { beta2Decay, d, weightDecay, maximize, foreach } = group;
    const [eps1 = null, eps2] = group.eps;
    // One for the whole group, as in PyTorch: the precision of its first parameter.
    const [first] = (group as ParamGroup<AdafactorGroup>).params;
    const least = eps1 ?? (PRECISION[(first as Tensor).dtype.name] as number);
    const lr = withoutDimensions(group.lr);
    const grad = maximize ? given.neg() : given;
    const step = item.count('step');
    const weight = pow(step, beta2Decay) as number;
    const limit = 1 / (pow(step, 0.5) as number);
    const rho = limit < scalar(lr) ? limit : lr;
    const size = linalg.vectorNorm(param, 2).item() / (pow(param.numel(), 0.5) as number);
    const alpha = mul(Math.max(eps2, size), rho);
    if (weightDecay !== 0) param.mul_(sub(1, mul(lr, weightDecay)));
    const update = secondMoment(grad, state, weight, least)
      .clamp_({ min: least * least })
      .rsqrt_()
      .mul_(grad);
    const updateSize = linalg.vectorNorm(update, 2).item() / ((pow(update.numel(), 0.5) as number) * d);
    const factor = scalar(div(neg(alpha), Math.max(1, updateSize)));
    if (foreach) param.add_(update.mul_(factor));
    else param.add_(update, { alpha: factor });
  }
}

/** Averages the squares of a gradient, by rows and columns where it has them, and gives an estimate of each. */
function secondMoment(
  grad: Tensor,
  { row_var, col_var, variance }: Readonly<Record<State, Tensor>>,
  weight: number,
  least: number,
): Tensor {
  if (grad.dim() <= 1) return variance.lerp_(grad.mul(grad), weight).clone();
  const meanOfSquares = (dim: number): Tensor =>
    linalg
      .vectorNorm(grad, 2, dim, true)
      .square_()
      .div_(grad.shape.at(dim) as number);
  row_var.lerp_(meanOfSquares(-1), weight);
  col_var.lerp_(meanOfSquares(-2), weight);
  return row_var.matmul(col_var).div_(row_var.mean(-2, true).clamp_({ min: least }));
}
