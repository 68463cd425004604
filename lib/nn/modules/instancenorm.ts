/** Normalisation of each sample by itself. */
import { ValueError } from '../../errors';
import type { Tensor } from '../../tensor';
import { warn } from '../../warnings';
import { instanceNorm } from '../functional';
import type { LoadReport } from '../module/load-state-dict';
import type { LocalMetadata, StateDict } from '../module/state-dict';
import { _NormBase, type NormArguments, normSignature } from './batchnorm';

const INSTANCE_NORM = normSignature('_InstanceNorm');

/** The base class of instance normalisation. */
export abstract class _InstanceNorm extends _NormBase {
  constructor(...args: NormArguments) {
    const [
      features,
      eps = 1e-5,
      momentum = 0.1,
      affine = false,
      track = false,
      device = null,
      dtype = null,
      bias = true,
    ] = INSTANCE_NORM.bind(args);
    super(features, eps, momentum, affine, track, device, dtype, bias);
  }

  /** The number of dimensions without that of the batch. */
  abstract _getNoBatchDim(): number;

  override _checkInputDim(input: Tensor): void {
    const [dims, unbatched] = [input.dim(), this._getNoBatchDim()];
    if (dims === unbatched || dims === unbatched + 1) return;
    throw new ValueError(`expected ${unbatched}D or ${unbatched + 1}D input (got ${dims}D input)`);
  }

  override _loadFromStateDict(
    stateDict: StateDict,
    prefix: string,
    localMetadata: LocalMetadata,
    strict: boolean,
    report: LoadReport,
  ): void {
    if (localMetadata.version === undefined && !this.trackRunningStats)
      this.refuseRunningStats(stateDict, prefix, report);
    super._loadFromStateDict(stateDict, prefix, localMetadata, strict, report);
  }

  private refuseRunningStats(stateDict: StateDict, prefix: string, report: LoadReport): void {
    const keys = ['running_mean', 'running_var'].map((name) => prefix + name).filter((key) => stateDict.has(key));
    if (keys.length === 0) return;
    const [names, name] = [keys.map((key) => `"${key}"`).join(' and '), this._getName()];
    report.errors.push(
      `Unexpected running stats buffer(s) ${names} for ${name} with track_running_stats=False. If state_dict is a ` +
        `checkpoint saved before 0.4.0, this may be expected because ${name} does not track running stats by default ` +
        'since 0.4.0. Please remove these keys from state_dict. If the running stats are actually needed, instead set ' +
        `track_running_stats=True in ${name} to enable them. See the documentation of ${name} for details.`,
    );
    for (const key of keys) stateDict.delete(key);
  }

  override forward(input: Tensor): Tensor {
    this._checkInputDim(input);
    const unbatched = this._getNoBatchDim();
    const dim = input.dim() - unbatched;
    this.checkFeatures(input.size(dim), dim);
    return input.dim() === unbatched ? this.normalise(input.unsqueeze(0)).squeeze(0) : this.normalise(input);
  }

  private checkFeatures(size: number, dim: number): void {
    const { numFeatures } = this;
    if (size === numFeatures) return;
    if (this.affine) {
      throw new ValueError(
        `expected input's size at dim=${dim} to match num_features (${numFeatures}), but got: ${size}.`,
      );
    }
    warn(
      `input's size at dim=${dim} does not match num_features. You can silence this warning by not passing in ` +
        'num_features, which is not used because affine=False',
    );
  }

  private normalise(input: Tensor): Tensor {
    const { running_mean: mean, running_var: variance, weight, bias, momentum, eps } = this;
    const byInput = this.training || !this.trackRunningStats;
    return instanceNorm(input, mean, variance, weight, bias, byInput, momentum ?? 0, eps);
  }
}

/**
 * Instance normalisation of (N, C, L) or (C, L).
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.InstanceNorm1d.html
 * @throws ValueError in a call with another number of dimensions, or with one value a channel.
 */
export class InstanceNorm1d extends _InstanceNorm {
  override _getNoBatchDim(): number {
    return 2;
  }
}

/**
 * Instance normalisation of (N, C, H, W) or (C, H, W).
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.InstanceNorm2d.html
 * @throws ValueError in a call with another number of dimensions, or with one value a channel.
 */
export class InstanceNorm2d extends _InstanceNorm {
  override _getNoBatchDim(): number {
    return 3;
  }
}

/**
 * Instance normalisation of (N, C, D, H, W) or (C, D, H, W).
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.InstanceNorm3d.html
 * @throws ValueError in a call with another number of dimensions, or with one value a channel.
 */
export class InstanceNorm3d extends _InstanceNorm {
  override _getNoBatchDim(): number {
    return 4;
  }
}
