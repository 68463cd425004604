/** The folders of tests that were killed are removed by later ones, those of others are left alone. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { removeStrays, temporaryFolder } from './temporary';

describe('folders of tests', () => {
  it('are removed once their process is dead and they are old', () => {
    const parent = temporaryFolder();
    const { pid: dead } = spawnSync(process.execPath, ['--version']);
    const make = (name: string, hours: number): void => {
      mkdirSync(join(parent, name));
      writeFileSync(join(parent, name, 'x'), '');
      utimesSync(join(parent, name), new Date(), new Date(Date.now() - hours * 3_600_000));
    };
    make(`tsorch-test-${dead}-old`, 2);
    make(`tsorch-test-${dead}-young`, 0);
    make(`tsorch-test-${process.pid}-mine`, 2);
    make('tsorch-test-node-22', 2);
    removeStrays(parent);
    const left = ['tsorch-test-node-22', `tsorch-test-${dead}-young`, `tsorch-test-${process.pid}-mine`];
    assert.deepEqual(readdirSync(parent).sort(), left.sort());
  });
});
