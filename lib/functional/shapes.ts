/** Joins, splits and broadcasts tensors by their shapes. */
import { python, trailing } from '../arguments';
import { RuntimeError, ValueError } from '../errors';
import * as vf from '../generated/vf';
import { isTensor } from '../ops';
import { repr, tupleRepr } from '../python-repr';
import { type Size, sizeOf } from '../size';
import type { Tensor } from '../tensor';
import { fromTypedArray } from '../typed-arrays';
import type { Int, IntList, TensorList } from '../types';

/**
 * Splits a tensor into chunks of one size, the last one smaller if need be, or of the given sizes: views.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.split.html
 */
export const split = python(
  'split',
  ['tensor', 'splitSizeOrSections', 'dim?'],
  (tensor: Tensor, splitSizeOrSections: Int | IntList | Tensor, dim: Int = 0): Tensor[] => {
    const size = isTensor(splitSizeOrSections) ? splitSizeOrSections.item<Int>() : splitSizeOrSections;
    return Array.isArray(size) ? tensor.splitWithSizes(size, dim) : vf.split(tensor, size as Int, dim);
  },
);

/**
 * Indices of nonzero elements, one row each; with `asTuple`, one tensor a dimension.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nonzero.html
 */
export function nonzero(input: Tensor): Tensor;
export function nonzero(input: Tensor, options: { asTuple: true }): Tensor[];
export function nonzero(input: Tensor, options: { asTuple?: false; out?: Tensor }): Tensor;
export function nonzero(
  input: Tensor,
  { asTuple = false, out }: { asTuple?: boolean; out?: Tensor } = {},
): Tensor | Tensor[] {
  if (asTuple && isTensor(out)) throw new RuntimeError('nonzero does not support the out kwarg when as_tuple is True');
  if (asTuple && (out ?? null) === null) return vf.nonzeroNumpy(input);
  return out === undefined ? vf.nonzero(input) : vf.nonzero(input, { out });
}

/**
 * Tensors expanded to their common shape.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.broadcast_tensors.html
 */
export function broadcastTensors(...tensors: Tensor[] | [TensorList]): Tensor[] {
  return vf.broadcastTensors(tensorsOf(tensors));
}

/** Tensors given one by one or as a list. */
function tensorsOf(tensors: Tensor[] | [TensorList]): TensorList {
  return isTensor(tensors[0]) || tensors.length === 0 ? (tensors as Tensor[]) : (tensors[0] as TensorList);
}

/**
 * The shape to which tensors of the given shapes broadcast.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.broadcast_shapes.html
 * @throws RuntimeError if the shapes do not fit, ValueError for a negative size.
 */
export function broadcastShapes(...shapes: (IntList | Int)[]): Size {
  const lists = shapes.map((shape, at) => {
    if (typeof shape === 'number' || typeof shape === 'bigint') return [Number(shape)];
    if (Array.isArray(shape)) return shape.map(Number);
    const expected = 'Input shapes should be of type ints, a tuple of ints, or a list of ints, got';
    throw new RuntimeError(`${expected} ${repr(shapes[at])}`);
  });
  const common = new Array<number>(Math.max(0, ...lists.map((shape) => shape.length))).fill(1);
  lists.forEach((shape, argument) => {
    for (let back = 1; back <= shape.length; back++) {
      const size = shape[shape.length - back] as number;
      const at = common.length - back;
      if (size === common[at]) continue;
      if (common[at] === 1) {
        if (size < 0) throw new ValueError('Attempting to broadcast a dimension with negative length!');
        common[at] = size;
      } else if (size !== 1) {
        throw new RuntimeError(
          `Attempting to broadcast a dimension of length ${size} at ${-back}! Mismatching argument at index ${argument} had ${tupleRepr(shape)}; but expected shape should be broadcastable to [${common.join(', ')}]`,
        );
      }
    }
  });
  return sizeOf(common);
}

type AtLeast = { (tensor: Tensor): Tensor; (tensors: TensorList): Tensor[]; (...tensors: Tensor[]): Tensor[] };

function atLeast(raw: { (input: Tensor): Tensor; (tensors: TensorList): Tensor[] }): AtLeast {
  return ((...tensors: Tensor[]) => (tensors.length === 1 ? raw(tensors[0] as Tensor) : raw(tensors))) as AtLeast;
}

/** Views with at least one dimension, one for each tensor. @see https://docs.pytorch.org/docs/2.13/generated/torch.atleast_1d.html */
export const atleast1d = atLeast(vf.atleast1d);

/** Views with at least two dimensions, one for each tensor. @see https://docs.pytorch.org/docs/2.13/generated/torch.atleast_2d.html */
export const atleast2d = atLeast(vf.atleast2d);

/** Views with at least three dimensions, one for each tensor. @see https://docs.pytorch.org/docs/2.13/generated/torch.atleast_3d.html */
export const atleast3d = atLeast(vf.atleast3d);

/**
 * The grid of the 1-d inputs: one tensor each, with a dimension for every input. `indexing` is `'ij'`, matrix order and the
 * default, or `'xy'`, in which the first two dimensions are swapped.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.meshgrid.html
 */
export function meshgrid(
  ...args:
    | [...Tensor[], { indexing?: 'ij' | 'xy' | null }]
    | Tensor[]
    | [TensorList, { indexing?: 'ij' | 'xy' | null }?]
): Tensor[] {
  const [tensors, { indexing = null }] = trailing<Tensor, { indexing?: 'ij' | 'xy' | null }>(
    'meshgrid',
    ['indexing'],
    args,
  );
  const list = tensorsOf(tensors);
  return indexing === null ? vf.meshgrid(list) : vf.meshgrid(list, { indexing });
}

/**
 * The Cartesian product of 1-d tensors, a row for each combination; of one tensor, the tensor.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.cartesian_prod.html
 */
export function cartesianProd(...tensors: Tensor[]): Tensor {
  return vf.cartesianProd(tensors);
}

/**
 * The block-diagonal matrix of tensors of up to two dimensions.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.block_diag.html
 */
export function blockDiag(...tensors: Tensor[]): Tensor {
  return vf.blockDiag(tensors);
}

/**
 * The coordinates, one tensor a dimension, of flat `indices` into a tensor of the given shape.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.unravel_index.html
 * @throws TypeError unless the indices are whole numbers, ValueError for a negative size.
 */
export const unravelIndex = python(
  'unravel_index',
  ['indices', 'shape'],
  (indices: Tensor, shape: Int | IntList): Tensor[] => {
    const { dtype, device } = indices;
    if (dtype.isComplex || dtype.isFloatingPoint || dtype.name === 'bool') {
      throw new TypeError(`expected 'indices' to be integer dtype, but got ${dtype}`);
    }
    const sizes = (Array.isArray(shape) ? shape : [shape]) as IntList;
    for (const size of sizes) {
      if (typeof size !== 'number' && typeof size !== 'bigint') {
        throw new TypeError(`expected 'shape' sequence to only contain ints, but got ${typeof size}`);
      }
      if (size < 0) throw new ValueError(`'shape' cannot have negative values, but got ${tupleRepr(sizes)}`);
    }
    const moduli = BigInt64Array.from(sizes, BigInt);
    const steps = moduli.slice();
    let step = 1n;
    for (let i = steps.length - 1; i >= 0; i--) {
      steps[i] = step;
      step *= moduli[i] as bigint;
    }
    return indices
      .unsqueeze(-1)
      .floorDivide(fromTypedArray(steps).to(device))
      .remainder(fromTypedArray(moduli).to(device))
      .unbind(-1);
  },
);
