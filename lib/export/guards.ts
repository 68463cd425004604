/** What an exported program demands of its inputs' sizes. */
import { AssertionError } from '../errors';
import { Tensor } from '../tensor';
import { index, int, type Json, list, record, text, union } from './json';

/** A check of the inputs, in order. */
type Guard = (inputs: readonly unknown[], sizes: Map<string, number>) => void;

function demand(holds: boolean, what: string): void {
  if (!holds) throw new AssertionError(`Guard failed: ${what}`);
}

const SYMBOL = /^Symbol\('(\w+)'/;

/** The checks of input `i`, called `path`, whose dimensions `meta` describes. */
function sizeGuards(i: number, path: string, meta: Json, ranges: Json): Guard[] {
  return list(meta.sizes, 'sizes').map((size, dim): Guard => {
    const [kind, value] = union(size, 'a size');
    const name = `${path}.size()[${dim}]`;
    const sizeIn = (inputs: readonly unknown[]): number | undefined => (inputs[i] as Tensor).shape[dim];
    if (kind === 'as_int') {
      const expected = index(value, 'a size');
      return (inputs) => demand((sizeIn(inputs) ?? expected) === expected, `${name} == ${expected}`);
    }
    const symbol = SYMBOL.exec(text(record(value, 'a size').expr_str, 'an expression'))?.[1];
    if (symbol === undefined) return () => undefined;
    const range = Object.hasOwn(ranges, symbol) ? record(ranges[symbol], 'a range') : {};
    const [least, most] = [range.min_val ?? null, range.max_val ?? null].map((bound) =>
      bound === null ? null : Number(int(bound, 'a bound')),
    );
    return (inputs, sizes) => {
      const actual = sizeIn(inputs);
      if (actual === undefined) return;
      const known = sizes.get(symbol);
      if (known !== undefined) demand(actual === known, `${name} == ${known}`);
      sizes.set(symbol, actual);
      // As in Python, which traces with at least two, a size of one or none passes where two is the least.
      if (least !== null && least !== undefined && least > 2) demand(actual >= least, `${name} >= ${least}`);
      if (most !== null && most !== undefined) demand(actual <= most, `${name} <= ${most}`);
    };
  });
}

/** The check of a program's inputs: `metas` describes those that are tensors. Throws Python's AssertionError. */
export function inputGuards(
  paths: readonly string[],
  metas: readonly (Json | null)[],
  ranges: Json,
): (inputs: readonly unknown[]) => void {
  const guards = metas.flatMap((meta, i) => {
    if (meta === null) return [];
    const path = paths[i] as string;
    const isTensor: Guard = (inputs) => {
      if (!(inputs[i] instanceof Tensor)) throw new AssertionError(`Guard failed: ${path} is a Tensor`);
    };
    return [isTensor, ...sizeGuards(i, path, meta, ranges)];
  });
  return (inputs) => {
    const sizes = new Map<string, number>();
    for (const guard of guards) guard(inputs, sizes);
  };
}
