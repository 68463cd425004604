/** Exceptions do not meet garbage collections: see Note [Collections and exceptions] in binding/guard.cc. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

describe('errors thrown while garbage is collected', () => {
  it('leave the process alive, 300,000 times', function () {
    this.timeout(10 * 60_000);
    // A small young generation, so that it is collected often.
    const flags = ['--max-semi-space-size=1', '--stack-trace-limit=0', '-r', 'ts-node/register/transpile-only'];
    const { status, signal, stderr } = spawnSync(
      process.execPath,
      [...flags, join(__dirname, 'throwing.ts'), '300000'],
      {
        encoding: 'utf8',
      },
    );
    assert.deepEqual({ status, signal }, { status: 0, signal: null }, stderr);
  });
});
