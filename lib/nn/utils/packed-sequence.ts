/** `PackedSequence`: sequences of different lengths in one tensor. */
import { inspect } from 'node:util';
import { type ArgumentsOf, signature } from '../../arguments';
import { to } from '../../conversion';
import { type DType, float16, float32, float64, int8, int16, int32, int64, uint8 } from '../../dtype';
import { AssertionError, ValueError } from '../../errors';
import { arange, emptyLike } from '../../generated/torch';
import { contiguousFormat } from '../../layout';
import { repr } from '../../python-repr';
import type { Tensor, ToOptions } from '../../tensor';
import type { DeviceLike } from '../../types';

const PACKED = signature('PackedSequence.__new__', 'data', 'batchSizes?', 'sortedIndices?', 'unsortedIndices?').of<
  [
    data: Tensor | readonly [data: Tensor, batchSizes: Tensor],
    batchSizes?: Tensor | null,
    sortedIndices?: Tensor | null,
    unsortedIndices?: Tensor | null,
  ]
>();

/**
 * Sequences of different lengths, one time step after the other: made by `packPaddedSequence` and `packSequence`, taken
 * and given by recurrent modules.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.utils.rnn.PackedSequence.html
 */
export class PackedSequence implements Iterable<Tensor | null> {
  /** (sum of the lengths, *): the elements of all sequences by time. */
  readonly data: Tensor;
  /** How many sequences have each time step, on the CPU. */
  readonly batchSizes: Tensor;
  /** Which sequence is at each place, longest first; null where they were given in that order. */
  readonly sortedIndices: Tensor | null;
  /** Where each sequence is. */
  readonly unsortedIndices: Tensor | null;

  constructor(...args: ArgumentsOf<typeof PACKED>) {
    const [data, batchSizes = null, sortedIndices = null, unsortedIndices = null] = PACKED.bind(args);
    this.sortedIndices = sortedIndices;
    this.unsortedIndices = unsortedIndices ?? invertPermutation(sortedIndices);
    if (batchSizes !== null) {
      if (batchSizes.device.type !== 'cpu') {
        throw new ValueError(
          'batch_sizes should always be on CPU. Instances of PackedSequence should never be created manually. They ' +
            'should be instantiated by functions like pack_sequence and pack_padded_sequences in nn.utils.rnn. ' +
            'https://pytorch.org/docs/stable/nn.html#torch.nn.utils.rnn.pack_sequence',
        );
      }
      this.data = data as Tensor;
      this.batchSizes = batchSizes;
      return;
    }
    if (!Array.isArray(data) || data.length !== 2) {
      throw new AssertionError('Expected data to be a list or tuple of length 2');
    }
    [this.data, this.batchSizes] = data as [Tensor, Tensor];
  }

  [Symbol.iterator](): Iterator<Tensor | null> {
    return [this.data, this.batchSizes, this.sortedIndices, this.unsortedIndices].values();
  }

  /** Converts the elements as `Tensor.to` does, and moves the indices with them. */
  to(target: DeviceLike | DType | Tensor | ToOptions, ...more: unknown[]): PackedSequence {
    const data = to.call(this.data, target, ...more);
    if (data === this.data) return this;
    const { device } = data;
    const [sorted, unsorted] = [this.sortedIndices, this.unsortedIndices].map((indices) => indices?.to(device));
    return new PackedSequence(data, this.batchSizes, sorted, unsorted);
  }

  /** Moves the elements to the CPU. */
  cpu(): PackedSequence {
    return this.to('cpu');
  }

  /** Moves the elements to a CUDA device. */
  cuda(device: Parameters<Tensor['cuda']>[0] = 'cuda'): PackedSequence {
    return this.to(device ?? 'cuda');
  }

  /** Converts the elements to float64. */
  double(): PackedSequence {
    return this.to(float64);
  }

  /** Converts the elements to float32. */
  float(): PackedSequence {
    return this.to(float32);
  }

  /** Converts the elements to float16. */
  half(): PackedSequence {
    return this.to(float16);
  }

  /** Converts the elements to int64. */
  long(): PackedSequence {
    return this.to(int64);
  }

  /** Converts the elements to int32. */
  int(): PackedSequence {
    return this.to(int32);
  }

  /** Converts the elements to int16. */
  short(): PackedSequence {
    return this.to(int16);
  }

  /** Converts the elements to int8. */
  char(): PackedSequence {
    return this.to(int8);
  }

  /** Converts the elements to uint8. */
  byte(): PackedSequence {
    return this.to(uint8);
  }

  /** Whether the elements are on a CUDA device. */
  get isCuda(): boolean {
    return this.data.isCuda;
  }

  /** Python's text. */
  toString(): string {
    const [data, sizes, sorted, unsorted] = [...this].map(repr);
    return `PackedSequence(data=${data}, batch_sizes=${sizes}, sorted_indices=${sorted}, unsorted_indices=${unsorted})`;
  }

  /** @internal What `console.log` prints. */
  [inspect.custom](): string {
    return this.toString();
  }
}

/** The permutation that undoes one; null of null. */
export function invertPermutation(permutation: Tensor): Tensor;
export function invertPermutation(permutation: Tensor | null): Tensor | null;
export function invertPermutation(permutation: Tensor | null): Tensor | null {
  if (permutation === null) return null;
  const output = emptyLike(permutation, { memoryFormat: contiguousFormat });
  return output.scatter_(0, permutation, arange(0, permutation.numel(), { device: permutation.device }));
}
