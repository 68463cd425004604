/** Writes numbers as Python does: the format specifications `.4f` and `.4e`, and `repr`. */

/**
 * Python's `'{:.4f}'.format(value)` for `digits = 4`: the exact decimal expansion, rounded half to even.
 */
export function formatFixed(value: number, digits: number): string {
  if (!Number.isFinite(value)) return nonFinite(value);
  const size = Math.abs(value);
  return (
    sign(value) +
    (needsExact(size < 1e21, digits, () => size.toFixed(digits + 1)) ? exactFixed(size, digits) : size.toFixed(digits))
  );
}

/** Python's `'{:.4e}'.format(value)` for `digits = 4`: the exponent has a sign and at least two digits. */
export function formatExponential(value: number, digits: number): string {
  if (!Number.isFinite(value)) return nonFinite(value);
  const size = Math.abs(value);
  const exact = needsExact(size > 0, digits, () => mantissa(size.toExponential(digits + 1)));
  return sign(value) + pythonExponent(exact ? exactExponential(size, digits) : size.toExponential(digits));
}

/** C's `%g`: six significant digits without trailing zeros, as an exponential for very large and very small numbers. */
export function formatGeneral(value: number): string {
  if (!Number.isFinite(value)) return nonFinite(value);
  const [digits, exponent] = formatExponential(value, 5).split('e') as [string, string];
  const power = Number(exponent);
  if (power < -4 || power >= 6) return `${withoutZeros(digits)}e${exponent}`;
  return withoutZeros(formatFixed(value, 5 - power));
}

function withoutZeros(digits: string): string {
  return digits.includes('.') ? digits.replace(/\.?0+$/, '') : digits;
}

/** Python's `repr` of a float: the shortest text that reads back as the same number, always marked as a float. */
export function floatRepr(value: number): string {
  if (!Number.isFinite(value)) return nonFinite(value);
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-4 || size >= 1e16)) return sign(value) + pythonExponent(size.toExponential());
  const text = String(size);
  return sign(value) + (text.includes('.') ? text : `${text}.0`);
}

function nonFinite(value: number): string {
  return Number.isNaN(value) ? 'nan' : value > 0 ? 'inf' : '-inf';
}

function sign(value: number): string {
  return value < 0 || Object.is(value, -0) ? '-' : '';
}

function mantissa(text: string): string {
  return text.slice(0, text.indexOf('e'));
}

function pythonExponent(text: string): string {
  return text.replace(/(e[+-])(\d)$/, '$10$2');
}

/**
 * Whether JavaScript's own text may not do. It is exact, but a tie goes up, where Python's goes to the even digit; a
 * tie shows as a 5 in one digit more.
 */
function needsExact(inRange: boolean, digits: number, oneDigitMore: () => string): boolean {
  return digits >= 100 || !inRange || oneDigitMore().endsWith('5');
}

function exactFixed(size: number, digits: number): string {
  const { all, point } = exactDigits(size);
  const rounded = roundHalfEven(all, point + digits).padStart(digits + 1, '0');
  return digits === 0 ? rounded : `${rounded.slice(0, -digits)}.${rounded.slice(-digits)}`;
}

function exactExponential(size: number, digits: number): string {
  const { all, point } = exactDigits(size);
  const rounded = roundHalfEven(all, digits + 1);
  const exponent = size === 0 ? 0 : point - 1 + (rounded.length - digits - 1);
  const fraction = digits === 0 ? '' : `.${rounded.slice(1, digits + 1)}`;
  return `${rounded[0]}${fraction}e${exponent < 0 ? '-' : '+'}${Math.abs(exponent)}`;
}

/** Every decimal digit of a finite number that is not negative, and how many of them stand before the point. */
function exactDigits(size: number): { all: string; point: number } {
  const bits = new DataView(new ArrayBuffer(8));
  bits.setFloat64(0, size);
  const word = bits.getBigUint64(0);
  const biased = Number(word >> 52n);
  const fraction = word & ((1n << 52n) - 1n);
  const whole = biased === 0 ? fraction : fraction | (1n << 52n);
  const power = Math.max(biased, 1) - 1075;
  const all = String(power >= 0 ? whole << BigInt(power) : whole * 5n ** BigInt(-power));
  return { all, point: power >= 0 ? all.length : all.length + power };
}

/** The first `count` digits, rounded; a carry may add one in front. */
function roundHalfEven(digits: string, count: number): string {
  if (count < 0) return '0';
  if (count >= digits.length) return digits.padEnd(count, '0');
  const [head, rest] = [digits.slice(0, count), digits.slice(count)];
  const half = /^50*$/.test(rest);
  const up = half ? Number(head.at(-1) ?? 0) % 2 === 1 : (rest[0] as string) >= '5';
  return up ? String(BigInt(head) + 1n).padStart(count, '0') : head;
}
