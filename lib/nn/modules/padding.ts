/** Padding with the input's own elements. */
import { type Arguments, Signature } from '../../arguments';
import { ValueError } from '../../errors';
import { tupleRepr } from '../../python-repr';
import type { Tensor } from '../../tensor';
import type { IntOrList } from '../../types';
import { type PadMode, pad } from '../functional';
import { Module } from '../module';
import { tuple } from './utils';

type PadArguments = Arguments<[padding: IntOrList], readonly ['padding']>;

/** The base class of padding: before and after each dimension, the last one first; one size stands for all. */
abstract class PadNd extends Module {
  readonly padding: readonly number[];

  /** @internal */
  constructor(name: string, dims: number, args: PadArguments) {
    super();
    const [sizes] = new Signature<[IntOrList], readonly ['padding']>(`${name}.__init__`, ['padding']).bind(args);
    this.padding = tuple(sizes, 2 * dims);
  }

  /** How the input is continued. */
  protected abstract get mode(): PadMode;

  override forward(input: Tensor): Tensor {
    return pad(input, this.padding, this.mode);
  }

  override extraRepr(): string {
    return tupleRepr(this.padding);
  }
}

/** The base class of circular padding. */
export abstract class _CircularPadNd extends PadNd {
  protected override get mode(): PadMode {
    return 'circular';
  }

  override forward(input: Tensor): Tensor {
    const [dims, count] = [this.padding.length / 2, input.dim()];
    if (count !== dims + 1 && count !== dims + 2) {
      throw new ValueError(`expected ${dims + 1}D or ${dims + 2}D input (got ${count}D input)`);
    }
    return super.forward(input);
  }
}

/** The base class of padding by reflection. */
export abstract class _ReflectionPadNd extends PadNd {
  protected override get mode(): PadMode {
    return 'reflect';
  }
}

/** The base class of padding by the outermost elements. */
export abstract class _ReplicationPadNd extends PadNd {
  protected override get mode(): PadMode {
    return 'replicate';
  }
}

/**
 * Pads (N, C, L) or (C, L) with elements of the other end.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.CircularPad1d.html
 */
export class CircularPad1d extends _CircularPadNd {
  constructor(...args: PadArguments) {
    super('CircularPad1d', 1, args);
  }
}

/**
 * Pads (N, C, H, W) or (C, H, W) with elements of the other end.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.CircularPad2d.html
 */
export class CircularPad2d extends _CircularPadNd {
  constructor(...args: PadArguments) {
    super('CircularPad2d', 2, args);
  }
}

/**
 * Pads (N, C, D, H, W) or (C, D, H, W) with elements of the other end.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.CircularPad3d.html
 */
export class CircularPad3d extends _CircularPadNd {
  constructor(...args: PadArguments) {
    super('CircularPad3d', 3, args);
  }
}

/**
 * Pads (N, C, L) or (C, L) with elements reflected at the edges.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.ReflectionPad1d.html
 */
export class ReflectionPad1d extends _ReflectionPadNd {
  constructor(...args: PadArguments) {
    super('ReflectionPad1d', 1, args);
  }
}

/**
 * Pads (N, C, H, W) or (C, H, W) with elements reflected at the edges.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.ReflectionPad2d.html
 */
export class ReflectionPad2d extends _ReflectionPadNd {
  constructor(...args: PadArguments) {
    super('ReflectionPad2d', 2, args);
  }
}

/**
 * Pads (N, C, D, H, W) or (C, D, H, W) with elements reflected at the edges.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.ReflectionPad3d.html
 */
export class ReflectionPad3d extends _ReflectionPadNd {
  constructor(...args: PadArguments) {
    super('ReflectionPad3d', 3, args);
  }
}

/**
 * Pads (N, C, L) or (C, L) with the outermost elements.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.ReplicationPad1d.html
 */
export class ReplicationPad1d extends _ReplicationPadNd {
  constructor(...args: PadArguments) {
    super('ReplicationPad1d', 1, args);
  }
}

/**
 * Pads (N, C, H, W) or (C, H, W) with the outermost elements.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.ReplicationPad2d.html
 */
export class ReplicationPad2d extends _ReplicationPadNd {
  constructor(...args: PadArguments) {
    super('ReplicationPad2d', 2, args);
  }
}

/**
 * Pads (N, C, D, H, W) or (C, D, H, W) with the outermost elements.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.ReplicationPad3d.html
 */
export class ReplicationPad3d extends _ReplicationPadNd {
  constructor(...args: PadArguments) {
    super('ReplicationPad3d', 3, args);
  }
}
