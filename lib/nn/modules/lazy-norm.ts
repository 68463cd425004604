/** Normalisations that find the number of their input's channels in their first input. */
import { type Arguments, Signature } from '../../arguments';
import { tensor } from '../../creation';
import { type DType, int64 } from '../../dtype';
import type { Tensor } from '../../tensor';
import type { DeviceLike } from '../../types';
import { UninitializedBuffer, UninitializedParameter } from '../uninitialized';
import { type _NormBase, BatchNorm1d, BatchNorm2d, BatchNorm3d, type NormArguments } from './batchnorm';
import { InstanceNorm1d, InstanceNorm2d, InstanceNorm3d } from './instancenorm';
import { type Lazy, LazyModuleMixin } from './lazy';

type LazyNormParameters = [
  eps?: number,
  momentum?: number | null,
  affine?: boolean,
  trackRunningStats?: boolean,
  device?: DeviceLike | null,
  dtype?: DType | null,
  bias?: boolean,
];

const NAMES = ['eps?', 'momentum?', 'affine?', 'trackRunningStats?', 'device?', 'dtype?', 'bias?'] as const;

type LazyNormArguments = Arguments<LazyNormParameters, typeof NAMES>;

const LAZY_NORM = new Signature<LazyNormParameters, typeof NAMES>('_LazyNormBase.__init__', NAMES, 6);

// biome-ignore lint/suspicious/noExplicitAny: TypeScript demands this of the constructor of a mixin's base.
type NormClass = abstract new (...args: any[]) => _NormBase;

/** What makes a normalisation with neither parameters nor running values. */
function withoutShape([eps, momentum, , , device, dtype]: LazyNormParameters): NormArguments {
  return [0, eps, momentum, false, false, device, dtype, { bias: false }] as NormArguments;
}

/** Makes the parameters and running values that the first input gives a shape. */
function declare(module: _NormBase, given: LazyNormParameters): void {
  const [, , affine = true, trackRunningStats = true, device = null, dtype = null, bias = true] = given;
  const options = { device, dtype };
  module.affine = affine;
  module.trackRunningStats = trackRunningStats;
  if (affine) {
    module.weight = new UninitializedParameter(options);
    if (bias) module.bias = new UninitializedParameter(options);
  }
  if (trackRunningStats) {
    module.running_mean = new UninitializedBuffer(options);
    module.running_var = new UninitializedBuffer(options);
    module.num_batches_tracked = tensor(0, { dtype: int64, device });
  }
}

/** A normalisation whose parameters and running values have no shapes before the first call. */
function LazyNorm<Base extends NormClass>(Base: Base): Lazy<Base> {
  abstract class LazyBase extends LazyModuleMixin(Base) {
    override resetParameters(): void {
      if (!this.hasUninitializedParams() && this.numFeatures !== 0) super.resetParameters();
    }

    /** Gives the parameters and running values the shapes that go with the input. */
    override initializeParameters(input: Tensor): void {
      if (!this.hasUninitializedParams()) return;
      this.numFeatures = input.size(1);
      const shape = [this.numFeatures];
      if (this.affine) {
        (this.weight as UninitializedParameter).materialize(shape);
        (this.bias as UninitializedParameter | null)?.materialize(shape);
      }
      if (this.trackRunningStats) {
        (this.running_mean as UninitializedBuffer).materialize(shape);
        (this.running_var as UninitializedBuffer).materialize(shape);
      }
      this.resetParameters();
    }
  }
  return LazyBase;
}

/**
 * A `BatchNorm1d` that finds `numFeatures` in its first input.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.LazyBatchNorm1d.html
 */
export class LazyBatchNorm1d extends LazyNorm(BatchNorm1d) {
  static override readonly clsToBecome = BatchNorm1d;

  constructor(...args: LazyNormArguments) {
    const given = LAZY_NORM.bind(args);
    super(...withoutShape(given));
    declare(this, given);
  }
}

/**
 * A `BatchNorm2d` that finds `numFeatures` in its first input.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.LazyBatchNorm2d.html
 */
export class LazyBatchNorm2d extends LazyNorm(BatchNorm2d) {
  static override readonly clsToBecome = BatchNorm2d;

  constructor(...args: LazyNormArguments) {
    const given = LAZY_NORM.bind(args);
    super(...withoutShape(given));
    declare(this, given);
  }
}

/**
 * A `BatchNorm3d` that finds `numFeatures` in its first input.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.LazyBatchNorm3d.html
 */
export class LazyBatchNorm3d extends LazyNorm(BatchNorm3d) {
  static override readonly clsToBecome = BatchNorm3d;

  constructor(...args: LazyNormArguments) {
    const given = LAZY_NORM.bind(args);
    super(...withoutShape(given));
    declare(this, given);
  }
}

/**
 * An `InstanceNorm1d` that finds `numFeatures` in its first input.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.LazyInstanceNorm1d.html
 */
export class LazyInstanceNorm1d extends LazyNorm(InstanceNorm1d) {
  static override readonly clsToBecome = InstanceNorm1d;

  constructor(...args: LazyNormArguments) {
    const given = LAZY_NORM.bind(args);
    super(...withoutShape(given));
    declare(this, given);
  }
}

/**
 * An `InstanceNorm2d` that finds `numFeatures` in its first input.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.LazyInstanceNorm2d.html
 */
export class LazyInstanceNorm2d extends LazyNorm(InstanceNorm2d) {
  static override readonly clsToBecome = InstanceNorm2d;

  constructor(...args: LazyNormArguments) {
    const given = LAZY_NORM.bind(args);
    super(...withoutShape(given));
    declare(this, given);
  }
}

/**
 * An `InstanceNorm3d` that finds `numFeatures` in its first input.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.LazyInstanceNorm3d.html
 */
export class LazyInstanceNorm3d extends LazyNorm(InstanceNorm3d) {
  static override readonly clsToBecome = InstanceNorm3d;

  constructor(...args: LazyNormArguments) {
    const given = LAZY_NORM.bind(args);
    super(...withoutShape(given));
    declare(this, given);
  }
}
