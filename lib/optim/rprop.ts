/** Resilient backpropagation: steps by the signs of gradients alone. */
import { Complex } from '../complex';
import { ValueError } from '../errors';
import { fullLike, where, zerosLike } from '../generated/torch';
import { wrap } from '../ops';
import { repr } from '../python-repr';
import type { Tensor } from '../tensor';
import { ElementwiseOptimizer } from './elementwise';
import { checkLearningRate, type Hyperparameter, scalar } from './hyperparameters';
import { type Operand, TensorBatch } from './operand';
import type { ParamState } from './optimizer';
import { type OptimizerArguments, OptimizerSignature } from './options';
import type { Item } from './parts';

/** The options of Rprop, as its groups have them. */
export interface RpropGroup {
  /** The size of the first steps. */
  lr: Hyperparameter;
  /** The factors by which a step shrinks when the sign changes, and grows when it does not. */
  etas: readonly [number, number];
  /** The least and the largest step. */
  stepSizes: readonly [number, number];
  /** Whether to take PyTorch's foreach implementation; null leaves the choice to the optimizer. */
  foreach: boolean | null;
  /** Whether to climb instead of to descend. */
  maximize: boolean;
  /** Whether autograd records the update. */
  differentiable: boolean;
  /** Whether a step can be captured in a graph of an accelerator. */
  capturable: boolean;
}

/** The options that Rprop takes by name. */
export type RpropOptions = Partial<RpropGroup>;

type State = 'prev' | 'step_size';

const SIGNATURE = new OptimizerSignature<RpropGroup>(
  'Rprop',
  { lr: 1e-2, etas: [0.5, 1.2], stepSizes: [1e-6, 50] },
  { capturable: false, foreach: null, maximize: false, differentiable: false },
  ['lr', 'etas', 'stepSizes', 'foreach', 'maximize', 'differentiable', 'capturable'],
);

/**
 * Resilient backpropagation, for gradients of the whole data set.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.optim.Rprop.html
 * @throws ValueError for an option out of its range.
 */
export class Rprop extends ElementwiseOptimizer<RpropGroup, State> {
  constructor(...args: OptimizerArguments<RpropGroup, ['lr', 'etas', 'stepSizes']>) {
    const [params, options] = SIGNATURE.bind(args);
    checkLearningRate(options.lr);
    const [shrink, grow] = options.etas;
    if (!(shrink > 0 && shrink < 1 && grow > 1)) {
      throw new ValueError(`Invalid eta values: ${repr(shrink)}, ${repr(grow)}`);
    }
    super(params, options);
  }

  protected override get addedOptions(): RpropOptions {
    return { foreach: null, maximize: false, differentiable: false, capturable: false };
  }

  protected override get countedOnce(): readonly string[] {
    return ['step'];
  }

  protected override stateNames(): readonly State[] {
    return ['prev', 'step_size'];
  }

  protected override begin(param: Tensor, grad: Tensor, group: RpropGroup): ParamState {
    const lr = scalar(group.lr);
    return { prev: zerosLike(param), step_size: fullLike(grad, param.dtype.isComplex ? new Complex(lr, lr) : lr) };
  }

  protected override needsOneByOne(): boolean {
    return true;
  }

  protected override single<T extends Operand<T>>(item: Item<T, State>, group: RpropGroup): void {
    const {
      param,
      grad: given,
      state: { prev, step_size },
    } = item as unknown as Item<Tensor, State>;
    const { maximize, differentiable, capturable } = group;
    if (capturable) item.checkCapturable();
    let grad = maximize ? given.neg() : given;
    const sign = toFactors(grad.mul(differentiable ? prev.clone() : prev).sign(), group);
    const [least, largest] = group.stepSizes;
    step_size.mul_(sign).clamp_(least, largest);
    grad = grad.clone();
    const hasTurned = sign.eq(group.etas[0]);
    if (capturable) grad.copy_(where(hasTurned, 0, grad));
    else grad.maskedFill_(hasTurned, 0);
    param.addcmul_(grad.sign(), step_size, { value: -1 });
    prev.copy_(grad);
  }

  protected override foreach(item: Item<TensorBatch, State>, group: RpropGroup): void {
    const {
      param,
      grad,
      state: { prev, step_size },
    } = item;
    if (group.capturable) item.checkCapturable();
    const products = grad.mul(prev);
    if (group.maximize) products.neg_();
    prev.copy_(grad);
    if (group.maximize) prev.neg_();
    // Masks know no operators over lists.
    const signs = tensorsOf(products.sign()).map((sign) => toFactors(sign, group));
    step_size.mul_(TensorBatch.of(signs));
    const [least, largest] = group.stepSizes;
    for (const size of tensorsOf(step_size)) size.clamp_(least, largest);
    const directions = tensorsOf(prev).map((gradient, i) => {
      gradient.copy_(where((signs[i] as Tensor).eq(group.etas[0]), 0, gradient));
      return gradient.sign();
    });
    param.addcmul_(TensorBatch.of(directions), step_size, { value: -1 });
  }
}

function tensorsOf(batch: TensorBatch): Tensor[] {
  return batch.list.handles().map(wrap);
}

/** Signs as the factors of step sizes. */
function toFactors(sign: Tensor, { etas: [shrink, grow], capturable }: RpropGroup): Tensor {
  if (capturable) {
    sign.copy_(where(sign.gt(0), grow, sign));
    sign.copy_(where(sign.lt(0), shrink, sign));
    return sign.copy_(where(sign.eq(0), 1, sign));
  }
  sign.maskedFill_(sign.gt(0), grow);
  sign.maskedFill_(sign.lt(0), shrink);
  return sign.maskedFill_(sign.eq(0), 1);
}
