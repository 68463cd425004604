/** Copies tensors with their memory: Python's `Tensor.__deepcopy__`. */
import { type Copies, copyProperties, deepcopy } from './deepcopy';
import { uint8 } from './dtype';
import { RuntimeError } from './errors';
import { strided } from './layout';
import { native } from './native';
import type { Tensor } from './tensor';

/** The key under which the copies of storages are, by their addresses. */
const STORAGES = {};

/** A tensor that owns a copy of the memory; views of one storage become views of one copy. */
export function copyTensor(tensor: Tensor, copies: Copies): Tensor {
  if (!tensor.isLeaf) {
    throw new RuntimeError(
      'Only Tensors created explicitly by the user (graph leaves) support the deepcopy protocol at the moment.  If ' +
        'you were attempting to deepcopy a module, this may be because of a torch.nn.utils.weight_norm usage, see ' +
        'https://github.com/pytorch/pytorch/pull/103001',
    );
  }
  const copy = copyData(tensor, copies);
  copies.set(tensor, copy);
  copyProperties(tensor, copy, copies, ['handle']);
  if (tensor.requiresGrad) copy.requiresGrad_();
  const { grad } = tensor;
  if (grad !== null) copy.grad = deepcopy(grad, copies);
  return copy;
}

function copyData(tensor: Tensor, copies: Copies): Tensor {
  const { data } = tensor;
  const plain = tensor.layout === strided && !tensor.isMeta && !tensor.isQuantized && !data.isConj() && !data.isNeg();
  if (!plain || native.storageBytes(tensor.handle) === 0) return data.clone();
  const bytes = copyStorage(data, copies);
  // `data` forgets that it is a view.
  return bytes.view(tensor.dtype).asStrided(tensor.shape, tensor.stride(), tensor.storageOffset()).data;
}

/** A copy of all the memory of a tensor's storage, as bytes. */
function copyStorage(tensor: Tensor, copies: Copies): Tensor {
  const storages = (copies.get(STORAGES) ?? new Map()) as Map<bigint, Tensor>;
  copies.set(STORAGES, storages);
  const address = native.storagePointer(tensor.handle);
  let copy = storages.get(address);
  if (copy === undefined) {
    const elements = Math.floor(native.storageBytes(tensor.handle) / tensor.itemsize);
    copy = tensor.asStrided([elements], [1], 0).view(uint8).clone();
    storages.set(address, copy);
  }
  return copy;
}
