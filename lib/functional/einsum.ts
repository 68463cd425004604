/** Sums of products in Einstein's notation. */
import { ValueError } from '../errors';
import * as vf from '../generated/vf';
import { isTensor } from '../ops';
import type { Tensor } from '../tensor';
import type { TensorList } from '../types';

/** The subscripts of one operand: numbers in [0, 52), and `'...'` for Python's Ellipsis. */
export type Subscripts = readonly (number | '...')[];

type SublistArguments = readonly (Tensor | Subscripts)[];

/** The letter that stands for a subscript in an equation. */
function letter(subscript: number | '...'): string {
  if (subscript === '...') return '...';
  if (subscript >= 0 && subscript < 26) return String.fromCharCode('A'.charCodeAt(0) + subscript);
  if (subscript >= 26 && subscript < 52) return String.fromCharCode('a'.charCodeAt(0) + subscript - 26);
  throw new ValueError('einsum(): subscript in subscript list is not within the valid range [0, 52)');
}

function letters(subscripts: Subscripts): string {
  return subscripts.map(letter).join('');
}

/** Operands and their subscripts by turns, the result's at the end if there is one more, as an equation. */
function fromSublists(args: SublistArguments): [equation: string, operands: Tensor[]] {
  const hasResult = args.length % 2 === 1;
  const pairs = hasResult ? args.slice(0, -1) : args;
  const operands = pairs.filter((_, i) => i % 2 === 0) as Tensor[];
  const subscripts = pairs.filter((_, i) => i % 2 === 1) as Subscripts[];
  const result = hasResult ? `->${letters(args.at(-1) as Subscripts)}` : '';
  return [subscripts.map(letters).join(',') + result, operands];
}

/**
 * The sum of the product of the operands over the subscripts that the result lacks: `einsum('ij,jk->ik', a, b)`, or with
 * lists of numbers for subscripts, `einsum(a, [0, 1], b, [1, 2], [0, 2])`. Contracts from left to right.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.einsum.html
 * @throws ValueError for a subscript that is none, RuntimeError for an equation that does not fit the operands.
 */
export function einsum(equation: string, ...operands: Tensor[] | [TensorList]): Tensor;
export function einsum(...operandsAndSubscripts: SublistArguments): Tensor;
export function einsum(...args: readonly unknown[]): Tensor {
  if (args.length < 2) {
    throw new ValueError(
      'einsum(): must specify the equation string and at least one operand, or at least one operand and its subscripts list',
    );
  }
  const [equation, operands] = isTensor(args[0])
    ? fromSublists(args as SublistArguments)
    : [args[0] as string, args.slice(1) as Tensor[]];
  const list = operands.length === 1 && Array.isArray(operands[0]) ? (operands[0] as TensorList) : operands;
  return vf.einsum(equation, list);
}
