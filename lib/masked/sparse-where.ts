/** Masks of sparse tensors in coordinate format. */
import { AssertionError } from '../errors';
import { unique } from '../functional/unique';
import { cat, where } from '../generated/torch';
import { sparseCooTensor } from '../sparse/creation';
import type { Tensor } from '../tensor';

/** One number for each column of coordinates. */
function flatIndices(indices: Tensor, shape: readonly number[]): Tensor {
  const flat = indices.newZeros(indices.size(1));
  for (const [dim, size] of shape.entries()) flat.mul_(size).add_(indices.at(dim));
  return flat;
}

/** The sorted union of two lists without repetition, and which of it is in both. */
function intersection(one: Tensor, other: Tensor): [union: Tensor, places: Tensor] {
  const [union, counts] = unique(cat([one, other]), { returnCounts: true });
  return [union, places(counts.gt(1))];
}

function places(mask: Tensor): Tensor {
  return mask.nonzero({ asTuple: true })[0] as Tensor;
}

function common(one: Tensor, other: Tensor): Tensor {
  const [union, both] = intersection(one, other);
  return union.at(both);
}

/** What of `one` is not in `other`, which is a part of it. */
function minus(one: Tensor, other: Tensor): Tensor {
  const [union, counts] = unique(cat([one, other]), { returnCounts: true });
  return common(union.at(places(counts.eq(1))), one);
}

function anyAlong(mask: Tensor, dims: number): Tensor {
  let result = mask;
  for (let dim = dims; dim >= 1; dim--) result = result.any(dim);
  return result;
}

function check(mask: Tensor, input: Tensor): void {
  if (String(mask.shape) !== String(input.shape)) {
    throw new AssertionError(`mask.shape must match input.shape: ${mask.shape} vs ${input.shape}`);
  }
  if (mask.denseDim() !== input.denseDim()) {
    throw new AssertionError(
      `mask.dense_dim() must match input.dense_dim(): ${mask.denseDim()} vs ${input.denseDim()}`,
    );
  }
}

/**
 * The elements of a sparse input where a coalesced sparse mask is set, and zeros where it is set and the input has none.
 * Of hybrid tensors, what `fill` gives stands where a set mask's dense part is not.
 */
export function sparseWhere(mask: Tensor, masked: Tensor, fill: () => Tensor): Tensor {
  check(mask, masked);
  const input = masked.coalesce();
  const sparseSizes = input.shape.slice(0, input.sparseDim());
  const inputFlat = flatIndices(input.indices(), sparseSizes);
  const maskFlat = flatIndices(mask.indices(), sparseSizes);
  const isSet = mask.denseDim() > 0 ? anyAlong(mask.values(), input.sparseDim()) : mask.values();
  const setFlat = maskFlat.at(isSet.nonzero().at(':', 0));
  const both = common(setFlat, inputFlat);
  const [, kept] = intersection(inputFlat, both);
  const indices = input.indices().at(':', kept);
  let values = input.values().at(kept);
  if (mask.denseDim() > 0) {
    const [, inMask] = intersection(maskFlat, both);
    values = where(mask.values().at(inMask), values, fill());
  }
  const [, absent] = intersection(maskFlat, minus(setFlat, both));
  const zeroIndices = mask.indices().at(':', absent);
  const count = zeroIndices.size(1);
  if (count === 0) return sparseCooTensor(indices, values, input.shape)._coalesced_(true);
  const zeros = values.newZeros([count, ...values.shape.slice(1)]);
  return sparseCooTensor(cat([indices, zeroIndices], 1), cat([values, zeros]), input.shape).coalesce();
}
