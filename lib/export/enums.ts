/** The numbers by which exported programs name dtypes, layouts, memory formats and devices. */
import { type Device, device } from '../device';
import * as dtypes from '../dtype';
import { ValueError } from '../errors';
import * as layouts from '../layout';
import { index, type Json, record, text } from './json';

const DTYPES: Readonly<Record<number, dtypes.DType>> = {
  1: dtypes.uint8,
  2: dtypes.int8,
  3: dtypes.int16,
  4: dtypes.int32,
  5: dtypes.int64,
  6: dtypes.float16,
  7: dtypes.float32,
  8: dtypes.float64,
  9: dtypes.complex32,
  10: dtypes.complex64,
  11: dtypes.complex128,
  12: dtypes.bool,
  13: dtypes.bfloat16,
  28: dtypes.uint16,
  29: dtypes.float8E4m3fn,
  30: dtypes.float8E5m2,
  31: dtypes.float8E4m3fnuz,
  32: dtypes.float8E5m2fnuz,
  33: dtypes.float8E8m0fnu,
  34: dtypes.uint32,
  35: dtypes.uint64,
};

const LAYOUTS: Readonly<Record<number, layouts.Layout>> = {
  1: layouts.sparseCoo,
  2: layouts.sparseCsr,
  3: layouts.sparseCsc,
  4: layouts.sparseBsr,
  5: layouts.sparseBsc,
  7: layouts.strided,
};

const MEMORY_FORMATS: Readonly<Record<number, layouts.MemoryFormat>> = {
  1: layouts.contiguousFormat,
  2: layouts.channelsLast,
  3: layouts.channelsLast3d,
  4: layouts.preserveFormat,
};

function member<T>(table: Readonly<Record<number, T>>, value: unknown, what: string): T {
  const found = table[index(value, what)];
  if (found === undefined) throw new ValueError(`the exported program has the unknown ${what} ${value}`);
  return found;
}

export const dtypeOf = (value: unknown): dtypes.DType => member(DTYPES, value, 'dtype');
export const layoutOf = (value: unknown): layouts.Layout => member(LAYOUTS, value, 'layout');
export const memoryFormatOf = (value: unknown): layouts.MemoryFormat => member(MEMORY_FORMATS, value, 'memory format');

export function deviceOf(value: unknown): Device {
  const { type, index: number } = record(value, 'a device') as Json;
  const name = text(type, 'a device type');
  return device(number === null || number === undefined ? name : `${name}:${index(number, 'a device index')}`);
}
