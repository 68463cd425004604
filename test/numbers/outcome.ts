/** Outcomes as text, the same on both sides: every bit of a tensor, the class and the words of an error. */
import assert from 'node:assert/strict';
import * as torch from '../../lib';
import { evaluate, type Inputs } from '../oracle/oracle';

/** Every dtype that tensors of numbers may have. */
export const DTYPES: readonly torch.DType[] = [
  ...[torch.bool, torch.uint8, torch.int8, torch.int16, torch.int32, torch.int64],
  ...[torch.uint16, torch.uint32, torch.uint64],
  ...[torch.float16, torch.bfloat16, torch.float32, torch.float64],
  ...[torch.complex32, torch.complex64, torch.complex128],
  ...[torch.float8E4m3fn, torch.float8E5m2, torch.float8E4m3fnuz, torch.float8E5m2fnuz, torch.float8E8m0fnu],
];

const CLASSES: Readonly<Record<string, string>> = { RangeError: 'IndexError' };

/** What a call gives, or the error that it throws. */
export function outcome(call: () => unknown): string {
  try {
    return describe(call());
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const { name } = error.constructor;
    return `${CLASSES[name] ?? name}: ${error.message.split('\n')[0]}`;
  }
}

function describe(value: unknown): string {
  if (value instanceof torch.Tensor) return `${value.dtype} [${value.shape.join(', ')}] ${hex(value)}`;
  if (value instanceof torch.Complex) return `complex ${float(value.re)} ${float(value.im)}`;
  if (Array.isArray(value)) return `[${value.map(describe).join(', ')}]`;
  if (typeof value === 'number') return `number ${float(value)}`;
  // Beyond 2^53, an int64 is a bigint; Python's side says so, too.
  if (typeof value === 'bigint') return `bigint ${value}`;
  return String(value);
}

function hex(tensor: torch.Tensor): string {
  const { buffer, byteOffset, byteLength } = tensor.toTypedArray();
  return Buffer.from(buffer, byteOffset, byteLength).toString('hex');
}

function float(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleBE(value);
  return bytes.toString('hex');
}

const PYTHON = `
import struct

def floating(value):
    return 'nan' if value != value else struct.pack('>d', value).hex()

def describe(value):
    if isinstance(value, torch.Tensor):
        # Read through numpy, which knows no bfloat16 or float8.
        data = value.detach().resolve_conj().contiguous().reshape(-1).view(torch.uint8).numpy()
        return f'{value.dtype} {list(value.shape)} {data.tobytes().hex()}'
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int) and abs(value) >= 2**53:
        return f'bigint {value}'
    if isinstance(value, (int, float)):
        return f'number {floating(float(value))}'
    if isinstance(value, complex):
        return f'complex {floating(value.real)} {floating(value.imag)}'
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(describe, value))}]"
    return str(value)

def outcome(call):
    try:
        return describe(call())
    except Exception as error:
        return f'{type(error).__name__}: {str(error).splitlines()[0]}'
`;

/** The value of a snippet that makes use of `outcome`, in one request. */
export function outcomes<T = string[]>(code: string, inputs: Inputs = {}): Promise<T> {
  return evaluate<T>(`${PYTHON}\n${code}`, inputs);
}

/** A call with its name and its outcome in PyTorch. */
export type Row = [name: string, call: () => unknown, expected: string];

/** Checks that each call gives what PyTorch gave; names all that do not, with both outcomes. */
export function assertSame(rows: readonly Row[]): void {
  const differences: string[] = [];
  for (const [name, call, expected] of rows) {
    const got = outcome(call);
    if (got !== expected) differences.push(`${name}: PyTorch ${expected}; tsorch ${got}`);
  }
  const shown = differences.slice(0, 20).join('\n');
  assert.equal(differences.length, 0, `${differences.length} of ${rows.length} differ:\n${shown}`);
}
