/** Plain values as Python's `repr` writes them. */
import { floatRepr } from './print/number';

/** Python's text of a value: `None`, `True`, `'text'`, `(1, 2)`, `0.1`; anything else by its own `toString`. */
export function repr(value: unknown): string {
  if (value === null || value === undefined) return 'None';
  if (value === true) return 'True';
  if (value === false) return 'False';
  if (typeof value === 'number') return Number.isSafeInteger(value) ? String(value) : floatRepr(value);
  if (typeof value === 'string') return stringRepr(value);
  if (Array.isArray(value)) return tupleRepr(value);
  if (value instanceof Map) return mapRepr(value);
  return (value as object).toString();
}

/** Python's text of a tuple: `(1, 2)`, `(1,)`. */
export function tupleRepr(values: readonly unknown[]): string {
  return values.length === 1 ? `(${repr(values[0])},)` : `(${values.map(repr).join(', ')})`;
}

/** Python's text of a list: `[1, 'a']`. */
export function listRepr(values: readonly unknown[]): string {
  return `[${values.map(repr).join(', ')}]`;
}

function mapRepr(map: ReadonlyMap<unknown, unknown>): string {
  return `{${[...map].map(([key, value]) => `${repr(key)}: ${repr(value)}`).join(', ')}}`;
}

/** Python's text of a string: in single quotes, or in double ones where that saves escapes. */
export function stringRepr(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  const escaped = text.replace(/\\/g, '\\\\').replace(/\n/g, '\\n').replace(/\t/g, '\\t');
  return quote + (quote === "'" ? escaped.replace(/'/g, "\\'") : escaped) + quote;
}

/** `torch.typename`: a tensor's legacy type, a Python word for a plain value, else the name of the class. */
export function typename(value: unknown): string {
  if (value === null || value === undefined) return 'NoneType';
  if (typeof value === 'number') return Number.isSafeInteger(value) ? 'int' : 'float';
  if (typeof value === 'bigint') return 'int';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'string') return 'str';
  if (Array.isArray(value)) return 'list';
  const type = (value as object).constructor;
  if (type === Function) return 'function';
  if (type === Object || type === Map || type === undefined) return 'dict';
  const tensor = value as { type?: () => string; isLeaf?: boolean };
  return typeof tensor.isLeaf === 'boolean' && tensor.type !== undefined ? tensor.type() : type.name;
}
