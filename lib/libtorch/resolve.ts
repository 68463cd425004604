/** Looks for LibTorch on this machine, in a fixed order, and remembers what was tried. */
import { dirname, join } from 'node:path';
import { cacheEntries, cacheFolder } from './cache';
import { inspect, type LibTorch } from './layout';
import { activePythons, type PythonEnvironment, pythonAt } from './python';

/** tsorch's own folder: the checkout, or `node_modules/tsorch`. */
export const PACKAGE_ROOT = join(__dirname, '..', '..');

/** What a LibTorch must be to serve. */
export interface Wanted {
  readonly env: NodeJS.ProcessEnv;
  /** The minor versions that can be used. */
  readonly minors: readonly string[];
  /** Whether headers are needed, as they are to build. */
  readonly headers: boolean;
  /** tsorch's own folder; another one in tests. */
  readonly packageRoot?: string;
}

/** One place that was looked at. */
export interface Attempt {
  readonly place: string;
  readonly result: string;
}

/** The outcome of a search. */
export interface Resolution {
  readonly libtorch: LibTorch | null;
  /** Folders of Python packages beside which NVIDIA's libraries may lie. */
  readonly sites: readonly string[];
  readonly attempts: readonly Attempt[];
}

interface Place {
  readonly name: string;
  readonly directory: string;
  readonly sites?: readonly string[];
  /** The user named this place, so that what is wrong there ends the search. */
  readonly explicit?: boolean;
}

/**
 * Finds LibTorch: `TSORCH_LIBTORCH`, a package `@tsorch/libtorch-<platform>-<variant>`, the torch of a Python
 * environment (the active one, then tsorch's own `.venv`), the user's cache.
 */
export function resolveLibTorch(wanted: Wanted): Resolution {
  const attempts: Attempt[] = [];
  for (const place of places(wanted, attempts)) {
    const inspection = inspect(place.directory);
    const reason = 'reason' in inspection ? inspection.reason : unfit(inspection.found, wanted);
    if (reason === null && 'found' in inspection) {
      attempts.push({ place: place.name, result: `LibTorch ${inspection.found.version} in ${inspection.found.root}` });
      return { libtorch: inspection.found, sites: place.sites ?? [], attempts };
    }
    attempts.push({ place: place.name, result: `${place.directory}: ${reason}` });
    if (place.explicit) break;
  }
  return { libtorch: null, sites: [], attempts };
}

function* places(wanted: Wanted, attempts: Attempt[]): Generator<Place> {
  const { env } = wanted;
  const root = wanted.packageRoot ?? PACKAGE_ROOT;
  const named = env.TSORCH_LIBTORCH;
  if (named) yield { name: 'TSORCH_LIBTORCH', directory: named, explicit: true };
  else attempts.push({ place: 'TSORCH_LIBTORCH', result: 'not set' });
  for (const variant of ['cuda', 'cpu']) {
    const name = `@tsorch/libtorch-${process.platform}-${process.arch}-${variant}`;
    const directory = packageFolder(name, root);
    if (directory !== null) yield { name: `the package ${name}`, directory };
    else attempts.push({ place: `the package ${name}`, result: 'not installed' });
  }
  for (const python of [...activePythons(env), pythonAt(join(root, '.venv'), "tsorch's own environment")]) {
    yield* torchesOf(python, attempts);
  }
  const cached = cacheEntries(env);
  for (const directory of cached) yield { name: 'the cache', directory };
  if (cached.length === 0) attempts.push({ place: 'the cache', result: `${cacheFolder(env)}: nothing downloaded` });
}

function* torchesOf(python: PythonEnvironment, attempts: Attempt[]): Generator<Place> {
  const sites = python.sites.filter((site) => 'found' in inspect(join(site, 'torch')));
  for (const site of sites) yield { name: python.name, directory: join(site, 'torch'), sites: python.sites };
  if (sites.length === 0) attempts.push({ place: python.name, result: 'no torch installed' });
}

function packageFolder(name: string, root: string): string | null {
  try {
    return dirname(require.resolve(`${name}/package.json`, { paths: [root, process.cwd()] }));
  } catch {
    return null;
  }
}

function unfit(libtorch: LibTorch, wanted: Wanted): string | null {
  if (!wanted.minors.includes(libtorch.minor)) {
    return `LibTorch ${libtorch.version} does not serve, ${wanted.minors.join(' or ')} is needed`;
  }
  if (wanted.headers && libtorch.include === null) return 'it has no headers to build with';
  return null;
}
