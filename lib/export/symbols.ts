/** What exported programs compute with sizes: Python's operators on numbers. */
import { RuntimeError } from '../errors';

type Numbers = (...numbers: number[]) => unknown;

function divisor(b: number): number {
  if (b === 0) throw new RuntimeError('division by zero');
  return b;
}

/** Python's rounding: half to even. */
function round(a: number): number {
  const floor = Math.floor(a);
  if (a - floor !== 0.5) return Math.round(a);
  return floor % 2 === 0 ? floor : floor + 1;
}

const OPERATORS: Readonly<Record<string, Numbers>> = {
  add: (a, b) => (a as number) + (b as number),
  sub: (a, b) => (a as number) - (b as number),
  mul: (a, b) => (a as number) * (b as number),
  truediv: (a, b) => (a as number) / divisor(b as number),
  floordiv: (a, b) => Math.floor((a as number) / divisor(b as number)),
  mod: (a, b) => (a as number) - Math.floor((a as number) / divisor(b as number)) * (b as number),
  pow: (a, b) => (a as number) ** (b as number),
  neg: (a) => -(a as number),
  pos: (a) => a,
  abs: (a) => Math.abs(a as number),
  lshift: (a, b) => (a as number) * 2 ** (b as number),
  rshift: (a, b) => Math.floor((a as number) / 2 ** (b as number)),
  eq: (a, b) => a === b,
  ne: (a, b) => a !== b,
  lt: (a, b) => (a as number) < (b as number),
  le: (a, b) => (a as number) <= (b as number),
  gt: (a, b) => (a as number) > (b as number),
  ge: (a, b) => (a as number) >= (b as number),
  and_: both,
  or_: either,
  not_: (a) => !a,
};

function both(a: unknown, b: unknown): unknown {
  return typeof a === 'boolean' ? a && b : (a as number) & (b as number);
}

function either(a: unknown, b: unknown): unknown {
  return typeof a === 'boolean' ? a || b : (a as number) | (b as number);
}

const MATH: Readonly<Record<string, Numbers>> = {
  ceil: (a) => Math.ceil(a as number),
  floor: (a) => Math.floor(a as number),
  trunc: (a) => Math.trunc(a as number),
  sqrt: (a) => Math.sqrt(a as number),
};

const TORCH: Readonly<Record<string, Numbers>> = {
  sym_int: (a) => Math.trunc(a as number),
  sym_float: (a) => a,
  sym_not: (a) => !a,
  sym_max: (a, b) => Math.max(a as number, b as number),
  sym_min: (a, b) => Math.min(a as number, b as number),
  sym_ite: (condition, a, b) => (condition ? a : b),
  sym_sqrt: (a) => Math.sqrt(a as number),
  _sym_sqrt: (a) => Math.sqrt(a as number),
};

const MODULES: Readonly<Record<string, Readonly<Record<string, Numbers>>>> = {
  _operator: OPERATORS,
  math: MATH,
  torch: TORCH,
  builtins: { abs: (a) => Math.abs(a as number), round: (a) => round(a as number) },
};

/** The function that a node's target names; undefined for none of these. */
export function symbolicFunction(target: string): Numbers | undefined {
  const dot = target.lastIndexOf('.');
  const functions = MODULES[target.slice(0, dot)];
  const name = target.slice(dot + 1);
  return functions !== undefined && Object.hasOwn(functions, name) ? functions[name] : undefined;
}
