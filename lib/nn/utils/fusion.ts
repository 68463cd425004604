/** Folds batch normalisation into the map before it, for inference. */
import { deepcopy } from '../../deepcopy';
import { AssertionError } from '../../errors';
import { onesLike, rsqrt, zerosLike } from '../../generated/torch';
import type { Tensor } from '../../tensor';
import type { Module } from '../module';
import { Parameter } from '../parameter';

/** What is needed of a convolution or a linear map. */
interface Weighted extends Module {
  weight: Parameter;
  bias: Parameter | null;
}

/** What is needed of a batch normalisation. */
interface Normalizing extends Module {
  readonly numFeatures: number;
  readonly eps: number;
  weight: Tensor | null;
  bias: Tensor | null;
  running_mean: Tensor | null;
  running_var: Tensor | null;
}

type Fused = [weight: Parameter, bias: Parameter];

function statistics(module: Module, norm: Normalizing): [mean: Tensor, variance: Tensor] {
  if (module.training || norm.training) throw new AssertionError('Fusion only for eval!');
  const { running_mean: mean, running_var: variance } = norm;
  if (mean === null || variance === null) {
    throw new AssertionError('bn.running_mean and bn.running_var must not be None');
  }
  return [mean, variance];
}

/**
 * A convolution that does what a convolution and a batch normalisation behind it do; both in evaluation mode.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.utils.fuse_conv_bn_eval.html
 * @throws AssertionError in training mode, or without running statistics.
 */
export function fuseConvBnEval<Conv extends Weighted>(conv: Conv, bn: Normalizing, transpose = false): Conv {
  const [mean, variance] = statistics(conv, bn);
  const fused = deepcopy(conv);
  const { eps, weight, bias } = bn;
  const members = fuseConvBnWeights(fused.weight, fused.bias, mean, variance, eps, weight, bias, transpose);
  [fused.weight, fused.bias] = members;
  return fused;
}

/**
 * The parameters of such a convolution.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.utils.fuse_conv_bn_weights.html
 */
export function fuseConvBnWeights(
  convW: Tensor,
  convB: Tensor | null,
  bnRm: Tensor,
  bnRv: Tensor,
  bnEps: number,
  bnW: Tensor | null,
  bnB: Tensor | null,
  transpose = false,
): Fused {
  const bias = convB ?? zerosLike(bnRm);
  const scale = bnW ?? onesLike(bnRm);
  const root = rsqrt(bnRv.add(bnEps));
  const ones = new Array<number>(convW.dim() - 2).fill(1);
  const shape = transpose ? [1, -1, ...ones] : [-1, 1, ...ones];
  const weight = convW.mul(scale.mul(root).reshape(shape)).to({ dtype: convW.dtype });
  const shifted = bias.sub(bnRm).mul(root).mul(scale);
  const fusedBias = shifted.add(bnB ?? zerosLike(bnRm)).to({ dtype: (convB ?? convW).dtype });
  return [new Parameter(weight, convW.requiresGrad), new Parameter(fusedBias, bias.requiresGrad)];
}

/**
 * A linear map that does what a linear map and a batch normalisation behind it do; both in evaluation mode.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.utils.fuse_linear_bn_eval.html
 * @throws AssertionError in training mode, without running statistics, or where the sizes differ.
 */
export function fuseLinearBnEval<Linear extends Weighted & { readonly outFeatures: number }>(
  linear: Linear,
  bn: Normalizing,
): Linear {
  const [mean, variance] = statistics(linear, bn);
  if (linear.outFeatures !== bn.numFeatures && bn.numFeatures !== 1) {
    throw new AssertionError(
      'To fuse, linear.out_features == bn.num_features or bn.num_features == 1, got ' +
        `linear.out_features=${linear.outFeatures} and bn.num_features=${bn.numFeatures}`,
    );
  }
  const fused = deepcopy(linear);
  const { eps, weight, bias } = bn;
  const members = fuseLinearBnWeights(fused.weight, fused.bias, mean, variance, eps, weight as Tensor, bias as Tensor);
  [fused.weight, fused.bias] = members;
  return fused;
}

/**
 * The parameters of such a linear map.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.utils.fuse_linear_bn_weights.html
 */
export function fuseLinearBnWeights(
  linearW: Tensor,
  linearB: Tensor | null,
  bnRm: Tensor,
  bnRv: Tensor,
  bnEps: number,
  bnW: Tensor,
  bnB: Tensor,
): Fused {
  const bias = linearB ?? zerosLike(bnRm);
  const scale = bnW.mul(rsqrt(bnRv.add(bnEps)));
  const weight = linearW.mul(scale.unsqueeze(-1).to({ dtype: linearW.dtype }));
  const fusedBias = bias
    .sub(bnRm)
    .mul(scale)
    .add(bnB)
    .to({ dtype: (linearB ?? linearW).dtype });
  return [new Parameter(weight, linearW.requiresGrad), new Parameter(fusedBias, bias.requiresGrad)];
}
