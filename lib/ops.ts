/** Calls native operators from JavaScript: arguments in, results out. The hot path of everything. */
import { Complex } from './complex';
import { constructedOn, deviceOfCode } from './device';
import { dtypeOfCode } from './dtype';
import { NativeObject } from './handle';
import { layoutOfCode, memoryFormatOfCode } from './layout';
import { namedTuple } from './named-tuple';
import { type Handle, type NativeResult, native } from './native';
import type { Tensor } from './tensor';
import { TensorList } from './tensor-list';

// Note [Tensor class]
// lib/tensor.ts builds its class on the functions made here and hands it over, so that results can be tensors.
let TensorClass: new (handle: Handle) => Tensor;

/** @internal Makes `tensor` the class of results. */
export function setTensorClass(tensor: new (handle: Handle) => Tensor): void {
  TensorClass = tensor;
}

/** Whether a value is a tensor. @see https://docs.pytorch.org/docs/2.13/generated/torch.is_tensor.html */
export function isTensor(value: unknown): value is Tensor {
  return value instanceof TensorClass;
}

/** @internal A tensor of a native one. */
export function wrap(handle: Handle): Tensor {
  return new TensorClass(handle);
}

/** @internal The native value of an argument; lists are looked into. */
export function unwrap(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof NativeObject) return value.handle;
  return Array.isArray(value) ? unwrapList(value) : value;
}

/** More than any operator takes, and few enough to look at. */
const LONGEST_LIST = 2 ** 24;

/** @internal Throws a RangeError for a list that would take minutes to go through, a sparse one as a rule. */
export function checkLength(list: readonly unknown[]): void {
  if (list.length > LONGEST_LIST) throw new RangeError(`a list of ${list.length} elements is too long for an argument`);
}

function unwrapList(list: unknown[]): unknown[] {
  checkLength(list);
  for (let i = 0; i < list.length; i++) {
    if (typeof list[i] === 'object') return unwrapElements(list);
  }
  return list;
}

function unwrapElements(list: unknown[]): unknown[] {
  const elements: unknown[] = [];
  for (let i = 0; i < list.length; i++) elements.push(unwrapElement(list[i]));
  return elements;
}

/** Lists of lists are no operator's argument, and could be endless: only tensors and the like are looked for. */
function unwrapElement(value: unknown): unknown {
  return value instanceof NativeObject ? value.handle : value;
}

/** @internal Whether a last argument is keyword arguments: a plain object. */
export function isOptions(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null || value instanceof NativeObject || Array.isArray(value))
    return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** The tensor among the arguments that has this very handle: what an in-place operator or `out` returns. */
function argumentOf(handle: Handle, args: readonly unknown[]): Tensor | undefined {
  for (const argument of args) {
    let found: Tensor | undefined;
    if (argument instanceof NativeObject) {
      // A Complex makes a handle when asked for one, which is never the one looked for.
      if (!(argument instanceof Complex) && argument.handle === handle) found = argument as Tensor;
    } else if (isOptions(argument)) {
      const { out } = argument;
      found = argumentOf(handle, Array.isArray(out) ? out : [out]);
    }
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The tensor in a list among the arguments that has this very handle. */
function elementOf(handle: Handle, args: readonly unknown[]): Tensor | undefined {
  const values = args.flatMap((argument) => (isOptions(argument) ? Object.values(argument) : [argument]));
  return argumentOf(handle, values.flat());
}

/** Reads what is neither a tensor nor a plain value: see Note [Results] in binding/convert.h. */
function structured(result: readonly NativeResult[], receiver: unknown, args: readonly unknown[]): unknown {
  const tag = result[0];
  switch (tag) {
    case 'complex':
      return new Complex(result[1] as number, result[2] as number);
    case 'list':
      return new TensorList(result[1] as Handle);
    case 'argument':
      return elementOf(result[1] as Handle, args);
    case 'dtype':
      return dtypeOfCode(result[1] as number);
    case 'layout':
      return layoutOfCode(result[1] as number);
    case 'memoryFormat':
      return memoryFormatOfCode(result[1] as number);
    case 'device':
      return deviceOfCode(result[1] as number);
    case 'error':
      throw result[1];
  }
  const values: unknown[] = [];
  for (let i = 1; i < result.length; i++) values.push(finish(result[i], receiver, args));
  return Array.isArray(tag) ? namedTuple(tag as string[], values) : values;
}

/** @internal What the addon returned, as JavaScript has it. */
export function finish(result: NativeResult, receiver: unknown, args: readonly unknown[]): unknown {
  if (typeof result !== 'object' || result === null) return result;
  if (Array.isArray(result)) return structured(result, receiver, args);
  const handle = result as Handle;
  if (receiver instanceof NativeObject && receiver.handle === handle) return receiver;
  return argumentOf(handle, args) ?? new TensorClass(handle);
}

function callWithKeywords(id: number, receiver: unknown, args: unknown[], isMethod: boolean): NativeResult {
  const last = args.length - 1;
  const options = args[last] as Record<string, unknown>;
  const flat: unknown[] = [isMethod ? last + 1 : last];
  if (isMethod) flat.push(unwrap(receiver));
  for (let i = 0; i < last; i++) flat.push(unwrap(args[i]));
  for (const name of Object.keys(options)) flat.push(name, unwrap(options[name]));
  return native.callWithKeywords(id, ...flat);
}

function invokeFunction(id: number, args: unknown[]): unknown {
  const count = args.length;
  if (count > 0 && isOptions(args[count - 1]))
    return finish(callWithKeywords(id, undefined, args, false), undefined, args);
  let result: NativeResult;
  switch (count) {
    case 1:
      result = native.call(id, unwrap(args[0]));
      break;
    case 2:
      result = native.call(id, unwrap(args[0]), unwrap(args[1]));
      break;
    case 3:
      result = native.call(id, unwrap(args[0]), unwrap(args[1]), unwrap(args[2]));
      break;
    default:
      result = native.call(id, ...args.map(unwrap));
  }
  return finish(result, undefined, args);
}

function invokeMethod(id: number, receiver: unknown, args: unknown[]): unknown {
  const count = args.length;
  if (count > 0 && isOptions(args[count - 1]))
    return finish(callWithKeywords(id, receiver, args, true), receiver, args);
  const self = unwrap(receiver);
  let result: NativeResult;
  switch (count) {
    case 0:
      result = native.call(id, self);
      break;
    case 1:
      result = native.call(id, self, unwrap(args[0]));
      break;
    case 2:
      result = native.call(id, self, unwrap(args[0]), unwrap(args[1]));
      break;
    default:
      result = native.call(id, self, ...args.map(unwrap));
  }
  return finish(result, receiver, args);
}

// The factories to which `setDefaultDevice` applies: torch/utils/_device.py.
const FACTORIES: ReadonlySet<string> = new Set(
  `empty empty_permuted empty_strided empty_quantized ones arange bartlett_window blackman_window eye fft_fftfreq
  fft_rfftfreq full hamming_window hann_window kaiser_window linspace logspace rand randn randint randperm range
  tril_indices triu_indices zeros scalar_tensor`.split(/\s+/),
);

/** A factory's arguments with the default device, if there is one and none is named. */
function withDefaultDevice(args: unknown[]): unknown[] {
  const device = constructedOn(null);
  if (device === null) return args;
  const last = args.at(-1);
  if (!isOptions(last)) return [...args, { device }];
  return [...args.slice(0, -1), { ...last, device: last.device ?? device }];
}

/**
 * @internal A function that calls the operator group `name`, whose overloads are rows of the generated table:
 * `signature|base|out|call`, in Python's order.
 */
export function operator<F>(name: string, ...rows: string[]): F {
  let id = -1;
  const call = (...args: unknown[]): unknown => {
    if (id < 0) id = native.define(name, false, rows);
    return invokeFunction(id, args);
  };
  return (FACTORIES.has(name) ? (...args: unknown[]) => call(...withDefaultDevice(args)) : call) as F;
}

/** @internal As `operator`, for a method of Tensor. */
export function method<F>(name: string, ...rows: string[]): F {
  let id = -1;
  return function (this: unknown, ...args: unknown[]): unknown {
    if (id < 0) id = native.define(name, true, rows);
    return invokeMethod(id, this, args);
  } as F;
}

/** @internal A function that calls what is registered under a name, or one overload of it; null if nothing is. */
export function operatorByName(
  namespace: string,
  name: string,
  overload?: string,
): ((...args: unknown[]) => unknown) | null {
  const id = native.defineByName(namespace, name, overload);
  return id === null ? null : (...args) => invokeFunction(id, args);
}
