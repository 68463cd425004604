/** Reads the JSON of an exported program, which anybody may have written: each value is checked before it is used. */
import { ValueError } from '../errors';

/** A JSON object. */
export type Json = Readonly<Record<string, unknown>>;

// Whole numbers beyond 2^53, such as the end of `x[1:]`, would lose digits: they are kept as text.
const TOKEN = /"(?:[^"\\]|\\.)*"|-?\d{16,}(?![\d.eE])/g;

/** Parses JSON text. Throws a ValueError. */
export function parse(text: string): Json {
  try {
    return record(JSON.parse(text.replace(TOKEN, (token) => (token.startsWith('"') ? token : `"${token}"`))), 'JSON');
  } catch (error) {
    throw error instanceof ValueError ? error : wrong('JSON', (error as Error).message);
  }
}

function wrong(what: string, found: unknown): ValueError {
  return new ValueError(
    `the exported program is damaged: expected ${what}, found ${found === undefined ? 'nothing' : String(found).slice(0, 80)}`,
  );
}

export function record(value: unknown, what: string): Json {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw wrong(what, value);
  return value as Json;
}

export function list(value: unknown, what: string): readonly unknown[] {
  if (!Array.isArray(value)) throw wrong(what, value);
  return value;
}

export function text(value: unknown, what: string): string {
  if (typeof value !== 'string') throw wrong(what, value);
  return value;
}

export function bool(value: unknown, what: string): boolean {
  if (typeof value !== 'boolean') throw wrong(what, value);
  return value;
}

/** A whole number: a bigint beyond 2^53. */
export function int(value: unknown, what: string): number | bigint {
  if (Number.isSafeInteger(value)) return value as number;
  if (typeof value === 'string' && /^-?\d{16,19}$/.test(value)) return BigInt(value);
  throw wrong(what, value);
}

/** A whole number that is a size or a position. */
export function index(value: unknown, what: string): number {
  if (!Number.isSafeInteger(value) || (value as number) < 0) throw wrong(what, value);
  return value as number;
}

/** A number, which may be infinite or NaN. */
export function float(value: unknown, what: string): number {
  if (typeof value === 'number') return value;
  if (value === 'Infinity' || value === '-Infinity' || value === 'NaN' || /^-?\d{16,}$/.test(String(value))) {
    return Number(value);
  }
  throw wrong(what, value);
}

/** The one member of a union: its kind and its value. */
export function union(value: unknown, what: string): readonly [kind: string, value: unknown] {
  const entries = Object.entries(record(value, what));
  const [entry] = entries;
  if (entry === undefined || entries.length !== 1) throw wrong(what, JSON.stringify(value));
  return entry;
}
