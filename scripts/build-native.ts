/** Builds the addons against a LibTorch: `npm run build:native`. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism, totalmem } from 'node:os';
import { join } from 'node:path';
import { inspect, type LibTorch } from '../lib/libtorch/layout';
import { PACKAGE_ROOT, resolveLibTorch } from '../lib/libtorch/resolve';
import { SOURCE_MINORS } from '../lib/libtorch/versions';
import { run } from './run';

/** A compiler takes up to 1.3 GB on LibTorch's headers. */
const BYTES_PER_JOB = 2 * 2 ** 30;

const BUILD = join(PACKAGE_ROOT, 'build');
const STAMP = join(BUILD, 'configured.json');

/** What CMake was last configured for. */
interface Configured {
  readonly root: string;
  readonly version: string;
}

/** Builds what changed since the last time; configures again only when LibTorch's version is another. */
export function buildNative(libtorch: LibTorch): void {
  const configured = readStamp();
  const reusable = configured !== null && sameLibTorch(configured, libtorch);
  const root = reusable ? configured.root : libtorch.root;
  const settings = [`--CDLIBTORCH_ROOT=${root}`, `--CDLIBTORCH_MINOR=${libtorch.minor}`];
  if (!reusable) {
    mkdirSync(BUILD, { recursive: true });
    cmakeJs('configure', ...settings);
    writeFileSync(STAMP, JSON.stringify({ root, version: libtorch.version }));
  }
  cmakeJs('build', '--parallel', process.env.CMAKE_BUILD_PARALLEL_LEVEL ?? String(jobs()), ...settings);
}

/**
 * The same version may be found in another place than before, as soon as the tests have made an environment with
 * PyTorch. Its headers are the same, so that the objects that were built from the first place's stay good.
 */
function sameLibTorch(configured: Configured, libtorch: LibTorch): boolean {
  const there = inspect(configured.root);
  if (!('found' in there) || there.found.include === null) return false;
  return [configured.version, there.found.version].every((version) => plain(version) === plain(libtorch.version));
}

/** `2.13.0+cpu` and `2.13.0+cu130` have the same headers. */
function plain(version: string): string {
  return version.split('+')[0] ?? version;
}

function readStamp(): Configured | null {
  const usable = existsSync(STAMP) && existsSync(join(BUILD, 'CMakeCache.txt'));
  return usable ? (JSON.parse(readFileSync(STAMP, 'utf8')) as Configured) : null;
}

function jobs(): number {
  return Math.max(1, Math.min(availableParallelism(), Math.floor(totalmem() / BYTES_PER_JOB)));
}

function cmakeJs(...args: string[]): void {
  const command = require.resolve('cmake-js/bin/cmake-js');
  const options = { cwd: PACKAGE_ROOT, stdio: 'inherit' } as const;
  execFileSync(process.execPath, [command, ...args, '--log-level', 'error'], options);
}

/** Finds the LibTorch to build against. */
export function libtorchToBuildWith(): ReturnType<typeof resolveLibTorch> {
  return resolveLibTorch({ env: process.env, minors: SOURCE_MINORS, headers: true });
}

if (require.main === module) {
  run(async () => {
    const { libtorch, attempts } = libtorchToBuildWith();
    if (libtorch !== null) return buildNative(libtorch);
    const tried = attempts.map(({ place, result }) => `  ${place}: ${result}`);
    throw new Error(['there is no LibTorch to build against (`npm install` fetches it); tried:', ...tried].join('\n'));
  });
}
