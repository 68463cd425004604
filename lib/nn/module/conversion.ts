/** Moves and casts the members of modules: Python's `Module._apply` and `Module.to`. */
import { noGrad } from '../../autograd/grad-mode';
import { DType } from '../../dtype';
import { NotImplementedError } from '../../errors';
import { _hasCompatibleShallowCopyType } from '../../generated/torch';
import { isOptions } from '../../ops';
import { Tensor } from '../../tensor';
import type { DeviceLike, MemoryFormat } from '../../types';
import { Parameter } from '../parameter';
import { isLazy, UninitializedBuffer } from '../uninitialized';
import type { ModuleState } from './state';

/** Where and what to convert to. */
export interface Conversion {
  device?: DeviceLike | null;
  dtype?: DType | null;
  nonBlocking?: boolean;
  /** Of 4-d and 5-d members. */
  memoryFormat?: MemoryFormat | null;
}

/** Puts what `convert` makes of each of a module's own members in its place, gradients included. */
export function applyToMembers(state: ModuleState, convert: (tensor: Tensor) => Tensor): void {
  for (const [name, parameter] of state.parameters) {
    if (parameter !== null) applyToParameter(state, name, parameter, convert);
  }
  for (const [name, buffer] of state.buffers) {
    if (buffer !== null) (state.module as unknown as Record<string, Tensor>)[name] = convertBuffer(buffer, convert);
  }
}

function convertBuffer(buffer: Tensor, convert: (tensor: Tensor) => Tensor): Tensor {
  const converted = convert(buffer);
  if (!(buffer instanceof UninitializedBuffer)) return converted;
  const { requiresGrad, persistent } = buffer;
  return new UninitializedBuffer(requiresGrad, converted.device, converted.dtype, persistent);
}

function applyToParameter(
  state: ModuleState,
  name: string,
  parameter: Parameter,
  convert: (tensor: Tensor) => Tensor,
): void {
  const { grad } = parameter;
  const converted = noGrad(() => convert(parameter));
  let result = parameter;
  if (isLazy(parameter) || _hasCompatibleShallowCopyType(parameter, converted)) {
    parameter.data = converted;
  } else {
    result = new Parameter(converted, parameter.requiresGrad);
    (state.module as unknown as Record<string, Parameter>)[name] = result;
  }
  if (grad === null) return;
  const convertedGrad = noGrad(() => convert(grad));
  if (_hasCompatibleShallowCopyType(grad, convertedGrad) && result.grad !== null) result.grad.data = convertedGrad;
  else result.grad = convertedGrad.requiresGrad_(grad.requiresGrad);
}

/** Reads the arguments of `Module.to`: a device, a dtype, both, or a tensor that has them. */
export function parseConversion(args: readonly unknown[]): Conversion {
  const options = args.at(-1);
  const named = isOptions(options) ? (options as Conversion & { tensor?: Tensor }) : {};
  const positional = isOptions(options) ? args.slice(0, -1) : args;
  const [first] = positional;
  const other = named.tensor ?? first;
  if (other instanceof Tensor) {
    return { device: other.device, dtype: other.dtype, nonBlocking: Boolean(positional[1]), ...named };
  }
  if (first instanceof DType) return { dtype: first, nonBlocking: Boolean(positional[1]), ...named };
  const [device = null, dtype = null, nonBlocking = false] = positional;
  return { device: device as DeviceLike, dtype: dtype as DType, nonBlocking: Boolean(nonBlocking), ...named };
}

/** The function that converts each member of a module. Throws a TypeError for a dtype of whole numbers. */
export function converter({ device, dtype, nonBlocking, memoryFormat }: Conversion): (tensor: Tensor) => Tensor {
  if (dtype && !dtype.isFloatingPoint && !dtype.isComplex) {
    throw new TypeError(`nn.Module.to only accepts floating point or complex dtypes, but got desired dtype=${dtype}`);
  }
  if (dtype?.isComplex) {
    process.emitWarning(
      'Complex modules are a new feature under active development whose design may change, and some modules might ' +
        'not work as expected when using complex tensors as parameters or buffers. Please file an issue at ' +
        'https://github.com/pytorch/pytorch/issues/new?template=bug-report.yml if a complex module does not work as ' +
        'expected.',
    );
  }
  return (tensor) => {
    const castable = tensor.isFloatingPoint() || tensor.isComplex();
    const formatted = memoryFormat && (tensor.dim() === 4 || tensor.dim() === 5);
    try {
      return tensor.to({
        device: device ?? null,
        dtype: castable ? (dtype ?? null) : null,
        nonBlocking: nonBlocking ?? false,
        ...(formatted ? { memoryFormat } : {}),
      });
    } catch (error) {
      if (!(error instanceof NotImplementedError) || error.message !== 'Cannot copy out of meta tensor; no data!') {
        throw error;
      }
      throw new NotImplementedError(
        `${error.message} Please use torch.nn.Module.to_empty() instead of torch.nn.Module.to() when moving module ` +
          'from meta to a different device.',
      );
    }
  };
}
