/** The class Tensor: properties, conversion and what Python writes by hand; operators come from the generated table. */
import { inspect } from 'node:util';
import { type Arguments, type ArgumentsOf, Signature, signature } from './arguments';
import { backward, type Many } from './autograd/backward';
import { registerAccumulatedHook, registerTensorHook, type TensorHook } from './autograd/hooks';
import { type GradNode, nodeOf } from './autograd/node';
import { to, typeNamed, typeText } from './conversion';
import { type Copies, DEEPCOPY } from './deepcopy';
import { device } from './device';
import {
  bfloat16,
  bool,
  complex64,
  complex128,
  DType,
  dtypeOfCode,
  float16,
  float32,
  float64,
  int8,
  int16,
  int32,
  int64,
  uint8,
} from './dtype';
import { RuntimeError } from './errors';
import { type TensorMethods, tensorMethods } from './generated/tensor';
import * as vf from './generated/vf';
import { type IndexItem, index, indexPut } from './indexing';
import type { MemoryFormat } from './layout';
import { track } from './memory/scope';
import { type Handle, type NativeResult, native } from './native';
import { finish, method, setTensorClass, wrap } from './ops';
import { tensorString } from './print';
import { QSCHEMES } from './qscheme';
import type { RemovableHandle } from './removable-handle';
import { copyTensor } from './tensor-copy';
import { type FunctionalMethods, functionalMethods } from './tensor-methods';
import { TensorProperties } from './tensor-properties';
import { elementText, numberOf } from './tensor-text';
import { type TypedArray, typedArrayOf } from './typed-arrays';
import type { Complex, DeviceLike, Nested } from './types';

/** What `item` gives. */
export type Item = number | bigint | boolean | Complex;

/** How `to` converts. */
export interface ToOptions {
  readonly dtype?: DType | null;
  readonly device?: DeviceLike | null;
  readonly nonBlocking?: boolean;
  readonly copy?: boolean;
  readonly memoryFormat?: MemoryFormat | null;
}

const BACKWARD = signature('backward', 'gradient?', 'retainGraph?', 'createGraph?', 'inputs?').of<
  [gradient?: Tensor | null, retainGraph?: boolean | null, createGraph?: boolean, inputs?: Many<Tensor> | null]
>();

const CPU = new Signature('cpu', ['memoryFormat?'], 0).of<[memoryFormat?: MemoryFormat | null]>();
const CUDA = new Signature('cuda', ['device?', 'nonBlocking?', 'memoryFormat?'], 2).of<
  [device?: DeviceLike | null, nonBlocking?: boolean, memoryFormat?: MemoryFormat | null]
>();
const TYPE = signature('type', 'dtype?', 'nonBlocking?').of<[dtype?: DType | string | null, nonBlocking?: boolean]>();

/**
 * A multi-dimensional array with elements of one dtype on one device, as PyTorch's.
 *
 * Its operators are methods under PyTorch's names, camel-cased: `x.logSoftmax(1)`. Memory is freed when JavaScript
 * collects the object, or at once by `dispose`, `using` or `torch.tidy`.
 *
 * @see https://docs.pytorch.org/docs/2.13/tensors.html
 */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: the generated methods are installed below.
export class Tensor extends TensorProperties {
  /** @internal */
  readonly handle: Handle;
  #grad: Tensor | null = null;

  /** @internal Tensors are made by `torch.tensor` and the like. */
  constructor(handle: Handle) {
    super();
    this.handle = handle;
    track(this);
  }

  /** The tensor of which this is a view; null if it is none. */
  get _base(): Tensor | null {
    const base = native.base(this.handle);
    return base === null ? null : wrap(base);
  }

  /** Whether autograd records operations on this tensor. Settable on leaves; throws a RuntimeError on others. */
  get requiresGrad(): boolean {
    return native.requiresGrad(this.handle);
  }

  set requiresGrad(flag: boolean) {
    native.setRequiresGrad(this.handle, flag);
  }

  /** Sets `requiresGrad` and returns this tensor. @see https://docs.pytorch.org/docs/2.13/generated/torch.Tensor.requires_grad_.html */
  requiresGrad_(requiresGrad: boolean | { requiresGrad?: boolean } = true): this {
    native.setRequiresGrad(
      this.handle,
      typeof requiresGrad === 'boolean' ? requiresGrad : (requiresGrad.requiresGrad ?? true),
    );
    return this;
  }

  /** Whether no recorded operation made this tensor. */
  get isLeaf(): boolean {
    return native.isLeaf(this.handle);
  }

  /** Whether a tensor that is no leaf keeps its gradient: see `retainGrad`. */
  get retainsGrad(): boolean {
    return native.retainsGrad(this.handle);
  }

  /** The operation that made this tensor; null for a leaf. */
  get gradFn(): GradNode | null {
    const node = native.gradFn(this.handle);
    return node === null ? null : nodeOf(node);
  }

  /** Which output of `gradFn` this tensor is. */
  get outputNr(): number {
    return native.outputNumber(this.handle);
  }

  /** The dtype that the gradient of a leaf must have; null for any. Throws a RuntimeError for a tensor that is no leaf. */
  get gradDtype(): DType | null {
    if (!this.isLeaf) throw new RuntimeError('grad_dtype can only be accessed on leaf tensors.');
    const code = native.gradDtypeCode(this.handle);
    return code === null ? null : dtypeOfCode(code);
  }

  set gradDtype(dtype: DType | null) {
    if (!this.isLeaf) throw new RuntimeError('grad_dtype can only be set on leaf tensors.');
    native.setGradDtype(this.handle, dtype === null ? null : dtype.handle);
  }

  /** The accumulated gradient, one object as long as it is the same tensor; null before any. */
  get grad(): Tensor | null {
    const grad = native.grad(this.handle, this.#grad?.handle);
    if (grad !== undefined) this.#grad = grad === null ? null : wrap(grad);
    return this.#grad;
  }

  set grad(grad: Tensor | null) {
    if (grad !== null && !(grad instanceof Tensor)) {
      throw new TypeError(`assigned grad expected to be a Tensor or None but got grad of type ${typeof grad}`);
    }
    native.setGrad(this.handle, grad === null ? null : grad.handle);
    this.#grad = grad;
  }

  /** A tensor over the same memory without history; assigning replaces the memory under this tensor's identity. */
  get data(): Tensor {
    return wrap(native.variableData(this.handle));
  }

  set data(other: Tensor) {
    if (!(other instanceof Tensor)) throw new TypeError(`Variable data has to be a tensor, but got ${typeof other}`);
    native.setData(this.handle, other.handle);
  }

  /**
   * Adds to `grad` of every leaf (or of `inputs`) the derivative of this tensor.
   *
   * @see https://docs.pytorch.org/docs/2.13/generated/torch.Tensor.backward.html
   * @throws RuntimeError if there is no graph, or if `gradient` is left out and the tensor has not one element.
   */
  backward(...args: ArgumentsOf<typeof BACKWARD>): void {
    const [gradient, retainGraph, createGraph, inputs] = BACKWARD.bind(args);
    backward([this], gradient, retainGraph, createGraph, inputs);
  }

  /**
   * Runs a function whenever a gradient with respect to this tensor is computed; it may return another in its place.
   * Hooks run in the order in which they were registered, and throw what they throw at the caller of `backward`.
   *
   * The tensor's graph keeps the function alive until a backward pass has gone through that does not retain the graph.
   * One that itself refers to the tensor, or to what was computed from it, keeps both alive until then, or until
   * `remove` or `dispose` is called.
   *
   * @see https://docs.pytorch.org/docs/2.13/generated/torch.Tensor.register_hook.html
   * @throws RuntimeError if the tensor requires no gradient.
   */
  registerHook(hook: TensorHook): RemovableHandle {
    return registerTensorHook(this, hook);
  }

  /**
   * Runs a function whenever a gradient has been added to `grad` of this leaf; it is given the tensor.
   *
   * @see https://docs.pytorch.org/docs/2.13/generated/torch.Tensor.register_post_accumulate_grad_hook.html
   * @throws RuntimeError if the tensor requires no gradient, or is no leaf.
   */
  registerPostAccumulateGradHook(hook: (param: Tensor) => void): RemovableHandle {
    return registerAccumulatedHook(this, hook);
  }

  /**
   * The value of a tensor of one element: number, or bigint where an int64 is beyond 2^53; boolean; Complex.
   *
   * @throws RuntimeError if there is not exactly one element.
   */
  item<T extends Item = number>(): T {
    return finish(native.item(this.handle), this, []) as T;
  }

  /** The elements as nested arrays; a 0-d tensor's value. */
  tolist<T = Nested<number>>(): T {
    const list = native.tolist(this.handle);
    return (this.dtype.isComplex ? complexes(list, this.dim()) : list) as T;
  }

  /**
   * The elements as a typed array, in order. A contiguous CPU tensor shares its memory with the array, which keeps the
   * memory alive; any other is copied. float16 and bfloat16 come as the bits in a Uint16Array, float8 in a Uint8Array,
   * bool in a Uint8Array, complex numbers as pairs.
   */
  toTypedArray(): TypedArray {
    return typedArrayOf(this);
  }

  /** Converts dtype and device; returns this very tensor if nothing changes. @see https://docs.pytorch.org/docs/2.13/generated/torch.Tensor.to.html */
  to(dtype: DType, nonBlocking?: boolean | ToOptions, copy?: boolean | ToOptions, options?: ToOptions): Tensor;
  to(
    device: DeviceLike | null,
    dtype?: DType | null | ToOptions,
    nonBlocking?: boolean | ToOptions,
    copy?: boolean | ToOptions,
    options?: ToOptions,
  ): Tensor;
  to(other: Tensor, nonBlocking?: boolean | ToOptions, copy?: boolean | ToOptions, options?: ToOptions): Tensor;
  to(options: ToOptions): Tensor;
  to(options: Omit<ToOptions, 'dtype' | 'device'> & { readonly other: Tensor }): Tensor;
  to(...args: unknown[]): Tensor {
    return to.apply(this, args);
  }

  /** Copies to the CPU, if the tensor is elsewhere. @see https://docs.pytorch.org/docs/2.13/generated/torch.Tensor.cpu.html */
  cpu(...args: ArgumentsOf<typeof CPU>): Tensor {
    const [memoryFormat] = CPU.bind(args);
    return this.to({ device: 'cpu', memoryFormat });
  }

  /**
   * Copies to a CUDA device: the current one if none is named.
   *
   * @see https://docs.pytorch.org/docs/2.13/generated/torch.Tensor.cuda.html
   * @throws RuntimeError for another kind of device.
   */
  cuda(...args: ArgumentsOf<typeof CUDA>): Tensor {
    const [where, nonBlocking = false, memoryFormat] = CUDA.bind(args);
    const target = device((where ?? 'cuda') as string);
    if (target.type !== 'cuda') throw new RuntimeError('Invalid device, must be cuda device');
    return this.to({ device: target, nonBlocking, memoryFormat });
  }

  /**
   * The tensor's type as text, `'torch.FloatTensor'`, or the tensor converted to a dtype or to a type named so.
   *
   * @see https://docs.pytorch.org/docs/2.13/generated/torch.Tensor.type.html
   * @throws TypeError for what is neither. ValueError for a name that PyTorch does not know.
   */
  type(dtype?: null): string;
  type(...args: Arguments<[dtype: DType | string, nonBlocking?: boolean], ['dtype', 'nonBlocking?']>): Tensor;
  type(...args: ArgumentsOf<typeof TYPE>): string | Tensor {
    const [dtype, nonBlocking = false] = TYPE.bind(args);
    if (dtype === undefined || dtype === null) return typeText(this);
    if (typeof dtype === 'string') return this.to({ ...typeNamed(dtype), nonBlocking });
    if (!(dtype instanceof DType)) throw new TypeError('dtype must be a type, str, or dtype object');
    return this.to({ dtype, nonBlocking });
  }

  /** Indices of nonzero elements, one row each; with `asTuple`, one tensor a dimension. */
  nonzero(): Tensor;
  nonzero(options: { asTuple: true }): Tensor[];
  nonzero({ asTuple = false }: { asTuple?: boolean } = {}): Tensor | Tensor[] {
    return asTuple ? vf.nonzeroNumpy(this) : vf.nonzero(this);
  }

  /**
   * Indexes as Python's `x[...]`. An item is a whole number, a slice (`'1:-1:2'` or `torch.slice`), `'...'`, null for a
   * new dimension, a boolean, a tensor of integers or booleans, or a list of whole numbers or of booleans. The result
   * is a view unless tensors, lists or booleans are among them, as in Python.
   *
   * @example x.at(0); x.at('1:', [0, 2]); x.at('...', null); x.at(x.gt(0));
   * @see https://docs.pytorch.org/docs/2.13/tensor_view.html
   * @throws RangeError for a position that is not there, for more items than dimensions, or for what is no index.
   * @throws ValueError for a slice with a step that is zero or negative.
   */
  at(...items: IndexItem[]): Tensor {
    return index(this, items);
  }

  /**
   * Python's `x[...] = value`: the items of `at` first, the value last. A number takes the tensor's dtype, a tensor is
   * broadcast to what is indexed.
   *
   * @example x.set(0, '1:', 5); // Python's x[0, 1:] = 5
   * @throws TypeError if the value is neither a number, a boolean nor a tensor, or this tensor is sparse.
   * @throws RuntimeError if the value's shape does not fit.
   */
  set(...itemsAndValue: [...items: IndexItem[], value: Tensor | Item]): void {
    const value = itemsAndValue.pop() as Tensor | Item;
    indexPut(this, itemsAndValue as IndexItem[], value);
  }

  /** The tensors along the first dimension; throws a TypeError for a 0-d tensor. */
  *[Symbol.iterator](): IterableIterator<Tensor> {
    if (this.dim() === 0) throw new TypeError('iteration over a 0-d tensor');
    yield* this.unbind(0);
  }

  /** The transpose of a matrix; dimensions reversed. */
  get T(): Tensor {
    return views.T.call(this);
  }

  /** The last two dimensions swapped. */
  get mT(): Tensor {
    return views.mT.call(this);
  }

  /** The conjugate transpose of a matrix. */
  get H(): Tensor {
    return views.H.call(this);
  }

  /** The last two dimensions swapped, conjugated. */
  get mH(): Tensor {
    return views.mH.call(this);
  }

  /** The real parts: a view; a real tensor is its own. */
  get real(): Tensor {
    return views.real.call(this);
  }

  /** The imaginary parts: a view; throws a RuntimeError for a real tensor. */
  get imag(): Tensor {
    return views.imag.call(this);
  }

  /** @internal What `deepcopy` makes of it. */
  [DEEPCOPY](copies: Copies): Tensor {
    return copyTensor(this, copies);
  }

  /** Frees this tensor's hold on its memory now; using it afterwards throws a RuntimeError. Twice is no error. */
  dispose(): void {
    native.dispose(this.handle);
  }

  [Symbol.dispose](): void {
    native.dispose(this.handle);
  }

  /** Whether `dispose` has been called. */
  get isDisposed(): boolean {
    return native.isDisposed(this.handle);
  }

  /** The text that Python prints. @see `torch.setPrintoptions` */
  override toString(): string {
    return tensorString(this);
  }

  /** @internal What `console.log` prints. */
  [inspect.custom](): string {
    return this.isDisposed ? 'tensor(<disposed>)' : this.toString();
  }

  /** `Number(t)` of one element, `${t}` of a 0-d tensor as Python's f-string; `+` throws, naming `add`. */
  [Symbol.toPrimitive](hint: string): number | bigint | string {
    if (hint === 'number') return numberOf(this.item<Item>());
    if (hint === 'string') {
      if (this.dim() > 0 || this.isMeta) return this.toString();
      return elementText(this.item<Item>(), this.dtype.isFloatingPoint);
    }
    throw new TypeError(
      'JavaScript has no operators for tensors: use add, sub, mul, div, eq, ... in place of + and ==',
    );
  }

  /** Nested arrays, as `JSON.stringify` writes them. */
  toJSON(): unknown {
    return this.tolist();
  }
}

export interface Tensor extends TensorMethods, FunctionalMethods {
  /** Converts to uint8. */
  byte: Cast;
  /** Converts to int8. */
  char: Cast;
  /** Converts to int16. */
  short: Cast;
  /** Converts to int32. */
  int: Cast;
  /** Converts to int64. */
  long: Cast;
  /** Converts to float16. */
  half: Cast;
  /** Converts to float32. */
  float: Cast;
  /** Converts to float64. */
  double: Cast;
  /** Converts to bool. */
  bool: Cast;
  /** Converts to bfloat16. */
  bfloat16: Cast;
  /** Converts to complex64. */
  cfloat: Cast;
  /** Converts to complex128. */
  cdouble: Cast;
}

type Cast = (options?: { memoryFormat?: MemoryFormat | null }) => Tensor;

function install(name: string, value: unknown): void {
  Object.defineProperty(Tensor.prototype, name, { value, writable: true, configurable: true });
}

for (const [name, [pythonName, ...rows]] of Object.entries(tensorMethods)) install(name, method(pythonName, ...rows));
for (const [name, body] of Object.entries(functionalMethods)) install(name, body);

const CASTS = {
  byte: uint8,
  char: int8,
  short: int16,
  int: int32,
  long: int64,
  half: float16,
  float: float32,
  double: float64,
  bool,
  bfloat16,
  cfloat: complex64,
  cdouble: complex128,
};
for (const [name, dtype] of Object.entries(CASTS)) {
  const cast = new Signature(name, ['memoryFormat?'], 0).of<[memoryFormat?: MemoryFormat | null]>();
  install(name, function (this: Tensor, ...args: ArgumentsOf<typeof cast>) {
    const [memoryFormat] = cast.bind(args);
    return this.to({ dtype, memoryFormat });
  });
}

const schemeCode = method(...(tensorMethods.qscheme as [string, string])) as (this: Tensor) => number;
install('qscheme', function (this: Tensor) {
  return QSCHEMES[schemeCode.call(this)];
});

const view = (name: string): ((this: Tensor) => Tensor) => method(name, `${name}()|${name}||`);
const views = {
  T: view('numpy_T'),
  mT: view('mT'),
  H: view('matrix_H'),
  mH: view('mH'),
  real: view('real'),
  imag: view('imag'),
};

/** Complex elements come as the addon's tagged pairs, `depth` arrays deep. */
function complexes(list: NativeResult, depth: number): unknown {
  return depth === 0 ? finish(list, undefined, []) : (list as NativeResult[]).map((item) => complexes(item, depth - 1));
}

setTensorClass(Tensor);
