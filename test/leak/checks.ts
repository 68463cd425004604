/** What every version of Node has to fulfil, at any length of run: used by `npm test` and `npm run test:leak`. */
import assert from 'node:assert/strict';
import { measure, runProgram } from './child';

const MB = 2 ** 20;

function inMegabytes(values: readonly number[]): string {
  return values.map((value) => (value / MB).toFixed(1)).join(' ');
}

/** The last tenth within 5 % of the second. */
function assertFlat(rss: readonly number[]): void {
  const [second, last] = [rss[1], rss.at(-1)] as [number, number];
  assert.ok(last <= 1.05 * second, `memory grew: MB by tenths ${inMegabytes(rss)}`);
}

/** Trains for a number of steps with a heap of so many MB; says what was measured. */
export async function checkTraining(steps: number, heap: number, node?: string): Promise<string> {
  interface Training {
    rss: number[];
    seconds: number;
    memory: { tensors: number; peakBytes: number };
    heapUsed: number;
  }
  const { rss, seconds, memory, heapUsed } = await measure<Training>('train', [steps, heap], node);
  assertFlat(rss);
  assert.ok(heapUsed >= heap * MB, `the heap has ${heapUsed} bytes only`);
  assert.ok(memory.peakBytes < 128 * MB, `${memory.peakBytes} bytes at the peak`);
  const microseconds = ((seconds / steps) * 1e6).toFixed(0);
  return `RSS ${inMegabytes(rss)} MB by tenths, ${microseconds} µs a step, ${inMegabytes([memory.peakBytes])} MB peak`;
}

/** Makes 16 MB tensors with a heap of so many MB; says what was measured. */
export async function checkLargeTensors(rounds: number, heap: number, node?: string): Promise<string> {
  const { peakBytes, grown } = await measure<{ peakBytes: number; grown: number }>('large', [rounds, heap], node);
  assert.ok(peakBytes < 400 * MB, `${peakBytes} native bytes`);
  assert.ok(grown < 400 * MB, `the process grew by ${grown} bytes`);
  return `${inMegabytes([peakBytes])} MB of native bytes, the process grew by ${inMegabytes([grown])} MB`;
}

/** The kinds of garbage that `checkGarbage` makes. */
export const GARBAGE = [
  'out',
  'resize',
  'graph',
  'disposedGraph',
  'arrays',
  'recentArrays',
  'borrowed',
  'data',
  'recent',
  'models',
  'hookedModels',
  'forgottenGraphs',
  'computedWeights',
  'secondOrder',
  'hooks',
  'functions',
] as const;

/** Makes garbage of a kind, 4 MB a round at least, of which some hundred MB may lie; says what was measured. */
export async function checkGarbage(kind: string, rounds: number, node?: string): Promise<string> {
  const { grown } = await measure<{ grown: number }>('garbage', [kind, rounds], node);
  assert.ok(grown < 600 * MB, `${kind}: the process grew by ${inMegabytes([grown])} MB`);
  return `${kind}: grew by ${inMegabytes([grown])} MB`;
}

/** Trains modules with an optimizer; says what was measured. */
export async function checkModules(steps: number, node?: string): Promise<string> {
  const { rss, tensors, loss } = await measure<{ rss: number[]; tensors: number[]; loss: number }>(
    'train-modules',
    [steps],
    node,
  );
  assertFlat(rss);
  assert.ok(Math.max(...tensors) < 100_000, `${tensors} tensors`);
  assert.ok(Number.isFinite(loss));
  return `RSS ${inMegabytes(rss)} MB by tenths`;
}

/** Steps optimizers and schedulers; says what was measured. */
export async function checkOptimizers(steps: number, node?: string): Promise<string> {
  const { rss, tensors, lr } = await measure<{ rss: number[]; tensors: number[]; lr: number }>(
    'optimizers',
    [steps],
    node,
  );
  assertFlat(rss);
  assert.ok(Math.max(...tensors) < 100_000, `${tensors} tensors`);
  assert.ok(Number.isFinite(lr));
  return `RSS ${inMegabytes(rss)} MB by tenths`;
}

/** Runs out of address space with garbage at hand, then without; says what was measured. */
export async function checkScarcity(node?: string): Promise<void> {
  const expected = { made: 100, failure: 'OutOfMemoryError', after: 2 ** 20 };
  assert.deepEqual(await measure('scarce', [], node), expected);
}

/** How a program ends, the exit code it then has, and what may stand on stderr. */
export const EXITS: readonly (readonly [kind: string, code: number, stdout: RegExp, stderr: RegExp])[] = [
  ['end', 0, /^$/, /^$/],
  ['exit', 3, /^$/, /^$/],
  ['exitInScopes', 3, /^$/, /^$/],
  ['exitLater', 3, /^$/, /^$/],
  ['exitHandler', 0, /^0\n$/, /^$/],
  ['throw', 1, /^$/, /Error: thrown/],
  ['throwInHandler', 1, /^$/, /Error: thrown/],
  ['reject', 1, /^$/, /Error: thrown/],
  ['failedOperator', 1, /^$/, /RuntimeError: The size of tensor a \(2\) must match/],
  ['exitBesideWorker', 3, /^$/, /^$/],
];

/** Ends a program in one of those ways. */
export async function checkExit([kind, code, stdout, stderr]: (typeof EXITS)[number], node?: string): Promise<void> {
  const ended = await runProgram('exit', [kind], node);
  assert.deepEqual({ kind, code: ended.code, signal: ended.signal }, { kind, code, signal: null }, ended.stderr);
  assert.match(ended.stdout, stdout);
  assert.match(ended.stderr, stderr);
}

/** How a worker ends while its tensors live. */
export const WORKER_ENDS = ['ends', 'exits', 'throws', 'terminated'] as const;

/** Starts and stops workers in turn; says what was measured. */
export async function checkWorkers(count: number, kind: string, node?: string): Promise<string> {
  interface Workers {
    samples: { rss: number; files: number; threads: number }[];
    sum: number;
  }
  const { samples, sum } = await measure<Workers>('workers', [count, kind], node);
  const [second, last] = [samples[1], samples.at(-1)] as [Workers['samples'][0], Workers['samples'][0]];
  const rss = samples.map((sample) => sample.rss);
  assertFlat(rss);
  assert.equal(sum, 2);
  assert.ok(last.files <= second.files, `open files: ${second.files}, then ${last.files}`);
  assert.ok(last.threads <= second.threads, `threads: ${second.threads}, then ${last.threads}`);
  return `${kind}: RSS ${inMegabytes(rss)} MB by tenths, ${last.files} files, ${last.threads} threads`;
}
