/**
 * `npm run bench:checkpoints -- [megabytes]`: loads and saves a checkpoint of 1 GB, or of so many megabytes, in Python and
 * in tsorch, and touches all that is loaded. Each turn is a process of its own, the sides take turns; the least of the
 * turns counts, as files, caches and other processes only ever add to it.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PACKAGE_ROOT } from '../../lib/libtorch/resolve';
import { run } from '../../scripts/run';
import { buildTypeScript } from '../../scripts/typescript';

const WORKS = ['save-pt', 'load-pt', 'load-pt-mapped', 'save-safetensors', 'load-safetensors'] as const;
const ROUNDS = 5;

/** Seconds that passed, and seconds of processors. */
interface Time {
  readonly wall: number;
  readonly cpu: number;
}

run(() => {
  const megabytes = Number(process.argv[2] ?? 1024);
  if (!(megabytes >= 1)) throw new Error(`'${process.argv[2]}' is no number of megabytes`);
  buildTypeScript();
  const folder = mkdtempSync(join(tmpdir(), 'tsorch-bench-'));
  try {
    console.log(`${megabytes} MB, seconds            Python wall, cpu   tsorch wall, cpu   tsorch/Python wall, cpu`);
    for (const work of WORKS) console.log(row(work, folder, megabytes));
  } finally {
    rmSync(folder, { recursive: true });
  }
  return Promise.resolve();
});

function row(work: string, folder: string, megabytes: number): string {
  const file = join(folder, work.includes('safetensors') ? 'x.safetensors' : 'x.pt');
  const bench = join(PACKAGE_ROOT, 'bench', 'checkpoints');
  const python = [join(PACKAGE_ROOT, '.venv', 'bin', 'python'), join(bench, 'pytorch.py')];
  const tsNode = require.resolve('ts-node/register/transpile-only');
  const tsorch = [process.execPath, '-r', tsNode, join(bench, 'tsorch.ts')];
  const times: Record<'python' | 'tsorch', Time[]> = { python: [], tsorch: [] };
  for (let round = 0; round < ROUNDS; round++) {
    times.python.push(turn(python, work, file, megabytes));
    times.tsorch.push(turn(tsorch, work, file, megabytes));
  }
  const [theirs, ours] = [least(times.python), least(times.tsorch)];
  const cells = [theirs.wall, theirs.cpu, ours.wall, ours.cpu, ours.wall / theirs.wall, ours.cpu / theirs.cpu];
  return [work.padEnd(24), ...cells.map((cell) => cell.toFixed(3).padStart(10))].join('');
}

function turn(command: readonly string[], work: string, file: string, megabytes: number): Time {
  const [program, ...args] = command as [string, ...string[]];
  const output = execFileSync(program, [...args, work, file, String(megabytes)], {
    cwd: PACKAGE_ROOT,
    encoding: 'utf8',
  });
  return JSON.parse(output) as Time;
}

function least(times: readonly Time[]): Time {
  return { wall: Math.min(...times.map(({ wall }) => wall)), cpu: Math.min(...times.map(({ cpu }) => cpu)) };
}
