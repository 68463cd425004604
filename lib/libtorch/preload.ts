/** Loads LibTorch's libraries and then the addon that was built for their version. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type LibTorch, libraryPath } from './layout';
import { nvidiaLibraries } from './nvidia';
import { PACKAGE_ROOT, type Resolution, resolveLibTorch } from './resolve';
import { SOURCE_MINORS } from './versions';

const nodeGypBuild: { resolve(folder: string): string } = require('node-gyp-build');

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

/** Finds the addons that were built here or came with the package; null where there are none for this platform. */
export function findAddons(root = PACKAGE_ROOT): Addons | null {
  let loader: string;
  try {
    loader = nodeGypBuild.resolve(root);
  } catch {
    return null;
  }
  const folder = dirname(loader);
  const minors = SOURCE_MINORS.filter((minor) => existsSync(addonPath(folder, minor)));
  return minors.length > 0 ? { loader, folder, minors } : null;
}

/**
 * Resolves LibTorch, maps its libraries by absolute path, and loads the addon that was built for its version.
 *
 * @throws Error in one sentence that says what to do, where there is no LibTorch or no addon.
 */
export function loadAddon(): unknown {
  const addons = findAddons();
  if (addons === null) throw new Error(noAddon());
  const resolution = resolveOrInstall(addons);
  const { libtorch } = resolution;
  if (libtorch === null) throw new Error(noLibTorch(addons, resolution));
  const loader = require(addons.loader) as Loader;
  try {
    for (const library of libraries(libtorch, resolution)) loader.open(library);
  } catch (error) {
    const reason = (error as Error).message;
    throw new Error(`LibTorch ${libtorch.version} in ${libtorch.root} cannot be loaded: ${reason}`, { cause: error });
  }
  return require(addonPath(addons.folder, libtorch.minor));
}

function addonPath(folder: string, minor: string): string {
  return join(folder, `libtorch-${minor}`, 'tsorch.node');
}

function resolveOrInstall(addons: Addons): Resolution {
  const wanted = { env: process.env, minors: addons.minors, headers: false };
  const resolution = resolveLibTorch(wanted);
  if (resolution.libtorch !== null || process.env.TSORCH_AUTO_INSTALL !== '1') return resolution;
  // A child, because an import cannot wait; its progress goes where the user's own output does not.
  const cli = join(PACKAGE_ROOT, 'dist', 'libtorch', 'cli.js');
  spawnSync(process.execPath, [cli, 'install'], { stdio: ['ignore', process.stderr.fd, process.stderr.fd] });
  return resolveLibTorch(wanted);
}

/**
 * The libraries in the order in which they must be mapped. LibTorch asks once whether CUDA is there and keeps the
 * answer, so that libtorch_cuda has to be mapped before any operator runs, which is before the addon is loaded.
 */
function libraries(libtorch: LibTorch, resolution: Resolution): string[] {
  const own = libtorch.cuda ? ['c10', 'torch_cpu', 'c10_cuda', 'torch_cuda'] : ['c10', 'torch_cpu'];
  return [...nvidiaLibraries(libtorch, resolution.sites), ...own.map((name) => libraryPath(libtorch, name))];
}

function noAddon(): string {
  const checkout = existsSync(join(PACKAGE_ROOT, 'CMakeLists.txt'));
  if (checkout) return 'tsorch is not built yet: run `npm install` in its checkout.';
  const folder = join(PACKAGE_ROOT, 'prebuilds');
  const carried = existsSync(folder) ? readdirSync(folder).join(', ') : 'none';
  return `tsorch has no build for ${process.platform}-${process.arch}; this package carries: ${carried}.`;
}

function noLibTorch({ minors }: Addons, { attempts }: Resolution): string {
  const named = process.env.TSORCH_LIBTORCH ? `; TSORCH_LIBTORCH does not help: ${attempts[0]?.result}` : '';
  const version = `LibTorch ${minors.join(' or ')}`;
  return `${version} was not found: run \`npx tsorch install\` to download it, or \`npx tsorch doctor\` to see where it was looked for${named}.`;
}
