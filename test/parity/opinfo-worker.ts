/** Answers calls by Python's name, which `opinfo_sweep.py` sends over stdin (arguments, then the call), with results. */
import { readSync, writeSync } from 'node:fs';
import * as torch from '../../lib';
import { native } from '../../lib/native';
import { isOptions } from '../../lib/ops';
import { camel, decodeFrame, encodeFrame, frameLengths, HEADER_BYTES } from '../oracle/codec';

interface Call {
  /** Python's public name, such as `torch.nn.functional.relu` or `Tensor.expand`. */
  path: string;
  seed: number;
  /** Gradients of the results: those of the arguments are asked for instead of the results. */
  gradients?: torch.Tensor[];
}

/** Positional arguments, and those by name. */
type CallArguments = [args: unknown[], kwargs: Record<string, unknown>];

/** Which arguments a result is, which it shares memory with, and where it begins in its memory. */
interface Place {
  same: number[];
  shared: number[];
  offset: number | null;
}

/** Python's reflected operators, as functions that take the other operand first. */
const REFLECTED: Record<string, string> = {
  __radd__: 'add',
  __rsub__: 'sub',
  __rmul__: 'mul',
  __rdiv__: 'div',
  __rpow__: 'pow',
  __rmod__: 'remainder',
  __rmatmul__: 'matmul',
  __rand__: 'bitwiseAnd',
  __ror__: 'bitwiseOr',
  __rxor__: 'bitwiseXor',
};

class Missing extends Error {}

// biome-ignore lint/suspicious/noExplicitAny: names are resolved at run time
type Loose = any;

/** The two parts of the frame on stdin that is next, or null at the end. */
function readFrame(): [body: Buffer, data: Buffer] | null {
  const header = readBytes(HEADER_BYTES);
  if (header === null) return null;
  const [body, data] = frameLengths(header);
  return [readBytes(body) as Buffer, readBytes(data) as Buffer];
}

function readBytes(count: number): Buffer | null {
  const buffer = Buffer.alloc(count);
  for (let filled = 0; filled < count; ) {
    const read = readSync(0, buffer, filled, count - filled, null);
    if (read === 0) return null;
    filled += read;
  }
  return buffer;
}

function writeFrame(value: unknown): void {
  const frame = encodeFrame(value);
  for (let written = 0; written < frame.length; ) written += writeSome(frame, written);
}

/** Node makes the pipe non-blocking once a warning is printed: then a full one is waited for. */
function writeSome(frame: Buffer, from: number): number {
  try {
    return writeSync(1, frame, from);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
    return 0;
  }
}

/** What tsorch has at a path, and the object that it is called on; in `torch.ops` names are Python's own. */
function lookup(path: string[]): [owner: Loose, member: Loose] {
  const names = path[0] === 'ops' ? path : path.map(camel);
  let owner: Loose;
  let member: Loose = torch;
  for (const name of names) {
    owner = member;
    member = member?.[name];
    if (member === undefined) throw new Missing(names.join('.'));
  }
  return [owner, member];
}

function run(path: string, [args, kwargs]: CallArguments): unknown {
  const names = path.split('.').slice(1);
  const options = Object.entries(kwargs).map(([name, value]) => [camel(name), value]);
  const rest = options.length > 0 ? [Object.fromEntries(options)] : [];
  if (!path.startsWith('Tensor.')) {
    const [owner, member] = lookup(names);
    return member.call(owner, ...args, ...rest);
  }
  const [self, ...others] = args as [Loose, ...unknown[]];
  const name = names[0];
  if (name in REFLECTED) return lookup([REFLECTED[name]])[1](others[0], self);
  if (name === '__getitem__') return self.at(...others);
  const member = self[camel(name)];
  if (member === undefined) throw new Missing(`Tensor.${camel(name)}`);
  return typeof member === 'function' ? member.call(self, ...others, ...rest) : member;
}

/** The tensors in a value, in order. */
function tensors(value: unknown): torch.Tensor[] {
  if (value instanceof torch.Tensor) return [value];
  if (typeof value !== 'object' || value === null || value instanceof torch.DType) return [];
  const items = Symbol.iterator in value ? [...(value as Iterable<unknown>)] : Object.values(value);
  return items.flatMap(tensors);
}

/** What identifies a tensor's storage; null where it has none, or an empty one. */
function storageOf(tensor: torch.Tensor): bigint | null {
  const plain = tensor.layout === torch.strided && !tensor.isMeta && !native.isNested(tensor.handle);
  if (!plain || native.storageBytes(tensor.handle) === 0) return null;
  return native.storagePointer(tensor.handle);
}

function positions(inputs: torch.Tensor[], test: (input: torch.Tensor) => boolean): number[] {
  return inputs.flatMap((input, i) => (test(input) ? [i] : []));
}

function placeOf(result: torch.Tensor, inputs: torch.Tensor[]): Place {
  const same = positions(inputs, (input) => input === result);
  const storage = storageOf(result);
  if (storage === null) return { same, shared: [], offset: null };
  return { same, shared: positions(inputs, (input) => storageOf(input) === storage), offset: result.storageOffset() };
}

/** The arguments with copies of the leaves, as an operator may not write into a leaf. */
function withCopies(value: unknown): unknown {
  if (value instanceof torch.Tensor) return value.requiresGrad ? value.clone() : value;
  if (Array.isArray(value)) return value.map(withCopies);
  if (!isOptions(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withCopies(item)]));
}

/** The gradients of the arguments that require one. */
function gradientsOf(results: torch.Tensor[], inputs: torch.Tensor[], gradients: torch.Tensor[]): unknown {
  const outputs = results.filter((result) => result.requiresGrad);
  if (outputs.length === 0) return [];
  const leaves = inputs.filter((input) => input.requiresGrad);
  return torch.autograd.grad(outputs, leaves, gradients, { allowUnused: true });
}

function answer({ path, seed, gradients }: Call, given: CallArguments): unknown {
  torch.manualSeed(seed);
  try {
    const inputs = tensors(given);
    if (gradients !== undefined) {
      const value = run(path, withCopies(given) as CallArguments);
      return { value: gradientsOf(tensors(value), inputs, gradients) };
    }
    const value = run(path, given);
    return { value, places: tensors(value).map((result) => placeOf(result, inputs)) };
  } catch (error) {
    return error instanceof Missing ? { missing: error.message } : { error };
  }
}

for (let frame = readFrame(); frame !== null; frame = readFrame()) {
  const request = readFrame() as [Buffer, Buffer];
  try {
    writeFrame(answer(decodeFrame(...request) as Call, decodeFrame(...frame) as CallArguments));
  } catch (error) {
    // What cannot be read or sent is an error of the call too.
    writeFrame({ error });
  }
}
