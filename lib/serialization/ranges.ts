/** Parts of a file as tensors of bytes: mapped, over memory, or read. */
import { uint8 } from '../dtype';
import { empty } from '../generated/torch';
import type { Tensor } from '../tensor';
import { fromTypedArray } from '../typed-arrays';
import type { Reading, Source } from './source';
import { sliceStorage } from './storage';

/** Gives so many bytes at a position, with a storage of their own, for elements of a size. */
export type RangeReader = (position: number, size: number, itemsize: number) => Reading<Tensor>;

/**
 * Reads parts of a file.
 *
 * @param isMapped Whether parts are the mapped file itself.
 * @param isShared Whether parts of bytes in memory are that memory.
 */
export function rangeReader(source: Source, isMapped: boolean, isShared = true): RangeReader {
  let mapping: Tensor | null = null;
  return function* (position, size, itemsize) {
    // What is not aligned cannot be used where it lies.
    const alignment = Math.min(itemsize, 16);
    if (isMapped && source.path !== null && size > 0 && position % alignment === 0) {
      mapping ??= source.map();
      return sliceStorage(mapping, position, size);
    }
    const memory = source.bytes;
    if (isShared && memory !== null && size > 0 && (memory.byteOffset + position) % alignment === 0) {
      return fromTypedArray(new Uint8Array(memory.buffer, memory.byteOffset + position, size));
    }
    const bytes = empty(size, { dtype: uint8 });
    yield* source.readInto(position, bytes);
    return bytes;
  };
}
