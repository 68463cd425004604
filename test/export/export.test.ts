/** Programs that torch.export made compute here what they compute in Python. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import torch, { type Tensor } from '../../lib';
import { evaluate, parity } from '../oracle/oracle';
import { root } from '../oracle/python';
import type { Outcome } from '../serialization/mutants';

let folder: string;
const file = (name: string): string => join(folder, `${name}.pt2`);

const PROGRAMS = `
import os, collections, warnings
from torch.export import Dim
warnings.simplefilter('ignore')
torch.manual_seed(0)

class Full(nn.Module):
    def __init__(self):
        super().__init__()
        self.l = nn.Linear(4, 3); self.bn = nn.BatchNorm1d(3)
        self.register_buffer('n', torch.zeros(()), persistent=False)
        self.c = torch.arange(3.)
    def forward(self, x, d, k=2):
        self.n.add_(1)
        y = self.bn(self.l(x)) + self.c
        y = y.reshape(x.shape[0] * 3)
        return {'y': y * k, 't': (y.view(-1, 3).sum(0), d['a'][0] + self.n), 'o': [x[:, 1:], x.max(1).indices]}

class Numbers(nn.Module):
    def forward(self, x, i):
        a = i * 2.0
        b = torch.full((x.shape[0] // 2 + 1, 2), 3.0)
        u, v = x.unbind(1)[:2]
        return collections.OrderedDict(a=a, b=b, w=torch.where(x > 0, x, 1.0), s=torch.cat([u, v]), z=x.to(torch.float64), q=torch.nn.functional.pad(x, (1, 1), value=2.0), j=torch.arange(x.shape[0], dtype=torch.int64))

class Branch(nn.Module):
    def forward(self, x):
        return torch.cond(x.sum() > 0, lambda x: x.sin() + 1, lambda x: x.cos() - 1, (x,))

class Attention(nn.Module):
    def __init__(self):
        super().__init__()
        self.e = nn.TransformerEncoderLayer(8, 2, 16, dropout=0.0, batch_first=True)
        self.r = nn.LSTM(8, 5, batch_first=True)
    def forward(self, x):
        return self.r(self.e(x))

b = Dim('b', min=2, max=64)
full = torch.export.export(Full(), (torch.randn(5, 4), {'a': [torch.ones(2)]}), {'k': 3}, dynamic_shapes=({0: b}, {'a': [None]}, None))
save = lambda ep, name, **kw: torch.export.save(ep, os.path.join(folder, name + '.pt2'), **kw)
save(full, 'full', extra_files={'x.txt': 'hi'})
save(full.run_decompositions(), 'core')
save(torch.export.export(Numbers(), (torch.randn(6, 3), torch.arange(4)), dynamic_shapes=({0: Dim('n', min=3)}, None)), 'numbers')
save(torch.export.export(Branch(), (torch.ones(3),)), 'branch')
save(torch.export.export(Attention().eval(), (torch.randn(2, 5, 8),)), 'attention')
None
`;

const values = (...shape: number[]): Tensor =>
  torch.randn(shape, { generator: new torch.Generator().manualSeed(shape.length) });

/** Runs a program here and in Python with the same arguments. */
const runs = (
  name: string,
  inputs: Record<string, unknown>,
  call: string,
  here: (module: Module, i: never) => unknown,
) =>
  parity(`m = torch.export.load(path).module(); ${call}`, { ...inputs, path: file(name) }, (i) =>
    here(torch.export.load(file(name)).module() as unknown as Module, i as never),
  );

// biome-ignore lint/suspicious/noExplicitAny: what a program takes and gives
type Module = (...args: any[]) => any;

describe('torch.export', () => {
  before(async function () {
    this.timeout(180_000);
    folder = mkdtempSync(join(tmpdir(), 'tsorch-export-'));
    await evaluate(PROGRAMS, { folder });
  });
  after(() => rmSync(folder, { recursive: true }));

  for (const name of ['full', 'core']) {
    it(`runs ${name === 'full' ? 'a program that changes its buffers' : 'its core decomposition'}`, () =>
      runs(
        name,
        { x: values(7, 4), a: torch.ones(2) },
        'r = m(x, {"a": [a]}, k=3); r = m(x, {"a": [a]}, k=3); [r["y"].detach(), r["t"][0].detach(), r["t"][1], r["o"], m.n, m.bn.running_var, list(m.state_dict())]',
        (module, { x, a }: { x: Tensor; a: Tensor }) => {
          module(x, { a: [a] }, { k: 3 });
          const { y, t, o } = module(x, { a: [a] }, { k: 3 });
          const m = module as unknown as torch.nn.Module;
          return [
            y.detach(),
            t[0].detach(),
            t[1],
            o,
            m.getBuffer('n'),
            m.getBuffer('bn.running_var'),
            [...m.stateDict().keys()],
          ];
        },
      ));
  }

  it('runs numbers, sizes and lists', () =>
    runs(
      'numbers',
      { x: values(9, 3), i: torch.arange(4) },
      'list(m(x, i).values())',
      (module, { x, i }: { x: Tensor; i: Tensor }) => [...module(x, i).values()],
    ));

  it('runs branches', () =>
    runs(
      'branch',
      { x: torch.ones(3), y: torch.ones(3).neg() },
      '[m(x), m(y)]',
      (module, { x, y }: { x: Tensor; y: Tensor }) => [module(x), module(y)],
    ));

  it('runs a transformer and an LSTM', () =>
    runs(
      'attention',
      { x: values(2, 5, 8) },
      'torch.utils._pytree.tree_map(lambda t: t.detach(), m(x))',
      (module, { x }: { x: Tensor }) => {
        const [out, [h, c]] = module(x);
        return [out.detach(), [h.detach(), c.detach()]];
      },
    ));

  it('has the signature, the tensors and the example inputs', () =>
    parity(
      'e = torch.export.load(path); [str(e.graph_signature), list(e.state_dict), list(e.constants), e.example_inputs[0][0], e.example_inputs[1]]',
      { path: file('full') },
      ({ path }) => {
        const extra = { 'x.txt': '' };
        const program = torch.export.load(readFileSync(path), { extraFiles: extra });
        assert.equal(extra['x.txt'], 'hi');
        assert.deepEqual([...program.rangeConstraints.values()], [{ minVal: 2, maxVal: 64 }]);
        const [args, kwargs] = program.exampleInputs as [Tensor[], object];
        return [
          String(program.graphSignature),
          [...program.stateDict.keys()],
          [...program.constants.keys()],
          args[0],
          kwargs,
        ];
      },
    ));

  it('trains, and takes other weights', () => {
    const module = torch.export.load(file('attention')).module();
    const call = module as unknown as Module;
    call(values(2, 5, 8))[0]
      .sum()
      .backward();
    assert.ok(module.parameters().some((parameter) => (parameter.grad?.abs().sum().item() ?? 0) > 0));
    torch.noGrad(() => module.getParameter('r.weight_ih_l0').zero_());
    torch.noGrad(() => module.getParameter('r.weight_hh_l0').zero_());
    assert.notDeepEqual(
      call(values(2, 5, 8))[0].tolist(),
      torch.export.load(file('attention')).module()(values(2, 5, 8)),
    );
    assert.throws(() => module.eval(), /Calling eval\(\) is not supported yet/);
  });

  it('refuses inputs that Python refuses, in its words', async () => {
    const module = torch.export.load(file('full')).module() as unknown as Module;
    const a = [torch.ones(2)];
    assert.throws(() => module(values(5, 3), { a }, { k: 3 }), {
      name: 'AssertionError',
      message: 'Guard failed: x.size()[1] == 4',
    });
    assert.throws(() => module(values(65, 4), { a }, { k: 3 }), /Guard failed: x.size\(\)\[0\] <= 64/);
    assert.throws(() => module(values(5, 4), { a }, { k: 4 }), /Guard failed: k == 3/);
    assert.throws(
      () => module(values(5, 4), { b: a }, { k: 3 }),
      /Trying to flatten user inputs with exported input tree/,
    );
    assert.throws(() => module(5, { a }, { k: 3 }), torch.AssertionError);
  });

  it('refuses damaged files, however they are damaged', async function () {
    this.timeout(180_000);
    const program = join(root, 'test/serialization/mutants.ts');
    const runs = ['exported,1,100', 'exportedGraph,2,200'];
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['-r', 'ts-node/register/transpile-only', program, ...runs],
      { cwd: root, env: { ...process.env, EXPORTED_PROGRAM: file('full') } },
    );
    for (const [format, { refused, unclear }] of Object.entries(JSON.parse(stdout) as Record<string, Outcome>)) {
      assert.deepEqual(unclear, [], format);
      assert.ok(refused > 100, `${format}: ${refused} refused`);
    }
  });
});
