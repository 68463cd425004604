/** What an update rule calculates with: a tensor, or a native list of tensors that all get the same. */
import { full } from '../creation';
import { type DType, float32, float64 } from '../dtype';
import * as torch from '../generated/torch';
import { strided } from '../layout';
import { keep } from '../memory/scope';
import { Tensor } from '../tensor';
import { TensorList } from '../tensor-list';

/** The operators that rules need, under the names that they have as a tensor's methods. */
export interface Operand<T> {
  neg(): T;
  neg_(): T;
  abs(): T;
  abs_(): T;
  sign(): T;
  sqrt(): T;
  sqrt_(): T;
  reciprocal(): T;
  reciprocal_(): T;
  clone(): T;
  copy_(other: T): T;
  add(other: T | number, options?: { alpha?: number }): T;
  add_(other: T | number, options?: { alpha?: number }): T;
  sub(other: T | number): T;
  sub_(other: number): T;
  mul(other: T | Tensor | number): T;
  mul_(other: T | Tensor | number): T;
  div(other: T | Tensor | number): T;
  div_(other: T | Tensor | number): T;
  pow_(exponent: number): T;
  lerp_(end: T, weight: Tensor | number): T;
  addcmul(a: T, b: T, options?: { value?: number }): T;
  addcmul_(a: T, b: T, options?: { value?: number }): T;
  addcdiv_(a: T, b: T, options?: { value?: number }): T;
}

type Scalars = number | Tensor;

/** PyTorch's operators over lists, as native lists have them. */
const foreach = torch as unknown as {
  _foreachAbs(list: TensorList): TensorList;
  _foreachAbs_(list: TensorList): void;
  _foreachAdd(list: TensorList, other: TensorList | Scalars, options?: { alpha: number }): TensorList;
  _foreachAdd_(list: TensorList, other: TensorList | Scalars, options?: { alpha: number }): void;
  _foreachAddcdiv_(list: TensorList, a: TensorList, b: TensorList, value: number): void;
  _foreachAddcmul(list: TensorList, a: TensorList, b: TensorList, value: number): TensorList;
  _foreachAddcmul_(list: TensorList, a: TensorList, b: TensorList, value: number): void;
  _foreachClone(list: TensorList): TensorList;
  _foreachCopy_(list: TensorList, other: TensorList): void;
  _foreachDiv(list: TensorList, other: TensorList | Scalars): TensorList;
  _foreachDiv_(list: TensorList, other: TensorList | Scalars): void;
  _foreachLerp_(list: TensorList, end: TensorList, weight: Scalars): void;
  _foreachMaximum_(list: TensorList, other: TensorList | number): void;
  _foreachMul(list: TensorList, other: TensorList | Scalars): TensorList;
  _foreachMul_(list: TensorList, other: TensorList | Scalars): void;
  _foreachNeg(list: TensorList): TensorList;
  _foreachNeg_(list: TensorList): void;
  _foreachPow(base: Scalars, exponents: TensorList): TensorList;
  _foreachPow_(list: TensorList, exponent: number): void;
  _foreachReciprocal(list: TensorList): TensorList;
  _foreachReciprocal_(list: TensorList): void;
  _foreachSign(list: TensorList): TensorList;
  _foreachSqrt(list: TensorList): TensorList;
  _foreachSqrt_(list: TensorList): void;
  _foreachSub(list: TensorList, other: TensorList | number): TensorList;
  _foreachSub_(list: TensorList, other: TensorList | number): void;
};

/** Lists that a rule has made: whoever runs it frees them at its end, as Python does when their names go. */
const made: TensorList[] = [];

/** Runs a rule, and frees the lists that it makes. */
export function withScratch(rule: () => void): void {
  const before = made.length;
  try {
    rule();
  } finally {
    for (const list of made.splice(before)) list.dispose();
  }
}

/** A native list of tensors with a tensor's methods: each is one native call for all of them. */
export class TensorBatch implements Operand<TensorBatch> {
  /** The dtype of tensors of which LibTorch multiplies all by one tensor as by a number; null for others. */
  private readonly dtype: DType | null;

  private constructor(
    readonly list: TensorList,
    dtype: DType | null,
  ) {
    this.dtype = dtype;
  }

  /** The tensors of an array. */
  static of(tensors: readonly Tensor[]): TensorBatch {
    return new TensorBatch(TensorList.of(tensors), commonDtype(tensors));
  }

  /** The gradients of all tensors, which the scratch frees; null if one has none. */
  gradients(): TensorBatch | null {
    const list = this.list.gradients();
    return list === null ? null : this.scratch(list);
  }

  private scratch(list: TensorList): TensorBatch {
    made.push(list);
    return new TensorBatch(list, this.dtype);
  }

  /**
   * A number as an operand. LibTorch makes a tensor of a number for each tensor that it is added to or multiplied with,
   * which is most of the time that small ones take: where one tensor gives the same digits for all, it is made once.
   */
  private factor(value: Scalars): Scalars {
    return this.dtype === null || value instanceof Tensor ? value : constant(value, this.dtype);
  }

  neg(): TensorBatch {
    return this.scratch(foreach._foreachNeg(this.list));
  }

  neg_(): this {
    foreach._foreachNeg_(this.list);
    return this;
  }

  abs(): TensorBatch {
    return this.scratch(foreach._foreachAbs(this.list));
  }

  abs_(): this {
    foreach._foreachAbs_(this.list);
    return this;
  }

  sign(): TensorBatch {
    return this.scratch(foreach._foreachSign(this.list));
  }

  sqrt(): TensorBatch {
    return this.scratch(foreach._foreachSqrt(this.list));
  }

  sqrt_(): this {
    foreach._foreachSqrt_(this.list);
    return this;
  }

  reciprocal(): TensorBatch {
    return this.scratch(foreach._foreachReciprocal(this.list));
  }

  reciprocal_(): this {
    foreach._foreachReciprocal_(this.list);
    return this;
  }

  clone(): TensorBatch {
    return this.scratch(foreach._foreachClone(this.list));
  }

  copy_(other: TensorBatch): this {
    foreach._foreachCopy_(this.list, other.list);
    return this;
  }

  add(other: TensorBatch | number, options?: { alpha: number }): TensorBatch {
    return this.scratch(foreach._foreachAdd(this.list, this.listOrFactor(other), ...optional(options)));
  }

  add_(other: TensorBatch | number, options?: { alpha: number }): this {
    foreach._foreachAdd_(this.list, this.listOrFactor(other), ...optional(options));
    return this;
  }

  sub(other: TensorBatch | number): TensorBatch {
    return this.scratch(foreach._foreachSub(this.list, other instanceof TensorBatch ? other.list : other));
  }

  sub_(other: number): this {
    foreach._foreachSub_(this.list, other);
    return this;
  }

  mul(other: TensorBatch | Scalars): TensorBatch {
    return this.scratch(foreach._foreachMul(this.list, this.listOrFactor(other)));
  }

  mul_(other: TensorBatch | Scalars): this {
    foreach._foreachMul_(this.list, this.listOrFactor(other));
    return this;
  }

  div(other: TensorBatch | Scalars): TensorBatch {
    return this.scratch(foreach._foreachDiv(this.list, this.listOrFactor(other)));
  }

  div_(other: TensorBatch | Scalars): this {
    foreach._foreachDiv_(this.list, this.listOrFactor(other));
    return this;
  }

  pow_(exponent: number): this {
    foreach._foreachPow_(this.list, exponent);
    return this;
  }

  lerp_(end: TensorBatch, weight: Scalars): this {
    foreach._foreachLerp_(this.list, end.list, weight);
    return this;
  }

  addcmul(a: TensorBatch, b: TensorBatch, { value = 1 }: { value?: number } = {}): TensorBatch {
    return this.scratch(foreach._foreachAddcmul(this.list, a.list, b.list, value));
  }

  addcmul_(a: TensorBatch, b: TensorBatch, { value = 1 }: { value?: number } = {}): this {
    foreach._foreachAddcmul_(this.list, a.list, b.list, value);
    return this;
  }

  addcdiv_(a: TensorBatch, b: TensorBatch, { value = 1 }: { value?: number } = {}): this {
    foreach._foreachAddcdiv_(this.list, a.list, b.list, value);
    return this;
  }

  /** Each element becomes the larger one of two. */
  maximum_(other: TensorBatch | number): this {
    foreach._foreachMaximum_(this.list, other instanceof TensorBatch ? other.list : other);
    return this;
  }

  private listOrFactor(other: TensorBatch | Scalars): TensorList | Scalars {
    return other instanceof TensorBatch ? other.list : this.factor(other);
  }

  /** `base ** exponent` for each exponent. */
  static pow(base: Scalars, exponents: TensorBatch): TensorBatch {
    return exponents.scratch(foreach._foreachPow(base, exponents.list));
  }
}

function optional(options: { alpha: number } | undefined): [] | [{ alpha: number }] {
  return options === undefined ? [] : [options];
}

/** The larger one of each two elements, in the place of the first. */
export function maximum_<T extends Operand<T>>(a: T, b: T): T {
  if (a instanceof TensorBatch) return a.maximum_(b as unknown as TensorBatch);
  return torch.maximum(a as unknown as Tensor, b as unknown as Tensor, { out: a as unknown as Tensor }) as unknown as T;
}

/** `base ** exponent` for each exponent. */
export function powers<T extends Operand<T>>(base: Scalars, exponents: T): T {
  if (exponents instanceof TensorBatch) return TensorBatch.pow(base, exponents) as unknown as T;
  const exponent = exponents as unknown as Tensor;
  return (base instanceof Tensor ? base.pow(exponent) : torch.pow(base, exponent)) as unknown as T;
}

const constants = new Map<DType, Map<number, Tensor>>();
const MOST_CONSTANTS = 64;

/** A tensor without dimensions that is kept for the next time. */
function constant(value: number, dtype: DType): Tensor {
  let known = constants.get(dtype);
  if (known === undefined) {
    known = new Map();
    constants.set(dtype, known);
  }
  let tensor = known.get(value);
  if (tensor === undefined) {
    tensor = keep(full([], value, { dtype, device: 'cpu' }));
    if (known.size >= MOST_CONSTANTS) known.clear();
    known.set(value, tensor);
  }
  return tensor;
}

/** The dtype of dense tensors on the CPU that all have one in which they are also computed; null for others. */
function commonDtype(tensors: readonly Tensor[]): DType | null {
  const dtype = tensors[0]?.dtype;
  if (dtype !== float32 && dtype !== float64) return null;
  return tensors.every((one) => one.dtype === dtype && one.isCpu && one.layout === strided) ? dtype : null;
}
