/** The type aliases that operator signatures are written in. */
import type { Complex } from './complex';
import type { Device } from './device';
import type { Tensor } from './tensor';

/** A Python number: whole `number`s and `bigint`s are ints, other `number`s floats. */
export type Scalar = number | bigint | boolean | Complex;

/** What stands for a device: a `Device`, a string such as `'cuda:0'`, or an accelerator's index. */
export type DeviceLike = Device | string | number;

/** A list of integers, such as sizes, strides or dimensions. */
export type IntList = readonly (number | bigint)[];

/** Where PyTorch takes `int[k]`, one int stands for k equal ones. */
export type IntOrList = number | bigint | IntList;

/** A sequence of tensors. */
export type TensorList = readonly Tensor[];

/** A tensor, or a number that takes part in type promotion as Python's numbers do. */
export type TensorOrScalar = Tensor | Scalar;

/** Two or more tensors with names: Python's namedtuple. Indexed, iterable, with a `length`; not an Array. */
export type NamedTuple<Names extends string, N extends number> = { readonly [K in Names]: Tensor } & {
  readonly [index: number]: Tensor;
  readonly length: N;
} & Iterable<Tensor>;

/** Numbers nested to any depth, as `torch.tensor` takes and `tolist` gives. */
export type Nested<T> = T | readonly Nested<T>[];
