/** Adam for sparse gradients: moments and parameters change only where a gradient has elements. */
import { RuntimeError, ValueError } from '../errors';
import { zerosLike } from '../generated/torch';
import { keep } from '../memory/scope';
import { repr } from '../python-repr';
import type { Tensor } from '../tensor';
import {
  checkBetas,
  checkLearningRate,
  div,
  type Hyperparameter,
  mul,
  neg,
  pow,
  textOf,
  withoutDimensions,
} from './hyperparameters';
import { Optimizer, type ParamState } from './optimizer';
import { type OptimizerArguments, OptimizerSignature } from './options';
import { sparseLike } from './sparse';

/** The options of SparseAdam, as its groups have them. */
export interface SparseAdamGroup {
  /** The learning rate. */
  lr: Hyperparameter;
  /** The decay of the averages of the gradient and of its square. */
  betas: readonly [number, number];
  /** Added to the denominator. */
  eps: number;
  /** Whether to climb instead of to descend. */
  maximize: boolean;
}

/** The options that SparseAdam takes by name. */
export type SparseAdamOptions = Partial<SparseAdamGroup>;

const SIGNATURE = new OptimizerSignature<SparseAdamGroup>(
  'SparseAdam',
  { lr: 1e-3, betas: [0.9, 0.999], eps: 1e-8, maximize: false },
  {},
);

/**
 * Adam for dense parameters with sparse gradients, such as those of `nn.Embedding` with `sparse`.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.optim.SparseAdam.html
 * @throws ValueError for an option out of its range, or a parameter that is sparse or complex.
 */
export class SparseAdam extends Optimizer<SparseAdamGroup> {
  constructor(...args: OptimizerArguments<SparseAdamGroup, ['lr', 'betas', 'eps', 'maximize']>) {
    const [params, options] = SIGNATURE.bind(args);
    const { lr, betas, eps } = options;
    checkLearningRate(lr);
    if (!(Number(lr) > 0)) throw new ValueError(`Invalid learning rate: ${textOf(lr)}`);
    if (!(eps > 0)) throw new ValueError(`Invalid epsilon value: ${repr(eps)}`);
    checkBetas(betas);
    super(params, options);
    this.refuse('Sparse', (param) => param.isSparse, 'SparseAdam requires dense parameter tensors');
    this.refuse('Complex', (param) => param.dtype.isComplex, 'SparseAdam does not support complex parameters');
  }

  private refuse(kind: string, isOfKind: (param: Tensor) => boolean, sentence: string): void {
    const found = this.paramGroups.flatMap(({ params }, i) =>
      params.flatMap((param, j) => (isOfKind(param) ? [`[${i}, ${j}]`] : [])),
    );
    if (found.length > 0) throw new ValueError(`${kind} params at indices [${found.join(', ')}]: ${sentence}`);
  }

  override step(closure?: null): null;
  override step<T>(closure: () => T): T;
  override step<T>(closure?: (() => T) | null): T | null {
    return this.update(closure, () => {
      for (const group of this.paramGroups) {
        for (const param of group.params) this.updateOne(param, group);
      }
    });
  }

  private updateOne(param: Tensor, group: SparseAdamGroup): void {
    const { grad } = param;
    if (grad === null) return;
    if (!grad.isSparse) {
      throw new RuntimeError('SparseAdam does not support dense gradients, please consider Adam instead');
    }
    const state = this.stateOf(param);
    if (Object.keys(state).length === 0) {
      Object.assign(state, { step: 0, ...keep({ exp_avg: zerosLike(param), exp_avg_sq: zerosLike(param) }) });
    }
    state.step = (state.step as number) + 1;
    updateSparse(param, grad, state, group);
  }
}

/** PyTorch's `sparse_adam` for one parameter. */
function updateSparse(
  param: Tensor,
  given: Tensor,
  state: ParamState,
  { lr, betas: [beta1, beta2], eps, maximize }: SparseAdamGroup,
): void {
  // The update is not linear: each index has to be there once.
  const grad = (maximize ? given.neg() : given).coalesce();
  const values = grad._values();
  if (values.numel() === 0) return;
  const { step, exp_avg, exp_avg_sq } = state as { step: number; exp_avg: Tensor; exp_avg_sq: Tensor };
  const oldMean = exp_avg.sparseMask(grad)._values();
  const mean = values.sub(oldMean).mul_(1 - beta1);
  exp_avg.add_(sparseLike(grad, mean));
  const oldSquares = exp_avg_sq.sparseMask(grad)._values();
  const squares = values
    .pow(2)
    .sub_(oldSquares)
    .mul_(1 - beta2);
  exp_avg_sq.add_(sparseLike(grad, squares));
  const numerator = mean.add_(oldMean);
  const denominator = squares.add_(oldSquares).sqrt_().add_(eps);
  const correction1 = 1 - (pow(beta1, step) as number);
  const correction2 = 1 - (pow(beta2, step) as number);
  const stepSize = div(mul(withoutDimensions(lr), Math.sqrt(correction2)), correction1);
  param.add_(sparseLike(grad, mul(neg(stepSize), numerator.div_(denominator)) as Tensor));
}
