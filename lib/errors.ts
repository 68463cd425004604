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

/** How the addon says that there is no such option: `unknown_option` in binding/signature.cc. */
const UNKNOWN_OPTION = /\nThere is no option '([^']*)'\. Valid names:(.*)\.$/;

// Note [What is added to PyTorch's sentences]
// An error begins with PyTorch's sentence, word for word. What tsorch has to add stands on lines of its own after it:
// the options that there are and the nearest of them, or that numbers make float32 tensors.
/** @internal The line that names the options that there are, and the nearest of them, after PyTorch's sentence. */
export function unknownOption(name: string, valid: readonly string[]): string {
  const nearest = valid.find((other) => other.toLowerCase() === name.toLowerCase()) ?? nearestName(name, valid);
  const hint = nearest === undefined ? '' : ` Did you mean '${nearest}'?`;
  return `\nThere is no option '${name}'. Valid names: ${valid.join(', ')}.${hint}`;
}

/** The name that is fewest edits away, if these are no more than a third of its letters. */
function nearestName(name: string, names: readonly string[]): string | undefined {
  let nearest: string | undefined;
  let least = Math.max(1, Math.floor(name.length / 3)) + 1;
  for (const other of names) {
    const edits = editDistance(name, other);
    if (edits < least) [nearest, least] = [other, edits];
  }
  return nearest;
}

/** How many letters are to be put in, taken out or exchanged to make one name of the other. */
function editDistance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, i) => i);
  for (let i = 1; i <= one.length; i++) {
    const next = [i];
    for (let j = 1; j <= other.length; j++) {
      const exchanged = (row[j - 1] as number) + (one[i - 1] === other[j - 1] ? 0 : 1);
      next.push(Math.min(exchanged, (row[j] as number) + 1, (next[j - 1] as number) + 1));
    }
    row = next;
  }
  return row[other.length] as number;
}

/** LibTorch's names of tensor types, in whose place Python's errors have its own. */
const TYPE_NAMES = /(Sparse)?(CPU|CUDA)(Byte|Char|Double|Float|Half|Int|Long|Short)Type/g;

/** @internal A message of LibTorch with the names of types that Python knows. */
export function withPythonTypes(message: string): string {
  return message.replace(TYPE_NAMES, (_, sparse: string | undefined, device: string, element: string) =>
    ['torch', device === 'CUDA' && 'cuda', sparse && 'sparse', `${element}Tensor`].filter(Boolean).join('.'),
  );
}

/** Makes an error of the class that bears Python's name, with a stack that begins at the caller's line. */
export function makeError(className: string, message: string): Error {
  const hint = NEEDS_INTEGERS.test(message) ? `\n${NUMBERS_HINT}` : '';
  const words = withPythonTypes(message).replace(UNKNOWN_OPTION, (_, name: string, valid: string) =>
    unknownOption(name, valid.trim().split(', ')),
  );
  const error = new (CLASSES[className] ?? RuntimeError)(words + hint);
  if (error.stack !== undefined) error.stack = withoutOwnFrames(error.stack);
  return error;
}

const OWN_FOLDER = dirname(__filename) + sep;

/** @internal Whether a line of a stack is tsorch's own. */
export function isOwnFrame(line: string): boolean {
  return line.includes(OWN_FOLDER);
}

/** Drops tsorch's own frames from the top of a stack, as far as the first of somebody else's. */
function withoutOwnFrames(stack: string): string {
  const lines = stack.split('\n');
  const first = lines.findIndex((line) => line.startsWith('    at '));
  const foreign = lines.findIndex((line, i) => i >= first && !isOwnFrame(line));
  if (first < 0 || foreign < 0) return stack;
  return [...lines.slice(0, first), ...lines.slice(foreign)].join('\n');
}
