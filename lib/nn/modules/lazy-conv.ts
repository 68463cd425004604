/** Convolutions that find the number of their input's channels in their first input. */
import { type ArgumentsOf, signature } from '../../arguments';
import type { DType } from '../../dtype';
import { RuntimeError, ValueError } from '../../errors';
import type { Tensor } from '../../tensor';
import type { DeviceLike, IntOrList } from '../../types';
import { UninitializedParameter } from '../uninitialized';
import { type _ConvNd, Conv1d, Conv2d, Conv3d, type Padding, type PaddingMode } from './conv';
import { ConvTranspose1d, ConvTranspose2d, ConvTranspose3d } from './conv-transpose';
import { type Lazy, LazyModuleMixin } from './lazy';

// biome-ignore lint/suspicious/noExplicitAny: TypeScript demands this of the constructor of a mixin's base.
type ConvClass = abstract new (...args: any[]) => _ConvNd;

/** The number of channels of an input. Throws a RuntimeError if it has not as many dimensions as the convolution needs. */
function channelsOf(module: _ConvNd, input: Tensor): number {
  const [dims, unbatched] = [input.dim(), module.kernelSize.length + 1];
  if (dims !== unbatched && dims !== unbatched + 1) {
    throw new RuntimeError(
      `Expected ${unbatched}D (unbatched) or ${unbatched + 1}D (batched) input to ${module._getName()}, but got ` +
        `input of size: ${input.shape}`,
    );
  }
  return input.size(dims - unbatched);
}

/** Makes the parameters that the first input gives a shape. */
function declare(
  module: _ConvNd,
  outChannels: number,
  bias: boolean,
  device: DeviceLike | null,
  dtype: DType | null,
): void {
  module.weight = new UninitializedParameter({ device, dtype });
  module.outChannels = outChannels;
  if (bias) module.bias = new UninitializedParameter({ device, dtype });
}

/** Transposed convolutions are called with the size of the output as well. */
const INITIALIZE = signature('initialize_parameters', 'input', 'outputSize?').of<
  [input: Tensor, outputSize?: readonly number[] | null]
>();

/** A convolution whose parameters have no shapes before the first call. */
function LazyConv<Base extends ConvClass>(Base: Base): Lazy<Base> {
  abstract class LazyBase extends LazyModuleMixin(Base) {
    override resetParameters(): void {
      if (!this.hasUninitializedParams() && this.inChannels !== 0) super.resetParameters();
    }

    /** Gives the parameters the shapes that go with the input. */
    override initializeParameters(...args: ArgumentsOf<typeof INITIALIZE>): void {
      const [input] = INITIALIZE.bind(args);
      if (!this.hasUninitializedParams()) return;
      this.inChannels = channelsOf(this, input);
      const { inChannels, outChannels, groups, kernelSize } = this;
      if (inChannels % groups !== 0) throw new ValueError('in_channels must be divisible by groups');
      const channels = this.transposed ? [inChannels, outChannels / groups] : [outChannels, inChannels / groups];
      (this.weight as UninitializedParameter).materialize([...channels, ...kernelSize]);
      (this.bias as UninitializedParameter | null)?.materialize([outChannels]);
      this.resetParameters();
    }
  }
  return LazyBase;
}

type LazyConvParameters = [
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

const CONV = [
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

type LazyConvTransposeParameters = [
  outChannels: number,
  kernelSize: IntOrList,
  stride?: IntOrList,
  padding?: IntOrList,
  outputPadding?: IntOrList,
  groups?: number,
  bias?: boolean,
  dilation?: IntOrList,
  paddingMode?: PaddingMode,
  device?: DeviceLike | null,
  dtype?: DType | null,
];

const CONV_TRANSPOSE = [
  'outChannels',
  'kernelSize',
  'stride?',
  'padding?',
  'outputPadding?',
  'groups?',
  'bias?',
  'dilation?',
  'paddingMode?',
  'device?',
  'dtype?',
] as const;

const CONV1D = signature('LazyConv1d.__init__', ...CONV).of<LazyConvParameters>();

/**
 * A `Conv1d` that finds `inChannels` in its first input.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.LazyConv1d.html
 */
export class LazyConv1d extends LazyConv(Conv1d) {
  static override readonly clsToBecome = Conv1d;

  constructor(...args: ArgumentsOf<typeof CONV1D>) {
    const [outChannels, kernelSize, stride, padding, dilation, groups, bias = true, mode, device = null, dtype = null] =
      CONV1D.bind(args);
    super(0, 0, kernelSize, stride, padding, dilation, groups, false, mode, device, dtype);
    declare(this, outChannels, bias, device, dtype);
  }
}

const CONV2D = signature('LazyConv2d.__init__', ...CONV).of<LazyConvParameters>();

/**
 * A `Conv2d` that finds `inChannels` in its first input.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.LazyConv2d.html
 */
export class LazyConv2d extends LazyConv(Conv2d) {
  static override readonly clsToBecome = Conv2d;

  constructor(...args: ArgumentsOf<typeof CONV2D>) {
    const [outChannels, kernelSize, stride, padding, dilation, groups, bias = true, mode, device = null, dtype = null] =
      CONV2D.bind(args);
    super(0, 0, kernelSize, stride, padding, dilation, groups, false, mode, device, dtype);
    declare(this, outChannels, bias, device, dtype);
  }
}

const CONV3D = signature('LazyConv3d.__init__', ...CONV).of<LazyConvParameters>();

/**
 * A `Conv3d` that finds `inChannels` in its first input.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.LazyConv3d.html
 */
export class LazyConv3d extends LazyConv(Conv3d) {
  static override readonly clsToBecome = Conv3d;

  constructor(...args: ArgumentsOf<typeof CONV3D>) {
    const [outChannels, kernelSize, stride, padding, dilation, groups, bias = true, mode, device = null, dtype = null] =
      CONV3D.bind(args);
    super(0, 0, kernelSize, stride, padding, dilation, groups, false, mode, device, dtype);
    declare(this, outChannels, bias, device, dtype);
  }
}

const CONV_TRANSPOSE1D = signature('LazyConvTranspose1d.__init__', ...CONV_TRANSPOSE).of<LazyConvTransposeParameters>();

/**
 * A `ConvTranspose1d` that finds `inChannels` in its first input.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.LazyConvTranspose1d.html
 */
export class LazyConvTranspose1d extends LazyConv(ConvTranspose1d) {
  static override readonly clsToBecome = ConvTranspose1d;

  constructor(...args: ArgumentsOf<typeof CONV_TRANSPOSE1D>) {
    const [outChannels, kernelSize, stride, padding, outputPadding, groups, bias = true, dilation, mode] =
      CONV_TRANSPOSE1D.bind(args);
    const [device = null, dtype = null] = CONV_TRANSPOSE1D.bind(args).slice(9) as [
      (DeviceLike | null)?,
      (DType | null)?,
    ];
    super(0, 0, kernelSize, stride, padding, outputPadding, groups, false, dilation, mode, device, dtype);
    declare(this, outChannels, bias, device, dtype);
  }
}

const CONV_TRANSPOSE2D = signature('LazyConvTranspose2d.__init__', ...CONV_TRANSPOSE).of<LazyConvTransposeParameters>();

/**
 * A `ConvTranspose2d` that finds `inChannels` in its first input.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.LazyConvTranspose2d.html
 */
export class LazyConvTranspose2d extends LazyConv(ConvTranspose2d) {
  static override readonly clsToBecome = ConvTranspose2d;

  constructor(...args: ArgumentsOf<typeof CONV_TRANSPOSE2D>) {
    const [outChannels, kernelSize, stride, padding, outputPadding, groups, bias = true, dilation, mode] =
      CONV_TRANSPOSE2D.bind(args);
    const [device = null, dtype = null] = CONV_TRANSPOSE2D.bind(args).slice(9) as [
      (DeviceLike | null)?,
      (DType | null)?,
    ];
    super(0, 0, kernelSize, stride, padding, outputPadding, groups, false, dilation, mode, device, dtype);
    declare(this, outChannels, bias, device, dtype);
  }
}

const CONV_TRANSPOSE3D = signature('LazyConvTranspose3d.__init__', ...CONV_TRANSPOSE).of<LazyConvTransposeParameters>();

/**
 * A `ConvTranspose3d` that finds `inChannels` in its first input.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.LazyConvTranspose3d.html
 */
export class LazyConvTranspose3d extends LazyConv(ConvTranspose3d) {
  static override readonly clsToBecome = ConvTranspose3d;

  constructor(...args: ArgumentsOf<typeof CONV_TRANSPOSE3D>) {
    const [outChannels, kernelSize, stride, padding, outputPadding, groups, bias = true, dilation, mode] =
      CONV_TRANSPOSE3D.bind(args);
    const [device = null, dtype = null] = CONV_TRANSPOSE3D.bind(args).slice(9) as [
      (DeviceLike | null)?,
      (DType | null)?,
    ];
    super(0, 0, kernelSize, stride, padding, outputPadding, groups, false, dilation, mode, device, dtype);
    declare(this, outChannels, bias, device, dtype);
  }
}
