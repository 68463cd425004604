#!/usr/bin/env node
/** The command `npx tsorch`: installs LibTorch and examines an installation. */
import { parseArgs } from 'node:util';
import type { Variant } from './cache';
import { examine, packageVersion } from './doctor';
import { installLibTorch } from './install';
import { findAddons } from './preload';
import { resolveLibTorch } from './resolve';
import { SOURCE_MINORS } from './versions';

const USAGE = `Usage: npx tsorch <command>

  install          fetch LibTorch for the CPU, unless one that serves is here
  install --cuda   fetch LibTorch with CUDA
  doctor           show what was found, where it was looked for, and whether it works
  --version        print the version of tsorch`;

async function install(cuda: boolean): Promise<void> {
  const minors = findAddons()?.minors ?? SOURCE_MINORS;
  const { libtorch } = resolveLibTorch({ env: process.env, minors, headers: false });
  if (libtorch !== null && (libtorch.cuda || !cuda)) {
    console.log(`LibTorch ${libtorch.version} is here already: ${libtorch.root}`);
    return;
  }
  const variant: Variant = cuda ? 'cuda' : 'cpu';
  const made = await installLibTorch({ env: process.env, variant, say: (line) => console.error(`tsorch: ${line}`) });
  console.log(`LibTorch ${made.version} is ready: ${made.root}`);
}

function doctor(): void {
  const { lines, healthy } = examine(process.env);
  console.log(lines.join('\n'));
  if (!healthy) process.exitCode = 1;
}

async function main(): Promise<void> {
  const options = { cuda: { type: 'boolean' }, version: { type: 'boolean' }, help: { type: 'boolean' } } as const;
  const { values, positionals } = parseArgs({ options, allowPositionals: true });
  const command = positionals.join(' ');
  if (values.version) console.log(packageVersion());
  else if (command === 'install') await install(values.cuda ?? false);
  else if (command === 'doctor') doctor();
  else {
    console.log(USAGE);
    if (!values.help) process.exitCode = 2;
  }
}

main().catch((error: Error) => {
  console.error(`tsorch: ${error.message}`);
  process.exitCode = 1;
});
