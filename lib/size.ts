/** The sizes of a tensor. */
import { inspect } from 'node:util';

class SizeClass extends Array<number> {
  static override get [Symbol.species](): ArrayConstructor {
    return Array;
  }

  /** The product of all sizes. */
  numel(): number {
    return this.reduce((product, size) => product * size, 1);
  }

  /** Python's text: `torch.Size([2, 3])`. */
  override toString(): string {
    return `torch.Size([${this.join(', ')}])`;
  }

  /** @internal What `console.log` prints. */
  [inspect.custom](): string {
    return this.toString();
  }
}

Object.defineProperty(SizeClass, 'name', { value: 'Size' });

/** A tensor's sizes: an array of whole numbers with PyTorch's text. */
export interface Size extends SizeClass {}

/** @internal Turns an array of sizes, which nobody else holds, into a Size: a tenth of the cost of constructing one. */
export function asSize(sizes: number[]): Size {
  return Object.setPrototypeOf(sizes, SizeClass.prototype);
}

/** @internal A Size of a list's elements. */
export function sizeOf(sizes: ArrayLike<number>): Size {
  return asSize(Array.from(sizes));
}

/**
 * Makes a Size of sizes: `torch.Size([2, 3])`, with or without `new`.
 *
 * @see https://docs.pytorch.org/docs/2.13/size.html
 */
export const Size: { (sizes?: readonly number[]): Size; new (sizes?: readonly number[]): Size } = new Proxy(SizeClass, {
  apply: (_target, _this, [sizes = []]) => sizeOf(sizes as number[]),
  construct: (_target, [sizes = []]) => sizeOf(sizes as number[]),
}) as never;
