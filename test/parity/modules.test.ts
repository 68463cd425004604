/** Every public module gives what PyTorch's gives: text, initial values, outputs, gradients, state. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as torch from '../../lib';
import { evaluate, parity } from '../oracle/oracle';
import { type Case, initial, moduleClasses, outcome } from './modules';

interface Calls {
  cases: Case[];
  /** Those that throw. */
  errors: Case[];
}

const ask = (what: string) => `import sys\nsys.path.insert(0, folder)\nimport module_cases\nmodule_cases.${what}`;
const folder = __dirname;

describe('modules', () => {
  // Deprecated modules and options warn, in Python as here; there it is switched off.
  const printers = process.listeners('warning');
  const threads = torch.getNumThreads();
  before(() => {
    process.removeAllListeners('warning');
    // The tensors are small, and the other side runs at the same time.
    torch.setNumThreads(1);
  });
  after(() => {
    torch.setNumThreads(threads);
    for (const print of printers) process.on('warning', print);
  });

  for (const name of moduleClasses().keys()) {
    it(`nn.${name}`, async () => {
      const { cases, errors } = await evaluate<Calls>(ask('described_calls(name)'), { folder, name });
      assert.ok(cases.length > 0, 'neither in the module database nor in module_rows.py');
      await parity(ask('initial(name)'), { folder, name }, () => initial(name, cases), { exact: true });
      await parity(ask('outcomes(name)'), { folder, name }, () => cases.map((one) => outcome(name, one)));
      for (const [number, one] of errors.entries()) {
        await parity(ask('error(name, number)'), { folder, name, number }, () => outcome(name, one));
      }
    });
  }

  it('lists the classes of torch.nn that are missing', async () => {
    const classes = await evaluate<string[]>(ask('public_classes()'), { folder });
    const here = moduleClasses();
    const listed = JSON.parse(readFileSync(join(folder, 'modules-missing.json'), 'utf8'));
    assert.deepEqual(classes.filter((name) => !here.has(name)).sort(), Object.keys(listed));
  });
});
