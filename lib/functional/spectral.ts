/** The short-time Fourier transform. */
import { python } from '../arguments';
import { RuntimeError } from '../errors';
import { pad } from '../generated/nn';
import * as vf from '../generated/vf';
import type { Tensor } from '../tensor';

/** How `stft` continues a signal beyond its edges. */
export type StftPadMode = 'constant' | 'reflect' | 'replicate' | 'circular';

/**
 * The Fourier transform of overlapping windows of a signal: (L) or (B, L) gives (B?, N, T), N frequencies in T frames.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.stft.html
 * @throws RuntimeError for a window that does not fit, or where `returnComplex` is due and not given.
 */
export const stft = python(
  'stft',
  [
    'input',
    'nFft',
    'hopLength?',
    'winLength?',
    'window?',
    'center?',
    'padMode?',
    'normalized?',
    'onesided?',
    'returnComplex?',
    'alignToWindow?',
  ],
  (
    input: Tensor,
    nFft: number,
    hopLength: number | null = null,
    winLength: number | null = null,
    window: Tensor | null = null,
    center = true,
    padMode: StftPadMode = 'reflect',
    normalized = false,
    onesided: boolean | null = null,
    returnComplex: boolean | null = null,
    alignToWindow: boolean | null = null,
  ): Tensor => {
    if (center && alignToWindow !== null) {
      throw new RuntimeError('stft align_to_window should only be set when center = false');
    }
    let signal = input;
    if (center) {
      const dims = input.dim();
      const extended = [...new Array<number>(Math.max(3 - dims, 0)).fill(1), ...input.shape];
      const edge = Math.floor(nFft / 2);
      const padded = pad(input.view(extended), [edge, edge], padMode);
      signal = padded.view(padded.shape.slice(-dims));
    }
    const rest = [normalized, onesided, returnComplex, alignToWindow] as const;
    return vf.stft(signal, nFft, hopLength, winLength, window, ...rest);
  },
);
