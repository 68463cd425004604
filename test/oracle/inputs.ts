/** The tensors that parity tests feed to both sides: the same in every run, and made without tsorch's own random. */
import * as torch from '../../lib';
import { Random } from './random';

/** What an input's elements are. */
export interface InputOptions {
  dtype?: torch.DType;
  /** The range [low, high) of the elements, of both parts where they are complex. */
  low?: number;
  high?: number;
  /** Another seed gives other elements. */
  seed?: number;
  requiresGrad?: boolean;
}

/** A tensor of pseudo-random elements: evenly spread in [low, high), rounded down where the dtype is whole. */
export function input(shape: number[], options: InputOptions = {}): torch.Tensor {
  const { dtype = torch.float32, seed = 1, requiresGrad = false } = options;
  const whole = !dtype.isFloatingPoint && !dtype.isComplex;
  const { low = whole && dtype !== torch.bool ? 0 : -2, high = whole ? 9 : 2 } = options;
  const random = new Random(seed);
  const count = shape.reduce((product, size) => product * size, 1) * (dtype.isComplex ? 2 : 1);
  const values = Float64Array.from({ length: count }, () => {
    const value = low + random.next() * (high - low);
    return whole ? Math.floor(value) : value;
  });
  const flat =
    count === 0 ? torch.zeros([0], { dtype: torch.float64 }) : torch.frombuffer(values, { dtype: torch.float64 });
  const made = dtype.isComplex
    ? torch.viewAsComplex(flat.reshape(...shape, 2)).to(dtype)
    : (dtype === torch.bool ? flat.gt(0) : flat.to(dtype)).reshape(shape);
  // Copied, as a leaf must be no view.
  return requiresGrad ? made.clone().requiresGrad_() : made;
}
