/** Softmax and its relatives. */
import { type ArgumentsOf, signature } from '../../arguments';
import { ValueError } from '../../errors';
import { repr } from '../../python-repr';
import type { Tensor } from '../../tensor';
import * as F from '../functional';
import { Module } from '../module';

const SOFTMAX = signature('Softmax.__init__', 'dim?').of<[dim?: number | null]>();

/**
 * Exponentials divided by their sum along a dimension.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.Softmax.html
 */
export class Softmax extends Module {
  dim: number | null;

  constructor(...args: ArgumentsOf<typeof SOFTMAX>) {
    super();
    const [dim = null] = SOFTMAX.bind(args);
    this.dim = dim;
  }

  override forward(input: Tensor): Tensor {
    return F.softmax(input, this.dim, 5);
  }

  override extraRepr(): string {
    return `dim=${repr(this.dim)}`;
  }
}

const SOFTMIN = signature('Softmin.__init__', 'dim?').of<[dim?: number | null]>();

/**
 * The softmax of the negated input.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.Softmin.html
 */
export class Softmin extends Module {
  dim: number | null;

  constructor(...args: ArgumentsOf<typeof SOFTMIN>) {
    super();
    const [dim = null] = SOFTMIN.bind(args);
    this.dim = dim;
  }

  override forward(input: Tensor): Tensor {
    return F.softmin(input, this.dim, 5);
  }

  override extraRepr(): string {
    return `dim=${repr(this.dim)}`;
  }
}

/**
 * The softmax over the channels of (N, C, H, W) or (C, H, W).
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.Softmax2d.html
 * @throws ValueError in a call with another number of dimensions.
 */
export class Softmax2d extends Module {
  override forward(input: Tensor): Tensor {
    const dims = input.dim();
    if (dims !== 3 && dims !== 4) {
      throw new ValueError(`Softmax2d: expected input to be 3D or 4D, got ${dims}D instead`);
    }
    return F.softmax(input, -3, 5);
  }
}

const LOG_SOFTMAX = signature('LogSoftmax.__init__', 'dim?').of<[dim?: number | null]>();

/**
 * The logarithm of the softmax.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.LogSoftmax.html
 */
export class LogSoftmax extends Module {
  dim: number | null;

  constructor(...args: ArgumentsOf<typeof LOG_SOFTMAX>) {
    super();
    const [dim = null] = LOG_SOFTMAX.bind(args);
    this.dim = dim;
  }

  override forward(input: Tensor): Tensor {
    return F.logSoftmax(input, this.dim, 5);
  }

  override extraRepr(): string {
    return `dim=${repr(this.dim)}`;
  }
}
