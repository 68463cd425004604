/** Folders for the files of tests, which go with the process, and with the next one if it was killed. */
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const PREFIX = 'tsorch-test-';
const NAME = new RegExp(`^${PREFIX}(\\d+)-`);
/** A younger folder may belong to a process that is not seen from here, as from a container with the same /tmp. */
const LEAST_AGE_MS = 3_600_000;

const folders: string[] = [];

/** A new empty folder that is removed when the test run ends. */
export function temporaryFolder(): string {
  if (folders.length === 0) {
    removeStrays();
    process.once('exit', () => {
      for (const folder of folders) rmSync(folder, { recursive: true, force: true });
    });
  }
  const folder = mkdtempSync(join(tmpdir(), `${PREFIX}${process.pid}-`));
  folders.push(folder);
  return folder;
}

/** Removes the folders that processes left behind which have ended without doing so. */
export function removeStrays(parent = tmpdir()): void {
  for (const name of readdirSync(parent)) {
    const owner = NAME.exec(name)?.[1];
    if (owner === undefined || isAlive(Number(owner))) continue;
    const age = Date.now() - (statSync(join(parent, name), { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
    if (age > LEAST_AGE_MS) rmSync(join(parent, name), { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}
