/** `torch.nested`: tensors of tensors of different sizes, in the strided layout. */
import { python } from '../arguments';
import { asTensor, type TensorData } from '../creation';
import { constructedOn } from '../device';
import { getDefaultDtype } from '../dtype';
import { NotImplementedError, RuntimeError } from '../errors';
import {
  _nestedComputeContiguousStridesOffsets,
  _nestedTensorFromTensorList,
  _nestedViewFromBuffer,
} from '../generated/torch';
import { jagged, type Layout, strided } from '../layout';
import { isTensor } from '../ops';
import type { Tensor } from '../tensor';
import { fromTypedArray } from '../typed-arrays';
import type { DeviceLike, DType, Int, TensorList } from '../types';

export { toPaddedTensor } from '../generated/nested';

/** Refuses all layouts but `strided`: PyTorch's jagged tensors are a subclass of Tensor written in Python. */
function checkLayout(layout: Layout, what: string): void {
  if (layout === jagged) {
    throw new NotImplementedError(
      "nested tensors of torch.jagged are PyTorch's own subclass in Python, which LibTorch does not have: use torch.strided",
    );
  }
  if (layout !== strided) throw new RuntimeError(`Specified layout is unsupported for nested ${what}: ${layout}`);
}

/**
 * A nested tensor with copies of the tensors, or of nested numbers, in a list; a leaf of autograd.
 *
 * @see https://docs.pytorch.org/docs/2.13/nested.html#torch.nested.nested_tensor
 * @throws TypeError for what is no list, RuntimeError for tensors that differ in their number of dimensions.
 */
export const nestedTensor = python(
  'nested_tensor',
  ['tensorList', 'dtype?', 'layout?', 'device?', 'requiresGrad?', 'pinMemory?'],
  (
    tensorList: readonly TensorData[],
    dtype: DType | null = null,
    layout: Layout | null = null,
    device: DeviceLike | null = null,
    requiresGrad = false,
    pinMemory = false,
  ): Tensor => {
    checkLayout(layout ?? strided, 'tensors');
    if (!Array.isArray(tensorList)) {
      throw new TypeError('Only lists (List[Tensor] and List[List...[Scalar]]) are accepted in nested_tensor');
    }
    const where = constructedOn(device);
    const list = tensorList.map((data) => asTensor(data, { dtype, device: where }).detach());
    const type = dtype ?? list[0]?.dtype ?? getDefaultDtype();
    const nested = _nestedTensorFromTensorList(list, type, null, where ?? list[0]?.device ?? null, pinMemory);
    return requiresGrad ? nested.requiresGrad_() : nested;
  },
);

/** The sizes of the tensors of a list, a row each. */
function sizeRows(tensor: Tensor): Tensor {
  const count = tensor.size(0);
  const row = BigInt64Array.from(tensor.shape.slice(1), BigInt);
  return fromTypedArray(row).expand(count, row.length).contiguous();
}

/**
 * A nested tensor of a list of tensors, or of the slices of one tensor, through which gradients flow.
 *
 * @see https://docs.pytorch.org/docs/2.13/nested.html#torch.nested.as_nested_tensor
 * @throws TypeError for what is neither, RuntimeError for a tensor of fewer than two dimensions.
 */
export const asNestedTensor = python(
  'as_nested_tensor',
  ['ts', 'dtype?', 'device?', 'layout?'],
  (
    ts: Tensor | TensorList,
    dtype: DType | null = null,
    device: DeviceLike | null = null,
    layout: Layout | null = null,
  ): Tensor => {
    if (!isTensor(ts)) {
      if (!Array.isArray(ts) || !ts.every(isTensor)) {
        throw new TypeError('as_nested_tensor(): Expected first argument to be a tensor or a list / tuple of tensors ');
      }
      checkLayout(layout ?? strided, 'tensors');
      return _nestedTensorFromTensorList(ts as TensorList, dtype, null, device, null);
    }
    if (ts.dim() < 2) throw new RuntimeError('as_nested_tensor(): Expected tensor argument to have dim() > 1');
    if (ts.isNested) {
      if (layout === ts.layout) return ts.to({ dtype, device });
      throw new RuntimeError('as_nested_tensor(): Converting between nested tensor layouts is not supported');
    }
    checkLayout(layout ?? strided, 'tensors');
    const buffer = ts.reshape(-1).to({ dtype, device });
    const sizes = sizeRows(ts);
    const [strides, offsets] = _nestedComputeContiguousStridesOffsets(sizes);
    return _nestedViewFromBuffer(buffer, sizes, strides, offsets);
  },
);

/**
 * The same part of every slice of a tensor, as a nested tensor.
 *
 * @see https://docs.pytorch.org/docs/2.13/nested.html
 */
export const narrow = python(
  'narrow',
  ['tensor', 'dim', 'start', 'length', 'layout?'],
  (tensor: Tensor, dim: Int, start: Int | Tensor, length: Int | Tensor, layout: Layout = strided): Tensor => {
    checkLayout(layout, 'narrow');
    if (isTensor(start) || isTensor(length)) {
      throw new RuntimeError('start and length must be integers for the strided layout NT impl');
    }
    return asNestedTensor(tensor.unbind(), { layout: strided }).narrow(dim, start, length);
  },
);
