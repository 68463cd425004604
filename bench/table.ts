/** Prints what was measured, with the ratios and whether they reach what is asked of them. */
import type { Case } from './cases';
import type { Name } from './sides';

/** The nanoseconds of each turn of a case, by side. */
export interface Row {
  readonly case: Case;
  readonly times: Readonly<Record<Name, readonly number[]>>;
}

/** Blocks into which the rounds are parted: see `overBlocks`. */
const BLOCKS = 6;

const NANOSECONDS = { ns: 1, us: 1e3, ms: 1e6 };
const HEADINGS = ['', 'unit', 'C++', 'Python', 'tsorch', 'tsorch/C++', 'target', 'tsorch/Python', 'target'];

/** Prints the table. */
export function printTable(rows: readonly Row[]): void {
  const lines = [HEADINGS, ...rows.map(cells)];
  const widths = HEADINGS.map((_, column) => Math.max(...lines.map((line) => (line[column] as string).length)));
  for (const line of lines) {
    // Names and verdicts from the left, numbers from the right.
    const padded = line.map((cell, column) => {
      const width = widths[column] as number;
      return [0, 1, 6, 8].includes(column) ? cell.padEnd(width) : cell.padStart(width);
    });
    console.log(padded.join('  ').trimEnd());
  }
}

function cells({ case: { title, unit, targets }, times }: Row): string[] {
  const time = (name: Name) => {
    const nanoseconds = overBlocks((from, to) => sum(times[name].slice(from, to)) / (to - from), times[name].length);
    return (nanoseconds / NANOSECONDS[unit]).toFixed(unit === 'ns' ? 0 : 1);
  };
  const against = (rival: 'cpp' | 'python') => {
    const part = (name: Name, from: number, to: number) => sum(times[name].slice(from, to));
    const ratio = overBlocks((from, to) => part('tsorch', from, to) / part(rival, from, to), times[rival].length);
    const target = targets[rival];
    const verdict = target === undefined ? '' : `<= ${target.toFixed(2)} ${ratio <= target ? 'ok' : 'miss'}`;
    return [ratio.toFixed(2), verdict];
  };
  return [title, unit, time('cpp'), time('python'), time('tsorch'), ...against('cpp'), ...against('python')];
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
