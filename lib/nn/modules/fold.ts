/** Windows of images as columns, and back. */
import { type ArgumentsOf, signature } from '../../arguments';
import { repr } from '../../python-repr';
import type { Tensor } from '../../tensor';
import type { IntOrList } from '../../types';
import { fold, unfold } from '../functional';
import { Module } from '../module';

const FOLD = signature('Fold.__init__', 'outputSize', 'kernelSize', 'dilation?', 'padding?', 'stride?').of<
  [outputSize: IntOrList, kernelSize: IntOrList, dilation?: IntOrList, padding?: IntOrList, stride?: IntOrList]
>();

/**
 * The sum of the windows that the columns of (N, C times the window's size, number of windows) are: (N, C, H, W).
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.Fold.html
 */
export class Fold extends Module {
  readonly outputSize: IntOrList;
  readonly kernelSize: IntOrList;
  readonly dilation: IntOrList;
  readonly padding: IntOrList;
  readonly stride: IntOrList;

  constructor(...args: ArgumentsOf<typeof FOLD>) {
    super();
    const [outputSize, kernelSize, dilation = 1, padding = 0, stride = 1] = FOLD.bind(args);
    this.outputSize = outputSize;
    this.kernelSize = kernelSize;
    this.dilation = dilation;
    this.padding = padding;
    this.stride = stride;
  }

  override forward(input: Tensor): Tensor {
    return fold(input, this.outputSize, this.kernelSize, this.dilation, this.padding, this.stride);
  }

  override extraRepr(): string {
    const { outputSize, kernelSize, dilation, padding, stride } = this;
    return (
      `output_size=${repr(outputSize)}, kernel_size=${repr(kernelSize)}, dilation=${repr(dilation)}, ` +
      `padding=${repr(padding)}, stride=${repr(stride)}`
    );
  }
}

const UNFOLD = signature('Unfold.__init__', 'kernelSize', 'dilation?', 'padding?', 'stride?').of<
  [kernelSize: IntOrList, dilation?: IntOrList, padding?: IntOrList, stride?: IntOrList]
>();

/**
 * The windows of (N, C, H, W) as columns: (N, C times the window's size, number of windows).
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.Unfold.html
 */
export class Unfold extends Module {
  readonly kernelSize: IntOrList;
  readonly dilation: IntOrList;
  readonly padding: IntOrList;
  readonly stride: IntOrList;

  constructor(...args: ArgumentsOf<typeof UNFOLD>) {
    super();
    const [kernelSize, dilation = 1, padding = 0, stride = 1] = UNFOLD.bind(args);
    this.kernelSize = kernelSize;
    this.dilation = dilation;
    this.padding = padding;
    this.stride = stride;
  }

  override forward(input: Tensor): Tensor {
    return unfold(input, this.kernelSize, this.dilation, this.padding, this.stride);
  }

  override extraRepr(): string {
    const { kernelSize, dilation, padding, stride } = this;
    return `kernel_size=${repr(kernelSize)}, dilation=${repr(dilation)}, padding=${repr(padding)}, stride=${repr(stride)}`;
  }
}
