/** Complex numbers, which JavaScript lacks. */
import { inspect } from 'node:util';
import { NativeObject } from './handle';
import { type Handle, native } from './native';

/** A complex number: what a complex tensor's `item` gives and what operators take as a scalar. */
export class Complex extends NativeObject {
  constructor(
    readonly re: number,
    readonly im = 0,
  ) {
    super();
  }

  /** @internal */
  get handle(): Handle {
    return native.complex(this.re, this.im);
  }

  /** Python's text: `(1+2j)`. */
  override toString(): string {
    const number = (x: number): string =>
      Number.isFinite(x) ? String(x) : Number.isNaN(x) ? 'nan' : x > 0 ? 'inf' : '-inf';
    const negative = this.im < 0 || Object.is(this.im, -0);
    return `(${number(this.re)}${negative ? '-' : '+'}${number(Math.abs(this.im))}j)`;
  }

  /** @internal What `console.log` prints. */
  [inspect.custom](): string {
    return this.toString();
  }
}
