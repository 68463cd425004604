/** Finds the Python environments whose torch may serve as LibTorch, without starting Python. */
import { existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';

/** A Python environment: what it is called in messages, and its folders of packages. */
export interface PythonEnvironment {
  readonly name: string;
  readonly sites: readonly string[];
}

/** The active Python environments, the most specific first: virtualenv, conda, then the `python3` on the PATH. */
export function activePythons(env: NodeJS.ProcessEnv): PythonEnvironment[] {
  const environments: PythonEnvironment[] = [];
  if (env.VIRTUAL_ENV) environments.push(pythonAt(env.VIRTUAL_ENV, 'the active virtual environment'));
  if (env.CONDA_PREFIX) environments.push(pythonAt(env.CONDA_PREFIX, 'the active conda environment'));
  const prefix = pythonPrefixOnPath(env);
  if (prefix !== null) {
    const onPath = pythonAt(prefix, 'the python3 on the PATH');
    environments.push({ name: onPath.name, sites: [...userSites(onPath.sites, env), ...onPath.sites] });
  }
  return environments;
}

/** The environment with the given prefix, the folder that holds its `bin` and `lib`. */
export function pythonAt(prefix: string, name: string): PythonEnvironment {
  const lib = join(prefix, 'lib');
  const sites = list(lib)
    .filter((entry) => /^python3(\.\d+)?$/.test(entry))
    .flatMap((entry) => [join(lib, entry, 'site-packages'), join(lib, entry, 'dist-packages')]);
  // Debian keeps what pip installs for the system's Python under /usr/local.
  const local = prefix === '/usr' ? pythonAt('/usr/local', name).sites : [];
  return { name: `${name} (${prefix})`, sites: [...local, ...sites.filter((path) => existsSync(path))] };
}

function pythonPrefixOnPath(env: NodeJS.ProcessEnv): string | null {
  for (const folder of (env.PATH ?? '').split(delimiter)) {
    const python = ['python3', 'python'].map((name) => join(folder, name)).find((path) => existsSync(path));
    if (folder === '' || python === undefined) continue;
    if (folder.endsWith(join('pyenv', 'shims')) || folder.endsWith(join('.pyenv', 'shims'))) {
      return pyenvPrefix(dirname(folder), env);
    }
    // A virtual environment's python is a link to another one's; its prefix is where the link lies.
    if (existsSync(join(dirname(folder), 'pyvenv.cfg'))) return dirname(folder);
    return dirname(dirname(realpathSync(python)));
  }
  return null;
}

/** pyenv's `python3` is a script that picks a version; its choice is read from where it reads it. */
function pyenvPrefix(pyenv: string, env: NodeJS.ProcessEnv): string | null {
  const chosen = env.PYENV_VERSION ?? nearest('.python-version') ?? readText(join(pyenv, 'version')) ?? '';
  const prefix = join(pyenv, 'versions', chosen.trim().split(/[:\s]/)[0] ?? '');
  return chosen.trim() !== '' && existsSync(prefix) ? prefix : null;
}

function nearest(name: string): string | undefined {
  for (let folder = process.cwd(); ; folder = dirname(folder)) {
    const text = readText(join(folder, name));
    if (text !== undefined || folder === dirname(folder)) return text;
  }
}

/** The folders of `pip install --user` for the versions of Python in `sites`. */
function userSites(sites: readonly string[], env: NodeJS.ProcessEnv): string[] {
  const base = env.PYTHONUSERBASE ?? join(env.HOME ?? homedir(), '.local');
  const versions = new Set(sites.map((site) => site.match(/python3\.\d+/)?.[0]).filter((v) => v !== undefined));
  return [...versions].map((v) => join(base, 'lib', v, 'site-packages')).filter((path) => existsSync(path));
}

function readText(path: string): string | undefined {
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
}

function list(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder).sort() : [];
}
