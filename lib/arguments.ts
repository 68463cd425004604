/** Python's way to pass arguments, for what PyTorch writes in Python: by position, or by name from any place on. */
import { unknownOption } from './errors';
import { checkLength, isOptions } from './ops';

/** Keeps a tensor, which has a `dtype` and a `device` as well, from passing for keyword arguments. */
interface Keywords {
  readonly [Symbol.iterator]?: never;
}

type Named<Name extends string, Value> = Name extends `${infer Optional}?`
  ? { [K in Optional]?: Value }
  : { [K in Name]: Value };

type ByName<Values extends readonly unknown[], Names extends readonly string[], Options = Keywords> = Values extends [
  ...infer Before,
  infer Value,
]
  ? Names extends readonly [...infer NamesBefore extends string[], infer Name extends string]
    ? [...Before, options: Named<Name, Value> & Options] | ByName<Before, NamesBefore, Named<Name, Value> & Options>
    : never
  : never;

/**
 * The arguments of a function with parameters `Values`, called `Names` (with a `?` where one may be left out): any of
 * them by position, those after by name in a trailing object.
 */
export type Arguments<Values extends readonly unknown[], Names extends readonly string[]> =
  | Values
  | ByName<Required<Values>, Names>;

/** The arguments that a signature takes. */
export type ArgumentsOf<S> = S extends Signature<infer Values, infer Names> ? Arguments<Values, Names> : never;

/** The parameters of a function that PyTorch writes in Python, in Python's order. */
export class Signature<Values extends readonly unknown[], const Names extends readonly string[]> {
  private readonly parameters: readonly string[];
  private readonly required: number;
  private readonly keywords: ReadonlySet<string>;

  /**
   * @param name Python's name, as its error sentences have it; a method's is `Tensor.norm`.
   * @param names The parameters, a `?` after those that may be left out.
   * @param positional How many of them may be given by position.
   */
  constructor(
    private readonly name: string,
    names: Names,
    private readonly positional: number = names.length,
  ) {
    this.parameters = names.map((parameter) => parameter.replace('?', ''));
    this.required = names.filter((parameter) => !parameter.endsWith('?')).length;
    this.keywords = new Set(this.parameters);
  }

  /** The same signature with the types of its parameters. */
  of<V extends readonly unknown[]>(): Signature<V, Names> {
    return this as unknown as Signature<V, Names>;
  }

  /** The arguments by position, `undefined` where one is left out. Throws Python's TypeError where they do not fit. */
  bind(args: Arguments<Values, Names>): Values {
    const given = args as readonly unknown[];
    const last = given.length - 1;
    if (last >= 0 && isOptions(given[last])) return this.bindByName(given, last) as unknown as Values;
    if (given.length > this.positional) throw this.tooMany(given.length);
    if (given.length < this.required) throw this.missing(given);
    return given as Values;
  }

  private bindByName(args: readonly unknown[], count: number): unknown[] {
    if (count > this.positional) throw this.tooMany(count);
    const bound = args.slice(0, count);
    for (const [name, value] of Object.entries(args[count] as Record<string, unknown>)) {
      if (!this.keywords.has(name)) {
        const added = unknownOption(name, this.parameters);
        throw new TypeError(`${this.name}() got an unexpected keyword argument '${name}'${added}`);
      }
      if (value === undefined) continue;
      const place = this.parameters.indexOf(name);
      if (place < count) throw new TypeError(`${this.name}() got multiple values for argument '${name}'`);
      bound[place] = value;
    }
    if (this.required > count) this.checkRequired(bound);
    return bound;
  }

  private checkRequired(bound: readonly unknown[]): void {
    for (let i = 0; i < this.required; i++) {
      if (bound[i] === undefined) throw this.missing(bound);
    }
  }

  private missing(bound: readonly unknown[]): TypeError {
    const names = this.parameters.slice(0, this.required).filter((_, i) => bound[i] === undefined);
    const quoted = names.map((name) => `'${name}'`);
    const listed = quoted.length < 3 ? quoted.join(' and ') : `${quoted.slice(0, -1).join(', ')}, and ${quoted.at(-1)}`;
    const noun = names.length === 1 ? 'argument' : 'arguments';
    return new TypeError(`${this.name}() missing ${names.length} required positional ${noun}: ${listed}`);
  }

  private tooMany(given: number): TypeError {
    // Python counts `self`.
    const self = this.name.includes('.') ? 1 : 0;
    const [least, most] = [this.required + self, this.positional + self];
    const takes = least === most ? `${most}` : `from ${least} to ${most}`;
    const noun = most === 1 ? 'argument' : 'arguments';
    const verb = given + self === 1 ? 'was' : 'were';
    return new TypeError(`${this.name}() takes ${takes} positional ${noun} but ${given + self} ${verb} given`);
  }
}

/** The parameters `names` of the Python function `name`. */
export function signature<const Names extends readonly string[]>(
  name: string,
  ...names: Names
): Signature<readonly unknown[], Names> {
  return new Signature(name, names);
}

/** The arguments, if bodies may go through the lists among them. */
function checked(values: readonly unknown[]): readonly unknown[] {
  for (const value of values) {
    if (Array.isArray(value)) checkLength(value);
  }
  return values;
}

/** `Body` with its arguments by position or by name. */
export type PythonFunction<Body, Names extends readonly string[]> = Body extends (...args: infer Values) => infer Result
  ? (...args: Arguments<Values, Names>) => Result
  : never;

/**
 * A function that PyTorch writes in Python: `body` with its parameters named, so that arguments may be passed by name.
 *
 * @param name Python's name.
 * @param names The parameters of `body` in order, a `?` after those that may be left out.
 * @param positional How many of them may be given by position.
 */
export function python<const Names extends readonly string[], Body extends object>(
  name: string,
  names: Names,
  // Not typed as a function, so that its parameters take their types from their defaults.
  body: Body,
  positional: number = names.length,
): PythonFunction<Body, Names> {
  const parameters = new Signature<readonly unknown[], Names>(name, names, positional);
  const call = body as unknown as (...args: readonly unknown[]) => unknown;
  return ((...args: Arguments<readonly unknown[], Names>) => call(...checked(parameters.bind(args)))) as PythonFunction<
    Body,
    Names
  >;
}

/** `Body` as a method: its first parameter is `this`, the others are by position or by name. */
export type PythonMethod<Body, Names extends readonly string[]> = Body extends (
  self: infer Self,
  ...args: infer Values
) => infer Result
  ? (this: Self, ...args: Arguments<Values, Names>) => Result
  : never;

/**
 * As `python`, for a method: `body` takes the object first.
 *
 * @param name Python's name with the class: `Tensor.norm`.
 * @param names The parameters after the object.
 */
export function pythonMethod<const Names extends readonly string[], Body extends object>(
  name: string,
  names: Names,
  body: Body,
): PythonMethod<Body, Names> {
  const parameters = new Signature<readonly unknown[], Names>(name, names);
  const call = body as unknown as (self: unknown, ...args: readonly unknown[]) => unknown;
  return function (this: unknown, ...args: Arguments<readonly unknown[], Names>) {
    return call(this, ...checked(parameters.bind(args)));
  } as PythonMethod<Body, Names>;
}

/**
 * Parts what a function of Python's `*args` is given: the values, and the options that follow them.
 *
 * @param names The options' names.
 * @throws TypeError for an option that is none of them.
 */
export function trailing<Value, Options extends object>(
  name: string,
  names: readonly (keyof Options & string)[],
  args: readonly unknown[],
): [values: Value[], options: Partial<Options>] {
  const options = args.at(-1);
  if (!isOptions(options)) return [args as Value[], {}];
  for (const key of Object.keys(options)) {
    if (names.includes(key as keyof Options & string)) continue;
    throw new TypeError(`${name}() got an unexpected keyword argument '${key}'${unknownOption(key, names)}`);
  }
  return [args.slice(0, -1) as Value[], options as Partial<Options>];
}
