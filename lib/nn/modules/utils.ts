/** What several families of modules need. */
import type { DType } from '../../dtype';
import { floatRepr } from '../../print/number';
import type { DeviceLike } from '../../types';

export { tuple } from '../functional/sizes';

/** Where a module's parameters are made. */
export interface FactoryOptions {
  device?: DeviceLike | null;
  dtype?: DType | null;
}

/** Python's text of a float, which a whole number is not in JavaScript. */
export function float(value: number): string {
  return floatRepr(value);
}

/** What the text of a module says of `inplace`. */
export function inplaceText(inplace: boolean, before = ''): string {
  return inplace ? `${before}inplace=True` : '';
}
