/** Muon: momentum of matrices, made orthogonal. */
import { RuntimeError, ValueError } from '../errors';
import * as linalg from '../generated/linalg';
import { addmm, zerosLike } from '../generated/torch';
import type { Tensor } from '../tensor';
import { ElementwiseOptimizer } from './elementwise';
import {
  checkAtLeast,
  checkLearningRate,
  type Hyperparameter,
  mul,
  neg,
  scalar,
  sub,
  withoutDimensions,
} from './hyperparameters';
import type { Operand } from './operand';
import type { ParamState } from './optimizer';
import { type OptimizerArguments, OptimizerSignature } from './options';
import type { Item } from './parts';

/** The options of Muon, as its groups have them. */
export interface MuonGroup {
  /** The learning rate. */
  lr: Hyperparameter;
  /** How weights decay by themselves. */
  weightDecay: number;
  momentum: number;
  /** Whether the momentum looks ahead. */
  nesterov: boolean;
  /** The coefficients of the Newton-Schulz iteration. */
  nsCoefficients: readonly [number, number, number];
  /** The least norm of a matrix that is divided by it. */
  eps: number;
  /** The number of iterations. */
  nsSteps: number;
  /** How the learning rate follows from the shape: `'original'` if null. */
  adjustLrFn: 'original' | 'match_rms_adamw' | null;
}

/** The options that Muon takes by name. */
export type MuonOptions = Partial<MuonGroup>;

const SIGNATURE = new OptimizerSignature<MuonGroup>(
  'Muon',
  {
    lr: 1e-3,
    weightDecay: 0.1,
    momentum: 0.95,
    nesterov: true,
    nsCoefficients: [3.4445, -4.775, 2.0315],
    eps: 1e-7,
    nsSteps: 5,
    adjustLrFn: null,
  },
  {},
);

/**
 * Muon, for the matrices of hidden layers; other parameters want another optimizer, such as AdamW.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.optim.Muon.html
 * @throws ValueError for an option out of its range, or a parameter that is no matrix.
 */
export class Muon extends ElementwiseOptimizer<MuonGroup, 'momentum_buffer'> {
  constructor(
    ...args: OptimizerArguments<
      MuonGroup,
      ['lr', 'weightDecay', 'momentum', 'nesterov', 'nsCoefficients', 'eps', 'nsSteps', 'adjustLrFn']
    >
  ) {
    const [params, options] = SIGNATURE.bind(args);
    const { lr, momentum, weightDecay, adjustLrFn } = options;
    checkLearningRate(lr, 'Learning rate should be >= 0 but is');
    checkAtLeast(0, momentum, 'momentum should be >= 0 but is');
    checkAtLeast(0, weightDecay, 'weight decay should be >= 0 but is');
    if (adjustLrFn !== null && !['original', 'match_rms_adamw'].includes(adjustLrFn)) {
      throw new ValueError(`Adjust learning rate function ${adjustLrFn} is not supported`);
    }
    super(params, options);
    for (const param of this.paramGroups.flatMap((group) => group.params)) {
      if (param.dim() === 2) continue;
      throw new ValueError(`Muon only supports 2D parameters whereas we found a parameter with size: ${param.size()}`);
    }
  }

  protected override counters(): Record<string, number> {
    return {};
  }

  protected override stateNames(): readonly 'momentum_buffer'[] {
    return ['momentum_buffer'];
  }

  protected override begin(_param: Tensor, grad: Tensor): ParamState {
    return { momentum_buffer: zerosLike(grad) };
  }

  protected override checkGradient(param: Tensor, grad: Tensor): void {
    if (param.dtype.isComplex) throw new RuntimeError('Muon does not support complex parameters');
    if (grad.isSparse) throw new RuntimeError('Muon does not support sparse gradients');
  }

  protected override get isOneByOne(): boolean {
    return true;
  }

  protected override single<T extends Operand<T>>(item: Item<T, 'momentum_buffer'>, group: MuonGroup): void {
    const { param, grad, state } = item as unknown as Item<Tensor, 'momentum_buffer'>;
    const { weightDecay, momentum, nesterov } = group;
    const lr = withoutDimensions(group.lr);
    if (grad.dim() !== 2) throw new ValueError('Param gradient must be a 2D matrix');
    const buffer = state.momentum_buffer.lerp_(grad, 1 - momentum);
    const update = orthogonalized(nesterov ? grad.lerp(buffer, momentum) : buffer, group);
    const rate = mul(lr, shapeFactor(param, group));
    param.mul_(sub(1, mul(lr, weightDecay)));
    param.add_(update, { alpha: scalar(neg(rate)) });
  }
}

/** The factor of the learning rate by the shape. */
function shapeFactor(param: Tensor, { adjustLrFn }: MuonGroup): number {
  const [rows, columns] = param.shape as unknown as [number, number];
  if (adjustLrFn === 'match_rms_adamw') return 0.2 * Math.sqrt(Math.max(rows, columns));
  return Math.sqrt(Math.max(1, rows / columns));
}

/** The nearest matrix with orthogonal rows or columns, roughly, in bfloat16: by Newton-Schulz iterations. */
function orthogonalized(matrix: Tensor, { nsCoefficients, nsSteps, eps }: MuonGroup): Tensor {
  if (nsSteps >= 100) throw new ValueError('Number of steps must be less than 100 for computational efficiency');
  if (nsCoefficients.length !== 3) throw new ValueError('Coefficients must be a tuple of exactly 3 values');
  const [a, b, c] = nsCoefficients;
  const isTall = (matrix.shape[0] as number) > (matrix.shape[1] as number);
  let result = matrix.bfloat16();
  if (isTall) result = result.T;
  result.div_(linalg.vectorNorm(result, 2).clamp({ min: eps }));
  for (let i = 0; i < nsSteps; i++) {
    const gram = result.matmul(result.T);
    const update = addmm(gram, gram, gram, { beta: b, alpha: c });
    result = addmm(result, update, result, { beta: a });
  }
  return isTall ? result.T : result;
}
