/** Resizing of images and the like. */
import { type ArgumentsOf, signature } from '../../arguments';
import { repr } from '../../python-repr';
import type { Tensor } from '../../tensor';
import { type InterpolateMode, interpolate } from '../functional';
import { Module } from '../module';
import { float } from './utils';

type Size = number | readonly number[] | null;

const UPSAMPLE = signature(
  'Upsample.__init__',
  'size?',
  'scaleFactor?',
  'mode?',
  'alignCorners?',
  'recomputeScaleFactor?',
).of<
  [
    size?: Size,
    scaleFactor?: Size,
    mode?: InterpolateMode,
    alignCorners?: boolean | null,
    recomputeScaleFactor?: boolean | null,
  ]
>();

/**
 * Resizes (N, C, L), (N, C, H, W) or (N, C, D, H, W) to a size, or by a factor.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.Upsample.html
 */
export class Upsample extends Module {
  override name: string;
  size: Size;
  scaleFactor: Size;
  mode: InterpolateMode;
  alignCorners: boolean | null;
  recomputeScaleFactor: boolean | null;

  constructor(...args: ArgumentsOf<typeof UPSAMPLE>) {
    super();
    const [size = null, scaleFactor = null, mode = 'nearest', alignCorners = null, recomputeScaleFactor = null] =
      UPSAMPLE.bind(args);
    this.name = this._getName();
    this.size = size;
    this.scaleFactor = scaleFactor || null;
    this.mode = mode;
    this.alignCorners = alignCorners;
    this.recomputeScaleFactor = recomputeScaleFactor;
  }

  override forward(input: Tensor): Tensor {
    const { size, scaleFactor, mode, alignCorners, recomputeScaleFactor } = this;
    return interpolate(input, size, scaleFactor, mode, alignCorners, recomputeScaleFactor);
  }

  override extraRepr(): string {
    const { size, scaleFactor, mode } = this;
    const by = scaleFactor === null ? `size=${repr(size)}` : `scale_factor=${factorText(scaleFactor)}`;
    return `${by}, mode=${repr(mode)}`;
  }
}

/** Factors are floats, though JavaScript cannot tell. */
function factorText(factor: number | readonly number[]): string {
  if (typeof factor === 'number') return float(factor);
  return factor.length === 1 ? `(${float(factor[0] as number)},)` : `(${factor.map(float).join(', ')})`;
}

const NEAREST = signature('UpsamplingNearest2d.__init__', 'size?', 'scaleFactor?').of<
  [size?: Size, scaleFactor?: Size]
>();

/**
 * Resizes (N, C, H, W) by repetition of elements.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.UpsamplingNearest2d.html
 */
export class UpsamplingNearest2d extends Upsample {
  constructor(...args: ArgumentsOf<typeof NEAREST>) {
    const [size, scaleFactor] = NEAREST.bind(args);
    super(size, scaleFactor, 'nearest');
  }
}

const BILINEAR = signature('UpsamplingBilinear2d.__init__', 'size?', 'scaleFactor?').of<
  [size?: Size, scaleFactor?: Size]
>();

/**
 * Resizes (N, C, H, W) by bilinear interpolation between aligned corners.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.UpsamplingBilinear2d.html
 */
export class UpsamplingBilinear2d extends Upsample {
  constructor(...args: ArgumentsOf<typeof BILINEAR>) {
    const [size, scaleFactor] = BILINEAR.bind(args);
    super(size, scaleFactor, 'bilinear', true);
  }
}
