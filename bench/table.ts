/** Prints what was measured, with the ratios and whether they reach what is asked of them. */
import type { Case } from './case';
import type { Name } from './sides';

/** The nanoseconds of each turn of a case, by side. */
export interface Row {
  readonly case: Case;
  readonly times: Readonly<Record<Name, readonly number[]>>;
}

/** Blocks into which the rounds are parted: see `overBlocks`. */
const BLOCKS = 6;

const NANOSECONDS = { ns: 1, us: 1e3, ms: 1e6 };
// `overhead`: what tsorch takes beyond C++'s time, in units of what Python takes beyond it; `beyond`: the nanoseconds that
// it takes beyond another case.
const HEADINGS = '|unit|C++|Python|tsorch|tsorch/C++|target|tsorch/Python|target|overhead|target|beyond|target'.split(
  '|',
);
/** The columns of words, which begin at the left; numbers end at the right. */
const WORDS = new Set([0, 1, 6, 8, 10, 12]);

/** Prints the table. */
export function printTable(rows: readonly Row[]): void {
  const lines = [HEADINGS, ...rows.map((row) => cells(row, rows))];
  const widths = HEADINGS.map((_, column) => Math.max(...lines.map((line) => (line[column] as string).length)));
  for (const line of lines) {
    const padded = line.map((cell, column) => {
      const width = widths[column] as number;
      return WORDS.has(column) ? cell.padEnd(width) : cell.padStart(width);
    });
    console.log(padded.join('  ').trimEnd());
  }
}

function cells({ case: { title, unit, targets }, times }: Row, rows: readonly Row[]): string[] {
  const rounds = times.tsorch.length;
  const overall = (of: (time: (name: Name) => number) => number) =>
    overBlocks((from, to) => of((name) => sum(times[name].slice(from, to)) / (to - from)), rounds);
  const nanoseconds = (side: Name) =>
    (overall((time) => time(side)) / NANOSECONDS[unit]).toFixed(unit === 'ns' ? 0 : 1);
  const judged = (ratio: number, target: number | undefined, digits = 2) => {
    const verdict = target === undefined ? '' : `<= ${target.toFixed(digits)} ${ratio <= target ? 'ok' : 'miss'}`;
    return [ratio.toFixed(digits), verdict];
  };
  const other = rows.find(({ case: { name } }) => name === targets.beyond?.name);
  const overhead = overall((time) => (time('tsorch') - time('cpp')) / (time('python') - time('cpp')));
  return [
    title,
    unit,
    nanoseconds('cpp'),
    nanoseconds('python'),
    nanoseconds('tsorch'),
    ...judged(
      overall((time) => time('tsorch') / time('cpp')),
      targets.cpp,
    ),
    ...judged(
      overall((time) => time('tsorch') / time('python')),
      targets.python,
    ),
    ...(targets.overhead === undefined ? ['', ''] : judged(overhead, targets.overhead)),
    ...(other === undefined
      ? ['', '']
      : judged(beyond(times.tsorch, other.times.tsorch), targets.beyond?.nanoseconds, 0)),
  ];
}

/** What turns take beyond those of another case, in nanoseconds. */
function beyond(times: readonly number[], others: readonly number[]): number {
  const mean = (all: readonly number[], from: number, to: number) => sum(all.slice(from, to)) / (to - from);
  return overBlocks((from, to) => mean(times, from, to) - mean(others, from, to), times.length);
}

/**
 * The median of what the blocks of rounds give. A turn is too short to be judged alone: most hold none of JavaScript's
 * garbage collections, so that a median over turns would leave out a cost that only tsorch has. A block holds several.
 */
function overBlocks(of: (from: number, to: number) => number, rounds: number): number {
  const size = rounds / BLOCKS;
  return median(Array.from({ length: BLOCKS }, (_, block) => of(block * size, (block + 1) * size)));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return ((sorted[Math.ceil(middle) - 1] as number) + (sorted[Math.floor(middle)] as number)) / 2;
}
