/** Operators of exported programs that run graphs: branches, loops, and scopes of the gradient mode. */
import { setGradEnabled } from '../autograd/grad-mode';
import { NotImplementedError, ValueError } from '../errors';
import type { Handle } from '../native';
import { wrap } from '../ops';

/** A graph that an operator runs. */
interface Runnable {
  run(inputs: readonly unknown[]): unknown[];
}

type Call = (args: readonly unknown[]) => readonly unknown[];

const isTrue = (value: unknown): boolean =>
  typeof value === 'boolean' ? value : Boolean(wrap(value as Handle).item<number | boolean>());

const operands = (args: readonly unknown[], from: number): unknown[] => args.slice(from).flat();

/** What the operator does with its graphs and its other arguments. Throws a NotImplementedError naming another one. */
export function higherOrder(name: string, graphs: readonly Runnable[]): Call {
  const [first, second] = graphs;
  const expected = name === 'wrap_with_set_grad_enabled' ? 1 : 2;
  if (name !== 'cond' && name !== 'while_loop' && name !== 'wrap_with_set_grad_enabled') {
    throw new NotImplementedError(
      `the exported program uses the higher-order operator '${name}', which only Python runs`,
    );
  }
  if (first === undefined || graphs.length !== expected) {
    throw new ValueError(`the exported program gives '${name}' ${graphs.length} graphs instead of ${expected}`);
  }
  if (name === 'wrap_with_set_grad_enabled') {
    return (args) => {
      using _ = setGradEnabled(isTrue(args[0]));
      return first.run(operands(args, 1));
    };
  }
  const other = second as Runnable;
  if (name === 'cond') return (args) => (isTrue(args[0]) ? first : other).run(operands(args, 1));
  return ([carried, ...additional]) => {
    const fixed = additional.flat();
    let values = [carried].flat();
    while (isTrue(first.run([...values, ...fixed])[0])) values = other.run([...values, ...fixed]);
    return values;
  };
}
