/** Convolutions. */
import { type ArgumentsOf, signature } from '../../arguments';
import { noGrad } from '../../autograd/grad-mode';
import type { DType } from '../../dtype';
import { ValueError } from '../../errors';
import { empty, emptyLike } from '../../generated/torch';
import { contiguousFormat } from '../../layout';
import { repr, tupleRepr } from '../../python-repr';
import type { Tensor } from '../../tensor';
import type { DeviceLike, IntOrList } from '../../types';
import { conv1d, conv2d, conv3d } from '../functional/conv';
import { pad } from '../functional/padding';
import { Module } from '../module';
import { Parameter } from '../parameter';
import { resetUniformly } from './linear';
import { tuple } from './utils';

/** How a convolution continues its input beyond the edges. */
export type PaddingMode = 'zeros' | 'reflect' | 'replicate' | 'circular';

/** How much a convolution pads: a size, or so much that the size stays, or nothing. */
export type Padding = IntOrList | 'same' | 'valid';

/** The parameters of a convolution, in PyTorch's order. */
export type ConvParameters = [
  inChannels: number,
  outChannels: number,
  kernelSize: IntOrList,
  stride?: IntOrList,
  padding?: Padding,
  dilation?: IntOrList,
  groups?: number,
  bias?: boolean,
  paddingMode?: PaddingMode,
  device?: DeviceLike | null,
  dtype?: DType | null,
];

const NAMES = [
  'inChannels',
  'outChannels',
  'kernelSize',
  'stride?',
  'padding?',
  'dilation?',
  'groups?',
  'bias?',
  'paddingMode?',
  'device?',
  'dtype?',
] as const;

const CONV1D = signature('Conv1d.__init__', ...NAMES).of<ConvParameters>();
const CONV2D = signature('Conv2d.__init__', ...NAMES).of<ConvParameters>();
const CONV3D = signature('Conv3d.__init__', ...NAMES).of<ConvParameters>();

const PADDING_MODES: readonly string[] = ['zeros', 'reflect', 'replicate', 'circular'];

function checkChannels(inChannels: number, outChannels: number, groups: number): void {
  if (groups <= 0) throw new ValueError('groups must be a positive integer');
  if (inChannels % groups !== 0) throw new ValueError('in_channels must be divisible by groups');
  if (outChannels % groups !== 0) throw new ValueError('out_channels must be divisible by groups');
}

function checkPadding(padding: Padding, mode: string, stride: readonly number[]): void {
  if (typeof padding === 'string') {
    if (padding !== 'same' && padding !== 'valid') {
      throw new ValueError(`Invalid padding string ${repr(padding)}, should be one of {'same', 'valid'}`);
    }
    if (padding === 'same' && stride.some((step) => step !== 1)) {
      throw new ValueError("padding='same' is not supported for strided convolutions");
    }
  }
  if (!PADDING_MODES.includes(mode)) {
    throw new ValueError(
      `padding_mode must be one of {${PADDING_MODES.map(repr).join(', ')}}, but got padding_mode='${mode}'`,
    );
  }
}

/** What `pad` takes: before and after each dimension, the last one first. */
function padsOf(padding: number[] | 'same' | 'valid', kernelSize: number[], dilation: number[]): number[] {
  if (Array.isArray(padding)) return padding.toReversed().flatMap((size) => [size, size]);
  const total = kernelSize.map((size, i) => (padding === 'same' ? (dilation[i] as number) * (size - 1) : 0));
  return total.toReversed().flatMap((size) => [Math.floor(size / 2), size - Math.floor(size / 2)]);
}

/** The base class of convolutions. */
export abstract class _ConvNd extends Module {
  inChannels: number;
  outChannels: number;
  readonly kernelSize: number[];
  readonly stride: number[];
  readonly padding: number[] | 'same' | 'valid';
  readonly dilation: number[];
  readonly transposed: boolean;
  readonly outputPadding: number[];
  readonly groups: number;
  readonly paddingMode: PaddingMode;
  /** (outChannels, inChannels / groups, ...kernelSize); transposed (inChannels, outChannels / groups, ...kernelSize) */
  weight: Parameter;
  /** (outChannels), or null */
  bias!: Parameter | null;
  /** What `pad` takes where the padding mode is not zeros. */
  readonly _reversedPaddingRepeatedTwice: number[];

  /** @internal `outputPadding` is given for a transposed convolution. */
  constructor(dims: number, parameters: ConvParameters, outputPadding: IntOrList | null = null) {
    super();
    const [inChannels, outChannels, kernelSize, stride = 1, padding = 0, dilation = 1] = parameters;
    const [groups = 1, bias = true, paddingMode = 'zeros', device = null, dtype = null] = parameters.slice(6) as [
      number?,
      boolean?,
      PaddingMode?,
      (DeviceLike | null)?,
      (DType | null)?,
    ];
    checkChannels(inChannels, outChannels, groups);
    checkPadding(padding, paddingMode, tuple(stride, dims));
    this.inChannels = inChannels;
    this.outChannels = outChannels;
    this.kernelSize = tuple(kernelSize, dims);
    this.stride = tuple(stride, dims);
    this.padding = typeof padding === 'string' ? padding : tuple(padding, dims);
    this.dilation = tuple(dilation, dims);
    this.transposed = outputPadding !== null;
    this.outputPadding = tuple(outputPadding ?? 0, dims);
    this.groups = groups;
    this.paddingMode = paddingMode;
    this._reversedPaddingRepeatedTwice = padsOf(this.padding, this.kernelSize, this.dilation);
    const channels = this.transposed ? [inChannels, outChannels / groups] : [outChannels, inChannels / groups];
    this.weight = new Parameter(empty([...channels, ...this.kernelSize], { device, dtype }));
    if (bias) this.bias = new Parameter(empty([outChannels], { device, dtype }));
    else this.registerParameter('bias', null);
    this.resetParameters();
  }

  /** Draws the parameters anew. */
  resetParameters(): void {
    const { weight, bias } = this;
    noGrad(() => {
      if (weight.isContiguous()) return resetUniformly(weight, bias);
      // The values must not depend on how the weight lies in memory.
      const values = emptyLike(weight, { memoryFormat: contiguousFormat });
      resetUniformly(values, bias);
      weight.copy_(values);
    });
  }

  override extraRepr(): string {
    const { inChannels, outChannels, kernelSize, stride, padding, dilation, outputPadding, groups } = this;
    const parts = [`${inChannels}, ${outChannels}, kernel_size=${tupleRepr(kernelSize)}, stride=${tupleRepr(stride)}`];
    if (typeof padding === 'string') parts.push(`padding=${padding}`);
    else if (padding.some((size) => size !== 0)) parts.push(`padding=${tupleRepr(padding)}`);
    if (dilation.some((size) => size !== 1)) parts.push(`dilation=${tupleRepr(dilation)}`);
    if (outputPadding.some((size) => size !== 0)) parts.push(`output_padding=${tupleRepr(outputPadding)}`);
    if (groups !== 1) parts.push(`groups=${groups}`);
    if (this.bias === null) parts.push('bias=False');
    if (this.paddingMode !== 'zeros') parts.push(`padding_mode=${this.paddingMode}`);
    return parts.join(', ');
  }

  /** The input padded as the padding mode says; itself where the operator pads with zeros. */
  protected padded(input: Tensor): Tensor {
    const { paddingMode: mode } = this;
    return mode === 'zeros' ? input : pad(input, this._reversedPaddingRepeatedTwice, { mode });
  }

  /** The padding that is left to the operator. */
  protected get operatorPadding(): number[] | 'same' | 'valid' {
    return this.paddingMode === 'zeros' ? this.padding : tuple(0, this.kernelSize.length);
  }
}

/**
 * Convolution of (N, inChannels, L) or (inChannels, L).
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.Conv1d.html
 * @throws ValueError for channels that the groups do not divide, or an unknown padding.
 */
export class Conv1d extends _ConvNd {
  constructor(...args: ArgumentsOf<typeof CONV1D>) {
    super(1, CONV1D.bind(args));
  }

  override forward(input: Tensor): Tensor {
    const { weight, bias, stride, dilation, groups } = this;
    return conv1d(this.padded(input), weight, bias, stride, this.operatorPadding, dilation, groups);
  }
}

/**
 * Convolution of (N, inChannels, H, W) or (inChannels, H, W).
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.Conv2d.html
 * @throws ValueError for channels that the groups do not divide, or an unknown padding.
 */
export class Conv2d extends _ConvNd {
  constructor(...args: ArgumentsOf<typeof CONV2D>) {
    super(2, CONV2D.bind(args));
  }

  override forward(input: Tensor): Tensor {
    const { weight, bias, stride, dilation, groups } = this;
    return conv2d(this.padded(input), weight, bias, stride, this.operatorPadding, dilation, groups);
  }
}

/**
 * Convolution of (N, inChannels, D, H, W) or (inChannels, D, H, W).
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.Conv3d.html
 * @throws ValueError for channels that the groups do not divide, or an unknown padding.
 */
export class Conv3d extends _ConvNd {
  constructor(...args: ArgumentsOf<typeof CONV3D>) {
    super(3, CONV3D.bind(args));
  }

  override forward(input: Tensor): Tensor {
    const { weight, bias, stride, dilation, groups } = this;
    return conv3d(this.padded(input), weight, bias, stride, this.operatorPadding, dilation, groups);
  }
}
