/**
 * Packs the libraries of a LibTorch as the npm package `@tsorch/libtorch-<platform>-<variant>`, which the resolver finds
 * when it is installed beside tsorch: `npm run pack:libtorch [-- <LibTorch directory> [<output folder>]]`.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { inspect, type LibTorch, nvidiaBeside } from '../lib/libtorch/layout';
import { PACKAGE_ROOT, resolveLibTorch } from '../lib/libtorch/resolve';
import { selectLibTorch, selectNvidia } from '../lib/libtorch/select';
import { SOURCE_MINORS } from '../lib/libtorch/versions';
import { run } from './run';

run(async () => {
  const [directory, output = join(PACKAGE_ROOT, 'build', 'packages')] = process.argv.slice(2);
  const libtorch = directory === undefined ? anyLibTorch() : libtorchAt(directory);
  const variant = libtorch.cuda ? 'cuda' : 'cpu';
  const name = `@tsorch/libtorch-${process.platform}-${process.arch}-${variant}`;
  const folder = join(resolve(output), name);
  rmSync(folder, { recursive: true, force: true });
  copySelected(libtorch.root, 'torch', selectLibTorch(variant), folder);
  const nvidia = nvidiaBeside(libtorch);
  if (nvidia !== null) copySelected(nvidia, 'nvidia', selectNvidia(variant), folder);
  const manifest = {
    name,
    version: libtorch.version.split('+')[0],
    description: `The libraries of LibTorch ${libtorch.version} for tsorch`,
    license: 'BSD-3-Clause',
    os: [process.platform],
    cpu: [process.arch],
    files: ['torch', 'nvidia'],
  };
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  execFileSync('npm', ['pack', '--silent', '--pack-destination', resolve(output)], { cwd: folder, stdio: 'inherit' });
});

function anyLibTorch(): LibTorch {
  const { libtorch } = resolveLibTorch({ env: process.env, minors: SOURCE_MINORS, headers: false });
  if (libtorch === null) throw new Error('there is no LibTorch to pack; name its directory');
  return libtorch;
}

function libtorchAt(directory: string): LibTorch {
  const inspection = inspect(directory);
  if ('reason' in inspection) throw new Error(`${directory}: ${inspection.reason}`);
  return inspection.found;
}

/** Copies the files under `from` that are chosen by their names in a wheel; headers are not needed to run. */
function copySelected(from: string, prefix: string, select: (name: string) => string | null, folder: string): void {
  for (const entry of readdirSync(from, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    const place = select(join(prefix, path.slice(from.length + 1)));
    if (!entry.isFile() || place === null || place.startsWith('torch/include/')) continue;
    mkdirSync(join(folder, place, '..'), { recursive: true });
    cpSync(path, join(folder, place));
  }
  const licences = join(from, 'licenses');
  if (prefix === 'torch' && existsSync(licences))
    cpSync(licences, join(folder, 'torch', 'licenses'), { recursive: true });
}
