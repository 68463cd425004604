/** Padding. */
import { python } from '../../arguments';
import * as nn from '../../generated/nn';
import type { Tensor } from '../../tensor';

/** How a tensor is continued beyond its edges. */
export type PadMode = 'constant' | 'reflect' | 'replicate' | 'circular';

/**
 * Pads the last dimensions: the first two numbers of `pad` are for the last one.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.pad.html
 */
export const pad = python(
  'pad',
  ['input', 'pad', 'mode?', 'value?'],
  (input: Tensor, pad: readonly number[], mode: PadMode = 'constant', value: number | null = null): Tensor =>
    nn.pad(input, pad, mode, value),
);
