/** Quantization schemes: how a quantized tensor's integers stand for numbers. */
import { inspect } from 'node:util';

/**
 * How a quantized tensor's integers stand for numbers: `torch.perTensorAffine` and the like.
 *
 * @see https://docs.pytorch.org/docs/2.13/quantization-support.html#torch-qscheme-type-to-describe-the-quantization-scheme-of-a-tensor
 */
export class QScheme {
  /** @internal There is one of each: they are told apart by identity. */
  constructor(
    /** Python's name, without `torch.`. */
    readonly name: string,
  ) {}

  /** Python's text: `torch.per_tensor_affine`. */
  toString(): string {
    return `torch.${this.name}`;
  }

  /** @internal What `console.log` prints. */
  [inspect.custom](): string {
    return this.toString();
  }
}

/** One scale and zero point for the whole tensor. */
export const perTensorAffine = new QScheme('per_tensor_affine');
/** A scale and zero point for each index of one dimension. */
export const perChannelAffine = new QScheme('per_channel_affine');
/** One scale for the whole tensor, and no zero point. */
export const perTensorSymmetric = new QScheme('per_tensor_symmetric');
/** A scale for each index of one dimension, and no zero point. */
export const perChannelSymmetric = new QScheme('per_channel_symmetric');
/** As `perChannelAffine`, with zero points that are floats. */
export const perChannelAffineFloatQparams = new QScheme('per_channel_affine_float_qparams');

/** @internal In the order of c10::QScheme. */
export const QSCHEMES: readonly QScheme[] = [
  perTensorAffine,
  perChannelAffine,
  perTensorSymmetric,
  perChannelSymmetric,
  perChannelAffineFloatQparams,
];
