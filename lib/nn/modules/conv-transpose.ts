/** Transposed convolutions. */
import { type ArgumentsOf, signature } from '../../arguments';
import type { DType } from '../../dtype';
import { ValueError } from '../../errors';
import { listRepr } from '../../python-repr';
import type { Tensor } from '../../tensor';
import type { DeviceLike, IntOrList } from '../../types';
import { convTranspose1d, convTranspose2d, convTranspose3d } from '../functional';
import { _ConvNd, type PaddingMode } from './conv';

/** The parameters of a transposed convolution, in PyTorch's order. */
export type ConvTransposeParameters = [
  inChannels: number,
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

const NAMES = [
  'inChannels',
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

const CONV_TRANSPOSE1D = signature('ConvTranspose1d.__init__', ...NAMES).of<ConvTransposeParameters>();
const CONV_TRANSPOSE2D = signature('ConvTranspose2d.__init__', ...NAMES).of<ConvTransposeParameters>();
const CONV_TRANSPOSE3D = signature('ConvTranspose3d.__init__', ...NAMES).of<ConvTransposeParameters>();

/** The base class of transposed convolutions. */
export abstract class _ConvTransposeNd extends _ConvNd {
  /** @internal */
  constructor(name: string, dims: number, parameters: ConvTransposeParameters) {
    const [inChannels, outChannels, kernelSize, stride, padding, outputPadding = 0, groups, bias, dilation, mode] =
      parameters;
    if ((mode ?? 'zeros') !== 'zeros') throw new ValueError(`Only "zeros" padding mode is supported for ${name}`);
    const [device, dtype] = [parameters[10], parameters[11]];
    super(
      dims,
      [inChannels, outChannels, kernelSize, stride, padding, dilation, groups, bias, mode, device, dtype],
      outputPadding,
    );
  }

  /** What to add to the output's size at one end, so that it is `outputSize`. Throws a ValueError if it cannot be. */
  protected paddingFor(input: Tensor, outputSize: readonly number[] | null): number[] {
    if (outputSize === null) return this.outputPadding;
    const dims = this.kernelSize.length;
    const others = input.dim() === dims + 2 ? 2 : 1;
    const sizes = outputSize.length === others + dims ? outputSize.slice(others) : outputSize;
    if (sizes.length !== dims) {
      throw new ValueError(
        `ConvTranspose${dims}D: for ${input.dim()}D input, output_size must have ${dims} or ${others + dims} elements ` +
          `(got ${sizes.length})`,
      );
    }
    const least = this.leastSizes(input, others);
    const most = least.map((size, d) => size + (this.stride[d] as number) - 1);
    if (sizes.some((size, d) => size < (least[d] as number) || size > (most[d] as number))) {
      throw new ValueError(
        `requested an output size of ${listRepr(sizes)}, but valid sizes range from ${listRepr(least)} to ` +
          `${listRepr(most)} (for an input of torch.Size(${listRepr(input.shape.slice(2))}))`,
      );
    }
    return sizes.map((size, d) => size - (least[d] as number));
  }

  private leastSizes(input: Tensor, others: number): number[] {
    const { stride, padding, dilation } = this;
    return this.kernelSize.map((kernel, d) => {
      const between = (input.size(d + others) - 1) * (stride[d] as number);
      return between - 2 * (padding[d] as number) + (dilation[d] as number) * (kernel - 1) + 1;
    });
  }
}

/** The arguments of a call. */
function callOf(name: string) {
  return signature(`${name}.forward`, 'input', 'outputSize?').of<
    [input: Tensor, outputSize?: readonly number[] | null]
  >();
}

const CONV_TRANSPOSE1D_FORWARD = callOf('ConvTranspose1d');

/**
 * Transposed convolution of (N, inChannels, L) or (inChannels, L): the gradient of a convolution with respect to its input.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.ConvTranspose1d.html
 * @throws ValueError for channels that the groups do not divide, or an output size that cannot be.
 */
export class ConvTranspose1d extends _ConvTransposeNd {
  constructor(...args: ArgumentsOf<typeof CONV_TRANSPOSE1D>) {
    super('ConvTranspose1d', 1, CONV_TRANSPOSE1D.bind(args));
  }

  override forward(...args: ArgumentsOf<typeof CONV_TRANSPOSE1D_FORWARD>): Tensor {
    const [input, outputSize = null] = CONV_TRANSPOSE1D_FORWARD.bind(args);
    const { weight, bias, stride, padding, groups, dilation } = this;
    const outputPadding = this.paddingFor(input, outputSize);
    return convTranspose1d(input, weight, bias, stride, padding as number[], outputPadding, groups, dilation);
  }
}

const CONV_TRANSPOSE2D_FORWARD = callOf('ConvTranspose2d');

/**
 * Transposed convolution of (N, inChannels, H, W) or (inChannels, H, W): the gradient of a convolution with respect to its input.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.ConvTranspose2d.html
 * @throws ValueError for channels that the groups do not divide, or an output size that cannot be.
 */
export class ConvTranspose2d extends _ConvTransposeNd {
  constructor(...args: ArgumentsOf<typeof CONV_TRANSPOSE2D>) {
    super('ConvTranspose2d', 2, CONV_TRANSPOSE2D.bind(args));
  }

  override forward(...args: ArgumentsOf<typeof CONV_TRANSPOSE2D_FORWARD>): Tensor {
    const [input, outputSize = null] = CONV_TRANSPOSE2D_FORWARD.bind(args);
    const { weight, bias, stride, padding, groups, dilation } = this;
    const outputPadding = this.paddingFor(input, outputSize);
    return convTranspose2d(input, weight, bias, stride, padding as number[], outputPadding, groups, dilation);
  }
}

const CONV_TRANSPOSE3D_FORWARD = callOf('ConvTranspose3d');

/**
 * Transposed convolution of (N, inChannels, D, H, W) or (inChannels, D, H, W): the gradient of a convolution with respect to its input.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.ConvTranspose3d.html
 * @throws ValueError for channels that the groups do not divide, or an output size that cannot be.
 */
export class ConvTranspose3d extends _ConvTransposeNd {
  constructor(...args: ArgumentsOf<typeof CONV_TRANSPOSE3D>) {
    super('ConvTranspose3d', 3, CONV_TRANSPOSE3D.bind(args));
  }

  override forward(...args: ArgumentsOf<typeof CONV_TRANSPOSE3D_FORWARD>): Tensor {
    const [input, outputSize = null] = CONV_TRANSPOSE3D_FORWARD.bind(args);
    const { weight, bias, stride, padding, groups, dilation } = this;
    const outputPadding = this.paddingFor(input, outputSize);
    return convTranspose3d(input, weight, bias, stride, padding as number[], outputPadding, groups, dilation);
  }
}
