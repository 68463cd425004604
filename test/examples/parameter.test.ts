/** examples/parameter.ts prints what the same cells print in Python. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { pythonEnv, pythonPath, root } from '../oracle/python';

const run = promisify(execFile);

describe('examples/parameter.ts', () => {
  it('prints what Python prints, character for character', async () => {
    const ours = run(process.execPath, ['-r', 'ts-node/register/transpile-only', 'examples/parameter.ts'], {
      cwd: root,
    });
    const python = run(pythonPath(), [join(__dirname, 'parameter.py')], { env: pythonEnv() });
    assert.equal((await ours).stdout, (await python).stdout);
  });
});
