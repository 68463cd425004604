/**
 * `npm run bench`: C++, Python and tsorch in one table. `npm run bench -- operators mlp` selects families and cases.
 *
 * The sides take turns, so that what else the machine does hits all alike, and change places from round to round, since
 * a side's time depends on which one ran before it. See `overBlocks` in table.ts for how rounds become one number.
 */
import { availableParallelism } from 'node:os';
import { findAddons } from '../lib/libtorch/preload';
import { resolveLibTorch } from '../lib/libtorch/resolve';
import { SOURCE_MINORS } from '../lib/libtorch/versions';
import { run } from '../scripts/run';
import { buildTypeScript } from '../scripts/typescript';
import type { Case } from './case';
import { selectCases } from './cases';
import { type Name, type Side, startSides } from './sides';
import { printTable, type Row } from './table';

/** Rounds at the beginning that are not counted: compilers and allocators warm up. */
const WARM_UP = 3;

/** Every order of three sides: over six rounds each comes as often in each place and after each other. */
const ORDERS = [
  [0, 1, 2],
  [2, 1, 0],
  [1, 2, 0],
  [0, 2, 1],
  [2, 0, 1],
  [1, 0, 2],
] as const;

run(async () => {
  const cases = selectCases(process.argv.slice(2));
  const minors = findAddons()?.minors ?? SOURCE_MINORS;
  const { libtorch } = resolveLibTorch({ env: process.env, minors, headers: true });
  if (libtorch === null) throw new Error('there is no LibTorch to compare with: run `npm install` first');
  buildTypeScript();
  const sides = startSides(libtorch);
  try {
    await checkVersions(sides);
    const rows: Row[] = [];
    for (const group of groups(cases)) {
      showProgress(`${group.map(({ title }) => title).join(' and ')} ...`);
      rows.push(...(await measure(group, sides)));
    }
    showProgress('');
    console.log(`LibTorch ${libtorch.version}, Node ${process.version}, ${availableParallelism()} processors\n`);
    printTable(rows);
  } finally {
    for (const side of sides) side.close();
  }
});

function showProgress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`);
}

async function checkVersions(sides: readonly Side[]): Promise<void> {
  const versions = await Promise.all(sides.map((side) => side.version()));
  const plain = new Set(versions.map((version) => version.split('+')[0]));
  if (plain.size > 1) throw new Error(`the sides do not use one version of LibTorch: ${versions.join(', ')}`);
}

/** The cases one by one, but those that are compared with each other together: their rounds alternate. */
function groups(cases: readonly Case[]): Case[][] {
  const found: Case[][] = [];
  for (const one of cases) {
    const other = found.find((group) => group.some(({ name }) => name === one.targets.beyond?.name));
    if (other === undefined) found.push([one]);
    else other.push(one);
  }
  return found;
}

async function measure(group: readonly Case[], sides: readonly Side[]): Promise<Row[]> {
  const rows = group.map((one) => ({
    case: one,
    times: { cpp: [], python: [], tsorch: [] } as Record<Name, number[]>,
  }));
  const [{ iterations, rounds }] = group as [Case];
  const warmUp = iterations === undefined ? 1 : WARM_UP;
  for (let round = -warmUp; round < rounds; round++) {
    const order = ORDERS[(round + ORDERS.length) % ORDERS.length] as (typeof ORDERS)[number];
    const ordered = order.map((i) => sides[i] as Side);
    for (const { case: one, times } of rows) {
      const nanoseconds =
        iterations === undefined ? ordered.map((side) => side.timeImport()) : await turns(one, ordered);
      if (round < 0) continue;
      for (const [i, side] of ordered.entries()) times[side.name].push(nanoseconds[i] as number);
    }
  }
  return rows;
}

async function turns(one: Case, sides: readonly Side[]): Promise<number[]> {
  const { name, threads, iterations = 1 } = one;
  const nanoseconds: number[] = [];
  const values: number[] = [];
  for (const side of sides) {
    const turn = await side.turn(name, threads === 1 ? 1 : availableParallelism(), iterations);
    nanoseconds.push(turn.nanoseconds);
    values.push(turn.value);
  }
  // From one seed, by the same steps: another result is other work.
  const [least, most] = [Math.min(...values), Math.max(...values)];
  if (most - least > 1e-3 * Math.max(1, Math.abs(most))) {
    const results = sides.map((side, i) => `${side.name} ${values[i]}`);
    throw new Error(`${name}: the sides do not compute the same: ${results.join(', ')}`);
  }
  return nanoseconds;
}
