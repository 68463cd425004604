/** A tensor's elements as JavaScript's conversions see them. */
import { Complex } from './complex';
import { floatRepr } from './print/number';

/** An element as Python's `str`; `isFloat` tells 2.0 from 2, which JavaScript does not. */
export function elementText(value: number | bigint | boolean | Complex, isFloat: boolean): string {
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  return typeof value === 'number' && isFloat ? floatRepr(value) : String(value);
}

/** An element as a number; throws a TypeError for a complex one. */
export function numberOf(value: number | bigint | boolean | Complex): number {
  if (value instanceof Complex) throw new TypeError('a complex number has no single value: take real or imag');
  return Number(value);
}
