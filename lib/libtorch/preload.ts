/** Loads LibTorch's libraries and then the addon that was built for their version. */
import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import nodeGypBuild from 'node-gyp-build';
import { type LibTorch, libraryPath } from './layout';
import { nvidiaLibraries } from './nvidia';
import { PACKAGE_ROOT, type Resolution, resolveLibTorch } from './resolve';
import { minorOf } from './versions';

/** The tiny addon that maps shared libraries; see binding/loader. */
interface Loader {
  open(path: string): void;
}

/** The addons of this installation: the loader, and beside it one main addon per minor version of LibTorch. */
export interface Addons {
  readonly loader: string;
  readonly folder: string;
  readonly minors: readonly string[];
}

/**
 * Finds the addons that were built here or came with the package.
 *
 * @throws Error where there are none for this platform.
 */
export function findAddons(root = PACKAGE_ROOT): Addons {
  const loader = nodeGypBuild.resolve(root);
  const folder = dirname(loader);
  const minors = readdirSync(folder)
    .filter((name) => name.startsWith('libtorch-') && existsSync(join(folder, name, 'tsorch.node')))
    .map((name) => minorOf(name.slice('libtorch-'.length)));
  return { loader, folder, minors };
}

/**
 * Resolves LibTorch, maps its libraries by absolute path, and loads the addon that was built for its version.
 *
 * @throws Error in one sentence that says what to do, where there is no LibTorch or no addon.
 */
export function loadAddon(): unknown {
  const addons = findAddons();
  const resolution = resolveLibTorch({ env: process.env, minors: addons.minors, headers: false });
  if (resolution.libtorch === null) throw new Error('LibTorch is not here; run `npx tsorch install` to download it');
  const loader = require(addons.loader) as Loader;
  for (const library of libraries(resolution.libtorch, resolution)) loader.open(library);
  return require(join(addons.folder, `libtorch-${resolution.libtorch.minor}`, 'tsorch.node'));
}

/**
 * The libraries in the order in which they must be mapped. LibTorch asks once whether CUDA is there and keeps the
 * answer, so that libtorch_cuda has to be mapped before any operator runs, which is before the addon is loaded.
 */
function libraries(libtorch: LibTorch, resolution: Resolution): string[] {
  const own = libtorch.cuda ? ['c10', 'torch_cpu', 'c10_cuda', 'torch_cuda'] : ['c10', 'torch_cpu'];
  return [...nvidiaLibraries(libtorch, resolution.sites), ...own.map((name) => libraryPath(libtorch, name))];
}
