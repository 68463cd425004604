/** What `npm install` does in a checkout: finds or fetches LibTorch, then builds the addons and the TypeScript. */
import { spawnSync } from 'node:child_process';
import { installLibTorch } from '../lib/libtorch/install';
import type { LibTorch } from '../lib/libtorch/layout';
import { buildNative, libtorchToBuildWith } from './build-native';
import { run } from './run';
import { buildTypeScript } from './typescript';

async function findOrFetch(): Promise<LibTorch> {
  const { libtorch, attempts } = libtorchToBuildWith();
  if (libtorch !== null) return libtorch;
  // What the user named wins over a download that was not asked for.
  if (process.env.TSORCH_LIBTORCH) throw new Error(`TSORCH_LIBTORCH does not serve: ${attempts[0]?.result}`);
  return installLibTorch({ env: process.env, variant: 'cpu', say: (line) => console.error(`tsorch: ${line}`) });
}

function requireTools(): void {
  if (spawnSync('cmake', ['--version']).status === 0) return;
  const advice = 'with your package manager (apt install cmake g++; brew install cmake), or from cmake.org';
  throw new Error(`building tsorch needs cmake and a C++20 compiler; cmake is not on the PATH: install it ${advice}`);
}

run(async () => {
  requireTools();
  const libtorch = await findOrFetch();
  console.error(`tsorch: building against LibTorch ${libtorch.version} in ${libtorch.root}`);
  buildNative(libtorch);
  buildTypeScript();
});
