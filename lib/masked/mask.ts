/** Masks of `torch.masked`: brought to an input's shape and layout, and put to work by an operation's identity. */
import { float32, uint8 } from '../dtype';
import { NotImplementedError, RuntimeError, ValueError } from '../errors';
import { _sparseBroadcastTo, broadcastTo, where } from '../generated/torch';
import { full } from '../generated/vf';
import { sparseCoo, sparseCsr, strided } from '../layout';
import { iinfo } from '../numeric-limits';
import type { Tensor } from '../tensor';
import type { IntOrList, Scalar } from '../types';
import { sparseWhere } from './sparse-where';

/** The operations that a masked function can be built on. */
export type MaskedOperation =
  | 'sum'
  | 'prod'
  | 'amax'
  | 'amin'
  | 'argmax'
  | 'argmin'
  | 'mean'
  | 'median'
  | 'norm'
  | 'logsumexp'
  | 'logaddexp';

/** The largest or the smallest value of a tensor's dtype; undefined where it has none. */
function extreme({ dtype }: Tensor, sign: 1 | -1): Scalar | undefined {
  if (dtype.isFloatingPoint) return sign * Number.POSITIVE_INFINITY;
  if (!dtype.isSigned && dtype !== uint8) return undefined;
  return sign > 0 ? iinfo(dtype).max : iinfo(dtype).min;
}

function identityValue(operation: MaskedOperation, input: Tensor, order: number | null): Scalar | undefined {
  switch (operation) {
    case 'sum':
      return 0;
    case 'prod':
      return 1;
    case 'norm':
      return order === Number.NEGATIVE_INFINITY ? Number.POSITIVE_INFINITY : 0;
    case 'median':
      return Number.NaN;
    case 'amax':
    case 'argmax':
    case 'logaddexp':
      return extreme(input, -1);
    case 'logsumexp':
      return input.dtype.isComplex ? Number.NEGATIVE_INFINITY : extreme(input, -1);
    case 'amin':
    case 'argmin':
      return extreme(input, 1);
    case 'mean':
      return undefined;
  }
}

/** The value that leaves an operation's result as it is, as a 0-d tensor. Throws where there is none. */
export function reductionIdentity(operation: MaskedOperation, input: Tensor, order: number | null = 2): Tensor {
  const value = identityValue(operation, input, order);
  if (value === undefined) throw new NotImplementedError(`identity of ${operation} on ${input.dtype} input`);
  const dtype = operation === 'median' && !input.dtype.isFloatingPoint ? float32 : input.dtype;
  return full([], value, { dtype, device: input.device });
}

/** Dimensions as numbers that are not negative, in order; all of them for null or an empty list. */
export function canonicalDims(dim: IntOrList | null, dims: number): number[] {
  const list = (Array.isArray(dim) ? dim : dim === null ? [] : [dim]) as number[];
  if (list.length === 0) return Array.from({ length: dims }, (_, i) => i);
  const limit = Math.max(dims, 1);
  const found: number[] = [];
  for (const one of list.map(Number)) {
    if (found.includes(one)) throw new RuntimeError(`dim=${one} appears multiple times in the list of dims`);
    if (one >= limit || one < -limit) {
      throw new RangeError(
        `Dimension out of range (expected to be in range of [${-limit}, ${limit - 1}], but got ${one})`,
      );
    }
    found.push((one + limit) % limit);
  }
  return found.sort((a, b) => a - b);
}

function broadcastMask(mask: Tensor, input: Tensor): Tensor {
  if (mask.dim() > input.dim()) {
    throw new RangeError('_input_mask expected broadcastable mask (got mask dimensionality higher than of the input)');
  }
  if (mask.layout === strided) return broadcastTo(mask.clone(), input.shape).bool();
  if (mask.layout === sparseCoo) return _sparseBroadcastTo(mask, input.shape);
  return _sparseBroadcastTo(mask.toSparse(), input.shape).toSparseCsr();
}

/** The mask with the input's shape and layout, as booleans. Throws where it cannot be brought to them. */
export function inputMask(input: Tensor, mask: Tensor): Tensor {
  if (![strided, sparseCoo, sparseCsr].includes(input.layout)) {
    throw new ValueError(`_input_mask expects strided or sparse COO or sparse CSR tensor but got ${input.layout}`);
  }
  let result = String(mask.shape) === String(input.shape) ? mask : broadcastMask(mask, input);
  if (result.layout !== input.layout) {
    if (input.layout === strided) result = result.toDense();
    else if (input.layout === sparseCsr) result = result.toSparseCsr();
    else result = result.layout === strided ? result.toSparse(input.sparseDim()) : result.toSparse();
  }
  if (result.layout === sparseCoo) result = result.coalesce();
  return result.bool();
}

/** The input where the mask is set, and elsewhere the operation's identity, or nothing where the input is sparse. */
export function combine(
  operation: MaskedOperation,
  input: Tensor,
  mask: Tensor | null,
  order: number | null = null,
): Tensor {
  if (mask === null) return input;
  const canonical = inputMask(input, mask);
  const identity = (): Tensor => reductionIdentity(operation, input, order);
  if (canonical.layout === strided) return where(canonical, input, identity());
  if (canonical.layout === sparseCoo) return sparseWhere(canonical, input, identity);
  return sparseWhere(canonical.toSparse(), input.toSparse(), identity).toSparseCsr();
}
