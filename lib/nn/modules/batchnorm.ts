/** Normalisation over the batch. */
import { type Arguments, Signature } from '../../arguments';
import { tensor } from '../../creation';
import { type DType, int64 } from '../../dtype';
import { NotImplementedError, ValueError } from '../../errors';
import { empty, ones, zeros } from '../../generated/torch';
import { repr } from '../../python-repr';
import type { Tensor } from '../../tensor';
import type { DeviceLike } from '../../types';
import { batchNorm } from '../functional';
import { ones_, zeros_ } from '../init';
import { Module } from '../module';
import type { LoadReport } from '../module/load-state-dict';
import type { LocalMetadata, StateDict } from '../module/state-dict';
import { Parameter } from '../parameter';
import { float } from './utils';

/** The parameters of a normalisation by channels, in PyTorch's order. */
export type NormParameters = [
  numFeatures: number,
  eps?: number,
  momentum?: number | null,
  affine?: boolean,
  trackRunningStats?: boolean,
  device?: DeviceLike | null,
  dtype?: DType | null,
  bias?: boolean,
];

const NAMES = [
  'numFeatures',
  'eps?',
  'momentum?',
  'affine?',
  'trackRunningStats?',
  'device?',
  'dtype?',
  'bias?',
] as const;

/** The arguments of a normalisation by channels. */
export type NormArguments = Arguments<NormParameters, typeof NAMES>;

/** The signature of a class of normalisation, in which `bias` is given by name only. */
export function normSignature(name: string): Signature<NormParameters, typeof NAMES> {
  return new Signature(`${name}.__init__`, NAMES, 7);
}

/** The base class of normalisation by channels, with running means and variances. */
export abstract class _NormBase extends Module {
  static override readonly _version: number = 2;

  numFeatures: number;
  eps: number;
  /** How much of the running values a batch replaces; null for the mean over all batches. */
  momentum: number | null;
  affine: boolean;
  trackRunningStats: boolean;
  /** (numFeatures), or null */
  weight!: Parameter | null;
  /** (numFeatures), or null */
  bias!: Parameter | null;
  /** A buffer (numFeatures), or null */
  running_mean!: Tensor | null;
  /** A buffer (numFeatures), or null */
  running_var!: Tensor | null;
  /** A buffer with one int64, or null */
  num_batches_tracked!: Tensor | null;

  /** @internal */
  constructor(
    numFeatures: number,
    eps: number,
    momentum: number | null,
    affine: boolean,
    trackRunningStats: boolean,
    device: DeviceLike | null,
    dtype: DType | null,
    bias: boolean,
  ) {
    super();
    this.numFeatures = numFeatures;
    this.eps = eps;
    this.momentum = momentum;
    this.affine = affine;
    this.trackRunningStats = trackRunningStats;
    const options = { device, dtype };
    const parameter = (): Parameter => new Parameter(empty([numFeatures], options));
    this.registerParameter('weight', affine ? parameter() : null);
    this.registerParameter('bias', affine && bias ? parameter() : null);
    this.registerBuffer('running_mean', trackRunningStats ? zeros([numFeatures], options) : null);
    this.registerBuffer('running_var', trackRunningStats ? ones([numFeatures], options) : null);
    this.registerBuffer('num_batches_tracked', trackRunningStats ? tensor(0, { dtype: int64, device }) : null);
    this.resetParameters();
  }

  /** Forgets the batches that were seen. */
  resetRunningStats(): void {
    if (!this.trackRunningStats) return;
    this.running_mean?.zero_();
    this.running_var?.fill_(1);
    this.num_batches_tracked?.zero_();
  }

  /** Forgets the batches that were seen, and what was learned. */
  resetParameters(): void {
    this.resetRunningStats();
    if (this.weight !== null && this.affine) ones_(this.weight);
    if (this.bias !== null && this.affine) zeros_(this.bias);
  }

  /** Throws a ValueError if the input has not as many dimensions as the class is for. */
  _checkInputDim(_input: Tensor): void {
    throw new NotImplementedError('');
  }

  override extraRepr(): string {
    const { numFeatures, eps, momentum, affine, bias, trackRunningStats } = this;
    return (
      `${numFeatures}, eps=${float(eps)}, momentum=${momentum === null ? 'None' : float(momentum)}, ` +
      `affine=${repr(affine)}, bias=${repr(bias !== null)}, track_running_stats=${repr(trackRunningStats)}`
    );
  }

  override _loadFromStateDict(
    stateDict: StateDict,
    prefix: string,
    localMetadata: LocalMetadata,
    strict: boolean,
    report: LoadReport,
  ): void {
    const key = `${prefix}num_batches_tracked`;
    // Version 2 added the number of batches.
    if ((localMetadata.version ?? 1) < 2 && this.trackRunningStats && !stateDict.has(key)) {
      const tracked = this.num_batches_tracked;
      stateDict.set(key, tracked !== null && !tracked.isMeta ? tracked : tensor(0, { dtype: int64 }));
    }
    super._loadFromStateDict(stateDict, prefix, localMetadata, strict, report);
  }
}

const BATCH_NORM = normSignature('_BatchNorm');

/** The base class of batch normalisation. */
export abstract class _BatchNorm extends _NormBase {
  constructor(...args: NormArguments) {
    const [
      features,
      eps = 1e-5,
      momentum = 0.1,
      affine = true,
      track = true,
      device = null,
      dtype = null,
      bias = true,
    ] = BATCH_NORM.bind(args);
    super(features, eps, momentum, affine, track, device, dtype, bias);
  }

  override forward(input: Tensor): Tensor {
    this._checkInputDim(input);
    const { training, running_mean: mean, running_var: variance, num_batches_tracked: tracked, eps } = this;
    if (training && this.trackRunningStats) tracked?.add_(1);
    // Running values are passed to be updated in training, if they are tracked, or to be used in evaluation.
    const passed = !training || this.trackRunningStats;
    const byBatch = training || (mean === null && variance === null);
    const factor = this.averageFactor();
    const { weight, bias } = this;
    return batchNorm(input, passed ? mean : null, passed ? variance : null, weight, bias, byBatch, factor, eps);
  }

  /** How much of the running values this batch replaces. */
  private averageFactor(): number {
    const { momentum, training, trackRunningStats, num_batches_tracked: tracked } = this;
    if (momentum !== null) return momentum;
    return training && trackRunningStats && tracked !== null ? 1 / Number(tracked.item()) : 0;
  }
}

function checkDims(input: Tensor, ...allowed: number[]): void {
  const dims = input.dim();
  if (allowed.includes(dims)) return;
  throw new ValueError(`expected ${allowed.map((count) => `${count}D`).join(' or ')} input (got ${dims}D input)`);
}

/**
 * Batch normalisation of (N, C) or (N, C, L).
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.BatchNorm1d.html
 * @throws ValueError in a call with another number of dimensions, or in training with one value a channel.
 */
export class BatchNorm1d extends _BatchNorm {
  override _checkInputDim(input: Tensor): void {
    checkDims(input, 2, 3);
  }
}

/**
 * Batch normalisation of (N, C, H, W).
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.BatchNorm2d.html
 * @throws ValueError in a call with another number of dimensions, or in training with one value a channel.
 */
export class BatchNorm2d extends _BatchNorm {
  override _checkInputDim(input: Tensor): void {
    checkDims(input, 4);
  }
}

/**
 * Batch normalisation of (N, C, D, H, W).
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.BatchNorm3d.html
 * @throws ValueError in a call with another number of dimensions, or in training with one value a channel.
 */
export class BatchNorm3d extends _BatchNorm {
  override _checkInputDim(input: Tensor): void {
    checkDims(input, 5);
  }
}
