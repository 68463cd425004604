/** Drives pip, with the user's own settings, to bring wheels by package name. */
import { spawn, spawnSync } from 'node:child_process';

/** A pip that answers. */
export interface Pip {
  readonly command: string;
  readonly args: readonly string[];
  readonly version: string;
}

const COMMANDS: readonly [string, ...string[]][] = [
  ['python3', '-m', 'pip'],
  ['python', '-m', 'pip'],
  ['pip3'],
  ['pip'],
];

/** The first pip on the PATH that runs; null where there is none. */
export function findPip(env: NodeJS.ProcessEnv): Pip | null {
  for (const [command, ...args] of COMMANDS) {
    const { status, stdout } = spawnSync(command, [...args, '--version'], { env, encoding: 'utf8' });
    if (status === 0) return { command, args, version: stdout.match(/^pip (\S+)/)?.[1] ?? 'unknown' };
  }
  return null;
}

/**
 * `pip download` of wheels into `folder`; pip's own progress bar shows.
 *
 * @throws Error with what pip said last.
 */
export async function pipDownload(
  pip: Pip,
  env: NodeJS.ProcessEnv,
  requirements: readonly string[],
  folder: string,
  dependencies: boolean,
): Promise<void> {
  const options = ['--disable-pip-version-check', '--only-binary=:all:', '--dest', folder];
  if (!dependencies) options.push('--no-deps');
  const args = [...pip.args, 'download', ...options, ...requirements];
  // Standard output is for what the user's own program prints.
  const child = spawn(pip.command, args, { env, stdio: ['ignore', process.stderr, 'pipe'] });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => {
    process.stderr.write(chunk);
    said += chunk.toString();
  });
  const status = await new Promise<number | null>((resolve, reject) => child.on('error', reject).on('close', resolve));
  if (status === 0) return;
  const errors = said.split('\n').filter((line) => line.startsWith('ERROR:'));
  throw new Error(errors.at(-1)?.slice('ERROR: '.length) ?? `pip ended with status ${status}`);
}

/**
 * The NVIDIA packages without which the libraries of a CUDA wheel do not load, as the wheel's metadata names them:
 * two for the CPU libraries alone, all of them for CUDA. Versions stay as they are.
 */
export function nvidiaRequirements(metadata: string, cuda: boolean): string[] {
  const required = [...metadata.matchAll(/^Requires-Dist: ([^;\r\n]+)/gm)].map(([, text = '']) =>
    text.replaceAll(' ', ''),
  );
  if (cuda) return required.filter((text) => /^(cuda-toolkit|nvidia-)/.test(text));
  return required.flatMap((text) => {
    if (/^nvidia-cuda-(runtime|cupti)/.test(text)) return text;
    // Since CUDA 13 one package of packages names the versions of the others.
    const toolkit = text.match(/^cuda-toolkit\[[^\]]*\](.*)$/);
    return toolkit ? `cuda-toolkit[cudart,cupti]${toolkit[1]}` : [];
  });
}
