/** Rows of a table by their indices. */
import { python } from '../../arguments';
import { int64 } from '../../dtype';
import { AssertionError, NotImplementedError, ValueError } from '../../errors';
import * as torch from '../../generated/torch';
import type { Tensor } from '../../tensor';
import { warn } from '../../warnings';

export { oneHot } from '../../generated/nn';

/** How the rows of a bag become one. */
export type EmbeddingBagMode = 'sum' | 'mean' | 'max';

/** Scales the rows that are looked up and are longer than `maxNorm`, in place, unseen by autograd. */
function renormalize(weight: Tensor, input: Tensor, maxNorm: number, normType: number): void {
  torch.embeddingRenorm_(weight.detach(), input, maxNorm, normType);
}

/** The index from the start; -1, which no row has, for none. */
function paddingRow(paddingIdx: number | null, rows: number): number {
  if (paddingIdx === null) return -1;
  if (paddingIdx >= rows || paddingIdx < -rows) {
    throw new AssertionError('Padding_idx must be within num_embeddings');
  }
  return paddingIdx < 0 ? rows + paddingIdx : paddingIdx;
}

/**
 * The rows of `weight` (rows, D) at the indices `input` (*): (*, D).
 *
 * Indices are int64: `torch.tensor([1n, 0n])` or `{ dtype: torch.int64 }`. With `maxNorm`, rows of `weight` that are
 * longer are scaled in place.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.embedding.html
 * @throws AssertionError if `paddingIdx` is no row.
 */
export const embedding = python(
  'embedding',
  ['input', 'weight', 'paddingIdx?', 'maxNorm?', 'normType?', 'scaleGradByFreq?', 'sparse?'],
  (
    input: Tensor,
    weight: Tensor,
    paddingIdx: number | null = null,
    maxNorm: number | null = null,
    normType = 2,
    scaleGradByFreq = false,
    sparse = false,
  ): Tensor => {
    const padding = paddingRow(paddingIdx, weight.size(0));
    if (maxNorm === null) return torch.embedding(weight, input, padding, scaleGradByFreq, sparse);
    const indices = input.contiguous();
    renormalize(weight, indices, maxNorm, normType);
    return torch.embedding(weight, indices, padding, scaleGradByFreq, sparse);
  },
);

const MODES: readonly string[] = ['sum', 'mean', 'max'];

function modeCode(mode: string, scaleGradByFreq: boolean, sparse: boolean): number {
  const code = MODES.indexOf(mode);
  if (code < 0) throw new ValueError('mode has to be one of sum, mean or max');
  if (mode === 'max' && scaleGradByFreq) {
    throw new ValueError('max mode does not support scaling the gradient by the frequency');
  }
  if (mode === 'max' && sparse) throw new ValueError('max mode does not support sparse weights');
  return code;
}

interface Bags {
  indices: Tensor;
  offsets: Tensor;
  weights: Tensor | null;
  includeLastOffset: boolean;
}

/** Indices and offsets of a matrix, whose rows are the bags. */
function bagsOfRows(input: Tensor, offsets: Tensor | null, weights: Tensor | null): Bags {
  if (offsets !== null) {
    throw new ValueError(
      'if input is 2D, then offsets has to be None, as input is treated is a mini-batch of fixed length sequences. ' +
        "However, found offsets of type <class 'torch.Tensor'>",
    );
  }
  const { dtype, device } = input;
  return {
    indices: input.reshape([-1]),
    offsets: torch.arange(0, input.numel(), input.size(1), { dtype, device }),
    weights: weights?.reshape([-1]) ?? null,
    includeLastOffset: false,
  };
}

function bagsOf(input: Tensor, offsets: Tensor | null, weights: Tensor | null, includeLastOffset: boolean): Bags {
  if (input.dim() === 2) return bagsOfRows(input, offsets, weights);
  if (input.dim() !== 1) {
    throw new ValueError(`input has to be 1D or 2D Tensor, but got Tensor of dimension ${input.dim()}`);
  }
  if (offsets === null) throw new ValueError('offsets has to be a 1D Tensor but got None');
  if (offsets.dim() !== 1) throw new ValueError('offsets has to be a 1D Tensor');
  return { indices: input, offsets, weights, includeLastOffset };
}

/**
 * Sums, means or maxima of bags of rows of `weight` (rows, D): (bags, D). The bags are the rows of a matrix of indices,
 * or begin at `offsets` in a list of them.
 *
 * Nested tensors as input are not supported yet.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.embedding_bag.html
 * @throws ValueError for shapes that do not fit, or an unknown mode; NotImplementedError for `perSampleWeights` with
 * another mode than `'sum'`.
 */
export const embeddingBag = python(
  'embedding_bag',
  [
    'input',
    'weight',
    'offsets?',
    'maxNorm?',
    'normType?',
    'scaleGradByFreq?',
    'mode?',
    'sparse?',
    'perSampleWeights?',
    'includeLastOffset?',
    'paddingIdx?',
  ],
  (
    input: Tensor,
    weight: Tensor,
    offsets: Tensor | null = null,
    maxNorm: number | null = null,
    normType = 2,
    scaleGradByFreq = false,
    mode: EmbeddingBagMode = 'mean',
    sparse = false,
    perSampleWeights: Tensor | null = null,
    includeLastOffset = false,
    paddingIdx: number | null = null,
  ): Tensor => {
    if (weight.dtype === int64 && input.isFloatingPoint()) {
      warn(
        'Argument order of nn.functional.embedding_bag was changed. Usage `embedding_bag(weight, input, ...)` is ' +
          'deprecated, and should now be `embedding_bag(input, weight, ...)`.',
      );
      [weight, input] = [input, weight];
    }
    if (perSampleWeights !== null && String(input.shape) !== String(perSampleWeights.shape)) {
      throw new ValueError(
        `embedding_bag: If per_sample_weights (${perSampleWeights.shape}) is not None, then it must have the same ` +
          `shape as the input (${input.shape})`,
      );
    }
    if (weight.dim() !== 2) {
      throw new ValueError(`weight has to be a 2D Tensor, but got Tensor of dimension ${weight.dim()}`);
    }
    const bags = bagsOf(input, offsets, perSampleWeights, includeLastOffset);
    const code = modeCode(mode, scaleGradByFreq, sparse);
    if (maxNorm !== null) renormalize(weight, bags.indices, maxNorm, normType);
    if (perSampleWeights !== null && mode !== 'sum') {
      throw new NotImplementedError(
        "embedding_bag: per_sample_weights was not None. per_sample_weights is only supported for mode='sum' (got " +
          `mode='${mode}'). Please open a feature request on GitHub.`,
      );
    }
    const [result] = torch.embeddingBag(
      weight,
      bags.indices,
      bags.offsets,
      scaleGradByFreq,
      code,
      sparse,
      bags.weights,
      bags.includeLastOffset,
      paddingIdx,
    );
    return result;
  },
);
