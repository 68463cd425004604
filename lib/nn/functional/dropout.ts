/** Dropout. */
import { python } from '../../arguments';
import { RuntimeError, ValueError } from '../../errors';
import * as torch from '../../generated/torch';
import type { Tensor } from '../../tensor';
import { warn } from '../../warnings';

type Drop = (input: Tensor, p: number, train: boolean) => Tensor;

const NAMES = ['input', 'p?', 'training?', 'inplace?'] as const;

function checkProbability(p: number): void {
  if (p < 0 || p > 1) throw new ValueError(`dropout probability has to be between 0 and 1, but got ${p}`);
}

function elementwise(name: string, operator: Drop, inPlace: Drop, trainingByDefault: boolean) {
  return python(name, NAMES, (input: Tensor, p = 0.5, training = trainingByDefault, inplace = false): Tensor => {
    checkProbability(p);
    return (inplace ? inPlace : operator)(input, p, training);
  });
}

/**
 * Zeroes each element with probability `p` and scales the rest by `1 / (1 - p)`, in training.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.dropout.html
 * @throws ValueError if `p` is not in [0, 1].
 */
export const dropout = elementwise('dropout', torch.dropout, torch.dropout_, true);

/**
 * Dropout that keeps mean and variance after SELU.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.alpha_dropout.html
 * @throws ValueError if `p` is not in [0, 1].
 */
export const alphaDropout = elementwise('alpha_dropout', torch.alphaDropout, torch.alphaDropout_, false);

/**
 * Alpha dropout of whole channels.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.feature_alpha_dropout.html
 * @throws ValueError if `p` is not in [0, 1].
 */
export const featureAlphaDropout = elementwise(
  'feature_alpha_dropout',
  torch.featureAlphaDropout,
  torch.featureAlphaDropout_,
  false,
);

function drop(input: Tensor, p: number, training: boolean, inplace: boolean): Tensor {
  return inplace ? torch.featureDropout_(input, p, training) : torch.featureDropout(input, p, training);
}

/** Drops channels of an input that may lack the batch dimension. */
function dropChannels(input: Tensor, batched: boolean, p: number, training: boolean, inplace: boolean): Tensor {
  if (batched) return drop(input, p, training, inplace);
  const result = drop(inplace ? input.unsqueeze_(0) : input.unsqueeze(0), p, training, inplace);
  return inplace ? result.squeeze_(0) : result.squeeze(0);
}

/**
 * Zeroes whole channels of 2-d or 3-d input.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.dropout1d.html
 * @throws ValueError if `p` is not in [0, 1]; RuntimeError for other inputs.
 */
export const dropout1d = python(
  'dropout1d',
  NAMES,
  (input: Tensor, p = 0.5, training = true, inplace = false): Tensor => {
    checkProbability(p);
    const dims = input.dim();
    if (dims !== 2 && dims !== 3) {
      throw new RuntimeError(
        `dropout1d: Expected 2D or 3D input, but received a ${dims}D input. Note that dropout1d exists to provide ` +
          'channel-wise dropout on inputs with 1 spatial dimension, a channel dimension, and an optional batch ' +
          'dimension (i.e. 2D or 3D inputs).',
      );
    }
    return dropChannels(input, dims === 3, p, training, inplace);
  },
);

function warnOfDimensions(name: string, dims: number, spatial: number, expected: string): void {
  warn(
    `${name}: Received a ${dims}-D input to ${name}, which is deprecated and will result in an error in a future ` +
      'release. To retain the behavior and silence this warning, please use dropout instead. Note that ' +
      `${name} exists to provide channel-wise dropout on inputs with ${spatial} spatial dimensions, a channel ` +
      `dimension, and an optional batch dimension (i.e. ${expected} inputs).`,
  );
}

/**
 * Zeroes whole channels of 4-d input.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.dropout2d.html
 * @throws ValueError if `p` is not in [0, 1].
 */
export const dropout2d = python(
  'dropout2d',
  NAMES,
  (input: Tensor, p = 0.5, training = true, inplace = false): Tensor => {
    checkProbability(p);
    const dims = input.dim();
    if (dims !== 3 && dims !== 4) warnOfDimensions('dropout2d', dims, 2, '3D or 4D');
    if (dims === 3) {
      warn(
        'dropout2d: Received a 3D input to dropout2d and assuming that channel-wise 1D dropout behavior is desired - ' +
          'input is interpreted as shape (N, C, L), where C is the channel dim. This behavior will change in a ' +
          'future release to interpret the input as one without a batch dimension, i.e. shape (C, H, W). To ' +
          'maintain the 1D channel-wise dropout behavior, please switch to using dropout1d instead.',
      );
    }
    return drop(input, p, training, inplace);
  },
);

/**
 * Zeroes whole channels of 4-d or 5-d input.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.dropout3d.html
 * @throws ValueError if `p` is not in [0, 1].
 */
export const dropout3d = python(
  'dropout3d',
  NAMES,
  (input: Tensor, p = 0.5, training = true, inplace = false): Tensor => {
    checkProbability(p);
    const dims = input.dim();
    if (dims !== 4 && dims !== 5) warnOfDimensions('dropout3d', dims, 3, '4D or 5D');
    return dropChannels(input, dims === 5, p, training, inplace);
  },
);
