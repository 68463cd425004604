/** The example arguments with which a function is traced. */
import { RuntimeError } from '../errors';
import { isOptions } from '../ops';
import { Tensor } from '../tensor';

/** Example inputs: a tensor, a list of arguments, or null where keyword arguments are given. */
export type ExampleInputs = Tensor | readonly unknown[] | null;

/** Arguments of a traced call: positional ones, or keyword ones by name. */
export interface Example {
  readonly args: readonly unknown[];
  /** The names, where they are keyword arguments. */
  readonly names: readonly string[] | null;
}

/** The arguments that example inputs stand for. */
export function exampleOf(
  inputs: ExampleInputs | undefined,
  kwargs: Readonly<Record<string, unknown>> | null = null,
): Example {
  if (inputs === null || inputs === undefined) {
    if (kwargs === null || !isOptions(kwargs)) throw new RuntimeError('example_kwarg_inputs should be a dict');
    return { args: Object.values(kwargs), names: Object.keys(kwargs) };
  }
  return { args: inputs instanceof Tensor ? [inputs] : inputs, names: null };
}

/** Copies of the tensors, so that what a function does to its inputs is done to these. */
export function copied(example: Example): Example {
  return { ...example, args: example.args.map(copy) };
}

function copy(value: unknown): unknown {
  if (value instanceof Tensor) return value.detach().clone().requiresGrad_(value.requiresGrad);
  if (Array.isArray(value)) return value.map(copy);
  return isOptions(value) ? Object.fromEntries(Object.entries(value).map(([key, item]) => [key, copy(item)])) : value;
}

/** What the function is called with. */
export function argumentsOf({ args, names }: Example): unknown[] {
  return names === null ? [...args] : [Object.fromEntries(names.map((name, i) => [name, args[i]]))];
}
