/** The classes of errors, by Python's names, and how the addon's errors become them. */
import { dirname, sep } from 'node:path';

/** What everything that PyTorch would raise, and JavaScript has no class for, derives from. */
export class TorchError extends Error {
  override get name(): string {
    return this.constructor.name;
  }
}

/** An error while an operator ran: shapes that do not fit, mixed devices, a backward pass without a graph, ... */
export class RuntimeError extends TorchError {}

/** An argument of the right type whose value is not allowed. */
export class ValueError extends TorchError {}

/** A name that is not there. */
export class KeyError extends TorchError {}

/** An attribute that an object does not have. */
export class AttributeError extends TorchError {}

/** What PyTorch asserts of its arguments. */
export class AssertionError extends TorchError {}

/** A method that a subclass has to provide, or what PyTorch does not support. */
export class NotImplementedError extends RuntimeError {}

/** Memory that could not be had, even after garbage was collected. */
export class OutOfMemoryError extends RuntimeError {}

/** A matrix that a decomposition or solver cannot take: `torch.linalg.LinAlgError`. */
export class LinAlgError extends RuntimeError {}

/** A number that is too large for what it should become. */
export class OverflowError extends TorchError {}

/** A failure of the operating system, such as a library that cannot be loaded. */
export class OSError extends TorchError {}

type ErrorClass = new (message: string) => Error;

const CLASSES: Readonly<Record<string, ErrorClass>> = {
  IndexError: RangeError,
  TypeError,
  RuntimeError,
  ValueError,
  KeyError,
  AttributeError,
  NotImplementedError,
  OutOfMemoryError,
  LinAlgError,
  OverflowError,
  OSError,
};

/** PyTorch's sentences for a floating point tensor where it needs integers. */
const NEEDS_INTEGERS = new RegExp(
  [
    'expected scalar type (Long|Int) but found',
    'scalar types?: (Long|Int).* but got',
    'Expected dtype int\\d+.* for index',
    'Expected .*index.* (int64|Long|int32/int64)',
    'tensors used as indices must be',
    'expected target .*(Long|int64)',
    '"nll_loss.*" not implemented for',
  ].join('|'),
  'i',
);

const NUMBERS_HINT =
  'In tsorch, numbers make float32 tensors: for indices and class targets pass { dtype: torch.int64 } or bigints.';

/** LibTorch's names of tensor types, in whose place Python's errors have its own. */
const TYPE_NAMES = /(Sparse)?(CPU|CUDA)(Byte|Char|Double|Float|Half|Int|Long|Short)Type/g;

function withPythonTypes(message: string): string {
  return message.replace(TYPE_NAMES, (_, sparse: string | undefined, device: string, element: string) =>
    ['torch', device === 'CUDA' && 'cuda', sparse && 'sparse', `${element}Tensor`].filter(Boolean).join('.'),
  );
}

/** Makes an error of the class that bears Python's name, with a stack that begins at the caller's line. */
export function makeError(className: string, message: string): Error {
  const hint = NEEDS_INTEGERS.test(message) ? `\n${NUMBERS_HINT}` : '';
  const error = new (CLASSES[className] ?? RuntimeError)(withPythonTypes(message) + hint);
  if (error.stack !== undefined) error.stack = withoutOwnFrames(error.stack);
  return error;
}

const OWN_FOLDER = dirname(__filename) + sep;

/** Drops tsorch's own frames from the top of a stack, as far as the first of somebody else's. */
function withoutOwnFrames(stack: string): string {
  const lines = stack.split('\n');
  const first = lines.findIndex((line) => line.startsWith('    at '));
  const foreign = lines.findIndex((line, i) => i >= first && !line.includes(OWN_FOLDER));
  if (first < 0 || foreign < 0) return stack;
  return [...lines.slice(0, first), ...lines.slice(foreign)].join('\n');
}
