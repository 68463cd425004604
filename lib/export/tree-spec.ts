/** How a program's arguments and results are nested: Python's `torch.utils._pytree.TreeSpec`. */
import { NotImplementedError, ValueError } from '../errors';
import { NamedTuple, namedTuple } from '../named-tuple';
import { isOptions } from '../ops';
import { stringRepr } from '../python-repr';
import { list, parse, record, text } from './json';
import { camelCase } from './names';

type Kind = 'leaf' | 'tuple' | 'list' | 'dict' | 'OrderedDict' | 'namedtuple';

const KINDS: Readonly<Record<string, Kind>> = {
  'builtins.tuple': 'tuple',
  'builtins.list': 'list',
  'builtins.dict': 'dict',
  'collections.OrderedDict': 'OrderedDict',
  'collections.namedtuple': 'namedtuple',
};

const MAX_DEPTH = 64;

/** The nesting of values. */
export class TreeSpec {
  constructor(
    readonly kind: Kind,
    readonly children: readonly TreeSpec[] = [],
    /** The keys of a dictionary, the fields of a named tuple. */
    readonly keys: readonly string[] = [],
  ) {}

  /** Reads what Python's `treespec_dumps` writes. */
  static parse(json: string, namedTuples: Readonly<Record<string, unknown>>): TreeSpec {
    const [version, spec] = list(parse(`{"spec": ${json}}`).spec, 'a tree');
    if (version !== 1) throw new ValueError(`the exported program has a tree of the unknown version ${version}`);
    return read(spec, namedTuples, 0);
  }

  get leaves(): number {
    if (this.kind === 'leaf') return 1;
    return this.children.reduce((count, child) => count + child.leaves, 0);
  }

  /** The leaves of a value, in order; null if it is nested in another way. */
  flatten(value: unknown): unknown[] | null {
    if (this.kind === 'leaf') return [value];
    const parts = this.parts(value);
    if (parts === null) return null;
    const leaves: unknown[] = [];
    for (const [i, child] of this.children.entries()) {
      const flat = child.flatten(parts[i]);
      if (flat === null) return null;
      leaves.push(...flat);
    }
    return leaves;
  }

  private parts(value: unknown): unknown[] | null {
    if (this.keys.length === 0 && this.kind !== 'dict' && this.kind !== 'OrderedDict') {
      return Array.isArray(value) && value.length === this.children.length ? value : null;
    }
    if (this.kind === 'namedtuple' && (value instanceof NamedTuple || Array.isArray(value))) return [...value];
    const entries = value instanceof Map ? value : isOptions(value) ? new Map(Object.entries(value)) : null;
    if (entries === null || entries.size !== this.keys.length) return null;
    return this.keys.every((key) => entries.has(key)) ? this.keys.map((key) => entries.get(key)) : null;
  }

  /** The value with these leaves: tuples and lists are arrays, a dict is a plain object, an OrderedDict a Map. */
  unflatten(leaves: readonly unknown[]): unknown {
    if (this.kind === 'leaf') return leaves[0];
    let start = 0;
    const parts = this.children.map((child) => {
      const part = child.unflatten(leaves.slice(start, start + child.leaves));
      start += child.leaves;
      return part;
    });
    if (this.kind === 'namedtuple') return namedTuple(this.keys.map(camelCase), parts);
    const entries = this.keys.map((key, i) => [key, parts[i]] as const);
    if (this.kind === 'OrderedDict') return new Map(entries);
    return this.kind === 'dict' ? Object.fromEntries(entries) : parts;
  }

  /** The name of each leaf below `prefix`, as Python writes it: `d['a'][0]`. */
  paths(prefix: string): string[] {
    if (this.kind === 'leaf') return [prefix];
    return this.children.flatMap((child, i) => {
      const key = this.keys[i];
      return child.paths(`${prefix}[${key === undefined ? i : stringRepr(key)}]`);
    });
  }

  /** As Python prints it. */
  toString(): string {
    if (this.kind === 'leaf') return '*';
    const context =
      this.kind === 'dict' || this.kind === 'OrderedDict' ? `[${this.keys.map(stringRepr).join(', ')}]` : 'None';
    return `TreeSpec(${this.kind}, ${context}, [${this.children.join(', ')}])`;
  }

  /** How a value is nested, as far as plain arrays and objects go. */
  static of(value: unknown, depth = 0): TreeSpec {
    if (depth > MAX_DEPTH) throw new ValueError('the arguments are nested too deeply');
    if (Array.isArray(value))
      return new TreeSpec(
        'list',
        value.map((item) => TreeSpec.of(item, depth + 1)),
      );
    const entries = value instanceof Map ? [...value] : isOptions(value) ? Object.entries(value) : null;
    if (entries === null) return new TreeSpec('leaf');
    const children = entries.map(([, item]) => TreeSpec.of(item, depth + 1));
    return new TreeSpec(
      'dict',
      children,
      entries.map(([key]) => String(key)),
    );
  }
}

function read(json: unknown, namedTuples: Readonly<Record<string, unknown>>, depth: number): TreeSpec {
  if (depth > MAX_DEPTH) throw new ValueError('the exported program has a tree that is nested too deeply');
  const { type, context, children_spec } = record(json, 'a tree');
  if (type === null) return new TreeSpec('leaf');
  const name = text(type, 'the type of a tree');
  const kind = Object.hasOwn(KINDS, name) ? KINDS[name] : undefined;
  if (kind === undefined) {
    throw new NotImplementedError(`the exported program takes or gives '${name}', which is known in Python only`);
  }
  const children = list(children_spec, 'the children of a tree').map((child) => read(child, namedTuples, depth + 1));
  if (kind === 'tuple' || kind === 'list') return new TreeSpec(kind, children);
  const keys = parse(`{"context": ${text(context, 'the context of a tree')}}`).context;
  const names = kind === 'namedtuple' ? fieldsOf(keys, namedTuples) : list(keys, 'the keys of a dictionary');
  if (names.length !== children.length || new Set(names).size !== names.length) {
    throw new ValueError('the exported program has a dictionary with other keys than values');
  }
  return new TreeSpec(
    kind,
    children,
    names.map((key) => (typeof key === 'number' ? String(key) : text(key, 'a key'))),
  );
}

function fieldsOf(type: unknown, namedTuples: Readonly<Record<string, unknown>>): readonly unknown[] {
  const name = text(type, 'the type of a named tuple');
  const known = Object.hasOwn(namedTuples, name) ? namedTuples[name] : undefined;
  return list(record(known, `the fields of ${name}`).field_names, 'the fields of a named tuple');
}
