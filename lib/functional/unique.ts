/** The different elements of a tensor. */
import { type Arguments, signature } from '../arguments';
import { _unique2 } from '../generated/torch';
import * as vf from '../generated/vf';
import type { Tensor } from '../tensor';

/** What `unique` gives beside the elements. */
interface Wanted<Inverse extends boolean, Counts extends boolean> {
  returnInverse: Inverse;
  returnCounts: Counts;
}

type Without<Inverse extends boolean, Counts extends boolean> = Partial<Wanted<Inverse, Counts>>;

/** A function whose result has as many tensors as are asked for: the elements, the inverse, the counts. */
interface Unique<Options, Args> {
  (input: Tensor, options?: Options & Without<false, false>): Tensor;
  (input: Tensor, options: Options & Wanted<true, true>): [output: Tensor, inverse: Tensor, counts: Tensor];
  (input: Tensor, options: Options & { returnInverse: true } & Without<true, false>): [output: Tensor, inverse: Tensor];
  (input: Tensor, options: Options & { returnCounts: true } & Without<false, true>): [output: Tensor, counts: Tensor];
  (...args: Args extends readonly unknown[] ? Args : never): Tensor | Tensor[];
}

/** As `Unique`, for the method. */
export interface UniqueMethod<Options, Args> {
  (this: Tensor, options?: Options & Without<false, false>): Tensor;
  (this: Tensor, options: Options & Wanted<true, true>): [output: Tensor, inverse: Tensor, counts: Tensor];
  (this: Tensor, options: Options & { returnInverse: true } & Without<true, false>): [output: Tensor, inverse: Tensor];
  (this: Tensor, options: Options & { returnCounts: true } & Without<false, true>): [output: Tensor, counts: Tensor];
  (this: Tensor, ...args: Args extends readonly unknown[] ? Args : never): Tensor | Tensor[];
}

function asked(results: readonly Tensor[], returnInverse: boolean, returnCounts: boolean): Tensor | Tensor[] {
  const [output, inverse, counts] = results as [Tensor, Tensor, Tensor];
  if (!returnInverse && !returnCounts) return output;
  return [output, ...(returnInverse ? [inverse] : []), ...(returnCounts ? [counts] : [])];
}

const UNIQUE = ['input', 'sorted?', 'returnInverse?', 'returnCounts?', 'dim?'] as const;
type UniqueValues = [
  input: Tensor,
  sorted?: boolean,
  returnInverse?: boolean,
  returnCounts?: boolean,
  dim?: number | null,
];
const uniqueSignature = signature('unique', ...UNIQUE).of<UniqueValues>();

/**
 * The different elements, or with `dim` the different slices along it, sorted. `returnInverse` adds where each element
 * went, `returnCounts` how often each occurs.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.unique.html
 */
export const unique = ((...args: Arguments<UniqueValues, typeof UNIQUE>): Tensor | Tensor[] => {
  const [input, sorted = true, returnInverse = false, returnCounts = false, dim] = uniqueSignature.bind(args);
  const options = { sorted, returnInverse, returnCounts };
  const results = dim === undefined || dim === null ? _unique2(input, options) : vf.uniqueDim(input, dim, options);
  return asked(results, returnInverse, returnCounts);
}) as Unique<{ sorted?: boolean; dim?: number | null }, Arguments<UniqueValues, typeof UNIQUE>>;

const CONSECUTIVE = ['input', 'returnInverse?', 'returnCounts?', 'dim?'] as const;
type ConsecutiveValues = [input: Tensor, returnInverse?: boolean, returnCounts?: boolean, dim?: number | null];
const consecutiveSignature = signature('unique_consecutive', ...CONSECUTIVE).of<ConsecutiveValues>();

/**
 * The elements, or with `dim` the slices along it, without those that equal the one before. Results as `unique`'s.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.unique_consecutive.html
 */
export const uniqueConsecutive = ((...args: Arguments<ConsecutiveValues, typeof CONSECUTIVE>): Tensor | Tensor[] => {
  const [input, returnInverse = false, returnCounts = false, dim = null] = consecutiveSignature.bind(args);
  return asked(vf.uniqueConsecutive(input, returnInverse, returnCounts, dim), returnInverse, returnCounts);
}) as Unique<{ dim?: number | null }, Arguments<ConsecutiveValues, typeof CONSECUTIVE>>;
