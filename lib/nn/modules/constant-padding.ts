/** Padding with one value. */
import { type Arguments, Signature } from '../../arguments';
import { tupleRepr } from '../../python-repr';
import type { Tensor } from '../../tensor';
import type { IntOrList } from '../../types';
import { pad } from '../functional';
import { Module } from '../module';
import { float, tuple } from './utils';

type ConstantParameters = [padding: IntOrList, value: number];

const CONSTANT = ['padding', 'value'] as const;

type ConstantArguments = Arguments<ConstantParameters, typeof CONSTANT>;

type ZeroArguments = Arguments<[padding: IntOrList], readonly ['padding']>;

/** The base class of padding with one value: before and after each dimension, the last one first. */
export abstract class _ConstantPadNd extends Module {
  readonly padding: readonly number[];
  readonly value: number;

  /** @internal */
  constructor(name: string, dims: number, args: ConstantArguments) {
    super();
    const [padding, value] = new Signature<ConstantParameters, typeof CONSTANT>(`${name}.__init__`, CONSTANT).bind(
      args,
    );
    this.padding = tuple(padding, 2 * dims);
    this.value = value;
  }

  override forward(input: Tensor): Tensor {
    return pad(input, this.padding, 'constant', this.value);
  }

  override extraRepr(): string {
    return `padding=${tupleRepr(this.padding)}, value=${float(this.value)}`;
  }
}

/** The arguments of a constant padding with zeros. */
function zeros(name: string, args: ZeroArguments): ConstantParameters {
  const [padding] = new Signature<[IntOrList], readonly ['padding']>(`${name}.__init__`, ['padding']).bind(args);
  return [padding, 0];
}

/**
 * Pads the last dimension with one value.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.ConstantPad1d.html
 */
export class ConstantPad1d extends _ConstantPadNd {
  constructor(...args: ConstantArguments) {
    super('ConstantPad1d', 1, args);
  }
}

/**
 * Pads the last two dimensions with one value.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.ConstantPad2d.html
 */
export class ConstantPad2d extends _ConstantPadNd {
  constructor(...args: ConstantArguments) {
    super('ConstantPad2d', 2, args);
  }
}

/**
 * Pads the last three dimensions with one value.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.ConstantPad3d.html
 */
export class ConstantPad3d extends _ConstantPadNd {
  constructor(...args: ConstantArguments) {
    super('ConstantPad3d', 3, args);
  }
}

/**
 * Pads the last dimension with zeros.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.ZeroPad1d.html
 */
export class ZeroPad1d extends ConstantPad1d {
  constructor(...args: ZeroArguments) {
    super(...zeros('ZeroPad1d', args));
  }

  override extraRepr(): string {
    return tupleRepr(this.padding);
  }
}

/**
 * Pads the last two dimensions with zeros.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.ZeroPad2d.html
 */
export class ZeroPad2d extends ConstantPad2d {
  constructor(...args: ZeroArguments) {
    super(...zeros('ZeroPad2d', args));
  }

  override extraRepr(): string {
    return tupleRepr(this.padding);
  }
}

/**
 * Pads the last three dimensions with zeros.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.ZeroPad3d.html
 */
export class ZeroPad3d extends ConstantPad3d {
  constructor(...args: ZeroArguments) {
    super(...zeros('ZeroPad3d', args));
  }

  override extraRepr(): string {
    return tupleRepr(this.padding);
  }
}
