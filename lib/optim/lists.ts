/** Operators over native lists of tensors, and lists that are made again only when their tensors change. */
import { full } from '../creation';
import { type DType, float32, float64 } from '../dtype';
import * as torch from '../generated/torch';
import { strided } from '../layout';
import { keep } from '../memory/scope';
import type { Tensor } from '../tensor';
import { TensorList } from '../tensor-list';

/** The operators over lists, as native lists have them. */
export const foreach = torch as unknown as {
  _foreachNeg(list: TensorList): TensorList;
  _foreachClone(list: TensorList): TensorList;
  _foreachAdd(list: TensorList, other: TensorList, options: { alpha: number }): TensorList;
  _foreachAdd_(list: TensorList, other: TensorList, options?: { alpha: number }): void;
  _foreachMul_(list: TensorList, factor: number | Tensor): void;
};

/** The native list of an array's tensors, kept from step to step. */
export class CachedList {
  private tensors: readonly Tensor[] = [];
  private list: TensorList | null = null;
  private dtype: DType | null = null;
  private lastFactor: { readonly value: number; readonly tensor: Tensor } | null = null;

  /** The list of these tensors. */
  of(tensors: readonly Tensor[]): TensorList {
    if (this.list === null || !isSame(this.tensors, tensors)) {
      this.list = TensorList.of(tensors);
      this.tensors = [...tensors];
      this.dtype = commonDtype(tensors);
      this.lastFactor = null;
    }
    return this.list;
  }

  /**
   * A number as a factor of the tensors. LibTorch makes a tensor of a number for each tensor that it multiplies, which
   * is most of the time that small ones take: where one tensor gives the same digits for all, it is made once.
   */
  factor(value: number): number | Tensor {
    if (this.dtype === null) return value;
    if (!Object.is(this.lastFactor?.value, value)) {
      this.lastFactor = { value, tensor: keep(full([], value, { dtype: this.dtype, device: 'cpu' })) };
    }
    return (this.lastFactor as { tensor: Tensor }).tensor;
  }
}

function isSame(a: readonly Tensor[], b: readonly Tensor[]): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** The dtype of dense tensors on the CPU that all have one in which they are also computed; null for others. */
function commonDtype(tensors: readonly Tensor[]): DType | null {
  const dtype = tensors[0]?.dtype;
  if (dtype !== float32 && dtype !== float64) return null;
  return tensors.every((one) => one.dtype === dtype && one.isCpu && one.layout === strided) ? dtype : null;
}
