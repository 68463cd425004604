/** Exchange of channels and pixels. */
import { type ArgumentsOf, signature } from '../../arguments';
import type { Tensor } from '../../tensor';
import { pixelShuffle, pixelUnshuffle } from '../functional';
import { Module } from '../module';

const SHUFFLE = signature('PixelShuffle.__init__', 'upscaleFactor').of<[upscaleFactor: number]>();

/**
 * From (*, C r², H, W) to (*, C, H r, W r), where r is the factor.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.PixelShuffle.html
 */
export class PixelShuffle extends Module {
  readonly upscaleFactor: number;

  constructor(...args: ArgumentsOf<typeof SHUFFLE>) {
    super();
    [this.upscaleFactor] = SHUFFLE.bind(args);
  }

  override forward(input: Tensor): Tensor {
    return pixelShuffle(input, this.upscaleFactor);
  }

  override extraRepr(): string {
    return `upscale_factor=${this.upscaleFactor}`;
  }
}

const UNSHUFFLE = signature('PixelUnshuffle.__init__', 'downscaleFactor').of<[downscaleFactor: number]>();

/**
 * From (*, C, H r, W r) to (*, C r², H, W), where r is the factor.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.PixelUnshuffle.html
 */
export class PixelUnshuffle extends Module {
  readonly downscaleFactor: number;

  constructor(...args: ArgumentsOf<typeof UNSHUFFLE>) {
    super();
    [this.downscaleFactor] = UNSHUFFLE.bind(args);
  }

  override forward(input: Tensor): Tensor {
    return pixelUnshuffle(input, this.downscaleFactor);
  }

  override extraRepr(): string {
    return `downscale_factor=${this.downscaleFactor}`;
  }
}
