/** Chooses one notation and one width for all the elements of a tensor, and writes them: PyTorch's `_Formatter`. */
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

  constructor(values: readonly Real[], isFloatingPoint: boolean) {
    let longest = 1;
    if (isFloatingPoint) {
      const finite = (values as number[]).filter((value) => Number.isFinite(value) && value !== 0);
      const write = notation(finite);
      for (const value of finite) longest = Math.max(longest, write(value).length);
      this.#write = write;
    } else {
      this.#write = exact;
      for (const value of values) longest = Math.max(longest, exact(value).length);
    }
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

/** How PyTorch writes floats of which these are the finite ones other than zero. */
function notation(finite: readonly number[]): Write {
  const { precision, sciMode } = printOptions;
  if (finite.length > 0 && (sciMode ?? isScientific(finite)))
    return (value) => formatExponential(Number(value), precision);
  if (finite.every(Number.isInteger)) {
    return (value) => formatFixed(Number(value), 0) + (Number.isFinite(value) ? '.' : '');
  }
  return (value) => formatFixed(Number(value), precision);
}

function isScientific(finite: readonly number[]): boolean {
  let [smallest, largest] = [Infinity, 0];
  for (const value of finite) {
    const size = Math.abs(value);
    if (size < smallest) smallest = size;
    if (size > largest) largest = size;
  }
  return largest / smallest > 1000 || largest > 1e8 || smallest < 1e-4;
}
