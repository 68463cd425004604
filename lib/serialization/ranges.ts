/** Parts of a file as tensors of bytes: mapped, over memory, or read. */
import { uint8 } from '../dtype';
import { empty } from '../generated/torch';
import type { Tensor } from '../tensor';
import { fromTypedArray } from '../typed-arrays';
import type { Reading, Source } from './source';
import { sliceStorage } from './storage';

/** Gives so many bytes at a position, with a storage of their own, for elements of a size. */
export type RangeReader = (position: number, size: number, itemsize: number) => Reading<Tensor>;

/** How parts are read. */
export interface RangeOptions {
  /** Whether parts are the mapped file itself. */
  readonly isMapped: boolean;
  /** Whether parts of bytes in memory are that memory: true if left out. */
  readonly isShared?: boolean;
  /** Told how many bytes every piece has that was read. */
  readonly report?: (count: number) => void;
}

/** Reads parts of a file. */
export function rangeReader(source: Source, options: RangeOptions): RangeReader {
  const { isMapped, isShared = true, report = () => {} } = options;
  let mapping: Tensor | null = null;
  return function* (position, size, itemsize) {
    const place = placed(position, size, itemsize);
    if (place !== null) {
      report(size);
      return place;
    }
    const bytes = empty(size, { dtype: uint8 });
    yield* source.readInto(position, bytes, report);
    return bytes;
  };

  /** The part where it lies, if it can be used there: it must be aligned. */
  function placed(position: number, size: number, itemsize: number): Tensor | null {
    const alignment = Math.min(itemsize, 16);
    if (isMapped && source.path !== null && size > 0 && position % alignment === 0) {
      mapping ??= source.map();
      return sliceStorage(mapping, position, size);
    }
    const memory = source.bytes;
    if (isShared && memory !== null && size > 0 && (memory.byteOffset + position) % alignment === 0) {
      return fromTypedArray(new Uint8Array(memory.buffer, memory.byteOffset + position, size));
    }
    return null;
  }
}
