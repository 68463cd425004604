/** Sparse gradients. */
import { ops } from '../op-namespaces';
import type { Tensor } from '../tensor';

/** A sparse tensor of a gradient's shape with elements in the places where the gradient has its own. */
export function sparseLike(grad: Tensor, elements: Tensor): Tensor {
  return ops.aten.sparse_coo_tensor(grad._indices(), elements, grad.shape) as Tensor;
}
