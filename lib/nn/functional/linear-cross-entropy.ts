/** A linear map and the cross entropy of its outputs, in one. */
import { python } from '../../arguments';
import { NotImplementedError, RuntimeError } from '../../errors';
import { linear } from '../../generated/nn';
import { tupleRepr } from '../../python-repr';
import type { Tensor } from '../../tensor';
import { crossEntropy } from './loss';
import type { Reduction } from './reduction';

/** Throws PyTorch's RuntimeError where input, weight and bias do not go together. */
function checkShapes(input: Tensor, weight: Tensor, bias: Tensor | null): void {
  if (input.dim() < 1 || input.dim() > 2) {
    throw new RuntimeError(`expected input with dimensionality 1 or 2, got ${input.dim()}`);
  }
  if (weight.dim() < 2) {
    throw new RuntimeError(`expected linear_weight with dimensionality at least 2, got ${weight.dim()}`);
  }
  const [features, needed] = [input.shape.at(-1), weight.shape.at(-1)];
  if (features !== needed) {
    throw new RuntimeError(
      'expected equal input and linear_weight last dimensions (in_features), got ' +
        `${features} and ${needed}, respectively`,
    );
  }
  const outputs = tupleRepr(weight.shape.slice(0, -1));
  if (bias !== null && tupleRepr(bias.shape) !== outputs) {
    throw new RuntimeError(`expected linear_bias shape ${outputs}, got ${tupleRepr(bias.shape)}`);
  }
  if (weight.dim() > 2 && input.dim() === 1) {
    throw new RuntimeError(
      `K-dimensional loss defined by linear_weight shape ${tupleRepr(weight.shape)} requires batched input, ` +
        `(N, ${features}), got unbatched input with shape ${tupleRepr(input.shape)}`,
    );
  }
}

/**
 * The cross entropy of `linear(input, linearWeight, linearBias)` and class indices, or class probabilities.
 *
 * PyTorch's `options`, which save memory by working on chunks of the batch, are not supported.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.linear_cross_entropy.html
 * @throws RuntimeError for shapes that do not fit; NotImplementedError where `options` are given.
 */
export const linearCrossEntropy = python(
  'linear_cross_entropy',
  [
    'input',
    'linearWeight',
    'target',
    'linearBias?',
    'weight?',
    'reduction?',
    'ignoreIndex?',
    'labelSmoothing?',
    'options?',
  ],
  (
    input: Tensor,
    linearWeight: Tensor,
    target: Tensor,
    linearBias: Tensor | null = null,
    weight: Tensor | null = null,
    reduction: Reduction = 'mean',
    ignoreIndex: number | null = null,
    labelSmoothing = 0,
    options: null = null,
  ): Tensor => {
    checkShapes(input, linearWeight, linearBias);
    const [classes, ...outputs] = linearWeight.shape.slice(0, -1) as [number, ...number[]];
    const shape = [...input.shape.slice(0, -1), classes, ...outputs];
    if (ignoreIndex !== null && String([...target.shape]) === String(shape)) {
      throw new RuntimeError('ignore_index cannot be specified when target contains probabilities');
    }
    if (options !== null) {
      throw new NotImplementedError('linear_cross_entropy: the chunked computation that options ask for is missing');
    }
    const units = classes * outputs.reduce((product, size) => product * size, 1);
    const matrix = outputs.length > 0 ? linearWeight.reshape([units, linearWeight.size(-1)]) : linearWeight;
    const bias = outputs.length > 0 && linearBias !== null ? linearBias.reshape([units]) : linearBias;
    const logits = linear(input, matrix, bias).reshape(shape);
    return crossEntropy(logits, target, { weight, reduction, ignoreIndex: ignoreIndex ?? -100, labelSmoothing });
  },
  3,
);
