/** Reports what tsorch finds on this machine and what it would do: `npx tsorch doctor`. */
import { existsSync, readFileSync } from 'node:fs';
import { release } from 'node:os';
import { join } from 'node:path';
import { archiveFor } from './archives';
import { cacheFolder } from './cache';
import { findPip } from './pip';
import { findAddons, loadAddon } from './preload';
import { PACKAGE_ROOT, resolveLibTorch } from './resolve';
import { DEFAULT_VERSION, SOURCE_MINORS } from './versions';

/** What the report asks the addon for. */
interface Devices {
  getNumThreads(): number;
  accelerator(): { readonly type: string; readonly count: number } | null;
}

/** The report's lines, and whether tsorch works. */
export interface Report {
  readonly lines: readonly string[];
  readonly healthy: boolean;
}

/** Looks at everything on which an import of tsorch depends, and tries it. */
export function examine(env: NodeJS.ProcessEnv): Report {
  const addons = findAddons();
  const { libtorch, attempts } = resolveLibTorch({ env, minors: addons?.minors ?? SOURCE_MINORS, headers: false });
  const { devices, failure } = tryLoading();
  const lines = [
    `tsorch ${packageVersion()} in ${PACKAGE_ROOT}`,
    `Node ${process.version} on ${process.platform}-${process.arch}, ${release()}`,
    addons === null ? 'addon: none' : `addon: built for LibTorch ${addons.minors.join(', ')}, in ${addons.folder}`,
    'LibTorch was looked for in this order:',
    ...attempts.map(({ place, result }) => `  ${place}: ${result}`),
    libtorch === null ? 'LibTorch: none' : `LibTorch: ${libtorch.version}, ${libtorch.cuda ? 'with CUDA' : 'CPU only'}`,
    `NVIDIA driver: ${nvidiaDriver() ?? 'none'}`,
    failure === null ? `loading: works; devices: ${devices}` : `loading: ${failure}`,
    ...advice(env, libtorch?.cuda ?? null),
  ];
  return { lines, healthy: failure === null };
}

function tryLoading(): { devices: string; failure: string | null } {
  try {
    const addon = loadAddon() as Devices;
    const accelerator = addon.accelerator();
    const cpu = `cpu (${addon.getNumThreads()} threads)`;
    const devices = accelerator === null ? cpu : `${cpu}, ${accelerator.type} (${accelerator.count})`;
    return { devices, failure: null };
  } catch (error) {
    return { devices: 'none', failure: (error as Error).message };
  }
}

/** What `npx tsorch install` would do. */
function advice(env: NodeJS.ProcessEnv, cuda: boolean | null): string[] {
  if (cuda === true) return [];
  if (cuda === false) {
    return nvidiaDriver() === null
      ? []
      : ['`npx tsorch install --cuda` would fetch LibTorch with CUDA (about 2.5 GB).'];
  }
  const pip = findPip(env);
  const source = pip === null ? archiveFor(env)?.url : `pip ${pip.version} (${[pip.command, ...pip.args].join(' ')})`;
  const where = `into ${cacheFolder(env)}`;
  if (source === undefined) return ['There is neither pip nor an archive for this platform: set TSORCH_LIBTORCH.'];
  return [`\`npx tsorch install\` would fetch LibTorch ${DEFAULT_VERSION} with ${source} ${where}.`];
}

function nvidiaDriver(): string | null {
  const file = '/proc/driver/nvidia/version';
  return existsSync(file) ? (readFileSync(file, 'utf8').match(/\d+\.\d+(\.\d+)?/)?.[0] ?? 'present') : null;
}

/** The version of this tsorch. */
export function packageVersion(): string {
  return (JSON.parse(readFileSync(join(PACKAGE_ROOT, 'package.json'), 'utf8')) as { version: string }).version;
}
