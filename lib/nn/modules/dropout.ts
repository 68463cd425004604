/** Dropout. */
import { type ArgumentsOf, signature } from '../../arguments';
import { ValueError } from '../../errors';
import { repr } from '../../python-repr';
import type { Tensor } from '../../tensor';
import { alphaDropout, dropout, dropout1d, dropout2d, dropout3d, featureAlphaDropout } from '../functional/dropout';
import { Module } from '../module';
import { float } from './utils';

const DROPOUT = signature('_DropoutNd.__init__', 'p?', 'inplace?').of<[p?: number, inplace?: boolean]>();

/** The base class of dropout. */
export abstract class _DropoutNd extends Module {
  /** The probability of a zero. */
  p: number;
  inplace: boolean;

  /** Throws a ValueError if `p` is not in [0, 1]. */
  constructor(...args: ArgumentsOf<typeof DROPOUT>) {
    super();
    const [p = 0.5, inplace = false] = DROPOUT.bind(args);
    if (p < 0 || p > 1) throw new ValueError(`dropout probability has to be between 0 and 1, but got ${p}`);
    this.p = p;
    this.inplace = inplace;
  }

  override extraRepr(): string {
    return `p=${float(this.p)}, inplace=${repr(this.inplace)}`;
  }
}

/**
 * Zeroes each element with probability `p` and scales the rest by `1 / (1 - p)`, in training.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.Dropout.html
 * @throws ValueError if `p` is not in [0, 1].
 */
export class Dropout extends _DropoutNd {
  override forward(input: Tensor): Tensor {
    return dropout(input, this.p, this.training, this.inplace);
  }
}

/**
 * Zeroes whole channels of (N, C, L) or (C, L), in training.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.Dropout1d.html
 * @throws ValueError if `p` is not in [0, 1].
 */
export class Dropout1d extends _DropoutNd {
  override forward(input: Tensor): Tensor {
    return dropout1d(input, this.p, this.training, this.inplace);
  }
}

/**
 * Zeroes whole channels of (N, C, H, W), in training.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.Dropout2d.html
 * @throws ValueError if `p` is not in [0, 1].
 */
export class Dropout2d extends _DropoutNd {
  override forward(input: Tensor): Tensor {
    return dropout2d(input, this.p, this.training, this.inplace);
  }
}

/**
 * Zeroes whole channels of (N, C, D, H, W) or (C, D, H, W), in training.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.Dropout3d.html
 * @throws ValueError if `p` is not in [0, 1].
 */
export class Dropout3d extends _DropoutNd {
  override forward(input: Tensor): Tensor {
    return dropout3d(input, this.p, this.training, this.inplace);
  }
}

/**
 * Dropout that keeps mean and variance after SELU, in training.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.AlphaDropout.html
 * @throws ValueError if `p` is not in [0, 1].
 */
export class AlphaDropout extends _DropoutNd {
  override forward(input: Tensor): Tensor {
    return alphaDropout(input, this.p, this.training, this.inplace);
  }
}

/**
 * Alpha dropout of whole channels, in training.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.FeatureAlphaDropout.html
 * @throws ValueError if `p` is not in [0, 1].
 */
export class FeatureAlphaDropout extends _DropoutNd {
  override forward(input: Tensor): Tensor {
    return featureAlphaDropout(input, this.p, this.training, this.inplace);
  }
}
