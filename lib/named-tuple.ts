/** Results with names. */
import { inspect } from 'node:util';

/** Several results with names: Python's namedtuple. Indexed, iterable, with a `length`; not an Array. */
export abstract class NamedTuple {
  readonly [index: number]: unknown;
  /** @internal The names of the fields, in order. */
  abstract readonly fields: readonly string[];

  constructor(values: readonly unknown[]) {
    for (let i = 0; i < values.length; i++) (this as { [index: number]: unknown })[i] = values[i];
    Object.freeze(this);
  }

  /** The number of fields. */
  get length(): number {
    return this.fields.length;
  }

  *[Symbol.iterator](): IterableIterator<unknown> {
    for (let i = 0; i < this.length; i++) yield this[i];
  }

  /** The fields as Python prints them. */
  toString(): string {
    return `(\n${this.fields.map((name, i) => `${name}=${this[i]}`).join(',\n')})`;
  }

  /** @internal What `console.log` prints. */
  [inspect.custom](): string {
    return this.toString();
  }
}

type NamedTupleClass = new (values: readonly unknown[]) => NamedTuple;

/** A class for each list of names, so that making one of its tuples defines no properties. */
const classes = new Map<string, NamedTupleClass>();
/** The same by the array of names itself, of which the addon has one for each operator. */
const classesByArray = new WeakMap<readonly string[], NamedTupleClass>();

function defineClass(fields: readonly string[]): NamedTupleClass {
  const defined = class extends NamedTuple {
    get fields(): readonly string[] {
      return fields;
    }
  };
  fields.forEach((name, i) => {
    Object.defineProperty(defined.prototype, name, {
      get(this: NamedTuple) {
        return this[i];
      },
    });
  });
  return defined;
}

/** @internal The values with their names. */
export function namedTuple(names: readonly string[], values: readonly unknown[]): NamedTuple {
  return new (classesByArray.get(names) ?? classOf(names))(values);
}

function classOf(names: readonly string[]): NamedTupleClass {
  const key = names.join();
  const found = classes.get(key) ?? defineClass(names);
  classes.set(key, found);
  classesByArray.set(names, found);
  return found;
}
