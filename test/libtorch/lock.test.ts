/** The lock between processes, with processes. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, it } from 'mocha';
import { withLock } from '../../lib/libtorch/lock';
import { temporaryFolder } from '../temporary';

const TIMES = { heartbeat: 50, stale: 500 };

describe('the lock between processes', () => {
  it('lets one in at a time and tells those who wait', async () => {
    const folder = temporaryFolder();
    const log = join(folder, 'log');
    let waits = 0;
    const body = async () => {
      appendFileSync(log, 'in ');
      await sleep(30);
      appendFileSync(log, 'out ');
    };
    await Promise.all([1, 2, 3].map(() => withLock(join(folder, 'lock'), () => void waits++, body, TIMES)));
    assert.equal(readFileSync(log, 'utf8'), 'in out in out in out ');
    assert.equal(waits, 2);
    assert.ok(!existsSync(join(folder, 'lock')));
  });

  it('opens again when the body throws', async () => {
    const lock = join(temporaryFolder(), 'lock');
    const failing = withLock(
      lock,
      () => undefined,
      () => Promise.reject(new Error('no')),
      TIMES,
    );
    await assert.rejects(failing, /no/);
    assert.ok(!existsSync(lock));
  });

  it('is taken over from a holder that was killed', async () => {
    const lock = join(temporaryFolder(), 'lock');
    const holder = await hold(lock);
    holder.kill('SIGKILL');
    await once(holder, 'exit');
    assert.ok(existsSync(lock));
    assert.equal(
      await withLock(
        lock,
        () => undefined,
        async () => 'mine',
        TIMES,
      ),
      'mine',
    );
  });

  it('is left at once by a holder that is interrupted', async () => {
    const lock = join(temporaryFolder(), 'lock');
    const holder = await hold(lock);
    holder.kill('SIGINT');
    assert.deepEqual(await once(holder, 'exit'), [130, null]);
    assert.ok(!existsSync(lock));
  });

  it('is not taken from a holder that lives', async () => {
    const lock = join(temporaryFolder(), 'lock');
    const holder = await hold(lock);
    let entered = false;
    const waiting = withLock(
      lock,
      () => undefined,
      async () => {
        entered = true;
      },
      TIMES,
    );
    await sleep(3 * TIMES.stale);
    assert.equal(entered, false);
    holder.kill('SIGTERM');
    await waiting;
    assert.equal(entered, true);
  });
});

/** A process that holds the lock until it is ended. */
async function hold(lock: string): Promise<ChildProcess> {
  const module = join(__dirname, '..', '..', 'lib', 'libtorch', 'lock.ts');
  const script = join(temporaryFolder(), 'hold.js');
  writeFileSync(
    script,
    `const { withLock } = require(${JSON.stringify(module)});
    const held = () => { console.log('held'); return new Promise((done) => setTimeout(done, 60000)); };
    withLock(${JSON.stringify(lock)}, () => undefined, held, ${JSON.stringify(TIMES)});`,
  );
  const child = spawn(process.execPath, ['-r', require.resolve('ts-node/register/transpile-only'), script], {
    cwd: join(__dirname, '..', '..'),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout as NodeJS.ReadableStream, 'data');
  return child;
}
