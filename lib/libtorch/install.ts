/** Brings LibTorch into the user's cache: through pip where there is one, else from the official archive. */
import { randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { archiveFor } from './archives';
import { cacheEntry, type Variant } from './cache';
import { download } from './download';
import { inspect, type LibTorch } from './layout';
import { withLock } from './lock';
import { findPip, nvidiaRequirements, type Pip, pipDownload } from './pip';
import { downloadBar } from './progress';
import { selectLibTorch, selectNvidia } from './select';
import { entryNames, extract, readEntry } from './unzip';
import { DEFAULT_VERSION } from './versions';

/** What to bring, and whom to tell. */
export interface Order {
  readonly env: NodeJS.ProcessEnv;
  readonly variant: Variant;
  readonly say: (line: string) => void;
}

/** One way to get LibTorch: fills `folder` with `torch/`, and `nvidia/` where it is needed. */
interface Source {
  readonly name: string;
  readonly fill: (folder: string) => Promise<void>;
}

/**
 * Downloads LibTorch into the cache, unless it is there, and returns it. Two processes that do so at once share one
 * download. What was interrupted leaves nothing in the place of the finished folder.
 *
 * @throws Error that lists every source that was tried, why it failed, and what can be done.
 */
export async function installLibTorch(order: Order): Promise<LibTorch> {
  const target = cacheEntry(order.env, DEFAULT_VERSION, order.variant);
  const waiting = () => order.say('another process is downloading LibTorch; waiting for it');
  return withLock(`${target}.lock`, waiting, async () => {
    const present = inspect(target);
    if ('found' in present) return present.found;
    discardRemains(target);
    const failures: string[] = [];
    for (const source of sources(order, target)) {
      order.say(`fetching LibTorch ${DEFAULT_VERSION} (${order.variant}) through ${source.name}`);
      const partial = `${target}.partial-${randomUUID()}`;
      try {
        await source.fill(partial);
        return publish(partial, target);
      } catch (error) {
        failures.push(`${source.name}: ${(error as Error).message}`);
        order.say(`that did not work: ${(error as Error).message}`);
      } finally {
        rmSync(partial, { recursive: true, force: true });
      }
    }
    throw new Error(explain(order, failures));
  });
}

function* sources(order: Order, target: string): Generator<Source> {
  const pip = findPip(order.env);
  if (pip !== null) {
    const name = `pip ${pip.version} (${[pip.command, ...pip.args].join(' ')})`;
    yield { name, fill: (folder) => fromPip(pip, order, folder) };
  }
  const archive = archiveFor(order.env);
  if (archive === null || order.variant === 'cuda') return;
  const zip = join(dirname(target), basename(new URL(archive.url).pathname));
  const fill = async (folder: string) => {
    const bar = downloadBar();
    await download(archive, zip, bar.update).finally(bar.stop);
    try {
      await extract(zip, selectLibTorch(order.variant), folder);
    } finally {
      rmSync(zip);
    }
  };
  yield { name: order.env.TSORCH_LIBTORCH_URL ? 'the archive of TSORCH_LIBTORCH_URL' : 'the official archive', fill };
}

/** pip may give the CPU wheel or the CUDA wheel of the same version: both serve. */
async function fromPip(pip: Pip, { env, variant, say }: Order, folder: string): Promise<void> {
  const wheels = join(folder, 'wheels');
  mkdirSync(wheels, { recursive: true });
  await pipDownload(pip, env, [`torch==${DEFAULT_VERSION}`], wheels, false);
  const wheel = join(wheels, readdirSync(wheels).find((name) => name.startsWith('torch-')) ?? '');
  const hasCuda = (await entryNames(wheel)).includes('torch/lib/libtorch_cuda.so');
  if (variant === 'cuda' && !hasCuda) throw new Error(`pip gave ${basename(wheel)}, which has no CUDA`);
  say(`unpacking ${basename(wheel)}`);
  await extract(wheel, selectLibTorch(variant), folder);
  if (hasCuda) {
    const requirements = nvidiaRequirements(
      (await readEntry(wheel, /\.dist-info\/METADATA$/)) ?? '',
      variant === 'cuda',
    );
    const nvidia = join(folder, 'nvidia-wheels');
    mkdirSync(nvidia);
    await pipDownload(pip, env, requirements, nvidia, true);
    for (const name of readdirSync(nvidia)) await extract(join(nvidia, name), selectNvidia(variant), folder);
    rmSync(nvidia, { recursive: true });
  }
  rmSync(wheels, { recursive: true });
}

/** The finished folder takes its place in one step. */
function publish(partial: string, target: string): LibTorch {
  const made = inspect(partial);
  if ('reason' in made) throw new Error(`what came is not LibTorch: ${made.reason}`);
  if (made.found.version.split('+')[0] !== DEFAULT_VERSION) {
    throw new Error(`what came is LibTorch ${made.found.version}, not ${DEFAULT_VERSION}`);
  }
  rmSync(target, { recursive: true, force: true });
  renameSync(partial, target);
  const there = inspect(target);
  if ('reason' in there) throw new Error(`${target}: ${there.reason}`);
  return there.found;
}

/** The holder of the lock is alone here: what lies about was left by runs that were killed. */
function discardRemains(target: string): void {
  for (const name of readdirSync(dirname(target))) {
    if (name.startsWith(`${basename(target)}.partial-`)) rmSync(join(dirname(target), name), { recursive: true });
  }
}

function explain({ env, variant }: Order, failures: readonly string[]): string {
  const python = findPip(env) === null ? ['  pip: there is none on the PATH'] : [];
  const archive =
    variant === 'cuda' ? ['  the official archive: it comes without the NVIDIA libraries; CUDA needs pip'] : [];
  const none =
    archiveFor(env) === null ? [`  the official archive: none for ${process.platform}-${process.arch}`] : archive;
  return [
    `LibTorch ${DEFAULT_VERSION} (${variant}) could not be fetched. Tried:`,
    ...failures.map((failure) => `  ${failure}`),
    ...python,
    ...none,
    'Any of these helps:',
    `  - set pip up so that \`pip download --no-deps torch==${DEFAULT_VERSION}\` works (tsorch uses your pip settings),`,
    `  - activate a Python environment that has torch ${DEFAULT_VERSION},`,
    '  - unpack LibTorch yourself and set TSORCH_LIBTORCH to its directory (this works offline),',
    '  - set TSORCH_LIBTORCH_URL to a mirror of the archive.',
  ].join('\n');
}
