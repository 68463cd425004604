/** Convolutions, and the windows that they see. */
import { python } from '../../arguments';
import * as nn from '../../generated/nn';
import type { Tensor } from '../../tensor';
import type { IntOrList } from '../../types';
import { tuple } from './sizes';

export {
  conv1d,
  conv2d,
  conv3d,
  convTbc,
  convTranspose1d,
  convTranspose2d,
  convTranspose3d,
} from '../../generated/torch';

/**
 * The windows of (N, C, H, W) as columns: (N, C times the window's size, number of windows).
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.unfold.html
 */
export const unfold = python(
  'unfold',
  ['input', 'kernelSize', 'dilation?', 'padding?', 'stride?'],
  (
    input: Tensor,
    kernelSize: IntOrList,
    dilation: IntOrList = 1,
    padding: IntOrList = 0,
    stride: IntOrList = 1,
  ): Tensor => nn.im2col(input, tuple(kernelSize, 2), tuple(dilation, 2), tuple(padding, 2), tuple(stride, 2)),
);

/**
 * The sum of the windows that the columns of (N, C times the window's size, number of windows) are: (N, C, H, W).
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.fold.html
 */
export const fold = python(
  'fold',
  ['input', 'outputSize', 'kernelSize', 'dilation?', 'padding?', 'stride?'],
  (
    input: Tensor,
    outputSize: IntOrList,
    kernelSize: IntOrList,
    dilation: IntOrList = 1,
    padding: IntOrList = 0,
    stride: IntOrList = 1,
  ): Tensor =>
    nn.col2im(
      input,
      tuple(outputSize, 2),
      tuple(kernelSize, 2),
      tuple(dilation, 2),
      tuple(padding, 2),
      tuple(stride, 2),
    ),
);
