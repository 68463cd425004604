/** Answers calls by Python's name, which `opinfo_sweep.py` sends over stdin, with what tsorch gives for them. */
import { readSync, writeSync } from 'node:fs';
import * as torch from '../../lib';
import { camel, decodeFrame, encodeFrame, frameLengths, HEADER_BYTES } from '../oracle/codec';

interface Call {
  /** Python's public name, such as `torch.nn.functional.relu` or `Tensor.expand`. */
  path: string;
  args: unknown[];
  kwargs: Record<string, unknown>;
  seed: number;
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

function run({ path, args, kwargs }: Call): unknown {
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

function answer(call: Call): unknown {
  torch.manualSeed(call.seed);
  try {
    return { value: run(call) };
  } catch (error) {
    return error instanceof Missing ? { missing: error.message } : { error };
  }
}

for (let frame = readFrame(); frame !== null; frame = readFrame()) {
  try {
    writeFrame(answer(decodeFrame(...frame) as Call));
  } catch (error) {
    // What cannot be read or sent is an error of the call too.
    writeFrame({ error });
  }
}
