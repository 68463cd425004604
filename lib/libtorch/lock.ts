/** A lock between processes that survives the death of its holder. */
import { randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** How a lock is waited for; shorter in tests. */
export interface LockTimes {
  /** The holder shows that it lives this often, in milliseconds. */
  readonly heartbeat: number;
  /** A lock that shows no life for so long is taken over. */
  readonly stale: number;
}

const TIMES: LockTimes = { heartbeat: 2_000, stale: 20_000 };

/**
 * Runs `body` while no other process holds the lock `path`; calls `waiting` once if another one does.
 * A holder that was killed is noticed because its lock file is no longer touched; no clock is compared with another.
 */
export async function withLock<T>(
  path: string,
  waiting: () => void,
  body: () => Promise<T>,
  times = TIMES,
): Promise<T> {
  const token = randomUUID();
  await acquire(path, token, waiting, times);
  const heartbeat = setInterval(() => touch(path), times.heartbeat);
  const leave = (signal: NodeJS.Signals) => {
    release(path, token);
    process.exit(signal === 'SIGINT' ? 130 : 143);
  };
  process.once('SIGINT', leave).once('SIGTERM', leave);
  try {
    return await body();
  } finally {
    clearInterval(heartbeat);
    process.off('SIGINT', leave).off('SIGTERM', leave);
    release(path, token);
  }
}

async function acquire(path: string, token: string, waiting: () => void, times: LockTimes): Promise<void> {
  mkdirSync(dirname(path), { recursive: true });
  let seen = '';
  let seenAt = performance.now();
  for (let first = true; !create(path, token); first = false) {
    if (first) waiting();
    const state = stateOf(path);
    if (state !== seen) {
      seen = state;
      seenAt = performance.now();
    } else if (performance.now() - seenAt > times.stale) {
      takeOver(path, state);
    }
    await sleep(Math.min(times.heartbeat, 250));
  }
}

function create(path: string, token: string): boolean {
  try {
    writeFileSync(path, token, { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Changes whenever the holder shows life or is another one; empty when there is none. */
function stateOf(path: string): string {
  try {
    return `${readFileSync(path, 'utf8')} ${statSync(path).mtimeMs}`;
  } catch {
    return '';
  }
}

/** Two waiters may do this at once: only one of them can move the file away, and both then compete anew. */
function takeOver(path: string, state: string): void {
  if (stateOf(path) !== state) return;
  const aside = `${path}.${randomUUID()}`;
  try {
    renameSync(path, aside);
    rmSync(aside);
  } catch {
    // Another waiter was faster.
  }
}

function touch(path: string): void {
  try {
    utimesSync(path, new Date(), new Date());
  } catch {
    // The lock was taken over while this process was stopped; what it makes is renamed into place or discarded.
  }
}

function release(path: string, token: string): void {
  if (stateOf(path).startsWith(token)) rmSync(path, { force: true });
}
