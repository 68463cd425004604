/** Reductions of sparse tensors that keep them sparse. */
import type { DType } from '../dtype';
import { bfloat16, float16, float32, int64 } from '../dtype';
import { AssertionError, NotImplementedError } from '../errors';
import { unique } from '../functional/unique';
import * as torch from '../generated/torch';
import { sparseCooTensor, sparseCsrTensor } from '../sparse/creation';
import type { Tensor } from '../tensor';
import { fromTypedArray } from '../typed-arrays';
import { reductionIdentity } from './mask';

/** The reductions that scatter. */
export type Reduction = 'sum' | 'prod' | 'mean' | 'amax' | 'amin';

function along(reduction: Reduction, input: Tensor, dim: number): Tensor {
  return reduction === 'sum' || reduction === 'mean' ? input[reduction]([dim]) : input[reduction](dim);
}

function integers(...values: number[]): Tensor {
  return fromTypedArray(BigInt64Array.from(values, BigInt));
}

/** Rows of values joined where `inverse` sends them to the same row. */
function scatter(reduction: Reduction, values: Tensor, inverse: Tensor, rows: number): Tensor {
  let index = inverse;
  for (let i = 1; i < values.dim(); i++) index = index.unsqueeze(-1);
  const half = values.dtype === bfloat16 || values.dtype === float16;
  const source = half ? values.to(float32) : values;
  const out = source.newEmpty([rows, ...values.shape.slice(1)]);
  out.scatterReduce_(0, index.expand(values.shape), source, reduction, { includeSelf: false });
  return half ? out.to(values.dtype) : out;
}

/** Reduces a tensor in coordinate format: its dense dimensions by a sum, its sparse ones by joining equal indices. */
export function reduceCoo(
  reduction: Reduction,
  input: Tensor,
  dims: readonly number[],
  keepdim: boolean,
  dtype: DType,
): Tensor {
  const sparseDims = input.sparseDim();
  // A 0-d tensor has dimension 0 by courtesy only.
  const present = dims.filter((dim) => dim < input.dim());
  const reduced = present.filter((dim) => dim < sparseDims);
  const dense = present.filter((dim) => dim >= sparseDims).map((dim) => dim + 1 - sparseDims);
  const all = input._values();
  let values = all.dtype === dtype ? all.clone() : all.to(dtype);
  if (dense.length > 0) {
    if (reduction !== 'sum') {
      throw new NotImplementedError(`masked ${reduction} of dense dimensions of a sparse tensor`);
    }
    values = values.sum(dense, keepdim);
  }
  if (reduced.length === sparseDims) {
    const isEmpty = (reduction === 'amax' || reduction === 'amin') && values.size(0) === 0;
    let result = isEmpty ? reductionIdentity(reduction, values) : along(reduction, values, 0);
    if (keepdim) for (let i = 0; i < sparseDims; i++) result = result.unsqueeze(0);
    return result.to(dtype).toSparse();
  }
  let indices = input._indices().clone();
  if (keepdim) {
    for (const dim of reduced) indices.at(dim).zero_();
  } else if (reduced.length > 0) {
    const retained = Array.from({ length: sparseDims }, (_, dim) => dim).filter((dim) => !reduced.includes(dim));
    indices = indices.indexSelect(0, integers(...retained).to(input.device));
  }
  if (indices.numel() > 0) {
    const [different, inverse] = unique(indices, { returnInverse: true, dim: 1 });
    indices = different;
    values = scatter(reduction, values, inverse, different.size(1));
  }
  const shape = keepdim
    ? input.shape.map((size, dim) => (dims.includes(dim) ? 1 : size))
    : input.shape.filter((_, dim) => !dims.includes(dim));
  return sparseCooTensor(indices, values, shape, { dtype, device: input.device });
}

/** Reduces a matrix in compressed rows, whose dimensions must be kept. */
export function reduceCsr(
  reduction: Reduction,
  input: Tensor,
  dims: readonly number[],
  keepdim: boolean,
  dtype: DType,
): Tensor {
  if (!keepdim) {
    throw new AssertionError('reduction operations on CSR tensors with keepdim=False is unsupported');
  }
  if (dims.length === 0) return input;
  const [rows, columns] = [input.crowIndices(), input.colIndices()];
  const all = input.values();
  const values = all.dtype === dtype ? all : all.to(dtype);
  const make = (crow: Tensor, col: Tensor, reduced: Tensor, shape: number[]): Tensor =>
    sparseCsrTensor(crow, col, reduced, shape, { dtype, device: input.device });
  if (dims.length === 2) {
    const nnz = Math.min(1, values.numel());
    const reduced = nnz === 1 ? along(reduction, values, 0).reshape(1) : torch.empty([0], { dtype });
    return make(integers(0, nnz), columns.newZeros(nnz), reduced, [1, nnz]);
  }
  if (dims[0] === 0) {
    const [different, inverse] = unique(columns, { returnInverse: true });
    const reduced = values.newEmpty(different.shape);
    reduced.scatterReduce_(0, inverse, values, reduction, { includeSelf: false });
    return make(integers(0, different.size(0)), different, reduced, [1, input.size(1)]);
  }
  const isFilled = torch.diff(rows).ne(0);
  const crow = torch.cat([rows.newZeros(1), isFilled.cumsum(0, { dtype: int64 })], 0);
  const nnz = crow.at(-1).item();
  const plain = reduction === 'amax' ? 'max' : reduction === 'amin' ? 'min' : reduction;
  // Rows without elements have no place in the result; PyTorch keeps their values, and so makes a tensor that is none.
  const reduced = torch.segmentReduce(values, plain, { offsets: rows }).at(isFilled);
  return make(crow, columns.newZeros(nnz), reduced, [input.size(0), 1]);
}
