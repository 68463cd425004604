/** Normalisation. */
import { python } from '../../arguments';
import { RuntimeError, ValueError } from '../../errors';
import { vectorNorm } from '../../generated/linalg';
import { avgPool2d, avgPool3d } from '../../generated/nn';
import * as torch from '../../generated/torch';
import { listRepr } from '../../python-repr';
import type { Tensor } from '../../tensor';
import { pad } from './padding';

/** Whether cuDNN may be used, where there is one: PyTorch's default. */
const CUDNN = true;

function product(sizes: readonly number[]): number {
  return sizes.reduce((size, next) => size * next, 1);
}

/** Throws where a channel has but one value, which has no variance; `text` is that of the sizes. */
function checkBatchSize(sizes: readonly number[], text: string): void {
  if ((sizes[0] as number) * product(sizes.slice(2)) === 1) {
    throw new ValueError(`Expected more than 1 value per channel when training, got input size ${text}`);
  }
}

/**
 * Normalises each channel over the batch: by the batch's mean and variance in training, which the running ones then
 * approach in place, else by the running ones.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.batch_norm.html
 * @throws ValueError in training with one value a channel, or for an `eps` that is not positive.
 */
export const batchNorm = python(
  'batch_norm',
  ['input', 'runningMean', 'runningVar', 'weight?', 'bias?', 'training?', 'momentum?', 'eps?'],
  (
    input: Tensor,
    runningMean: Tensor | null,
    runningVar: Tensor | null,
    weight: Tensor | null = null,
    bias: Tensor | null = null,
    training = false,
    momentum = 0.1,
    eps = 1e-5,
  ): Tensor => {
    if (training) checkBatchSize(input.shape, String(input.shape));
    if (training && eps <= 0) {
      throw new ValueError(`batch_norm eps must be positive during training, but got ${eps}`);
    }
    if (eps < 0) throw new ValueError(`batch_norm eps must be non-negative, but got ${eps}`);
    return torch.batchNorm(input, weight, bias, runningMean, runningVar, training, momentum, eps, CUDNN);
  },
);

/**
 * Normalises each channel of each sample by its own mean and variance, or with `useInputStats` false by the running ones.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.instance_norm.html
 * @throws ValueError if a channel has but one value.
 */
export const instanceNorm = python(
  'instance_norm',
  ['input', 'runningMean?', 'runningVar?', 'weight?', 'bias?', 'useInputStats?', 'momentum?', 'eps?'],
  (
    input: Tensor,
    runningMean: Tensor | null = null,
    runningVar: Tensor | null = null,
    weight: Tensor | null = null,
    bias: Tensor | null = null,
    useInputStats = true,
    momentum = 0.1,
    eps = 1e-5,
  ): Tensor => {
    if (useInputStats && product(input.shape.slice(2)) === 1) {
      throw new ValueError(`Expected more than 1 spatial element when training, got input size ${input.shape}`);
    }
    return torch.instanceNorm(input, weight, bias, runningMean, runningVar, useInputStats, momentum, eps, CUDNN);
  },
);

/**
 * Normalises over the last dimensions, whose sizes are `normalizedShape`.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.layer_norm.html
 */
export const layerNorm = python(
  'layer_norm',
  ['input', 'normalizedShape', 'weight?', 'bias?', 'eps?'],
  (
    input: Tensor,
    normalizedShape: readonly number[],
    weight: Tensor | null = null,
    bias: Tensor | null = null,
    eps = 1e-5,
  ): Tensor => torch.layerNorm(input, normalizedShape, weight, bias, eps, CUDNN),
);

/**
 * Divides by the root of the mean square over the last dimensions, whose sizes are `normalizedShape`.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.rms_norm.html
 */
export const rmsNorm = python(
  'rms_norm',
  ['input', 'normalizedShape', 'weight?', 'eps?'],
  (
    input: Tensor,
    normalizedShape: readonly number[],
    weight: Tensor | null = null,
    eps: number | null = null,
  ): Tensor => torch.rmsNorm(input, normalizedShape, weight, eps),
);

/**
 * Normalises groups of channels, each sample by itself.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.group_norm.html
 * @throws RuntimeError for less than two dimensions; ValueError if a group has but one value.
 */
export const groupNorm = python(
  'group_norm',
  ['input', 'numGroups', 'weight?', 'bias?', 'eps?'],
  (input: Tensor, numGroups: number, weight: Tensor | null = null, bias: Tensor | null = null, eps = 1e-5): Tensor => {
    if (input.dim() < 2) {
      throw new RuntimeError(`Expected at least 2 dimensions for input tensor but received ${input.dim()}`);
    }
    const [batch, channels, ...field] = input.shape as readonly number[] as [number, number, ...number[]];
    const sizes = [Math.floor((batch * channels) / numGroups), numGroups, ...field];
    checkBatchSize(sizes, listRepr(sizes));
    return torch.groupNorm(input, numGroups, weight, bias, eps, CUDNN);
  },
);

/**
 * Divides each element by a power of the mean square of `size` neighbouring channels.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.local_response_norm.html
 * @throws ValueError for less than three dimensions.
 */
export const localResponseNorm = python(
  'local_response_norm',
  ['input', 'size', 'alpha?', 'beta?', 'k?'],
  (input: Tensor, size: number, alpha = 1e-4, beta = 0.75, k = 1): Tensor => {
    const dims = input.dim();
    if (dims < 3) {
      throw new ValueError(
        `Expected 3D or higher dimensionality                          input (got ${dims} dimensions)`,
      );
    }
    if (input.numel() === 0) return input;
    const [before, after] = [Math.floor(size / 2), Math.floor((size - 1) / 2)];
    const squares = input.mul(input);
    let means: Tensor;
    if (dims === 3) {
      means = avgPool2d(pad(squares.unsqueeze(1), [0, 0, before, after]), [size, 1], { stride: 1 }).squeeze(1);
    } else {
      const [batch, channels, rows] = input.shape as readonly number[] as [number, number, number];
      const volumes = squares.view([batch, 1, channels, rows, -1]);
      const padded = pad(volumes, [0, 0, 0, 0, before, after]);
      means = avgPool3d(padded, [size, 1, 1], { stride: 1 })
        .squeeze(1)
        .view([...input.shape]);
    }
    return input.div(means.mul(alpha).add(k).pow(beta));
  },
);

/**
 * Divides by the p-norm along a dimension, or by `eps` where that is larger.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.normalize.html
 */
export const normalize = python(
  'normalize',
  ['input', 'p?', 'dim?', 'eps?', 'out?'],
  (input: Tensor, p = 2, dim: number | readonly number[] = 1, eps = 1e-12, out: Tensor | null = null): Tensor => {
    const norm = vectorNorm(input, p, dim, true);
    if (out === null) return input.div(norm.clampMin(eps).expandAs(input));
    return torch.div(input, norm.clampMin_(eps).expandAs(input), { out });
  },
);
