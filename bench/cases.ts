/** What is measured, how often, and the ratios to reach. */

/** One row of the table: the same work on every side, under the same name. */
export interface Case {
  readonly name: string;
  readonly title: string;
  readonly unit: 'ns' | 'us' | 'ms';
  /** The most that tsorch may take, in units of C++'s and of Python's time. */
  readonly targets: { readonly cpp?: number; readonly python?: number };
  /** How often each side takes its turn: a multiple of 36, for orders and blocks, but of six to import. */
  readonly rounds: number;
  /** How often the work is done in a turn; a process is started instead where there is none. */
  readonly iterations?: number;
  /** The threads of LibTorch: one, or as many as there are processors. */
  readonly threads?: 1 | 'all';
}

// Short turns and many of them: what else the machine does then hits all sides alike.
export const CASES: readonly Case[] = [
  {
    name: 'add',
    title: 'add, 4 elements',
    unit: 'ns',
    targets: { python: 1 },
    rounds: 108,
    iterations: 20_000,
    threads: 1,
  },
  {
    name: 'mlp-forward',
    title: 'MLP 10-16-2 forward, batch 8',
    unit: 'us',
    targets: { cpp: 1.25 },
    rounds: 108,
    iterations: 2_000,
    threads: 1,
  },
  {
    name: 'mlp-step',
    title: 'MLP 10-16-2 SGD step, batch 8',
    unit: 'us',
    targets: { cpp: 1.25, python: 0.5 },
    rounds: 108,
    iterations: 300,
    threads: 1,
  },
  {
    name: 'cnn-step',
    title: 'MNIST CNN SGD step, batch 64',
    unit: 'ms',
    targets: {},
    rounds: 36,
    iterations: 1,
    threads: 'all',
  },
  { name: 'import', title: 'import, fresh process', unit: 'ms', targets: { python: 0.4 }, rounds: 6 },
];

/** The cases whose names begin with one of the given words; all, if there are none. */
export function selectCases(words: readonly string[]): readonly Case[] {
  for (const word of words) {
    if (CASES.some(({ name }) => name.startsWith(word))) continue;
    throw new Error(`there is no case '${word}'; there are: ${CASES.map(({ name }) => name).join(', ')}`);
  }
  return words.length === 0 ? CASES : CASES.filter(({ name }) => words.some((word) => name.startsWith(word)));
}
