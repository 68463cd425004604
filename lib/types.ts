/// <reference lib="esnext.disposable" preserve="true" />
/** The types that operator signatures are written in. */
import type { Complex } from './complex';
import type { Device } from './device';
import type { DType } from './dtype';
import type { Layout, MemoryFormat } from './layout';
import type { Generator } from './random';
import type { Tensor } from './tensor';

export type { Complex, Device, DType, Generator, Layout, MemoryFormat, Tensor };

/** A whole number. */
export type Int = number | bigint;

/** A Python number: whole `number`s and `bigint`s are ints, other `number`s floats. */
export type Scalar = number | bigint | boolean | Complex;

/** What stands for a device: a `Device`, a string such as `'cuda:0'`, or an accelerator's index. */
export type DeviceLike = Device | string | number;

/** A list of integers, such as sizes, strides or dimensions. */
export type IntList = readonly Int[];

/** Where PyTorch takes `int[k]`, one int stands for k equal ones. */
export type IntOrList = Int | IntList;

/** A sequence of tensors. */
export type TensorList = readonly Tensor[];

/** A sequence of tensors in which some may be missing. */
export type OptionalTensorList = readonly (Tensor | null)[];

/** A tensor, or a number that takes part in type promotion as Python's numbers do. */
export type TensorOrScalar = Tensor | Scalar;

export type { QScheme } from './qscheme';

/** A stream of an accelerator. */
export type Stream = object;

/** What keeps a tensor, which has a `dtype` and a `device` as well, from passing for keyword arguments. */
interface NotIterable {
  readonly [Symbol.iterator]?: never;
}

/** The keyword arguments of every function that makes a tensor. */
export interface FactoryOptions extends NotIterable {
  /** The elements' type; if left out, what the operator infers, or the default dtype. */
  dtype?: DType | null;
  /** How the elements lie in memory: `torch.strided`, if left out. */
  layout?: Layout | null;
  /** Where the tensor lives; if left out, on the default device, or where the input is. */
  device?: DeviceLike | null;
  /** Whether to allocate page-locked memory, which an accelerator copies faster (CPU only). */
  pinMemory?: boolean | null;
  /** Whether autograd records operations on the tensor. */
  requiresGrad?: boolean | null;
}

/** NumPy's names for arguments, which PyTorch accepts too. */
interface NumpyNames {
  dim: 'axis';
  keepdim: 'keepdims';
  other: 'x2';
}

/** The same arguments in NumPy's names, which has several for `input`. */
type Renamed<T, Input extends string = never> = {
  [K in keyof T as K extends 'input' ? Input : K extends keyof NumpyNames ? NumpyNames[K] : K]: T[K];
};

/** Keyword arguments that a tensor has as properties, too. */
export type Keywords<T> = NotIterable & T;

/** Keyword arguments in PyTorch's names or in NumPy's. */
export type Named<T> = NotIterable & (T | Renamed<T>);

/** Keyword arguments with `input` among them, in PyTorch's names or in NumPy's. */
export type NamedInput<T> = NotIterable & (T | Renamed<T, 'x'> | Renamed<T, 'a'> | Renamed<T, 'x1'>);

/**
 * Several results with names: Python's namedtuple. Indexed, iterable, with a `length`; not an Array.
 *
 * `Names` are the fields in order, `Values` their types.
 */
export type NamedTuple<
  Names extends readonly string[],
  Values extends { readonly [I in keyof Names]: unknown } = { readonly [I in keyof Names]: Tensor },
> = { readonly [I in Extract<keyof Names, `${number}`> as Names[I]]: Values[I] } & {
  readonly [I in Extract<keyof Names, `${number}`>]: Values[I];
} & { readonly length: Names['length'] } & Iterable<Values[number & keyof Values]>;

/** Numbers nested to any depth, as `torch.tensor` takes and `tolist` gives. */
export type Nested<T> = T | readonly Nested<T>[];
