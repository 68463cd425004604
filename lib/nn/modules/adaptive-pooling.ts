/** Pooling to a given size. */
import { type ArgumentsOf, signature } from '../../arguments';
import { repr } from '../../python-repr';
import type { Tensor } from '../../tensor';
import type { IntOrList } from '../../types';
import {
  adaptiveAvgPool1d,
  adaptiveAvgPool2d,
  adaptiveAvgPool3d,
  adaptiveMaxPool1d,
  adaptiveMaxPool2d,
  adaptiveMaxPool3d,
} from '../functional';
import type { OutputSize } from '../functional/sizes';
import { Module } from '../module';

const MAX_POOL = signature('_AdaptiveMaxPoolNd.__init__', 'outputSize', 'returnIndices?').of<
  [outputSize: OutputSize, returnIndices?: boolean]
>();

/** The base class of adaptive max pooling. Calls give the output; with `returnIndices` the array of it and the indices. */
export abstract class _AdaptiveMaxPoolNd extends Module {
  readonly outputSize: OutputSize;
  readonly returnIndices: boolean;

  constructor(...args: ArgumentsOf<typeof MAX_POOL>) {
    super();
    const [outputSize, returnIndices = false] = MAX_POOL.bind(args);
    this.outputSize = outputSize;
    this.returnIndices = returnIndices;
  }

  override extraRepr(): string {
    return `output_size=${repr(this.outputSize)}`;
  }
}

const AVG_POOL = signature('_AdaptiveAvgPoolNd.__init__', 'outputSize').of<[outputSize: OutputSize]>();

/** The base class of adaptive average pooling. */
export abstract class _AdaptiveAvgPoolNd extends Module {
  readonly outputSize: OutputSize;

  constructor(...args: ArgumentsOf<typeof AVG_POOL>) {
    super();
    [this.outputSize] = AVG_POOL.bind(args);
  }

  override extraRepr(): string {
    return `output_size=${repr(this.outputSize)}`;
  }
}

/**
 * The largest elements of as many equal parts of (N, C, L) or (C, L) as `outputSize` says.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.AdaptiveMaxPool1d.html
 */
export class AdaptiveMaxPool1d extends _AdaptiveMaxPoolNd {
  override forward(input: Tensor): Tensor {
    return adaptiveMaxPool1d(input, this.outputSize as IntOrList, this.returnIndices);
  }
}

/**
 * The largest elements of as many equal parts of (N, C, H, W) or (C, H, W) as `outputSize` says; null keeps a size.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.AdaptiveMaxPool2d.html
 */
export class AdaptiveMaxPool2d extends _AdaptiveMaxPoolNd {
  override forward(input: Tensor): Tensor {
    return adaptiveMaxPool2d(input, this.outputSize, this.returnIndices);
  }
}

/**
 * The largest elements of as many equal parts of (N, C, D, H, W) or (C, D, H, W) as `outputSize` says; null keeps a size.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.AdaptiveMaxPool3d.html
 */
export class AdaptiveMaxPool3d extends _AdaptiveMaxPoolNd {
  override forward(input: Tensor): Tensor {
    return adaptiveMaxPool3d(input, this.outputSize, this.returnIndices);
  }
}

/**
 * The means of as many equal parts of (N, C, L) or (C, L) as `outputSize` says.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.AdaptiveAvgPool1d.html
 */
export class AdaptiveAvgPool1d extends _AdaptiveAvgPoolNd {
  override forward(input: Tensor): Tensor {
    return adaptiveAvgPool1d(input, this.outputSize as IntOrList);
  }
}

/**
 * The means of as many equal parts of (N, C, H, W) or (C, H, W) as `outputSize` says; null keeps a size.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.AdaptiveAvgPool2d.html
 */
export class AdaptiveAvgPool2d extends _AdaptiveAvgPoolNd {
  override forward(input: Tensor): Tensor {
    return adaptiveAvgPool2d(input, this.outputSize);
  }
}

/**
 * The means of as many equal parts of (N, C, D, H, W) or (C, D, H, W) as `outputSize` says; null keeps a size.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.AdaptiveAvgPool3d.html
 */
export class AdaptiveAvgPool3d extends _AdaptiveAvgPoolNd {
  override forward(input: Tensor): Tensor {
    return adaptiveAvgPool3d(input, this.outputSize);
  }
}
