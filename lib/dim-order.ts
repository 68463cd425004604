/** The order in which a tensor's dimensions lie in memory: `Tensor.dim_order`. */
import { AttributeError, RuntimeError } from './errors';
import { channelsLast, MemoryFormat } from './layout';
import type { Tensor } from './tensor';

/** Whether dimensions could change places without a difference in memory. */
function hasSeveralOrders(tensor: Tensor): boolean {
  const strides = tensor.stride();
  return strides.some((stride, i) => stride === strides[i + 1]) || tensor.shape.some((size) => size === 1);
}

/** -1 if dimension `a` lies within `b`, 1 if `b` lies within `a`, 0 if either may. */
function compare(tensor: Tensor, a: number, b: number): number {
  const [strides, sizes] = [tensor.stride(), tensor.shape];
  const [strideA, strideB] = [strides[a] as number, strides[b] as number];
  if (strideA === 0 || strideB === 0) return 0;
  if (strideA === strideB) {
    const [sizeA, sizeB] = [sizes[a] as number, sizes[b] as number];
    return sizeA === 0 || sizeB >= sizeA ? 0 : 1;
  }
  return strideB > strideA ? -1 : 1;
}

function isChannelsLast(tensor: Tensor): boolean {
  return tensor.dim() === 4 && tensor.isContiguous(channelsLast);
}

/** The dimensions from the outermost to the innermost, and whether that is the only order. */
function physicalOrder(tensor: Tensor): { order: number[]; isUnique: boolean } {
  const dims = tensor.dim();
  const logical = Array.from({ length: dims }, (_, dim) => dim);
  if (dims < 2) return { order: logical, isUnique: true };
  const last = isChannelsLast(tensor);
  if (tensor.isContiguous() && !last) return { order: logical, isUnique: true };
  if (last && !tensor.isContiguous()) return { order: [0, 2, 3, 1], isUnique: true };
  // From the innermost on, by insertion: dimensions that may lie either way stay where they are.
  const order = logical.reverse();
  for (let i = 1; i < dims; i++) {
    let moving = i;
    for (let at = i - 1; at >= 0; at--) {
      const result = compare(tensor, order[at] as number, order[moving] as number);
      if (result > 0) {
        [order[at], order[moving]] = [order[moving] as number, order[at] as number];
        moving = at;
      } else if (result < 0) {
        break;
      }
    }
  }
  const isUnique = order.every((dim, i) => i === dims - 1 || compare(tensor, dim, order[i + 1] as number) === -1);
  return { order: order.reverse(), isUnique };
}

/**
 * The dimensions in the order in which they lie in memory. With a check, throws a RuntimeError where several orders are
 * possible; with memory formats, where the tensor does not lie in exactly one of them either.
 */
export function dimOrder(tensor: Tensor, ambiguityCheck: boolean | readonly MemoryFormat[]): number[] {
  if (tensor.isSparse) {
    throw new AttributeError(
      `Can't get dim order on sparse type: ${tensor.type()} Use Tensor.to_dense() to convert to a dense tensor first.`,
    );
  }
  const formats = typeof ambiguityCheck === 'boolean' ? [] : ambiguityCheck;
  if (!Array.isArray(formats) || !formats.every((format) => format instanceof MemoryFormat)) {
    throw new TypeError('The ambiguity_check argument must be a bool or a list of memory formats.');
  }
  const isChecked = ambiguityCheck !== false;
  if (isChecked && hasSeveralOrders(tensor) && formats.filter((format) => tensor.isContiguous(format)).length !== 1) {
    throw new RuntimeError(
      'The tensor does not have unique dim order, or cannot map to exact one of the given memory formats.',
    );
  }
  const { order, isUnique } = physicalOrder(tensor);
  const demands = Array.isArray(ambiguityCheck) ? ambiguityCheck.length > 0 : isChecked;
  if (demands && !isUnique) throw new RuntimeError('The tensor does not have unique dim order.');
  return order;
}
