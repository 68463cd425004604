/** Chooses one notation and one width for all the elements of a tensor, and writes them: PyTorch's `_Formatter`. */
import type { DType } from '../dtype';
import { formatExponential, formatFixed } from './number';
import { printOptions } from './options';

/** What `tolist` gives of a real tensor's elements. */
export type Real = number | bigint | boolean;

/** Writes one element. */
type Write = (value: Real) => string;

/** The notation and the width that fit a list of elements. */
export class Formatter {
  /** The characters of the longest element. */
  readonly width: number;
  readonly #write: Write;

  constructor(values: readonly Real[], dtype: DType) {
    const isFloat = dtype.isFloatingPoint || dtype.isComplex;
    const decisive = isFloat ? (values as number[]).filter(deciding(dtype)) : values;
    this.#write = isFloat ? notation(decisive as number[]) : exact;
    let longest = 1;
    for (const value of decisive) longest = Math.max(longest, this.#write(value).length);
    this.width = longest;
  }

  /** The element's text, filled up with blanks on the left. */
  format(value: Real): string {
    return this.#write(value).padStart(this.width);
  }
}

function exact(value: Real): string {
  return typeof value === 'boolean' ? (value ? 'True' : 'False') : String(value);
}

/** Which floats decide the notation: those that LibTorch calls finite and other than zero. */
function deciding({ name }: DType): (value: number) => boolean {
  // This dtype has no zero: LibTorch takes its least number for it, and everything for finite.
  if (name === 'float8_e8m0fnu') return (value) => value !== 2 ** -127;
  return (value) => Number.isFinite(value) && value !== 0;
}

/** How PyTorch writes floats of which these decide. */
function notation(decisive: readonly number[]): Write {
  const { precision, sciMode } = printOptions;
  if (decisive.length > 0 && (sciMode ?? isScientific(decisive))) {
    return (value) => formatExponential(Number(value), precision);
  }
  if (decisive.every(Number.isInteger)) {
    return (value) => formatFixed(Number(value), 0) + (Number.isFinite(value) ? '.' : '');
  }
  return (value) => formatFixed(Number(value), precision);
}

function isScientific(decisive: readonly number[]): boolean {
  let [smallest, largest] = [Infinity, 0];
  for (const value of decisive) {
    smallest = Math.min(smallest, Math.abs(value));
    largest = Math.max(largest, Math.abs(value));
  }
  return largest / smallest > 1000 || largest > 1e8 || smallest < 1e-4;
}
