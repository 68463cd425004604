/** Max, average and LP pooling. */
import { type Arguments, type ArgumentsOf, Signature, signature } from '../../arguments';
import { repr } from '../../python-repr';
import type { Tensor } from '../../tensor';
import type { IntOrList } from '../../types';
import {
  avgPool1d,
  avgPool2d,
  avgPool3d,
  lpPool1d,
  lpPool2d,
  lpPool3d,
  type MaxPool,
  maxPool1d,
  maxPool2d,
  maxPool3d,
} from '../functional';
import { Module } from '../module';
import { float, tuple } from './utils';

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

/** The base class of average pooling. */
export abstract class _AvgPoolNd extends Module {
  readonly kernelSize: IntOrList;
  readonly stride: IntOrList;
  readonly padding: IntOrList;
  readonly ceilMode: boolean;
  readonly countIncludePad: boolean;

  /** @internal */
  constructor(
    kernelSize: IntOrList,
    stride: IntOrList,
    padding: IntOrList,
    ceilMode: boolean,
    countIncludePad: boolean,
  ) {
    super();
    this.kernelSize = kernelSize;
    this.stride = stride;
    this.padding = padding;
    this.ceilMode = ceilMode;
    this.countIncludePad = countIncludePad;
  }

  override extraRepr(): string {
    return `kernel_size=${repr(this.kernelSize)}, stride=${repr(this.stride)}, padding=${repr(this.padding)}`;
  }
}

const AVG_POOL1D = signature(
  'AvgPool1d.__init__',
  'kernelSize',
  'stride?',
  'padding?',
  'ceilMode?',
  'countIncludePad?',
).of<
  [kernelSize: IntOrList, stride?: IntOrList | null, padding?: IntOrList, ceilMode?: boolean, countIncludePad?: boolean]
>();

/**
 * Average pooling of (N, C, L) or (C, L).
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.AvgPool1d.html
 */
export class AvgPool1d extends _AvgPoolNd {
  constructor(...args: ArgumentsOf<typeof AVG_POOL1D>) {
    const [kernelSize, stride, padding = 0, ceilMode = false, countIncludePad = true] = AVG_POOL1D.bind(args);
    super(tuple(kernelSize, 1), tuple(stride ?? kernelSize, 1), tuple(padding, 1), ceilMode, countIncludePad);
  }

  override forward(input: Tensor): Tensor {
    return avgPool1d(input, this.kernelSize, this.stride, this.padding, this.ceilMode, this.countIncludePad);
  }
}

type AvgPoolParameters = [
  kernelSize: IntOrList,
  stride?: IntOrList | null,
  padding?: IntOrList,
  ceilMode?: boolean,
  countIncludePad?: boolean,
  divisorOverride?: number | null,
];

const AVG_POOL = ['kernelSize', 'stride?', 'padding?', 'ceilMode?', 'countIncludePad?', 'divisorOverride?'] as const;

type AvgPoolArguments = Arguments<AvgPoolParameters, typeof AVG_POOL>;

/** The base class of average pooling with a divisor. */
abstract class AvgPoolWithDivisor extends _AvgPoolNd {
  readonly divisorOverride: number | null;

  constructor(name: string, args: AvgPoolArguments) {
    const names = new Signature<AvgPoolParameters, typeof AVG_POOL>(`${name}.__init__`, AVG_POOL);
    const [kernelSize, stride, padding = 0, ceilMode = false, countIncludePad = true, divisorOverride = null] =
      names.bind(args);
    super(kernelSize, stride ?? kernelSize, padding, ceilMode, countIncludePad);
    this.divisorOverride = divisorOverride;
  }
}

/**
 * Average pooling of (N, C, H, W) or (C, H, W).
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.AvgPool2d.html
 */
export class AvgPool2d extends AvgPoolWithDivisor {
  constructor(...args: AvgPoolArguments) {
    super('AvgPool2d', args);
  }

  override forward(input: Tensor): Tensor {
    const { kernelSize, stride, padding, ceilMode, countIncludePad, divisorOverride } = this;
    return avgPool2d(input, kernelSize, stride, padding, ceilMode, countIncludePad, divisorOverride);
  }
}

/**
 * Average pooling of (N, C, D, H, W) or (C, D, H, W).
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.AvgPool3d.html
 */
export class AvgPool3d extends AvgPoolWithDivisor {
  constructor(...args: AvgPoolArguments) {
    super('AvgPool3d', args);
  }

  override forward(input: Tensor): Tensor {
    const { kernelSize, stride, padding, ceilMode, countIncludePad, divisorOverride } = this;
    return avgPool3d(input, kernelSize, stride, padding, ceilMode, countIncludePad, divisorOverride);
  }
}

const LP_POOL = signature('_LPPoolNd.__init__', 'normType', 'kernelSize', 'stride?', 'ceilMode?').of<
  [normType: number, kernelSize: IntOrList, stride?: IntOrList | null, ceilMode?: boolean]
>();

/** The base class of LP pooling. */
export abstract class _LPPoolNd extends Module {
  readonly normType: number;
  readonly kernelSize: IntOrList;
  readonly stride: IntOrList | null;
  readonly ceilMode: boolean;

  constructor(...args: ArgumentsOf<typeof LP_POOL>) {
    super();
    const [normType, kernelSize, stride = null, ceilMode = false] = LP_POOL.bind(args);
    this.normType = normType;
    this.kernelSize = kernelSize;
    this.stride = stride;
    this.ceilMode = ceilMode;
  }

  override extraRepr(): string {
    const { normType, kernelSize, stride, ceilMode } = this;
    return (
      `norm_type=${float(normType)}, kernel_size=${repr(kernelSize)}, stride=${repr(stride)}, ` +
      `ceil_mode=${repr(ceilMode)}`
    );
  }
}

/**
 * The p-norm of the elements under each place of a window over (N, C, L) or (C, L).
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.LPPool1d.html
 */
export class LPPool1d extends _LPPoolNd {
  override forward(input: Tensor): Tensor {
    return lpPool1d(input, this.normType, this.kernelSize, this.stride, this.ceilMode);
  }
}

/**
 * The p-norm of the elements under each place of a window over (N, C, H, W) or (C, H, W).
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.LPPool2d.html
 */
export class LPPool2d extends _LPPoolNd {
  override forward(input: Tensor): Tensor {
    return lpPool2d(input, this.normType, this.kernelSize, this.stride, this.ceilMode);
  }
}

/**
 * The p-norm of the elements under each place of a window over (N, C, D, H, W) or (C, D, H, W).
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.LPPool3d.html
 */
export class LPPool3d extends _LPPoolNd {
  override forward(input: Tensor): Tensor {
    return lpPool3d(input, this.normType, this.kernelSize, this.stride, this.ceilMode);
  }
}
