/** Powers, cosines and logarithms to the last digit of the C library's, which Python's numbers have: V8's differ. */
import * as torch from '../generated/torch';
import { keep } from '../memory/scope';
import type { Tensor } from '../tensor';
import { fromTypedArray } from '../typed-arrays';

let argument: { readonly value: Float64Array; readonly tensor: Tensor } | undefined;

/** A number as a tensor without dimensions that is made once: the same one for every call. */
function asTensor(value: number): Tensor {
  if (argument === undefined) {
    const array = new Float64Array(1);
    argument = { value: array, tensor: keep(fromTypedArray(array).view([])) };
  }
  argument.value[0] = value;
  return argument.tensor;
}

/** The value of a tensor that nobody else has. */
function takeValue(tensor: Tensor): number {
  const value = tensor.item();
  tensor.dispose();
  return value;
}

/** Parameters that are updated alike ask for the same powers, one after the other. */
const recent = new Map<string, number>();
const MOST_RECENT = 16;

/** Python's `base ** exponent`. */
export function pow(base: number, exponent: number): number {
  const key = `${base} ${exponent}`;
  const known = recent.get(key);
  if (known !== undefined) return known;
  // LibTorch's loop over single elements calls the C library's function.
  const power = takeValue(torch.pow(base, asTensor(exponent)));
  if (recent.size >= MOST_RECENT) recent.clear();
  recent.set(key, power);
  return power;
}

/** Python's `math.cos`. */
export function cos(angle: number): number {
  const point = torch.polar(torch.ones([], { dtype: asTensor(angle).dtype }), asTensor(angle));
  const [cosine] = torch.viewAsReal(point).tolist<number[]>();
  return cosine as number;
}

/** Python's `math.log(value, base)`. */
export function log(value: number, base: number): number {
  return takeValue(torch.xlogy(1, asTensor(value))) / takeValue(torch.xlogy(1, asTensor(base)));
}
