/** What ends a Python process makes tsorch throw: proved by running both. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import * as torch from '../../lib';
import { pythonEnv, pythonPath } from '../oracle/python';
import { knownCrashes } from './known-crashes';

describe("arguments that LibTorch's kernels do not survive", () => {
  it('end a Python process', () => {
    const { stdout } = spawnSync(pythonPath(), [join(__dirname, 'crashes.py')], {
      input: JSON.stringify(knownCrashes.map(({ python }) => python)),
      env: pythonEnv(),
      encoding: 'utf8',
    });
    const signals: number[] = JSON.parse(stdout.trim().split('\n').at(-1) as string);
    const survived = knownCrashes.filter((_, i) => signals[i] === 0);
    assert.deepEqual(
      survived.map(({ python }) => python),
      [],
    );
  });

  for (const { python, tsorch } of knownCrashes) {
    it(`throw: ${python}`, () => {
      assert.throws(() => tsorch(torch), Error);
    });
  }
});
