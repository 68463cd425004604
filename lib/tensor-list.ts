/** Lists of tensors that stay native. */
import { NativeObject } from './handle';
import { type Handle, native } from './native';
import type { Tensor } from './tensor';

/**
 * A list of tensors without a JavaScript object for each. Operators over lists take it as they take arrays, at a cost
 * that does not grow with its length, and give such lists in return.
 */
export class TensorList extends NativeObject {
  /** @internal */
  readonly handle: Handle;

  /** @internal */
  constructor(handle: Handle) {
    super();
    this.handle = handle;
  }

  /** A list of tensors; changes of the array do not show in it. */
  static of(tensors: readonly Tensor[]): TensorList {
    return new TensorList(native.tensorList(tensors.map((tensor) => tensor.handle)));
  }

  /** The gradients of all tensors; null if one has none. */
  gradients(): TensorList | null {
    const gradients = native.gradientList(this.handle);
    return gradients === null ? null : new TensorList(gradients);
  }

  /** A handle of each tensor. */
  handles(): Handle[] {
    return native.listHandles(this.handle);
  }

  /** Drops the tensors now instead of when JavaScript's garbage collector finds the list. */
  dispose(): void {
    native.disposeList(this.handle);
  }
}
