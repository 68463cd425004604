/** Operators over native lists of tensors, and lists that are made again only when their tensors change. */
import * as torch from '../generated/torch';
import type { Tensor } from '../tensor';
import { TensorList } from '../tensor-list';

/** The operators over lists, as native lists have them. */
export const foreach = torch as unknown as {
  _foreachNeg(list: TensorList): TensorList;
  _foreachClone(list: TensorList): TensorList;
  _foreachAdd(list: TensorList, other: TensorList, options: { alpha: number }): TensorList;
  _foreachAdd_(list: TensorList, other: TensorList, options: { alpha: number }): void;
  _foreachMul_(list: TensorList, factor: number): void;
};

/** The native list of an array's tensors, kept from step to step. */
export class CachedList {
  private tensors: readonly Tensor[] = [];
  private list: TensorList | null = null;

  /** The list of these tensors. */
  of(tensors: readonly Tensor[]): TensorList {
    if (this.list === null || !isSame(this.tensors, tensors)) {
      this.list = TensorList.of(tensors);
      this.tensors = [...tensors];
    }
    return this.list;
  }
}

function isSame(a: readonly Tensor[], b: readonly Tensor[]): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
