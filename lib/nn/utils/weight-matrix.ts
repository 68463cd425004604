/** Weights as matrices whose rows belong to outputs. */
import type { Tensor } from '../../tensor';
import type { Module } from '../module';
import { ConvTranspose1d, ConvTranspose2d, ConvTranspose3d } from '../modules/conv-transpose';

/** The dimension of a module's weight along which its outputs lie. */
export function outputDim(module: Module): number {
  return [ConvTranspose1d, ConvTranspose2d, ConvTranspose3d].some((Class) => module instanceof Class) ? 1 : 0;
}

/** A weight with this dimension before the others. */
export function weightMatrix(weight: Tensor, dim: number): Tensor {
  if (dim === 0) return weight;
  const others = Array.from({ length: weight.dim() }, (_, i) => i).filter((other) => other !== dim);
  return weight.permute(dim, ...others);
}
