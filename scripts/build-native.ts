/** Builds the addons against the LibTorch that is found: `npm run build:native`. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism, totalmem } from 'node:os';
import { join } from 'node:path';
import type { LibTorch } from '../lib/libtorch/layout';
import { PACKAGE_ROOT, resolveLibTorch } from '../lib/libtorch/resolve';
import { SOURCE_MINORS } from '../lib/libtorch/versions';

/** A compiler takes up to 1.3 GB on LibTorch's headers. */
const BYTES_PER_JOB = 2 * 2 ** 30;

/** Builds what changed since the last time; configures again only when LibTorch or the tools are others. */
export function buildNative(libtorch: LibTorch): void {
  const build = join(PACKAGE_ROOT, 'build');
  const stamp = join(build, 'configured.json');
  const settings = [`--CDLIBTORCH_ROOT=${libtorch.root}`, `--CDLIBTORCH_MINOR=${libtorch.minor}`];
  const configured = JSON.stringify({ settings, version: libtorch.version });
  mkdirSync(build, { recursive: true });
  if (!existsSync(join(build, 'CMakeCache.txt')) || !existsSync(stamp) || readFileSync(stamp, 'utf8') !== configured) {
    cmakeJs('configure', ...settings);
    writeFileSync(stamp, configured);
  }
  const jobs = process.env.CMAKE_BUILD_PARALLEL_LEVEL ?? String(defaultJobs());
  cmakeJs('build', '--parallel', jobs, ...settings);
}

function defaultJobs(): number {
  return Math.max(1, Math.min(availableParallelism(), Math.floor(totalmem() / BYTES_PER_JOB)));
}

function cmakeJs(...args: string[]): void {
  const command = require.resolve('cmake-js/bin/cmake-js');
  const quiet = ['--log-level', 'error'];
  execFileSync(process.execPath, [command, ...args, ...quiet], { cwd: PACKAGE_ROOT, stdio: 'inherit' });
}

if (require.main === module) {
  const { libtorch, attempts } = resolveLibTorch({ env: process.env, minors: SOURCE_MINORS, headers: true });
  if (libtorch === null) {
    const tried = attempts.map(({ place, result }) => `  ${place}: ${result}`).join('\n');
    throw new Error(`there is no LibTorch to build against; tried:\n${tried}`);
  }
  buildNative(libtorch);
}
