/** Names the folders of the user's cache in which downloaded LibTorch versions live. */
import { existsSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { compareVersions } from './versions';

/** Which build of LibTorch: for the CPU only, or with CUDA. */
export type Variant = 'cpu' | 'cuda';

/** The user's cache folder of tsorch: `$XDG_CACHE_HOME/tsorch`, by default `~/.cache/tsorch`. */
export function cacheFolder(env: NodeJS.ProcessEnv): string {
  if (env.XDG_CACHE_HOME) return join(env.XDG_CACHE_HOME, 'tsorch');
  const home = env.HOME ?? homedir();
  return process.platform === 'darwin' ? join(home, 'Library', 'Caches', 'tsorch') : join(home, '.cache', 'tsorch');
}

/** The folder of one downloaded LibTorch. */
export function cacheEntry(env: NodeJS.ProcessEnv, version: string, variant: Variant): string {
  return join(cacheFolder(env), `libtorch-${version}-${variant}-${process.platform}-${process.arch}`);
}

/** The downloaded LibTorch folders for this platform: CUDA before CPU, as it was asked for by name; newest first. */
export function cacheEntries(env: NodeJS.ProcessEnv): string[] {
  const folder = cacheFolder(env);
  if (!existsSync(folder)) return [];
  return (['cuda', 'cpu'] as const).flatMap((variant) =>
    readdirSync(folder)
      .filter((name) => name.startsWith('libtorch-'))
      .filter((name) => name.endsWith(`-${variant}-${process.platform}-${process.arch}`))
      .sort((a, b) => compareVersions(b, a))
      .map((name) => join(folder, name)),
  );
}
