/** Makes a batch of items. */
import { tensor } from '../creation';
import { RuntimeError } from '../errors';
import { stack } from '../generated/torch';
import { isOptions } from '../ops';
import { typename } from '../python-repr';
import { Tensor } from '../tensor';
import { fromTypedArray, type TypedArray } from '../typed-arrays';

/** What `defaultCollate` makes of items of a type. */
export type Collated<T> = T extends Tensor | number | bigint | boolean | TypedArray
  ? Tensor
  : T extends string
    ? string[]
    : T extends ReadonlyMap<infer K, infer V>
      ? Map<K, Collated<V>>
      : T extends readonly unknown[]
        ? { -readonly [K in keyof T]: Collated<T[K]> }
        : T extends object
          ? { [K in keyof T]: Collated<T[K]> }
          : unknown;

function isTypedArray(value: unknown): value is TypedArray {
  return ArrayBuffer.isView(value) && !(value instanceof DataView);
}

/**
 * A batch of items: tensors and typed arrays are stacked, numbers become a tensor, arrays and objects are collated
 * element by element, strings stay a list.
 *
 * As everywhere, numbers give the default dtype and bigints int64; Python's ints give int64.
 *
 * @see https://docs.pytorch.org/docs/2.13/data.html#torch.utils.data.default_collate
 * @throws RuntimeError if arrays differ in length; TypeError for items of other types.
 */
export function defaultCollate<T>(batch: readonly T[]): Collated<T> {
  return collate(batch) as Collated<T>;
}

function collate(batch: readonly unknown[]): unknown {
  const [first] = batch;
  if (first instanceof Tensor) return stack(batch as Tensor[], 0);
  if (isTypedArray(first))
    return stack(
      (batch as TypedArray[]).map((array) => fromTypedArray(array)),
      0,
    );
  if (typeof first === 'number' || typeof first === 'bigint' || typeof first === 'boolean') {
    return tensor(batch as number[]);
  }
  if (typeof first === 'string') return batch;
  if (Array.isArray(first)) return collateArrays(batch as unknown[][], first.length);
  if (first instanceof Map) {
    const maps = batch as Map<unknown, unknown>[];
    return new Map([...first.keys()].map((key) => [key, collate(maps.map((map) => map.get(key)))]));
  }
  if (isOptions(first)) {
    const objects = batch as Record<string, unknown>[];
    return Object.fromEntries(Object.keys(first).map((key) => [key, collate(objects.map((object) => object[key]))]));
  }
  throw new TypeError(
    'default_collate: batch must contain tensors, numpy arrays, numbers, dicts or lists; found ' +
      `<class '${typename(first)}'>`,
  );
}

function collateArrays(batch: readonly unknown[][], length: number): unknown[] {
  if (batch.some((array) => array.length !== length)) {
    throw new RuntimeError('each element in list of batch should be of equal size');
  }
  return Array.from({ length }, (_, i) => collate(batch.map((array) => array[i])));
}

/**
 * An item on its own: typed arrays become tensors, in arrays and objects as well; anything else stays as it is.
 *
 * @see https://docs.pytorch.org/docs/2.13/data.html#torch.utils.data.default_convert
 */
export function defaultConvert(data: unknown): unknown {
  if (data instanceof Tensor) return data;
  if (isTypedArray(data)) return fromTypedArray(data);
  if (Array.isArray(data)) return data.map(defaultConvert);
  if (data instanceof Map) return new Map([...data].map(([key, value]) => [key, defaultConvert(value)]));
  if (isOptions(data)) {
    return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, defaultConvert(value)]));
  }
  return data;
}
