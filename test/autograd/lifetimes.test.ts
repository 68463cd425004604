/** How long a graph keeps JavaScript's functions. */
import assert from 'node:assert/strict';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Worker } from 'node:worker_threads';
import * as torch from '../../lib';

type Tensor = torch.Tensor;

setFlagsFromString('--expose-gc');
const gc = runInNewContext('gc') as () => void;

/** Whether what `make` gives is collected once nothing but what `keep` gave holds it. */
async function isCollected(make: () => [watched: object, kept?: unknown]): Promise<boolean> {
  const hold: { kept?: unknown } = {};
  const reference = (() => {
    const [watched, kept] = make();
    hold.kept = kept;
    return new WeakRef(watched);
  })();
  for (let i = 0; i < 20 && reference.deref() !== undefined; i++) {
    await new Promise((resolve) => setImmediate(resolve));
    gc();
    // The addon frees what has died, and what that held, as new tensors come.
    for (let j = 0; j < 100; j++) torch.ones(1).dispose();
  }
  return reference.deref() === undefined;
}

const leaf = (): Tensor => torch.ones(2, { requiresGrad: true });

class Double extends torch.autograd.Function {
  static override forward(ctx: torch.autograd.FunctionCtx, x: Tensor, tag: object, keep: boolean): Tensor {
    const y = x.mul(2);
    ctx.tag = tag;
    if (keep) ctx.y = y;
    return y;
  }

  static override backward(_: torch.autograd.FunctionCtx, grad: Tensor): unknown {
    return [grad.mul(2), null, null];
  }
}

describe('functions that a graph holds', () => {
  it('live as long as the graph', async () => {
    const make = (keepGraph: boolean): [object, unknown] => {
      const hook = (grad: Tensor) => grad;
      const y = leaf().mul(2);
      y.registerHook(hook);
      return [hook, keepGraph ? y.sum() : null];
    };
    assert.equal(await isCollected(() => make(true)), false);
    assert.equal(await isCollected(() => make(false)), true);
  });

  it('are let go of when they are removed', async () => {
    const x = leaf();
    const n = x.mul(2).gradFn as torch.autograd.GradNode;
    const hook = () => undefined;
    const registrations = [
      () => x.registerHook(hook.bind(null)),
      () => x.registerPostAccumulateGradHook(hook.bind(null)),
      () => n.registerHook(hook.bind(null)),
      () => n.registerPrehook(hook.bind(null)),
    ];
    for (const register of registrations) {
      const tag = (): [object] => {
        const handle = register();
        handle.remove();
        return [handle];
      };
      assert.equal(await isCollected(tag), true);
    }
    const removed = (): [object, unknown] => {
      const own = (grad: Tensor) => grad.mul(x);
      x.registerHook(own).remove();
      return [own, x];
    };
    assert.equal(await isCollected(removed), true);
  });

  it('do not keep what only a hook of its own knows after a backward pass, but run in others', async () => {
    const cycle = (make: () => Tensor) => (): [object] => {
      const x = make();
      let runs = 0;
      const hook = (grad: Tensor) => {
        runs++;
        return grad.mul(x);
      };
      x.registerHook(hook);
      for (let i = 0; i < 3; i++) x.sum().backward();
      gc();
      x.sum().backward();
      assert.equal(runs, 4);
      return [hook];
    };
    assert.equal(await isCollected(cycle(leaf)), true);
    assert.equal(await isCollected(cycle(() => leaf().neg())), true);
  });

  it('do not keep a tensor that only its own hook knows after `dispose`', async () => {
    const cycle = (end: (x: Tensor) => void) => (): [object] => {
      const x = leaf();
      const hook = (grad: Tensor) => grad.mul(x);
      x.registerHook(hook);
      end(x);
      return [hook];
    };
    assert.equal(await isCollected(cycle((x) => x.dispose())), true);
  });

  it('and contexts die with the graph, or with a backward pass where they hold a result', async () => {
    const make = (keep: boolean, run: boolean) => (): [object] => {
      const tag = {};
      const y = Double.apply(leaf(), tag, keep);
      if (run) y.sum().backward();
      return [tag];
    };
    assert.equal(await isCollected(make(false, false)), true);
    assert.equal(await isCollected(make(false, true)), true);
    assert.equal(await isCollected(make(true, true)), true);
  });

  it('run in workers, and end with them', async () => {
    const source = `
      require('ts-node/register/transpile-only');
      const { parentPort } = require('node:worker_threads');
      const torch = require(${JSON.stringify(require.resolve('../../lib'))});
      const x = torch.ones(2, { requiresGrad: true });
      globalThis.y = x.mul(2);
      let seen = 0;
      globalThis.y.registerHook((grad) => { seen += grad.sum().item(); });
      globalThis.y.sum().backward({ retainGraph: true });
      parentPort.postMessage(seen);
    `;
    const worker = new Worker(source, { eval: true });
    const seen = await new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject));
    const code = await new Promise((resolve) => worker.once('exit', resolve));
    assert.deepEqual([seen, code], [2, 0]);
  });
});
