/**
 * Makes what is published: `dist/` from scratch and `prebuilds/`, where node-gyp-build finds the loader and the loader's
 * folder holds one main addon for each LibTorch minor that this was run for.
 */
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { PACKAGE_ROOT } from '../lib/libtorch/resolve';
import { libtorchToBuildWith } from './build-native';
import { run } from './run';
import { buildTypeScript } from './typescript';

/** The part of prebuildify that is used; it has no types of its own. */
interface Options {
  readonly targets: readonly string[];
  readonly [name: string]: unknown;
}

const prebuildify = promisify(
  require('prebuildify') as (options: Options, done: (error: Error | null) => void) => void,
);

run(async () => {
  const minor = libtorchToBuildWith().libtorch?.minor;
  if (minor === undefined) throw new Error('there is no LibTorch to build against; run `npm install`');
  // prebuildify moves what it finds, so that it gets copies in a folder of its own.
  const stage = join(PACKAGE_ROOT, 'build', 'prebuild');
  rmSync(stage, { recursive: true, force: true });
  mkdirSync(stage, { recursive: true });
  await prebuildify({
    targets: [process.version],
    napi: true,
    tagLibc: process.platform === 'linux',
    name: 'tsorch',
    cwd: stage,
    out: PACKAGE_ROOT,
    strip: true,
    nodeGyp: join(__dirname, 'cmake-as-gyp.js'),
  });
  const folder = join('prebuilds', `${process.platform}-${process.arch}`, `libtorch-${minor}`);
  mkdirSync(join(PACKAGE_ROOT, folder), { recursive: true });
  const addon = join(PACKAGE_ROOT, folder, 'tsorch.node');
  copyFileSync(join(PACKAGE_ROOT, 'build', 'Release', `libtorch-${minor}`, 'tsorch.node'), addon);
  execFileSync('strip', process.platform === 'darwin' ? ['-Sx', addon] : ['--strip-all', addon]);
  rmSync(join(PACKAGE_ROOT, 'dist'), { recursive: true, force: true });
  buildTypeScript();
});
