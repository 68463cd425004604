/** Poolings that also tell where the elements were found, if asked to: Python's `boolean_dispatch`. */
import { type Arguments, Signature } from '../../arguments';
import type { Tensor } from '../../tensor';

/** The largest elements and where they are. */
export type MaxPoolResult = [output: Tensor, indices: Tensor];

/** A pooling that gives the indices too where `returnIndices` asks for them; `Required` are what it cannot do without. */
export interface PoolWithIndices<
  Required extends readonly unknown[],
  Options,
  Values extends readonly unknown[],
  Names extends readonly string[],
> {
  (...args: [...needed: Required, options: Options & { returnIndices: true }]): MaxPoolResult;
  (...args: Arguments<Values, Names>): Tensor;
}

/**
 * A function that gives `plain` of its arguments, or `withIndices` where its `returnIndices` is true.
 *
 * @param name Python's name of the function without indices.
 * @param names All parameters, `returnIndices?` among them.
 */
export function dispatchOnIndices<F, const Names extends readonly string[]>(
  name: string,
  names: Names,
  plain: (...values: never[]) => Tensor,
  withIndices: (...values: never[]) => Iterable<Tensor>,
): F {
  const signature = new Signature<readonly unknown[], Names>(name, names);
  const flag = names.indexOf('returnIndices?');
  const call = (...args: Arguments<readonly unknown[], Names>): Tensor | Tensor[] => {
    const values = signature.bind(args) as never[];
    return values[flag] ? [...withIndices(...values)] : plain(...values);
  };
  return call as F;
}
