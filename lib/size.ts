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

  [inspect.custom](): string {
    return this.toString();
  }
}

Object.defineProperty(SizeClass, 'name', { value: 'Size' });

/** A tensor's sizes: an array of whole numbers with PyTorch's text. */
export interface Size extends SizeClass {}

/** @internal A Size of so many zeros to be filled. */
export function emptySize(length: number): Size {
  return new SizeClass(length);
}

/** @internal A Size of a list's elements. */
export function sizeOf(sizes: ArrayLike<number>): Size {
  return Object.assign(emptySize(sizes.length), sizes);
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
