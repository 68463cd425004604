/** Results with names. */
import { inspect } from 'node:util';

/** Several results with names: Python's namedtuple. Indexed, iterable, with a `length`; not an Array. */
export class NamedTuple {
  readonly [index: number]: unknown;
  readonly length: number;
  readonly #names: readonly string[];

  constructor(names: readonly string[], values: readonly unknown[]) {
    this.#names = names;
    this.length = values.length;
    for (let i = 0; i < values.length; i++) {
      Object.defineProperty(this, i, { value: values[i], enumerable: true });
      Object.defineProperty(this, names[i] as string, { value: values[i] });
    }
  }

  *[Symbol.iterator](): IterableIterator<unknown> {
    for (let i = 0; i < this.length; i++) yield this[i];
  }

  /** The fields as Python prints them. */
  toString(): string {
    return `(\n${this.#names.map((name, i) => `${name}=${this[i]}`).join(',\n')})`;
  }

  /** @internal What `console.log` prints. */
  [inspect.custom](): string {
    return this.toString();
  }
}
