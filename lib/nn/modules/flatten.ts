/** Modules that change shapes. */
import { type ArgumentsOf, signature } from '../../arguments';
import { unflatten } from '../../generated/torch';
import { tupleRepr, typename } from '../../python-repr';
import type { Tensor } from '../../tensor';
import { Module } from '../module';

const FLATTEN = signature('Flatten.__init__', 'startDim?', 'endDim?').of<[startDim?: number, endDim?: number]>();

/**
 * Makes one dimension of those from `startDim` to `endDim`: of all but the batch, if left out.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.Flatten.html
 */
export class Flatten extends Module {
  readonly startDim: number;
  readonly endDim: number;

  constructor(...args: ArgumentsOf<typeof FLATTEN>) {
    super();
    const [startDim = 1, endDim = -1] = FLATTEN.bind(args);
    this.startDim = startDim;
    this.endDim = endDim;
  }

  override forward(input: Tensor): Tensor {
    return input.flatten(this.startDim, this.endDim);
  }

  override extraRepr(): string {
    return `start_dim=${this.startDim}, end_dim=${this.endDim}`;
  }
}

const UNFLATTEN = signature('Unflatten.__init__', 'dim', 'unflattenedSize').of<
  [dim: number, unflattenedSize: readonly number[]]
>();

/**
 * Makes several dimensions of one.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.Unflatten.html
 * @throws TypeError if the sizes are no list of whole numbers.
 */
export class Unflatten extends Module {
  readonly dim: number;
  readonly unflattenedSize: readonly number[];

  constructor(...args: ArgumentsOf<typeof UNFLATTEN>) {
    super();
    const [dim, unflattenedSize] = UNFLATTEN.bind(args);
    if (!Array.isArray(unflattenedSize)) {
      throw new TypeError(`unflattened_size must be a tuple of ints, but found type ${typename(unflattenedSize)}`);
    }
    const wrong = unflattenedSize.findIndex((size) => !Number.isSafeInteger(size));
    if (wrong >= 0) {
      throw new TypeError(
        'unflattened_size must be tuple of ints, but found element of type ' +
          `${typename(unflattenedSize[wrong])} at pos ${wrong}`,
      );
    }
    this.dim = dim;
    this.unflattenedSize = unflattenedSize;
  }

  override forward(input: Tensor): Tensor {
    return unflatten(input, this.dim, this.unflattenedSize);
  }

  override extraRepr(): string {
    return `dim=${this.dim}, unflattened_size=${tupleRepr(this.unflattenedSize)}`;
  }
}
