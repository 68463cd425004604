/** The inverse of max pooling. */
import { type Arguments, type ArgumentsOf, Signature, signature } from '../../arguments';
import { tupleRepr } from '../../python-repr';
import type { Tensor } from '../../tensor';
import type { IntOrList } from '../../types';
import { maxUnpool1d, maxUnpool2d, maxUnpool3d } from '../functional';
import { Module } from '../module';
import { tuple } from './utils';

type Parameters = [kernelSize: IntOrList, stride?: IntOrList | null, padding?: IntOrList];

const NAMES = ['kernelSize', 'stride?', 'padding?'] as const;

type UnpoolArguments = Arguments<Parameters, typeof NAMES>;

/** The base class of the inverses of max pooling. */
export abstract class _MaxUnpoolNd extends Module {
  readonly kernelSize: readonly number[];
  readonly stride: readonly number[];
  readonly padding: readonly number[];

  /** @internal */
  constructor(name: string, dims: number, args: UnpoolArguments) {
    super();
    const signature = new Signature<Parameters, typeof NAMES>(`${name}.__init__`, NAMES);
    const [kernelSize, stride, padding = 0] = signature.bind(args);
    this.kernelSize = tuple(kernelSize, dims);
    this.stride = tuple(stride ?? kernelSize, dims);
    this.padding = tuple(padding, dims);
  }

  override extraRepr(): string {
    const { kernelSize, stride, padding } = this;
    return `kernel_size=${tupleRepr(kernelSize)}, stride=${tupleRepr(stride)}, padding=${tupleRepr(padding)}`;
  }
}

/** The arguments of a call. */
function callOf(name: string) {
  return signature(`${name}.forward`, 'input', 'indices', 'outputSize?').of<
    [input: Tensor, indices: Tensor, outputSize?: readonly number[] | null]
  >();
}

const MAX_UNPOOL1D_FORWARD = callOf('MaxUnpool1d');

/**
 * Puts each element where `MaxPool1d` found it, and zeros elsewhere.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.MaxUnpool1d.html
 * @throws ValueError in a call for an output size that cannot have been.
 */
export class MaxUnpool1d extends _MaxUnpoolNd {
  constructor(...args: UnpoolArguments) {
    super('MaxUnpool1d', 1, args);
  }

  override forward(...args: ArgumentsOf<typeof MAX_UNPOOL1D_FORWARD>): Tensor {
    const [input, indices, outputSize = null] = MAX_UNPOOL1D_FORWARD.bind(args);
    return maxUnpool1d(input, indices, this.kernelSize, this.stride, this.padding, outputSize);
  }
}

const MAX_UNPOOL2D_FORWARD = callOf('MaxUnpool2d');

/**
 * Puts each element where `MaxPool2d` found it, and zeros elsewhere.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.MaxUnpool2d.html
 * @throws ValueError in a call for an output size that cannot have been.
 */
export class MaxUnpool2d extends _MaxUnpoolNd {
  constructor(...args: UnpoolArguments) {
    super('MaxUnpool2d', 2, args);
  }

  override forward(...args: ArgumentsOf<typeof MAX_UNPOOL2D_FORWARD>): Tensor {
    const [input, indices, outputSize = null] = MAX_UNPOOL2D_FORWARD.bind(args);
    return maxUnpool2d(input, indices, this.kernelSize, this.stride, this.padding, outputSize);
  }
}

const MAX_UNPOOL3D_FORWARD = callOf('MaxUnpool3d');

/**
 * Puts each element where `MaxPool3d` found it, and zeros elsewhere.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.MaxUnpool3d.html
 * @throws ValueError in a call for an output size that cannot have been.
 */
export class MaxUnpool3d extends _MaxUnpoolNd {
  constructor(...args: UnpoolArguments) {
    super('MaxUnpool3d', 3, args);
  }

  override forward(...args: ArgumentsOf<typeof MAX_UNPOOL3D_FORWARD>): Tensor {
    const [input, indices, outputSize = null] = MAX_UNPOOL3D_FORWARD.bind(args);
    return maxUnpool3d(input, indices, this.kernelSize, this.stride, this.padding, outputSize);
  }
}
