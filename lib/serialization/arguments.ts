/** The arguments with which a pickle calls a function: checked, as anybody may have written them. */
import { DType } from '../dtype';
import { Tensor } from '../tensor';
import { UnpicklingError } from './errors';
import type { Storage } from './storage';
import { described, PickledDict, Tuple } from './values';

/** The arguments of one call. */
export class PickledArguments {
  readonly values: Tuple;

  /** Throws an UnpicklingError unless there are between `least` and `most`. */
  constructor(
    private readonly callee: string,
    args: unknown,
    least: number,
    most = least,
  ) {
    if (!(args instanceof Tuple) || args.length < least || args.length > most) {
      throw new UnpicklingError(`${callee}() is called with ${described(args)} instead of ${least} arguments`);
    }
    this.values = args;
  }

  get length(): number {
    return this.values.length;
  }

  int(i: number): number {
    const value = this.values[i];
    return typeof value === 'number' && Number.isSafeInteger(value) ? value : this.fail(i, 'a whole number');
  }

  number(i: number): number {
    const value = this.values[i];
    return typeof value === 'number' ? value : this.fail(i, 'a number');
  }

  bool(i: number): boolean {
    const value = this.values[i];
    return typeof value === 'boolean' ? value : this.fail(i, 'a boolean');
  }

  text(i: number): string {
    const value = this.values[i];
    return typeof value === 'string' ? value : this.fail(i, 'a string');
  }

  ints(i: number): number[] {
    const value = this.values[i];
    if (!Array.isArray(value) || !value.every((item) => Number.isSafeInteger(item))) {
      return this.fail(i, 'a tuple of whole numbers');
    }
    return Array.from(value);
  }

  tuple(i: number, least: number, most = least): PickledArguments {
    return new PickledArguments(`${this.callee}'s argument ${i + 1}`, this.values[i], least, most);
  }

  tensor(i: number): Tensor {
    const value = this.values[i];
    return value instanceof Tensor ? value : this.fail(i, 'a tensor');
  }

  dtype(i: number): DType {
    const value = this.values[i];
    return value instanceof DType ? value : this.fail(i, 'a dtype');
  }

  storage(i: number): Storage {
    const value = this.values[i] as Partial<Storage> | null;
    return value?.bytes instanceof Tensor && value.dtype instanceof DType
      ? (value as Storage)
      : this.fail(i, 'a storage');
  }

  /** A dictionary; null for None. */
  dict(i: number): PickledDict | null {
    const value = this.values[i] ?? null;
    return value === null || value instanceof PickledDict ? value : this.fail(i, 'a dictionary');
  }

  fail(i: number, expected: string): never {
    throw new UnpicklingError(
      `${this.callee}() is called with ${described(this.values[i])} as argument ${i + 1} instead of ${expected}`,
    );
  }
}
