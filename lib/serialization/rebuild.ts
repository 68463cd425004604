/** Makes tensors as the functions of Python's `torch._utils` do that pickles call, from checked arguments. */
import { type DType, int64 } from '../dtype';
import { ValueError } from '../errors';
import { emptyStrided } from '../generated/torch';
import { Layout, sparseBsc, sparseBsr, sparseCoo, sparseCsc, sparseCsr } from '../layout';
import { Parameter } from '../nn/parameter';
import { type OperatorNamespace, ops } from '../op-namespaces';
import { perChannelAffine, perChannelAffineFloatQparams, perTensorAffine } from '../qscheme';
import type { Tensor } from '../tensor';
import type { PickledArguments } from './arguments';
import { UnpicklingError } from './errors';
import { checkPlace, moveOver, type Place, tensorOver } from './storage';
import type { PickledDict } from './values';

function aten(name: string, ...args: unknown[]): Tensor {
  return (ops.aten as OperatorNamespace)[name]?.(...args) as Tensor;
}

function place(args: PickledArguments): Place {
  return { offset: args.int(1), size: args.ints(2), stride: args.ints(3) };
}

/** `_rebuild_tensor(storage, storage_offset, size, stride)` */
export function rebuildTensor(args: PickledArguments): Tensor {
  const storage = args.storage(0);
  return tensorOver(storage, storage.dtype, place(args));
}

/** `_rebuild_tensor_v2(..., requires_grad, backward_hooks, metadata)` */
export function rebuildTensorV2(args: PickledArguments): Tensor {
  return withFlags(rebuildTensor(args), args.bool(4), args.dict(6));
}

/** `_rebuild_tensor_v3(..., requires_grad, backward_hooks, dtype, metadata)` */
export function rebuildTensorV3(args: PickledArguments): Tensor {
  return withFlags(tensorOver(args.storage(0), args.dtype(6), place(args)), args.bool(4), args.dict(7));
}

/** `data` drops the view that conjugating lazily makes of a tensor. */
function withFlags(made: Tensor, requiresGrad: boolean, metadata: PickledDict | null): Tensor {
  let tensor = made;
  if (metadata?.get('conj') === true) tensor = aten('_conj', tensor).data;
  if (metadata?.get('neg') === true) tensor = aten('_neg_view', tensor).data;
  return requiresGrad ? tensor.requiresGrad_() : tensor;
}

/** `_rebuild_parameter(data, requires_grad, backward_hooks)` */
export function rebuildParameter(args: PickledArguments): Parameter {
  return new Parameter(args.tensor(0), args.bool(1));
}

/** `_rebuild_meta_tensor_no_storage(dtype, size, stride, requires_grad)` */
export function rebuildMetaTensor(args: PickledArguments): Tensor {
  const [size, stride] = [args.ints(1), args.ints(2)];
  checkPlace({ offset: 0, size, stride }, 1, Number.MAX_SAFE_INTEGER);
  return emptyStrided(size, stride, { dtype: args.dtype(0), device: 'meta', requiresGrad: args.bool(3) });
}

const COMPRESSED: readonly Layout[] = [sparseCsr, sparseCsc, sparseBsr, sparseBsc];

/**
 * `_rebuild_sparse_tensor(layout, data)`. Indices are always checked, which PyTorch does only when asked to: operators
 * on a tensor with indices out of bounds read foreign memory.
 */
export function rebuildSparseTensor(args: PickledArguments): Tensor {
  const layout = args.values[0];
  if (!(layout instanceof Layout)) return args.fail(0, 'a layout');
  if (layout === sparseCoo) {
    const parts = args.tuple(1, 3, 4);
    const [indices, values, size] = [parts.tensor(0), parts.tensor(1), parts.ints(2)];
    const isCoalesced = parts.length === 4 && parts.values[3] !== null ? parts.bool(3) : null;
    aten('_validate_sparse_coo_tensor_args', indices, values, size, isCoalesced);
    return aten('_sparse_coo_tensor_unsafe', indices, values, size, { isCoalesced });
  }
  if (!COMPRESSED.includes(layout)) return args.fail(0, 'a sparse layout');
  const parts = args.tuple(1, 4);
  const tensors = [parts.tensor(0), parts.tensor(1), parts.tensor(2)];
  aten('_validate_sparse_compressed_tensor_args', ...tensors, parts.ints(3), layout);
  return aten('_sparse_compressed_tensor_unsafe', ...tensors, parts.ints(3), { layout });
}

/** `_rebuild_nested_tensor(buffer, sizes, strides, storage_offsets)`, whose parts must lie within the buffer. */
export function rebuildNestedTensor(args: PickledArguments): Tensor {
  const [buffer, sizes, strides, offsets] = [args.tensor(0), args.tensor(1), args.tensor(2), args.tensor(3)];
  const [sizeRows, strideRows, starts] = [sizes, strides, offsets].map((tensor) => tensor.tolist<unknown>());
  const isRows = (rows: unknown): rows is number[][] => Array.isArray(rows) && rows.every(Array.isArray);
  if ([sizes, strides, offsets].some(({ dtype }) => dtype !== int64)) return args.fail(1, 'whole numbers');
  if (!isRows(sizeRows) || !isRows(strideRows) || !Array.isArray(starts) || buffer.dim() !== 1) {
    return args.fail(1, 'the sizes of a nested tensor');
  }
  if (sizeRows.length !== strideRows.length || sizeRows.length !== starts.length) {
    return args.fail(2, 'strides and offsets of each nested tensor');
  }
  sizeRows.forEach((size, i) => {
    checkPlace({ offset: starts[i] as number, size, stride: strideRows[i] as number[] }, 1, buffer.numel());
  });
  return aten('_nested_view_from_buffer', buffer, sizes, strides, offsets);
}

/** `_rebuild_qtensor(storage, storage_offset, size, stride, quantizer_params, requires_grad, backward_hooks)` */
export function rebuildQuantizedTensor(args: PickledArguments): Tensor {
  const storage = args.storage(0);
  const at = place(args);
  // Checked before memory of that size is allocated.
  checkPlace(at, storage.dtype.itemsize, storage.bytes.numel());
  const tensor = emptyQuantized(args.tuple(4, 3, 4), at.size, storage.dtype);
  moveOver(tensor, storage, at);
  return args.bool(5) ? tensor.requiresGrad_() : tensor;
}

function emptyQuantized(params: PickledArguments, size: readonly number[], dtype: DType): Tensor {
  const scheme = params.values[0];
  if (scheme === perTensorAffine) {
    return aten('_empty_affine_quantized', size, { scale: params.number(1), zeroPoint: params.int(2), dtype });
  }
  if (scheme !== perChannelAffine && scheme !== perChannelAffineFloatQparams) {
    throw new UnpicklingError(`Can't deserialize quantized tensor with qscheme ${scheme}`);
  }
  const [scales, zeroPoints, axis] = [params.tensor(1), params.tensor(2), params.int(3)];
  if (axis < 0 || axis >= size.length) {
    throw new ValueError(`_rebuild_qtensor: per_channel axis ${axis} out of range for size (${size.join(', ')})`);
  }
  if (scales.numel() !== size[axis] || zeroPoints.numel() !== size[axis]) {
    throw new ValueError(
      '_rebuild_qtensor: per_channel scales/zero_points length must equal ' +
        `size[axis]=${size[axis]}, got scales=${scales.numel()}, zero_points=${zeroPoints.numel()}`,
    );
  }
  return aten('_empty_per_channel_affine_quantized', size, { scales, zeroPoints, axis, dtype });
}
