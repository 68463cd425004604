/** The options of optimizers: how constructors take them, and what groups have. */
import { Signature } from '../arguments';
import type { Params } from './optimizer';

/** The options at the beginning of `Names`, any number of them, by position. */
type ByPosition<Group, Names extends readonly (keyof Group)[]> = Names extends readonly [
  infer First extends keyof Group,
  ...infer Rest extends (keyof Group)[],
]
  ? [] | [value: Group[First] | undefined, ...ByPosition<Group, Rest>]
  : [];

/**
 * The arguments of an optimizer with the options `Group`, of which those of `Names` may be given by position: the
 * parameters, then options in that order, or by name in a trailing object.
 */
export type OptimizerArguments<Group, Names extends readonly (keyof Group)[]> =
  | [params: Params<Group & object>, ...ByPosition<Group, Names>]
  | [params: Params<Group & object>, ...ByPosition<Group, Names>, options: Partial<Group>]
  | [options: { params: Params<Group & object> } & Partial<Group>];

/** The constructor of an optimizer: its options in Python's order, with their defaults. */
export class OptimizerSignature<Group extends object> {
  private readonly signature: Signature<readonly unknown[], readonly string[]>;
  private readonly names: readonly string[];
  private readonly defaults: Readonly<Record<string, unknown>>;

  /**
   * @param name The class.
   * @param positional The options that may be given by position.
   * @param keywords Those that are given by name only.
   * @param order The order that options have in groups, where it is another.
   */
  constructor(
    name: string,
    positional: Partial<Group>,
    keywords: Partial<Group>,
    private readonly order?: readonly (keyof Group & string)[],
  ) {
    this.defaults = { ...positional, ...keywords };
    this.names = Object.keys(this.defaults);
    const parameters = ['params', ...this.names.map((option) => `${option}?`)];
    this.signature = new Signature(`${name}.__init__`, parameters, Object.keys(positional).length + 1);
  }

  /** The parameters and the options of a call. */
  bind(args: readonly unknown[]): [params: Params<Group>, options: Group] {
    const [params, ...values] = this.signature.bind(args as never);
    const options: Record<string, unknown> = {};
    for (const name of this.order ?? this.names) {
      const value = values[this.names.indexOf(name)];
      options[name] = value === undefined ? this.defaults[name] : value;
    }
    return [params as Params<Group>, options as Group];
  }
}
