/** Checks of traced programs: that they compute what the function computes, and that a second trace is the same. */
import { noGrad } from '../autograd/grad-mode';
import { float64 } from '../dtype';
import { TorchError } from '../errors';
import { type Handle, native } from '../native';
import { wrap } from '../ops';
import { Tensor } from '../tensor';
import { warn } from '../warnings';
import { ScriptFunction, unitOf } from './script-function';
import { handleOf, type ScriptModule } from './script-module';
import { argumentsOf, copied, type Example } from './trace-example';

type Callable = (...args: unknown[]) => unknown;
type Traced = ScriptModule | ScriptFunction;

/** A traced program that is another one each time that it is traced, or that does not run. */
export class TracingCheckError extends TorchError {}

const indent = (text: string): string =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => `\t${line}`)
    .join('\n');

/** The native owner of a program's graph, and the graph's name. */
function graphOf(traced: Traced, method: string): [owner: Handle, name: string] {
  return traced instanceof ScriptFunction ? [unitOf(traced), traced.name] : [handleOf(traced), method];
}

/** What two traces of one function differ in; an empty text if in nothing. */
function difference(traced: Traced, again: Traced, method: string): string {
  const [text, constants] = native.graphFacts(...graphOf(traced, method));
  const [otherText, otherConstants] = native.graphFacts(...graphOf(again, method));
  const plain = (graph: string): string[] =>
    graph
      .replace(/___torch_mangle_\d+\./g, '')
      .trimEnd()
      .split('\n');
  const [lines, others] = [plain(text), plain(otherText)];
  const at = lines.findIndex((line, i) => line !== others[i]);
  if (at >= 0 || lines.length !== others.length) {
    const place = at < 0 ? lines.length : at;
    const diverging = indent(`- ${lines[place] ?? ''}\n+ ${others[place] ?? ''}`);
    return `ERROR: Graphs differed across invocations!\n${indent(`First diverging operator:\n${diverging}`)}\n`;
  }
  const differing = constants.findIndex(
    (constant, i) => mismatch(wrap(constant), wrap(otherConstants[i] as Handle), 1.3e-6) !== null,
  );
  if (differing < 0) return '';
  return (
    'ERROR: Tensor-valued Constant nodes differed in value across invocations. This often indicates that the tracer has' +
    ` encountered untraceable code.\n${indent(`Constant ${differing + 1} of ${constants.length}`)}\n`
  );
}

/** What `torch.testing.assert_close` says of two tensors; null where they agree. */
function mismatch(actual: Tensor, expected: Tensor, rtol: number): string | null {
  if (String(actual.shape) !== String(expected.shape)) {
    return `The values for attribute 'shape' do not match: ${actual.shape} != ${expected.shape}.`;
  }
  const wide = (tensor: Tensor): Tensor => {
    const plain = tensor.isQuantized ? tensor.dequantize() : tensor;
    return plain.dtype.isComplex ? plain : plain.to(float64);
  };
  const [x, y] = [wide(actual), wide(expected)];
  const itemsize = Math.min(actual.dtype.itemsize, expected.dtype.itemsize);
  const isFloating = actual.dtype.isFloatingPoint || actual.dtype.isComplex;
  const atol = !isFloating ? 0 : itemsize >= 8 && !actual.dtype.isComplex ? 1e-7 : 1e-5;
  const wrong = x.isclose(y, { rtol, atol, equalNan: true }).logicalNot();
  const count = wrong.sum().item();
  if (count === 0) return null;
  const percent = ((100 * count) / actual.numel()).toFixed(1);
  const greatest = x.sub(y).abs().max().item();
  return (
    `Tensor-likes are not close!\n\nMismatched elements: ${count} / ${actual.numel()} (${percent}%)\n` +
    `Greatest absolute difference: ${greatest} (up to ${atol === 1e-7 ? '1e-07' : atol === 0 ? '0' : '1e-05'} allowed)`
  );
}

/** The tensors among what a function returns. */
function tensorsOf(result: unknown): Tensor[] {
  const values = Array.isArray(result) ? result : [result];
  return values.filter((value) => value instanceof Tensor);
}

/**
 * @internal Python's check of a trace: warns where results differ.
 *
 * @param func What was traced.
 * @param again A second trace.
 * @throws TracingCheckError if the traces differ or one does not run.
 */
export function checkTrace(
  func: Callable,
  traced: Traced,
  again: Traced,
  example: Example,
  tolerance: number,
  method = 'forward',
): void {
  using _ = noGrad();
  const programOf = (owner: Traced): Callable =>
    owner instanceof ScriptFunction ? owner : (...args) => owner.invoke(method, ...args);
  const run = (callable: Callable, what: string): Tensor[] => {
    try {
      return tensorsOf(callable(...argumentsOf(copied(example))));
    } catch (error) {
      const said = indent(error instanceof Error ? error.message : String(error));
      const message = `encountered an exception while running the ${what} with test inputs.\nException:\n${said}`;
      throw new TracingCheckError(`Tracing failed sanity checks!\n${message}\n${difference(traced, again, method)}`, {
        cause: error,
      });
    }
  };
  const outputs = run(programOf(traced), 'trace');
  const agree = (others: readonly Tensor[], what: string): boolean =>
    compare(outputs, others, what, tolerance, () => native.graphFacts(...graphOf(traced, method))[2]);
  if (agree(run(func, 'Python function'), 'Python function')) {
    agree(run(programOf(again), 'repeated trace'), 'repeated trace');
  }
  const different = difference(traced, again, method);
  if (different !== '') throw new TracingCheckError(`Tracing failed sanity checks!\n${different}`);
}

function compare(
  outputs: readonly Tensor[],
  others: readonly Tensor[],
  what: string,
  tolerance: number,
  nondeterministic: () => string[],
): boolean {
  let agree = true;
  outputs.forEach((output, i) => {
    const other = others[i];
    const wrong = other === undefined ? null : mismatch(output, other, tolerance);
    if (wrong === null) return;
    if (agree) warnOfChance(nondeterministic());
    agree = false;
    const number = i + 1;
    warn(
      `Output nr ${number}. of the traced function does not match the corresponding output of the ${what}. Detailed error:\n${wrong}`,
      'TracerWarning',
    );
  });
  return agree;
}

function warnOfChance(nodes: readonly string[]): void {
  if (nodes.length === 0) return;
  warn(
    'Trace had nondeterministic nodes. Did you forget call .eval() on your model? Nodes:\n' +
      nodes.slice(0, 20).map(indent).join('\n') +
      '\nThis may cause errors in trace checking. To disable trace checking, pass check_trace=False to torch.jit.trace()',
    'TracerWarning',
  );
}
