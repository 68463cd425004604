/** Programs traced here run in Python, and compute what the function computes. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import torch, { type nn as Nn, type Tensor } from '../../lib';
import { parity } from '../oracle/oracle';

const { jit, nn } = torch;

let folder: string;
before(() => {
  folder = mkdtempSync(join(tmpdir(), 'tsorch-trace-'));
});
after(() => rmSync(folder, { recursive: true }));

/** Saves a traced program and has Python run it, and compare what else it says of it. */
async function runsInPython(
  traced: torch.jit.ScriptModule | torch.jit.ScriptFunction,
  inputs: Tensor[],
  expected: unknown,
): Promise<void> {
  const path = join(folder, 'traced.pt');
  jit.save(traced, path);
  const code = 'out = torch.jit.load(path)(*inputs); torch.utils._pytree.tree_map(lambda t: t.detach(), out)';
  await parity(code, { path, inputs }, () => expected);
}

const values = (count: number, ...shape: number[]): Tensor[] => {
  const generator = new torch.Generator().manualSeed(1);
  return Array.from({ length: count }, () => torch.randn(shape, { generator }));
};

class Attention extends nn.Module {
  encoder = new nn.TransformerEncoder(new nn.TransformerEncoderLayer(8, 2, 16, { dropout: 0, batchFirst: true }), 2, {
    enableNestedTensor: false,
  });
  head = new nn.Linear(8, 3, { bias: false });
  override forward(x: Tensor): Tensor {
    return this.head(this.encoder(x).mean(1));
  }
}

class Lstm extends nn.Module {
  lstm = new nn.LSTM(4, 5, { numLayers: 2, batchFirst: true });
  override forward(x: Tensor): [Tensor, [Tensor, Tensor]] {
    const [out, [h, c]] = this.lstm(x) as unknown as [Tensor, [Tensor, Tensor]];
    return [out, [h, c]];
  }
}

const detached = (value: unknown): unknown => (Array.isArray(value) ? value.map(detached) : (value as Tensor).detach());

describe('jit.trace', () => {
  const models: [string, () => Nn.Module, number[]][] = [
    ['an MLP', () => new nn.Sequential(new nn.Linear(4, 8), new nn.ReLU(), new nn.Linear(8, 2)), [3, 4]],
    [
      'a CNN with batch norm',
      () =>
        new nn.Sequential(
          new nn.Conv2d(3, 4, 3, { padding: 1 }),
          new nn.BatchNorm2d(4),
          new nn.ReLU({ inplace: true }),
          new nn.MaxPool2d(2),
          new nn.Flatten(),
          new nn.Linear(64, 5),
        ),
      [2, 3, 8, 8],
    ],
    ['an LSTM', () => new Lstm(), [2, 6, 4]],
    ['a transformer', () => new Attention(), [2, 5, 8]],
  ];
  for (const [name, make, shape] of models) {
    it(`traces ${name}`, async () => {
      torch.manualSeed(3);
      const model = make().eval();
      const [x, y] = values(2, ...shape) as [Tensor, Tensor];
      const traced = jit.trace(model, x);
      assert.deepEqual([...traced.stateDict().keys()], [...model.stateDict().keys()]);
      const expected = detached(model(y));
      const path = join(folder, 'model.pt');
      traced.save(path);
      await parity(
        'm = torch.jit.load(path); torch.utils._pytree.tree_map(lambda t: t.detach(), m(y))',
        { path, y },
        () => expected,
      );
      await parity('list(torch.jit.load(path).state_dict())', { path }, () => [...model.stateDict().keys()]);
      await parity('[m.training for m in torch.jit.load(path).modules()]', { path }, () =>
        model.modules().map((module) => module.training),
      );
    });
  }

  it('gives submodules their own forward, and shares parameters', () => {
    const model = new nn.Sequential(new nn.Linear(2, 3), new nn.Sequential(new nn.Tanh(), new nn.Linear(3, 1)));
    const x = torch.ones(4, 2);
    const traced = jit.trace(model, x);
    const first = traced.getSubmodule('0') as torch.jit.ScriptModule;
    assert.ok(torch.equal(first(x) as Tensor, (model.at(0) as Nn.Module)(x) as Tensor));
    torch.noGrad(() => (model.at(0) as torch.nn.Linear).weight.fill_(0.25));
    assert.ok(torch.equal(traced(x) as Tensor, model(x) as Tensor));
    (traced(x) as Tensor).sum().backward();
    assert.ok((model.at(0) as torch.nn.Linear).weight.grad !== null);
  });

  it('traces functions: tuples, dictionaries, in-place operators, constants', async () => {
    const [x, y] = values(2, 3, 4) as [Tensor, Tensor];
    const table = torch.arange(4, { dtype: torch.float32 });
    const f = (a: Tensor, b: Tensor) => {
      const c = a.mul(2).add(b, { alpha: 3 });
      c.at(0).add_(1);
      const { values: top, indices } = c.max(1);
      return [c.add(table), [top, indices]];
    };
    const traced = jit.trace(f, [x, y]);
    await runsInPython(traced, [y, x], f(y, x));
    assert.match(traced.graph(), /aten::max/);
    assert.equal(traced.name, 'f');
    const dict = jit.trace((a: Tensor) => ({ sum: a.sum(), twice: a.mul(2) }), x, { strict: false });
    const result = dict(y);
    assert.deepEqual(Object.keys(result), ['sum', 'twice']);
    assert.ok(torch.equal(result.twice, y.mul(2)));
    await parity('list(torch.jit.load(path)(y).items())', { path: saved(dict), y }, () => [
      ['sum', y.sum()],
      ['twice', y.mul(2)],
    ]);
    assert.throws(
      () => jit.trace((a: Tensor) => ({ a: a.sum() }), x),
      /Encountering a dict at the output of the tracer/,
    );
  });

  const saved = (traced: torch.jit.ScriptFunction | torch.jit.ScriptModule): string => {
    const path = join(folder, 'saved.pt');
    traced.save(path);
    return path;
  };

  it('takes keyword arguments and dictionaries, and names arguments', async () => {
    const [x, y] = values(2, 2) as [Tensor, Tensor];
    const traced = jit.trace(({ left, right }: { left: Tensor; right: Tensor }) => left.sub(right), {
      exampleKwargInputs: { left: x, right: y },
    });
    assert.ok(torch.equal(traced({ right: x, left: y }), y.sub(x)));
    await parity('torch.jit.load(path)(right=x, left=y)', { path: saved(traced), x, y }, () => y.sub(x));
    const pair = jit.trace((table: Record<string, Tensor>, z: Tensor) => (table.a as Tensor).add(z), [{ a: x }, y]);
    await parity('torch.jit.load(path)({"a": y}, z=x)', { path: saved(pair), x, y }, () => y.add(x));
  });

  it('traces several methods', async () => {
    class Two extends nn.Module {
      linear = new nn.Linear(2, 2);
      override forward(x: Tensor): Tensor {
        return this.linear(x);
      }
      weighted(x: Tensor, y: Tensor): Tensor {
        return this.linear.weight.mul(x).sub(y);
      }
    }
    const model = new Two();
    const [x, y] = values(2, 2, 2) as [Tensor, Tensor];
    const traced = jit.traceModule(model, { forward: x, weighted: [x, y] });
    const expected = model.weighted(y, x).detach();
    assert.ok(torch.equal(traced.invoke('weighted', y, x).detach(), expected));
    await parity('torch.jit.load(path).weighted(y, x).detach()', { path: saved(traced), x, y }, () => expected);
    assert.throws(() => jit.traceModule(model, { none: x }), { name: 'AttributeError' });
  });

  it('warns of what it freezes, and of what differs', async () => {
    const said: string[] = [];
    const listen = (warning: Error): void => void said.push(`${warning.name}: ${warning.message}`);
    process.on('warning', listen);
    try {
      jit.trace((x: Tensor) => x.mul(x.sum().item()), torch.ones(2));
      const dropout = jit.trace(new nn.Dropout(0.5), torch.ones(100));
      assert.ok(dropout.training);
      await new Promise(setImmediate);
    } finally {
      process.off('warning', listen);
    }
    assert.match(said.join('\n'), /TracerWarning: Converting a tensor to a Python number might cause the trace to be/);
    assert.match(said.join('\n'), /TracerWarning: Trace had nondeterministic nodes. Did you forget call .eval\(\)/);
    assert.match(said.join('\n'), /Output nr 1. of the traced function does not match .* of the Python function/);
    assert.equal(jit.isTracing(), false);
  });

  it('refuses what cannot be traced', () => {
    let calls = 0;
    assert.throws(
      () => jit.trace((x: Tensor) => (calls++ % 2 === 0 ? x.add(1) : x.mul(2)), torch.ones(1)),
      (error: Error) => error instanceof jit.TracingCheckError && /Graphs differed/.test(error.message),
    );
    assert.throws(() => jit.trace(() => undefined, []), /didn't return any values/);
    assert.throws(() => jit.trace(() => 5, torch.ones(1)), torch.RuntimeError);
    assert.throws(
      () =>
        jit.trace(() => {
          throw new RangeError('mine');
        }, torch.ones(1)),
      { name: 'RangeError', message: 'mine' },
    );
    assert.equal(jit.isTracing(), false);
    assert.throws(() => jit.trace((x: Tensor) => x, {}), /example_kwarg_inputs should be a dict/);
    const parameter = new nn.Parameter(torch.ones(1));
    assert.throws(
      () => jit.trace((x: Tensor) => x.mul(parameter), torch.ones(1)),
      /Cannot insert a Tensor that requires grad/,
    );
    const scripted = jit.trace(new nn.ReLU(), torch.ones(1));
    assert.equal(jit.trace(scripted, torch.ones(1)), scripted);
  });
});
