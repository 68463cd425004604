/** The versions of Node on which memory is proven: the running one, and the others from npm's packages of its binaries. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const MAJORS = [20, 22, 24, 26];
const PLATFORM = process.platform === 'win32' ? 'win' : process.platform;
const PACKAGE = `node-${PLATFORM}-${process.arch}`;

/** A Node to test on, or why there is none. */
export interface NodeVersion {
  readonly major: number;
  readonly path: string | null;
  readonly problem?: string;
}

function folderOf(major: number): string {
  return join(tmpdir(), `tsorch-test-node-${major}`);
}

function binaryOf(major: number): string {
  return join(folderOf(major), 'node_modules', PACKAGE, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
}

function install(major: number): NodeVersion {
  const path = binaryOf(major);
  if (!existsSync(path)) {
    mkdirSync(folderOf(major), { recursive: true });
    const options = ['--no-save', '--ignore-scripts', '--no-audit', '--no-fund', '--prefix', folderOf(major)];
    const { status, stderr, error } = spawnSync('npm', ['install', ...options, `${PACKAGE}@${major}`], {
      encoding: 'utf8',
      shell: process.platform === 'win32',
      timeout: 120_000,
    });
    if (status !== 0) return { major, path: null, problem: `npm install ${PACKAGE}@${major}: ${error ?? stderr}` };
  }
  const { status, stderr } = spawnSync(path, ['--version'], { encoding: 'utf8' });
  return status === 0 ? { major, path } : { major, path: null, problem: `${path} does not run: ${stderr}` };
}

/** The running Node. */
export const CURRENT: NodeVersion = { major: Number(process.versions.node.split('.')[0]), path: process.execPath };

/** Whether the binary of a version is here already, so that no time goes to fetching it. */
export function isInstalled(major: number): boolean {
  return existsSync(binaryOf(major));
}

/** The majors to test beside the running one. */
export const OTHER_MAJORS: readonly number[] = MAJORS.filter((major) => major !== CURRENT.major);

/** A Node of that major version, installed into the system's temporary folder if it is not there. */
export function nodeOf(major: number): NodeVersion {
  return major === CURRENT.major ? CURRENT : install(major);
}
