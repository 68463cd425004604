/** What numbers of a dtype can be: `torch.finfo` and `torch.iinfo`. */
import { inspect } from 'node:util';
import {
  bfloat16,
  bool,
  DType,
  float8E4m3fn,
  float8E4m3fnuz,
  float8E5m2,
  float8E5m2fnuz,
  float8E8m0fnu,
  float16,
  float32,
  float64,
  getDefaultDtype,
  int8,
  int16,
  int32,
  int64,
  uint8,
  uint16,
  uint32,
  uint64,
} from './dtype';
import { NotImplementedError } from './errors';
import { formatGeneral } from './print/number';

/** How a floating point dtype is made up: eps and the smallest normal number are powers of two. */
interface FloatFormat {
  readonly epsPower: number;
  readonly tinyPower: number;
  readonly max: number;
  /** How many decimal digits it keeps. */
  readonly digits: number;
}

const FLOATS = new Map<DType, FloatFormat>([
  [float16, { epsPower: -10, tinyPower: -14, max: 65504, digits: 3 }],
  [bfloat16, { epsPower: -7, tinyPower: -126, max: (2 - 2 ** -7) * 2 ** 127, digits: 2 }],
  [float32, { epsPower: -23, tinyPower: -126, max: (2 - 2 ** -23) * 2 ** 127, digits: 6 }],
  [float64, { epsPower: -52, tinyPower: -1022, max: Number.MAX_VALUE, digits: 15 }],
  [float8E4m3fn, { epsPower: -3, tinyPower: -6, max: 448, digits: 0 }],
  [float8E4m3fnuz, { epsPower: -3, tinyPower: -7, max: 240, digits: 0 }],
  [float8E5m2, { epsPower: -2, tinyPower: -14, max: 57344, digits: 0 }],
  [float8E5m2fnuz, { epsPower: -3, tinyPower: -15, max: 57344, digits: 0 }],
  [float8E8m0fnu, { epsPower: 0, tinyPower: -127, max: 2 ** 127, digits: 0 }],
]);

/** The limits of a floating point dtype; a complex one has those of its parts. */
export class FloatInfo {
  /** The bits of one number. */
  readonly bits: number;
  /** The distance from 1 to the next larger number. */
  readonly eps: number;
  readonly max: number;
  readonly min: number;
  /** The smallest positive normal number. */
  readonly smallestNormal: number;
  /** The smallest positive normal number. */
  readonly tiny: number;
  /** The power of ten up to which decimal digits are kept. */
  readonly resolution: number;
  /** Python's name of the dtype. */
  readonly dtype: string;

  /** @internal */
  constructor(dtype: DType, { epsPower, tinyPower, max, digits }: FloatFormat) {
    this.bits = dtype.itemsize * 8;
    this.eps = 2 ** epsPower;
    this.tiny = 2 ** tinyPower;
    this.smallestNormal = this.tiny;
    this.max = max;
    // The one format without a sign.
    this.min = dtype === float8E8m0fnu ? this.tiny : -max;
    this.resolution = Number(`1e-${digits}`);
    this.dtype = dtype.name;
  }

  /** Python's text. */
  toString(): string {
    const numbers = { resolution: this.resolution, min: this.min, max: this.max, eps: this.eps };
    const all = { ...numbers, smallest_normal: this.smallestNormal, tiny: this.tiny };
    const texts = Object.entries(all).map(([name, value]) => `${name}=${formatGeneral(value)}`);
    return `finfo(${texts.join(', ')}, dtype=${this.dtype})`;
  }

  /** @internal What `console.log` prints. */
  [inspect.custom](): string {
    return this.toString();
  }
}

const INTEGERS: readonly DType[] = [int8, int16, int32, int64, uint8, uint16, uint32, uint64];

/** The limits of an integer dtype: numbers, or bigints where they are beyond 2^53. */
export class IntegerInfo {
  /** The bits of one number. */
  readonly bits: number;
  readonly max: number | bigint;
  readonly min: number | bigint;
  /** Python's name of the dtype. */
  readonly dtype: string;

  /** @internal */
  constructor({ itemsize, isSigned, name }: DType) {
    this.bits = itemsize * 8;
    const values = 1n << BigInt(this.bits);
    const [min, max] = isSigned ? [-values / 2n, values / 2n - 1n] : [0n, values - 1n];
    const isWide = this.bits === 64;
    this.min = isWide && isSigned ? min : Number(min);
    this.max = isWide ? max : Number(max);
    this.dtype = name;
  }

  /** Python's text. */
  toString(): string {
    const [min, max] = [this.min, this.max].map((limit) => formatGeneral(Number(limit)));
    return `iinfo(min=${min}, max=${max}, dtype=${this.dtype})`;
  }

  /** @internal What `console.log` prints. */
  [inspect.custom](): string {
    return this.toString();
  }
}

function checkDtype(name: string, dtype: unknown): asserts dtype is DType {
  if (dtype instanceof DType) return;
  throw new TypeError(`${name}(): argument 'type' (position 1) must be torch.dtype, not ${typeof dtype}`);
}

/**
 * The limits of a floating point or complex dtype, the default one if none is named.
 *
 * @see https://docs.pytorch.org/docs/2.13/type_info.html#torch.torch.finfo
 * @throws TypeError for any other dtype.
 */
export function finfo(dtype: DType = getDefaultDtype()): FloatInfo {
  checkDtype('finfo', dtype);
  const real = dtype.toReal();
  if (!real.isFloatingPoint) {
    throw new TypeError("torch.finfo() requires a floating point input type. Use torch.iinfo to handle 'torch.finfo'");
  }
  const format = FLOATS.get(real);
  if (format === undefined) {
    throw new NotImplementedError(`"max" not implemented for '${real.name[0]?.toUpperCase()}${real.name.slice(1)}'`);
  }
  return new FloatInfo(real, format);
}

/**
 * The limits of an integer dtype.
 *
 * @see https://docs.pytorch.org/docs/2.13/type_info.html#torch.torch.iinfo
 * @throws TypeError for any other dtype.
 */
export function iinfo(dtype: DType): IntegerInfo {
  checkDtype('iinfo', dtype);
  if (dtype === bool) throw new TypeError('torch.bool is not supported by torch.iinfo');
  if (INTEGERS.includes(dtype)) return new IntegerInfo(dtype);
  throw new TypeError("torch.iinfo() requires an integer input type. Use torch.finfo to handle 'torch.iinfo'");
}
