/** The types of tensors' elements. */
import { inspect } from 'node:util';
import { NativeObject } from './handle';
import { type Handle, type NativeDType, native } from './native';

/**
 * The type of a tensor's elements: `torch.float32`, `torch.int64`, ...
 *
 * @see https://docs.pytorch.org/docs/2.13/tensor_attributes.html#torch.dtype
 */
export class DType extends NativeObject {
  /** @internal */
  readonly handle: Handle;
  /** @internal LibTorch's number of the dtype. */
  readonly code: number;
  /** Python's name, without `torch.`: `'float32'`. */
  readonly name: string;
  /** The bytes of one element. */
  readonly itemsize: number;
  readonly isFloatingPoint: boolean;
  readonly isComplex: boolean;
  readonly isSigned: boolean;

  /** @internal */
  constructor(described: NativeDType) {
    super();
    this.handle = described.handle;
    this.code = described.code;
    this.name = described.name;
    this.itemsize = described.itemsize;
    this.isFloatingPoint = described.isFloatingPoint;
    this.isComplex = described.isComplex;
    this.isSigned = described.isSigned;
  }

  /** The real dtype of a complex one's parts; itself if it is real. */
  toReal(): DType {
    return this.isComplex ? named(REAL_OF[this.name] as string) : this;
  }

  /** The complex dtype with parts of this one; itself if it is complex. */
  toComplex(): DType {
    if (this.isComplex) return this;
    return named(Object.keys(REAL_OF).find((complex) => REAL_OF[complex] === this.name) ?? 'complex64');
  }

  /** Python's text: `torch.float32`. */
  override toString(): string {
    return `torch.${this.name}`;
  }

  /** @internal What `console.log` prints. */
  [inspect.custom](): string {
    return this.toString();
  }
}

const REAL_OF: Readonly<Record<string, string>> = { complex32: 'float16', complex64: 'float32', complex128: 'float64' };

const BY_CODE: DType[] = [];
const BY_NAME = new Map<string, DType>();
for (const described of native.dtypes()) {
  const dtype = new DType(described);
  BY_CODE[dtype.code] = dtype;
  BY_NAME.set(dtype.name, dtype);
}

function named(name: string): DType {
  const dtype = BY_NAME.get(name);
  if (dtype === undefined) throw new TypeError(`LibTorch ${native.libtorchVersion()} has no dtype ${name}`);
  return dtype;
}

/** @internal The dtype of LibTorch's number. */
export function dtypeOfCode(code: number): DType {
  return BY_CODE[code] as DType;
}

export const uint8 = named('uint8');
export const int8 = named('int8');
export const int16 = named('int16');
export const int32 = named('int32');
export const int64 = named('int64');
export const uint16 = named('uint16');
export const uint32 = named('uint32');
export const uint64 = named('uint64');
export const float16 = named('float16');
export const float32 = named('float32');
export const float64 = named('float64');
export const bfloat16 = named('bfloat16');
export const complex32 = named('complex32');
export const complex64 = named('complex64');
export const complex128 = named('complex128');
export const bool = named('bool');
export const float8E5m2 = named('float8_e5m2');
export const float8E4m3fn = named('float8_e4m3fn');
export const float8E5m2fnuz = named('float8_e5m2fnuz');
export const float8E4m3fnuz = named('float8_e4m3fnuz');
export const float8E8m0fnu = named('float8_e8m0fnu');
export const float4E2m1fnX2 = named('float4_e2m1fn_x2');
export const qint8 = named('qint8');
export const quint8 = named('quint8');
export const qint32 = named('qint32');
export const quint4x2 = named('quint4x2');
export const quint2x4 = named('quint2x4');
export const bits1x8 = named('bits1x8');
export const bits2x4 = named('bits2x4');
export const bits4x2 = named('bits4x2');
export const bits8 = named('bits8');
export const bits16 = named('bits16');
export const uint1 = named('uint1');
export const uint2 = named('uint2');
export const uint3 = named('uint3');
export const uint4 = named('uint4');
export const uint5 = named('uint5');
export const uint6 = named('uint6');
export const uint7 = named('uint7');
export const int1 = named('int1');
export const int2 = named('int2');
export const int3 = named('int3');
export const int4 = named('int4');
export const int5 = named('int5');
export const int6 = named('int6');
export const int7 = named('int7');

// PyTorch's second names.
export {
  complex32 as chalf,
  complex64 as cfloat,
  complex128 as cdouble,
  float16 as half,
  float32 as float,
  float64 as double,
  int16 as short,
  int32 as int,
  int64 as long,
};

/** The dtype that factories and numbers without one get; float32 at first. */
export function getDefaultDtype(): DType {
  return dtypeOfCode(native.defaultDtypeCode());
}

/**
 * Sets the dtype that factories and numbers without one get.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.set_default_dtype.html
 * @throws TypeError if it is no floating point dtype.
 */
export function setDefaultDtype(dtype: DType): void {
  if (!dtype.isFloatingPoint) throw new TypeError('only floating-point types are supported as the default type');
  native.setDefaultDtype(dtype.handle);
}
