/** Helpers of the compile-only tests: `tsc` checks these files, nothing runs them. */

/** True if the types are the same. */
export type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/** Accepts only a `T`. */
export declare function expectType<T>(value: T): void;

/** Accepts only `true`, as in `expectTrue<Equal<A, B>>()`. */
export declare function expectTrue<T extends true>(): T;

/** A value of any type, which the tests declare. */
export declare function any<T>(): T;
