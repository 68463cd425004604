/** Packs and pads sequences of different lengths: `torch.nn.utils.rnn`. */
import { python } from '../../arguments';
import { asTensor } from '../../creation';
import { int64 } from '../../dtype';
import { RuntimeError, ValueError } from '../../errors';
import { padSequence as padded } from '../../generated/nn';
import { _packPaddedSequence, _padPackedSequence, arange, sort } from '../../generated/torch';
import { typename } from '../../python-repr';
import { Tensor } from '../../tensor';
import { PackedSequence } from './packed-sequence';

export { invertPermutation, PackedSequence } from './packed-sequence';

/**
 * Packs padded sequences: (time, batch, *), or (batch, time, *) with `batchFirst`, of the given lengths. With
 * `enforceSorted` they have to come longest first.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.utils.rnn.pack_padded_sequence.html
 * @throws RuntimeError for lengths that are not positive, too many, or not sorted.
 */
export const packPaddedSequence = python(
  'pack_padded_sequence',
  ['input', 'lengths', 'batchFirst?', 'enforceSorted?'],
  (input: Tensor, lengths: Tensor | readonly number[], batchFirst = false, enforceSorted = true): PackedSequence => {
    const given =
      lengths instanceof Tensor
        ? lengths.to({ dtype: int64 })
        : asTensor([...lengths], { dtype: int64, device: 'cpu' });
    if (enforceSorted) return packed(input, given, batchFirst, null);
    const [sorted, indices] = sort(given, { descending: true });
    const sortedIndices = indices.to(input.device);
    return packed(input.indexSelect(batchFirst ? 0 : 1, sortedIndices), sorted, batchFirst, sortedIndices);
  },
);

function packed(input: Tensor, lengths: Tensor, batchFirst: boolean, sortedIndices: Tensor | null): PackedSequence {
  const [data, batchSizes] = _packPaddedSequence(input, lengths, batchFirst);
  return new PackedSequence(data, batchSizes, sortedIndices, null);
}

/**
 * Pads a packed sequence: the inverse of `packPaddedSequence`. Gives the padded sequences and their lengths.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.utils.rnn.pad_packed_sequence.html
 * @throws ValueError if `totalLength` is less than the longest sequence.
 */
export const padPackedSequence = python(
  'pad_packed_sequence',
  ['sequence', 'batchFirst?', 'paddingValue?', 'totalLength?'],
  (
    sequence: PackedSequence,
    batchFirst = false,
    paddingValue = 0,
    totalLength: number | null = null,
  ): [padded: Tensor, lengths: Tensor] => {
    const longest = sequence.batchSizes.size(0);
    if (totalLength !== null && totalLength < longest) {
      throw new ValueError(
        'Expected total_length to be at least the length of the longest sequence in input, but got ' +
          `total_length=${totalLength} and max sequence length being ${longest}`,
      );
    }
    const { data, batchSizes, unsortedIndices } = sequence;
    const [output, lengths] = _padPackedSequence(data, batchSizes, batchFirst, paddingValue, totalLength ?? longest);
    if (unsortedIndices === null) return [output, lengths];
    return [output.indexSelect(batchFirst ? 0 : 1, unsortedIndices), lengths.at(unsortedIndices.cpu())];
  },
);

/**
 * Stacks sequences (length, *) into one tensor (longest, batch, *), or (batch, longest, *) with `batchFirst`, filled up
 * with `paddingValue` on the right or on the left.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.utils.rnn.pad_sequence.html
 */
export const padSequence = python(
  'pad_sequence',
  ['sequences', 'batchFirst?', 'paddingValue?', 'paddingSide?'],
  (
    sequences: Iterable<Tensor>,
    batchFirst = false,
    paddingValue = 0,
    paddingSide: 'left' | 'right' = 'right',
  ): Tensor => {
    if (typeof sequences !== 'object' || sequences === null || !(Symbol.iterator in sequences)) {
      throw new RuntimeError(
        `pad_sequence: Expected iterable for input sequences, but got arg of type: <class '${typename(sequences)}'>`,
      );
    }
    return padded([...sequences], batchFirst, paddingValue, paddingSide);
  },
);

/**
 * The sequences of a padded tensor, each of its length: the inverse of `padSequence`.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.utils.rnn.unpad_sequence.html
 */
export const unpadSequence = python(
  'unpad_sequence',
  ['paddedSequences', 'lengths', 'batchFirst?'],
  (paddedSequences: Tensor, lengths: Tensor, batchFirst = false): Tensor[] => {
    if (!batchFirst) paddedSequences.transpose_(0, 1);
    const places = arange(paddedSequences.size(1), { device: lengths.device });
    const sequences = paddedSequences.unbind(0);
    return lengths.unbind(0).map((length, i) => (sequences[i] as Tensor).at(places.lt(length)));
  },
);

/**
 * Packs sequences (length, *).
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.utils.rnn.pack_sequence.html
 */
export const packSequence = python(
  'pack_sequence',
  ['sequences', 'enforceSorted?'],
  (sequences: readonly Tensor[], enforceSorted = true): PackedSequence => {
    const lengths = sequences.map((sequence) => sequence.size(0));
    return packPaddedSequence(padSequence(sequences), lengths, { enforceSorted });
  },
);

/**
 * The sequences that are packed: the inverse of `packSequence`.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.utils.rnn.unpack_sequence.html
 */
export const unpackSequence = python(
  'unpack_sequence',
  ['packedSequences'],
  (packedSequences: PackedSequence): Tensor[] => {
    const [sequences, lengths] = padPackedSequence(packedSequences, true);
    return unpadSequence(sequences, lengths, true);
  },
);
