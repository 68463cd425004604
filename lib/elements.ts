/** Numbers on their way into a tensor: the dtype that they give, and what of them a dtype can hold, as in Python. */
import { Complex } from './complex';
import { bool, complex128, type DType, float32, float64, getDefaultDtype, int64, uint64 } from './dtype';
import { OverflowError, RuntimeError, ValueError } from './errors';
import type { TypedArray } from './typed-arrays';
import type { Scalar } from './types';

/** @internal A value that may be an element. Throws a TypeError for what is no number, a ValueError for a list. */
export function element(value: unknown): Scalar {
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean') return value;
  if (value instanceof Complex) return value;
  if (Array.isArray(value)) throw new ValueError('expected a number, got a list: the nested lists are ragged');
  const name =
    value === null ? 'NoneType' : typeof value === 'object' ? (value.constructor?.name ?? 'object') : typeof value;
  throw new TypeError(
    value === null || value === undefined ? `must be real number, not ${name}` : `new(): invalid data type '${name}'`,
  );
}

/** @internal The dtype of data: it never depends on whether numbers happen to be whole. */
export function inferDtype(values: readonly Scalar[]): DType {
  let kinds = 0;
  for (const value of values) {
    kinds |= typeof value === 'boolean' ? 1 : typeof value === 'bigint' ? 2 : typeof value === 'number' ? 4 : 8;
  }
  if (kinds >= 8) return getDefaultDtype().toComplex();
  if (kinds >= 4 || kinds === 0) return getDefaultDtype();
  return kinds >= 2 ? int64 : bool;
}

/**
 * @internal Memory with the values in a dtype that JavaScript writes exactly and that converts to `dtype`. Throws what
 * Python throws for the first value that `dtype` cannot hold.
 */
export function memoryOf(values: readonly Scalar[], dtype: DType): { memory: TypedArray; dtype: DType } {
  if (dtype.isComplex) return { memory: complexMemory(values), dtype: complex128 };
  if (dtype === float32) return { memory: Float32Array.from(values, toFloat), dtype };
  if (dtype.isFloatingPoint) return { memory: Float64Array.from(values, toFloat), dtype: float64 };
  if (dtype === bool) return { memory: Uint8Array.from(values, (value) => (isTrue(value) ? 1 : 0)), dtype };
  const convert = dtype === uint64 ? toUint64 : integers(dtype);
  return { memory: BigInt64Array.from(values, convert), dtype: int64 };
}

function complexMemory(values: readonly Scalar[]): Float64Array {
  const memory = new Float64Array(values.length * 2);
  values.forEach((value, i) => {
    memory[2 * i] = value instanceof Complex ? value.re : toFloat(value);
    memory[2 * i + 1] = value instanceof Complex ? value.im : 0;
  });
  return memory;
}

function toFloat(value: Scalar): number {
  if (value instanceof Complex) throw new TypeError('must be real number, not complex');
  const number = Number(value);
  if (typeof value === 'bigint' && !Number.isFinite(number)) {
    throw new OverflowError('int too large to convert to float');
  }
  return number;
}

function isTrue(value: Scalar): boolean {
  // NaN is true, as in Python.
  return value instanceof Complex ? value.re !== 0 || value.im !== 0 : Number.isNaN(value) || Boolean(value);
}

/** How a number becomes an element of an integral dtype but uint64, which PyTorch treats in a way of its own. */
function integers(dtype: DType): (value: Scalar) => bigint {
  const bits = BigInt(dtype.itemsize * 8);
  const high = dtype.isSigned ? (1n << (bits - 1n)) - 1n : (1n << bits) - 1n;
  // Negative whole numbers wrap around in unsigned dtypes, fractions do not.
  const low = dtype.isSigned ? -high - 1n : -high;
  const lowFloat = dtype.isSigned ? Number(low) : 0;
  const overflow = () => new RuntimeError(`value cannot be converted to type ${dtype.name} without overflow`);
  return (value) => {
    if (value instanceof Complex) throw new TypeError("'complex' object cannot be interpreted as an integer");
    if (typeof value === 'number' && !Number.isSafeInteger(value)) {
      if (value >= lowFloat && value <= Number(high)) return BigInt(Math.trunc(value));
      throw overflow();
    }
    const whole = BigInt(value);
    if (BigInt.asIntN(64, whole) !== whole) throw new ValueError('Overflow when unpacking long long');
    if (whole < low || whole > high) throw overflow();
    return whole;
  };
}

function toUint64(value: Scalar): bigint {
  if (value instanceof Complex || (typeof value === 'number' && !Number.isSafeInteger(value))) {
    throw new TypeError('an integer is required');
  }
  const whole = BigInt(value);
  if (whole < 0n) throw new OverflowError("can't convert negative int to unsigned");
  if (BigInt.asUintN(64, whole) !== whole) throw new OverflowError('int too big to convert');
  return whole;
}
