/** The arguments of a graph's nodes: where each value comes from. */
import { Complex } from '../complex';
import { NotImplementedError, ValueError } from '../errors';
import { deviceOf, dtypeOf, layoutOf, memoryFormatOf } from './enums';
import { bool, float, int, list, record, text, union } from './json';

/** The values of a running graph: native tensors, numbers, lists of them. */
export type Values = unknown[];

/** Gives each name of a graph its place among the values. */
export class Places {
  private readonly places = new Map<string, number>();
  /** The place of a name that is not there yet. */
  define(name: string): number {
    const place = this.places.size;
    if (this.places.has(name)) throw new ValueError(`the exported program defines '${name}' twice`);
    this.places.set(name, place);
    return place;
  }

  find(name: string): number {
    const place = this.places.get(name);
    if (place === undefined) throw new ValueError(`the exported program uses '${name}' before it is there`);
    return place;
  }
}

/** A value that a node takes: a constant, or computed from the values there are. */
export interface Operand {
  readonly kind: string;
  /** The places that it reads. */
  readonly uses: readonly number[];
  read(values: Values): unknown;
}

const constant = (kind: string, value: unknown): Operand => ({ kind, uses: [], read: () => value });

const at = (kind: string, place: number): Operand => ({ kind, uses: [place], read: (values) => values[place] });

function listOf(kind: string, items: readonly Operand[]): Operand {
  return {
    kind,
    uses: items.flatMap((item) => item.uses),
    read: (values) => items.map((item) => item.read(values)),
  };
}

const nameOf = (value: unknown): string => text(record(value, 'a tensor argument').name, 'a name');

/** A float where a whole number could be an int: the addon tells them apart by the tag. */
export const tagged = (value: number): unknown => (Number.isInteger(value) ? ['float', value] : value);

function symbolic(kind: string, value: unknown, places: Places, plain: (value: unknown) => unknown): Operand {
  const [form, content] = union(value, 'a symbolic argument');
  if (form !== 'as_name') return constant(kind, plain(content));
  const place = places.find(text(content, 'a name'));
  if (!kind.startsWith('as_sym_float')) return at(kind, place);
  return { kind, uses: [place], read: (values) => tagged(values[place] as number) };
}

function optionalTensor(kind: string, value: unknown, places: Places): Operand {
  const [form, content] = union(value, 'an optional tensor');
  return form === 'as_tensor' ? at(kind, places.find(nameOf(content))) : constant(kind, null);
}

/** An argument, except a graph. Throws a ValueError, or a NotImplementedError naming what it cannot be. */
export function operandOf(argument: unknown, places: Places): Operand {
  const [kind, value] = union(argument, 'an argument');
  const each = (read: (item: unknown) => Operand): Operand => listOf(kind, list(value, kind).map(read));
  const constants = (read: (item: unknown, what: string) => unknown): Operand =>
    constant(
      kind,
      list(value, kind).map((item) => read(item, kind)),
    );
  switch (kind) {
    case 'as_none':
      return constant(kind, null);
    case 'as_tensor':
      return at(kind, places.find(nameOf(value)));
    case 'as_tensors':
      return each((item) => at(kind, places.find(nameOf(item))));
    case 'as_optional_tensor':
      return optionalTensor(kind, value, places);
    case 'as_optional_tensors':
      return each((item) => optionalTensor(kind, item, places));
    case 'as_int':
      return constant(kind, int(value, kind));
    case 'as_ints':
      return constants(int);
    case 'as_float':
      return constant(kind, tagged(float(value, kind)));
    case 'as_floats':
      return constants(float);
    case 'as_bool':
      return constant(kind, bool(value, kind));
    case 'as_bools':
      return constants(bool);
    case 'as_string':
      return constant(kind, text(value, kind));
    case 'as_strings':
      return constants(text);
    case 'as_complex': {
      const { real, imag } = record(value, kind);
      return constant(kind, new Complex(float(real, kind), float(imag, kind)).handle);
    }
    case 'as_sym_int':
      return symbolic(kind, value, places, (plain) => int(plain, kind));
    case 'as_sym_ints':
      return each((item) => symbolic(kind, item, places, (plain) => int(plain, kind)));
    case 'as_sym_float':
      return symbolic(kind, value, places, (plain) => tagged(float(plain, kind)));
    case 'as_sym_floats':
      return each((item) => symbolic('as_floats', item, places, (plain) => float(plain, kind)));
    case 'as_sym_bool':
      return symbolic(kind, value, places, (plain) => bool(plain, kind));
    case 'as_sym_bools':
      return each((item) => symbolic(kind, item, places, (plain) => bool(plain, kind)));
    case 'as_scalar_type':
      return constant(kind, dtypeOf(value).handle);
    case 'as_layout':
      return constant(kind, layoutOf(value).handle);
    case 'as_memory_format':
      return constant(kind, memoryFormatOf(value).handle);
    case 'as_device':
      return constant(kind, deviceOf(value).handle);
    default:
      throw new NotImplementedError(
        `the exported program has an argument of the kind '${kind}', which only Python runs`,
      );
  }
}

/** Where a node's result goes: a place, a list of them, or nowhere. */
export type Target = number | readonly Target[] | null;

/** The places of a node's results. */
export function targetOf(argument: unknown, places: Places): Target {
  const [kind, value] = union(argument, 'a result');
  const symbol = (item: unknown): Target => {
    const [form, content] = union(item, 'a symbolic result');
    return form === 'as_name' ? places.define(text(content, 'a name')) : null;
  };
  switch (kind) {
    case 'as_none':
      return null;
    case 'as_tensor':
      return places.define(nameOf(value));
    case 'as_tensors':
      return list(value, kind).map((item) => places.define(nameOf(item)));
    case 'as_optional_tensor':
      return optionalTarget(value, places);
    case 'as_optional_tensors':
      return list(value, kind).map((item) => optionalTarget(item, places));
    case 'as_sym_int':
    case 'as_sym_float':
    case 'as_sym_bool':
      return symbol(value);
    case 'as_sym_ints':
      return list(value, kind).map(symbol);
    default:
      throw new NotImplementedError(`the exported program has a result of the kind '${kind}', which only Python runs`);
  }
}

function optionalTarget(value: unknown, places: Places): Target {
  const [form, content] = union(value, 'an optional tensor');
  return form === 'as_tensor' ? places.define(nameOf(content)) : null;
}
