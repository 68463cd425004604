/** Normalisation by layers, groups and neighbouring channels. */
import { type Arguments, type ArgumentsOf, Signature, signature } from '../../arguments';
import type { DType } from '../../dtype';
import { ValueError } from '../../errors';
import { empty } from '../../generated/torch';
import { repr, tupleRepr } from '../../python-repr';
import type { Tensor } from '../../tensor';
import type { DeviceLike, IntOrList } from '../../types';
import { groupNorm, layerNorm, localResponseNorm, rmsNorm } from '../functional';
import { ones_, zeros_ } from '../init';
import { Module } from '../module';
import { Parameter } from '../parameter';
import { float, tuple } from './utils';

const LOCAL_RESPONSE = signature('LocalResponseNorm.__init__', 'size', 'alpha?', 'beta?', 'k?').of<
  [size: number, alpha?: number, beta?: number, k?: number]
>();

/**
 * Divides each element by a power of the mean square of `size` neighbouring channels.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.LocalResponseNorm.html
 */
export class LocalResponseNorm extends Module {
  readonly size: number;
  readonly alpha: number;
  readonly beta: number;
  readonly k: number;

  constructor(...args: ArgumentsOf<typeof LOCAL_RESPONSE>) {
    super();
    const [size, alpha = 1e-4, beta = 0.75, k = 1] = LOCAL_RESPONSE.bind(args);
    this.size = size;
    this.alpha = alpha;
    this.beta = beta;
    this.k = k;
  }

  override forward(input: Tensor): Tensor {
    return localResponseNorm(input, this.size, this.alpha, this.beta, this.k);
  }

  override extraRepr(): string {
    return `${this.size}, alpha=${float(this.alpha)}, beta=${float(this.beta)}, k=${float(this.k)}`;
  }
}

/** Ones in the weight and zeros in the bias, as far as there are any. */
function resetAffine(weight: Tensor | null, bias: Tensor | null): void {
  if (weight !== null) ones_(weight);
  if (bias !== null) zeros_(bias);
}

const LAYER_NORM = signature(
  'LayerNorm.__init__',
  'normalizedShape',
  'eps?',
  'elementwiseAffine?',
  'bias?',
  'device?',
  'dtype?',
).of<
  [
    normalizedShape: IntOrList,
    eps?: number,
    elementwiseAffine?: boolean,
    bias?: boolean,
    device?: DeviceLike | null,
    dtype?: DType | null,
  ]
>();

/**
 * Normalises over the last dimensions, whose sizes are `normalizedShape`.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.LayerNorm.html
 */
export class LayerNorm extends Module {
  readonly normalizedShape: readonly number[];
  readonly eps: number;
  readonly elementwiseAffine: boolean;
  /** (...normalizedShape), or null */
  weight!: Parameter | null;
  /** (...normalizedShape), or null */
  bias!: Parameter | null;

  constructor(...args: ArgumentsOf<typeof LAYER_NORM>) {
    super();
    const [shape, eps = 1e-5, affine = true, bias = true, device = null, dtype = null] = LAYER_NORM.bind(args);
    this.normalizedShape = tuple(shape, 1);
    this.eps = eps;
    this.elementwiseAffine = affine;
    const parameter = (): Parameter => new Parameter(empty(this.normalizedShape, { device, dtype }));
    this.registerParameter('weight', affine ? parameter() : null);
    this.registerParameter('bias', affine && bias ? parameter() : null);
    this.resetParameters();
  }

  /** Forgets what was learned. */
  resetParameters(): void {
    resetAffine(this.weight, this.bias);
  }

  override forward(input: Tensor): Tensor {
    return layerNorm(input, this.normalizedShape, this.weight, this.bias, this.eps);
  }

  override extraRepr(): string {
    const { normalizedShape, eps, elementwiseAffine, bias } = this;
    return (
      `${tupleRepr(normalizedShape)}, eps=${float(eps)}, elementwise_affine=${repr(elementwiseAffine)}, ` +
      `bias=${repr(bias !== null)}`
    );
  }
}

type GroupNormParameters = [
  numGroups: number,
  numChannels: number,
  eps?: number,
  affine?: boolean,
  device?: DeviceLike | null,
  dtype?: DType | null,
  bias?: boolean,
];

const GROUP_NORM_NAMES = ['numGroups', 'numChannels', 'eps?', 'affine?', 'device?', 'dtype?', 'bias?'] as const;

const GROUP_NORM = new Signature<GroupNormParameters, typeof GROUP_NORM_NAMES>(
  'GroupNorm.__init__',
  GROUP_NORM_NAMES,
  6,
);

/**
 * Normalises groups of the channels of (N, C, *), each sample by itself.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.GroupNorm.html
 * @throws ValueError if the groups do not divide the channels.
 */
export class GroupNorm extends Module {
  readonly numGroups: number;
  readonly numChannels: number;
  readonly eps: number;
  readonly affine: boolean;
  /** (numChannels), or null */
  weight!: Parameter | null;
  /** (numChannels), or null */
  bias!: Parameter | null;

  constructor(...args: Arguments<GroupNormParameters, typeof GROUP_NORM_NAMES>) {
    super();
    const [numGroups, numChannels, eps = 1e-5, affine = true, device = null, dtype = null, bias = true] =
      GROUP_NORM.bind(args);
    if (numChannels % numGroups !== 0) {
      throw new ValueError(`num_channels (${numChannels}) must be divisible by num_groups (${numGroups})`);
    }
    this.numGroups = numGroups;
    this.numChannels = numChannels;
    this.eps = eps;
    this.affine = affine;
    const parameter = (): Parameter => new Parameter(empty([numChannels], { device, dtype }));
    this.registerParameter('weight', affine ? parameter() : null);
    this.registerParameter('bias', affine && bias ? parameter() : null);
    this.resetParameters();
  }

  /** Forgets what was learned. */
  resetParameters(): void {
    resetAffine(this.weight, this.bias);
  }

  override forward(input: Tensor): Tensor {
    return groupNorm(input, this.numGroups, this.weight, this.bias, this.eps);
  }

  override extraRepr(): string {
    const { numGroups, numChannels, eps, affine, bias } = this;
    return `${numGroups}, ${numChannels}, eps=${float(eps)}, affine=${repr(affine)}, bias=${repr(bias !== null)}`;
  }
}

const RMS_NORM = signature('RMSNorm.__init__', 'normalizedShape', 'eps?', 'elementwiseAffine?', 'device?', 'dtype?').of<
  [
    normalizedShape: IntOrList,
    eps?: number | null,
    elementwiseAffine?: boolean,
    device?: DeviceLike | null,
    dtype?: DType | null,
  ]
>();

/**
 * Divides by the root of the mean square over the last dimensions, whose sizes are `normalizedShape`.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.RMSNorm.html
 */
export class RMSNorm extends Module {
  readonly normalizedShape: readonly number[];
  readonly eps: number | null;
  readonly elementwiseAffine: boolean;
  /** (...normalizedShape), or null */
  weight!: Parameter | null;

  constructor(...args: ArgumentsOf<typeof RMS_NORM>) {
    super();
    const [shape, eps = null, affine = true, device = null, dtype = null] = RMS_NORM.bind(args);
    this.normalizedShape = tuple(shape, 1);
    this.eps = eps;
    this.elementwiseAffine = affine;
    const weight = affine ? new Parameter(empty(this.normalizedShape, { device, dtype })) : null;
    this.registerParameter('weight', weight);
    this.resetParameters();
  }

  /** Forgets what was learned. */
  resetParameters(): void {
    resetAffine(this.weight, null);
  }

  override forward(x: Tensor): Tensor {
    return rmsNorm(x, this.normalizedShape, this.weight, this.eps);
  }

  override extraRepr(): string {
    const { normalizedShape, eps, elementwiseAffine } = this;
    const epsText = eps === null ? 'None' : float(eps);
    return `${tupleRepr(normalizedShape)}, eps=${epsText}, elementwise_affine=${repr(elementwiseAffine)}`;
  }
}
