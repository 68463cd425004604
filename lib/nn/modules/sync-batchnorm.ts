/** Batch normalisation over the batches of several processes. */
import { type Arguments, Signature } from '../../arguments';
import { noGrad } from '../../autograd/grad-mode';
import type { DType } from '../../dtype';
import { ValueError } from '../../errors';
import type { Tensor } from '../../tensor';
import type { DeviceLike } from '../../types';
import type { Module } from '../module';
import { _BatchNorm } from './batchnorm';

type Parameters = [
  numFeatures: number,
  eps?: number,
  momentum?: number | null,
  affine?: boolean,
  trackRunningStats?: boolean,
  processGroup?: object | null,
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
  'processGroup?',
  'device?',
  'dtype?',
  'bias?',
] as const;

const SYNC = new Signature<Parameters, typeof NAMES>('SyncBatchNorm.__init__', NAMES, 8);

/**
 * Batch normalisation of (N, C, *) over the batches of all processes in a group. Outside of a process group, as PyTorch's
 * does, it normalises over the process's own batch.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.SyncBatchNorm.html
 * @throws ValueError in a call with less than two dimensions, or without channels.
 */
export class SyncBatchNorm extends _BatchNorm {
  processGroup: object | null;

  constructor(...args: Arguments<Parameters, typeof NAMES>) {
    const [numFeatures, eps, momentum, affine, trackRunningStats, processGroup = null, device, dtype, bias] =
      SYNC.bind(args);
    super(numFeatures, { eps, momentum, affine, trackRunningStats, device, dtype, bias });
    this.processGroup = processGroup;
  }

  override _checkInputDim(input: Tensor): void {
    if (input.dim() < 2) throw new ValueError(`expected at least 2D input (got ${input.dim()}D input)`);
    if (input.size(1) === 0) throw new ValueError('SyncBatchNorm number of input channels should be non-zero');
  }

  /**
   * A module with all batch normalisations in it replaced by synchronised ones, which share their parameters.
   *
   * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.SyncBatchNorm.html
   */
  static convertSyncBatchnorm(
    module: Module,
    processGroup: object | { processGroup?: object | null } | null = null,
  ): Module {
    const named = processGroup !== null && 'processGroup' in processGroup;
    const group = named ? ((processGroup as { processGroup?: object | null }).processGroup ?? null) : processGroup;
    const converted = module instanceof _BatchNorm ? synchronised(module, group) : module;
    for (const [name, child] of module.namedChildren()) {
      converted.addModule(name, SyncBatchNorm.convertSyncBatchnorm(child, group));
    }
    return converted;
  }
}

function synchronised(module: _BatchNorm, processGroup: object | null): SyncBatchNorm {
  const { numFeatures, eps, momentum, affine, trackRunningStats } = module;
  const bias = module.bias !== null;
  const made = new SyncBatchNorm(numFeatures, eps, momentum, affine, trackRunningStats, processGroup, { bias });
  if (affine) {
    noGrad(() => {
      made.weight = module.weight;
      made.bias = module.bias;
    });
  }
  made.running_mean = module.running_mean;
  made.running_var = module.running_var;
  made.num_batches_tracked = module.num_batches_tracked;
  made.training = module.training;
  return made;
}
