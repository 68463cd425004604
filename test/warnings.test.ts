/** LibTorch's warnings are Node's: with PyTorch's text, once for each place, and never in the way of a call. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import * as torch from '../lib';
import { warn } from '../lib/warnings';
import { evaluate } from './oracle/oracle';

/** The warnings that are emitted while `body` runs. */
async function warningsOf(body: () => unknown): Promise<Error[]> {
  const heard: Error[] = [];
  const listen = (warning: Error): void => {
    heard.push(warning);
  };
  process.on('warning', listen);
  try {
    body();
    // Node emits them in the next tick.
    await new Promise((resolve) => setImmediate(resolve));
  } finally {
    process.off('warning', listen);
  }
  return heard;
}

/** LibTorch warns each time that `out` has another shape. */
function resizing(): torch.Tensor {
  return torch.add(torch.ones(3), 1, { out: torch.ones(2) });
}

const RESIZING = `
import warnings
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter('always')
    torch.add(torch.ones(3), 1, out=torch.ones(2))
[(w.category.__name__, str(w.message)) for w in caught]`;

describe('warnings', () => {
  it("have PyTorch's class and text", async () => {
    const python = await evaluate<[string, string][]>(RESIZING);
    const heard = await warningsOf(resizing);
    assert.equal(python.length, 1);
    assert.deepEqual(
      heard.map(({ name, message }) => [name, message]),
      python,
    );
  });

  it('come once for each place', async () => {
    const again = (): void => {
      for (let i = 0; i < 5; i++) torch.add(torch.ones(3), 1, { out: torch.ones(2) });
      torch.add(torch.ones(3), 1, { out: torch.ones(2) });
    };
    assert.equal((await warningsOf(again)).length, 2);
    assert.equal((await warningsOf(again)).length, 0);
  });

  it('do not change the result', () => assert.deepEqual(resizing().tolist(), [2, 2, 2]));

  describe('that come once per process', () => {
    before(() => torch.setWarnAlways(true));
    after(() => torch.setWarnAlways(false));

    it('come always where asked', async () => {
      assert.equal(torch.isWarnAlwaysEnabled(), true);
      assert.equal((await warningsOf(() => torch.eye(2).toSparseCsr())).length, 1);
      assert.equal((await warningsOf(() => torch.eye(2).toSparseCsr())).length, 1);
    });

    it('come from a call that throws', async () => {
      const heard = await warningsOf(() => assert.throws(() => torch.cholesky(torch.eye(2).neg()), torch.LinAlgError));
      assert.match(heard[0]?.message ?? '', /torch\.cholesky is deprecated/);
    });

    it('come from a backward pass', async () => {
      const x = torch.ones(2, { requiresGrad: true });
      const heard = await warningsOf(() => x.mul(x).sum().backward({ createGraph: true }));
      assert.match(heard[0]?.message ?? '', /create_graph=True will create a reference cycle/);
      x.grad = null;
    });
  });

  it('of a worker are its own', async () => {
    const script = `
      require('ts-node/register/transpile-only');
      const torch = require(${JSON.stringify(join(__dirname, '..', 'lib'))});
      const { parentPort } = require('node:worker_threads');
      process.on('warning', (warning) => parentPort.postMessage(warning.message));
      torch.add(torch.ones(3), 1, { out: torch.ones(2) });`;
    const worker = new Worker(script, { eval: true, stderr: true });
    const message = await new Promise((resolve, reject) => {
      worker.once('message', resolve);
      worker.once('error', reject);
    });
    assert.match(String(message), /An output with one or more elements was resized/);
    await worker.terminate();
  });

  it('never throw, even where Node is told to throw them', () => {
    const script = `
      require('ts-node/register/transpile-only');
      const torch = require(${JSON.stringify(join(__dirname, '..', 'lib'))});
      process.emitWarning = () => { throw new Error('no'); };
      console.log(torch.add(torch.ones(3), 1, { out: torch.ones(2) }).sum().item());`;
    assert.equal(execFileSync(process.execPath, ['-e', script], { encoding: 'utf8' }).trim(), '6');
  });

  it('of what PyTorch writes in Python take the same way', async () => {
    const heard = await warningsOf(() => {
      for (let i = 0; i < 3; i++) warn('old', 'FutureWarning');
    });
    assert.deepEqual(
      heard.map(({ name, message }) => [name, message]),
      [['FutureWarning', 'old']],
    );
  });
});
