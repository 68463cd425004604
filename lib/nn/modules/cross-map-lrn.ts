/** Local response normalisation with a derivative of its own, as Lua Torch computed it. */
import { type ArgumentsOf, signature } from '../../arguments';
import { Function as AutogradFunction } from '../../autograd/function';
import type { FunctionCtx } from '../../autograd/function-ctx';
import { ValueError } from '../../errors';
import { emptyLike, mul, pow, sum } from '../../generated/torch';
import { contiguousFormat } from '../../layout';
import type { Tensor } from '../../tensor';
import { Module } from '../module';
import { float } from './utils';

/** Fills each channel of `scale` with the sum of the squares of the channels around it, by adding one and removing one. */
function sumAround(scale: Tensor, squares: Tensor, size: number): void {
  const channels = squares.size(1);
  const reach = Math.trunc((size - 1) / 2 + 1);
  const first = scale.select(1, 0).zero_();
  for (let c = 0; c < Math.min(reach, channels); c++) first.add_(squares.select(1, c));
  for (let c = 1; c < channels; c++) {
    const current = scale.select(1, c).copy_(scale.select(1, c - 1));
    if (c < channels - reach + 1) current.add_(squares.select(1, c + reach - 1), { alpha: 1 });
    if (c > reach) current.add_(squares.select(1, c - reach), { alpha: -1 });
  }
}

/** Python's `torch.nn.modules._functions.CrossMapLRN2d`. */
class CrossMapLRN2dFunction extends AutogradFunction {
  static override forward = (
    ctx: FunctionCtx,
    input: Tensor,
    size: number,
    alpha: number,
    beta: number,
    k: number,
  ): Tensor => {
    if (input.dim() !== 4) {
      throw new ValueError(`CrossMapLRN2d: Expected input to be 4D, got ${input.dim()}D instead.`);
    }
    const memoryFormat = contiguousFormat;
    // The output's memory holds the squares first.
    const output = pow(input, 2, { out: emptyLike(input, { memoryFormat }) });
    const scale = emptyLike(input, { memoryFormat });
    sumAround(scale, output, size);
    scale.mul_(alpha / size).add_(k);
    pow(scale, -beta, { out: output }).mul_(input);
    Object.assign(ctx, { size, alpha, beta, scale });
    ctx.saveForBackward(input, output);
    return output;
  };

  static override backward = (ctx: FunctionCtx, gradOutput: Tensor): (Tensor | null)[] => {
    const { size, alpha, beta, scale } = ctx as unknown as Saved;
    const [input, output] = ctx.savedTensors as unknown as [Tensor, Tensor];
    const [batch, channels, height, width] = input.shape as unknown as [number, number, number, number];
    const ratios = input.newZeros(channels + size - 1, height, width);
    const center = ratios.narrow(0, Math.trunc(size - (size - 1) / 2), channels);
    const total = input.newEmpty(height, width);
    const gradInput = pow(scale, -beta).mul_(gradOutput);
    for (let n = 0; n < batch; n++) {
      mul(gradOutput.at(n), output.at(n), { out: center }).div_(scale.at(n));
      sum(ratios.narrow(0, 0, size - 1), 0, false, { out: total });
      for (let c = 0; c < channels; c++) {
        total.add_(ratios.at(c + size - 1));
        gradInput
          .at(n)
          .at(c)
          .addcmul_(input.at(n).at(c), total, { value: (-2 * alpha * beta) / size });
        total.add_(ratios.at(c), { alpha: -1 });
      }
    }
    return [gradInput, null, null, null, null];
  };
}

/** What the forward pass leaves for the backward pass. */
interface Saved {
  readonly size: number;
  readonly alpha: number;
  readonly beta: number;
  readonly scale: Tensor;
}

const PARAMETERS = signature('CrossMapLRN2d.__init__', 'size', 'alpha?', 'beta?', 'k?').of<
  [size: number, alpha?: number, beta?: number, k?: number]
>();

/**
 * Divides each element of images (N, C, H, W) by a power of the mean square of `size` neighbouring channels, with a
 * derivative of its own, which cannot be differentiated again. PyTorch has it without documentation, beside
 * `LocalResponseNorm`.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.LocalResponseNorm.html
 * @throws ValueError for an input without four dimensions.
 */
export class CrossMapLRN2d extends Module {
  readonly size: number;
  readonly alpha: number;
  readonly beta: number;
  readonly k: number;

  constructor(...args: ArgumentsOf<typeof PARAMETERS>) {
    super();
    const [size, alpha = 1e-4, beta = 0.75, k = 1] = PARAMETERS.bind(args);
    this.size = size;
    this.alpha = alpha;
    this.beta = beta;
    this.k = k;
  }

  override forward(input: Tensor): Tensor {
    return CrossMapLRN2dFunction.apply(input, this.size, this.alpha, this.beta, this.k);
  }

  override extraRepr(): string {
    // Python's default is an int.
    const k = this.k === 1 ? '1' : float(this.k);
    return `${this.size}, alpha=${float(this.alpha)}, beta=${float(this.beta)}, k=${k}`;
  }
}
