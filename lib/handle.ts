/** The base of every object that stands for a native value. */
import type { Handle } from './native';

/** Holds the native external that operators are given in this object's place. */
export abstract class NativeObject {
  /** @internal */
  abstract readonly handle: Handle;
}
