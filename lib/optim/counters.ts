/** What a parameter's state counts, such as its steps: tensors without dimensions, as in Python. */
import { float32, float64, getDefaultDtype } from '../dtype';
import { keep } from '../memory/scope';
import type { Tensor } from '../tensor';
import { fromTypedArray } from '../typed-arrays';

type Numbers = Float32Array | Float64Array;

const known = new WeakMap<Tensor, Counter>();

/** A tensor that counts. One that is made here lies in the memory of a typed array, so that it counts without native calls. */
export class Counter {
  private constructor(
    readonly tensor: Tensor,
    private readonly array: Numbers | null,
    private readonly index: number,
  ) {}

  /** Counters on the CPU, of float32 or, where `isFloat64`, of float64. */
  static make(values: readonly number[], isFloat64: boolean): Counter[] {
    if (values.length === 0) return [];
    const array = isFloat64 ? Float64Array.from(values) : Float32Array.from(values);
    return keep(fromTypedArray(array).unbind()).map((tensor, index) => {
      const counter = new Counter(tensor, array, index);
      known.set(tensor, counter);
      return counter;
    });
  }

  /** The counter that a tensor is. */
  static of(tensor: Tensor): Counter {
    return known.get(tensor) ?? new Counter(tensor, null, 0);
  }

  /** A tensor in a typed array's memory, with the value of one that is elsewhere, as after loading; itself if it cannot be. */
  static adopt(tensor: Tensor): Tensor {
    const fits = !known.has(tensor) && tensor.isCpu && tensor.numel() === 1;
    if (!fits || (tensor.dtype !== float32 && tensor.dtype !== float64)) return tensor;
    return (Counter.make([tensor.item()], tensor.dtype === float64)[0] as Counter).tensor;
  }

  /** Has a tensor counted in its own memory, which others see, if it should be a counter: `adopt` leaves it alone. */
  static pin(tensor: Tensor): void {
    if (!known.has(tensor)) known.set(tensor, new Counter(tensor, null, 0));
  }

  /** Whether counting costs no native call. */
  get isCheap(): boolean {
    return this.array !== null;
  }

  get value(): number {
    return this.array === null ? this.tensor.item() : (this.array[this.index] as number);
  }

  set value(value: number) {
    if (this.array === null) this.tensor.fill_(value);
    else this.array[this.index] = value;
  }

  /** A number to the precision that the counter has. */
  rounded(value: number): number {
    return this.tensor.dtype === float64 ? value : Math.fround(value);
  }
}

/** Whether new counters are of float64: they have the default dtype, but those of fused operators are of float32. */
export function countsInFloat64(isFused: boolean): boolean {
  return !isFused && getDefaultDtype() === float64;
}
