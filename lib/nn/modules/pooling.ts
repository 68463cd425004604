/** Pooling. */
import { type ArgumentsOf, signature } from '../../arguments';
import { repr } from '../../python-repr';
import type { Tensor } from '../../tensor';
import type { IntOrList } from '../../types';
import { avgPool2d, type MaxPool, maxPool1d, maxPool2d, maxPool3d } from '../functional/pooling';
import { Module } from '../module';

type MaxPoolParameters = [
  kernelSize: IntOrList,
  stride?: IntOrList | null,
  padding?: IntOrList,
  dilation?: IntOrList,
  returnIndices?: boolean,
  ceilMode?: boolean,
];

const MAX_POOL = signature(
  '_MaxPoolNd.__init__',
  'kernelSize',
  'stride?',
  'padding?',
  'dilation?',
  'returnIndices?',
  'ceilMode?',
).of<MaxPoolParameters>();

/** The base class of max pooling. */
export abstract class _MaxPoolNd extends Module {
  readonly kernelSize: IntOrList;
  readonly stride: IntOrList;
  readonly padding: IntOrList;
  readonly dilation: IntOrList;
  readonly returnIndices: boolean;
  readonly ceilMode: boolean;

  constructor(...args: ArgumentsOf<typeof MAX_POOL>) {
    super();
    const [kernelSize, stride, padding = 0, dilation = 1, returnIndices = false, ceilMode = false] =
      MAX_POOL.bind(args);
    this.kernelSize = kernelSize;
    this.stride = stride ?? kernelSize;
    this.padding = padding;
    this.dilation = dilation;
    this.returnIndices = returnIndices;
    this.ceilMode = ceilMode;
  }

  override extraRepr(): string {
    const { kernelSize, stride, padding, dilation, ceilMode } = this;
    return (
      `kernel_size=${repr(kernelSize)}, stride=${repr(stride)}, padding=${repr(padding)}, ` +
      `dilation=${repr(dilation)}, ceil_mode=${repr(ceilMode)}`
    );
  }

  /** The output; with `returnIndices` the array of it and the indices, in spite of its type. */
  protected pool(pool: MaxPool, input: Tensor): Tensor {
    const { kernelSize, stride, padding, dilation, ceilMode, returnIndices } = this;
    return pool(input, kernelSize, stride, padding, dilation, ceilMode, returnIndices);
  }
}

/**
 * Max pooling of (N, C, L) or (C, L).
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.MaxPool1d.html
 */
export class MaxPool1d extends _MaxPoolNd {
  override forward(input: Tensor): Tensor {
    return this.pool(maxPool1d, input);
  }
}

/**
 * Max pooling of (N, C, H, W) or (C, H, W).
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.MaxPool2d.html
 */
export class MaxPool2d extends _MaxPoolNd {
  override forward(input: Tensor): Tensor {
    return this.pool(maxPool2d, input);
  }
}

/**
 * Max pooling of (N, C, D, H, W) or (C, D, H, W).
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.MaxPool3d.html
 */
export class MaxPool3d extends _MaxPoolNd {
  override forward(input: Tensor): Tensor {
    return this.pool(maxPool3d, input);
  }
}

const AVG_POOL2D = signature(
  'AvgPool2d.__init__',
  'kernelSize',
  'stride?',
  'padding?',
  'ceilMode?',
  'countIncludePad?',
  'divisorOverride?',
).of<
  [
    kernelSize: IntOrList,
    stride?: IntOrList | null,
    padding?: IntOrList,
    ceilMode?: boolean,
    countIncludePad?: boolean,
    divisorOverride?: number | null,
  ]
>();

/**
 * Average pooling of (N, C, H, W) or (C, H, W).
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.AvgPool2d.html
 */
export class AvgPool2d extends Module {
  readonly kernelSize: IntOrList;
  readonly stride: IntOrList;
  readonly padding: IntOrList;
  readonly ceilMode: boolean;
  readonly countIncludePad: boolean;
  readonly divisorOverride: number | null;

  constructor(...args: ArgumentsOf<typeof AVG_POOL2D>) {
    super();
    const [kernelSize, stride, padding = 0, ceilMode = false, countIncludePad = true, divisorOverride = null] =
      AVG_POOL2D.bind(args);
    this.kernelSize = kernelSize;
    this.stride = stride ?? kernelSize;
    this.padding = padding;
    this.ceilMode = ceilMode;
    this.countIncludePad = countIncludePad;
    this.divisorOverride = divisorOverride;
  }

  override forward(input: Tensor): Tensor {
    const { kernelSize, stride, padding, ceilMode, countIncludePad, divisorOverride } = this;
    return avgPool2d(input, kernelSize, stride, padding, ceilMode, countIncludePad, divisorOverride);
  }

  override extraRepr(): string {
    return `kernel_size=${repr(this.kernelSize)}, stride=${repr(this.stride)}, padding=${repr(this.padding)}`;
  }
}
