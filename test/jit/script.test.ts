/** TorchScript: programs of PyTorch's run here as there, and go back to it. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import torch from '../../lib';
import { input } from '../oracle/inputs';
import { evaluate, parity } from '../oracle/oracle';

const { jit, nn, optim } = torch;

let folder: string;
before(() => {
  folder = mkdtempSync(join(tmpdir(), 'tsorch-jit-'));
});
after(() => rmSync(folder, { recursive: true }));

const file = (name: string): string => join(folder, name);

/** TorchScript needs source files of its classes. */
const MODULES = `
import importlib.util, sys, os, typing
source = '''
import torch
from torch import nn
from typing import Dict, List, Optional, Tuple

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Linear(3, 4)
        self.norm = nn.BatchNorm1d(4)
        self.drop = nn.Dropout(0.5)
        self.scale = 2.5
        self.names = ['a', 'b']
        self.register_buffer('count', torch.zeros(1))

    def forward(self, x):
        return self.drop(self.norm(self.first(x))) * self.scale

    @torch.jit.export
    def many(self, x: torch.Tensor, n: int = 2, names: Optional[List[str]] = None):
        out: Dict[str, torch.Tensor] = {}
        for name in (self.names if names is None else names):
            out[name] = x * n
        return out, (x, n, [1.5, 2.0]), None

    @torch.jit.export
    def total(self, table: Dict[str, torch.Tensor], pair: Tuple[int, float], on: bool) -> float:
        result = float(pair[0]) + pair[1]
        for key, value in table.items():
            result += float(value.sum())
        return result if on else -result
'''
path = os.path.join(folder, 'net_module.py')
open(path, 'w').write(source)
spec = importlib.util.spec_from_file_location('net_module', path)
module = importlib.util.module_from_spec(spec)
sys.modules['net_module'] = module
spec.loader.exec_module(module)
torch.manual_seed(0)
net = module.Net()
net(torch.randn(8, 3))
`;

const x = input([5, 3]);

describe('jit', () => {
  before(() =>
    evaluate(
      `${MODULES}
torch.jit.script(net).save(os.path.join(folder, 'net.pt'))
net.eval()
torch.jit.trace(net.first, torch.ones(2, 3)).save(os.path.join(folder, 'traced.pt'))
None`,
      { folder },
    ),
  );

  const load = (): torch.jit.ScriptModule => jit.load(file('net.pt'));

  it('loads scripted and traced modules that compute what Python computes', async () => {
    const code = 'm = torch.jit.load(path); m.eval(); m(x).detach()';
    await parity(code, { x, path: file('net.pt') }, ({ x }) => {
      const module = load();
      module.eval();
      return (module(x) as torch.Tensor).detach();
    });
    await parity(code, { x, path: file('traced.pt') }, ({ x, path }) => {
      const module = jit.load(readFileSync(path));
      return (module(x) as torch.Tensor).detach();
    });
  });

  it('has the parameters, buffers, children, methods and attributes of the program', async () => {
    await parity(
      'm = torch.jit.load(path); [[n for n, _ in m.named_parameters()], [n for n, _ in m.named_buffers()], [n for n, _ in m.named_children()], list(m.state_dict().values())]',
      { path: file('net.pt') },
      () => {
        const module = load();
        const names = (list: readonly (readonly [string, unknown])[]) => list.map(([name]) => name);
        return [
          names(module.namedParameters()),
          names(module.namedBuffers()),
          names(module.namedChildren()),
          [...module.stateDict().values()],
        ];
      },
    );
    const module = load();
    assert.deepEqual(module.methods().sort(), ['forward', 'many', 'total']);
    assert.deepEqual([module.getAttribute('scale'), module.getAttribute('names')], [2.5, ['a', 'b']]);
    module.setAttribute('names', ['c']);
    const [table, tuple, none] = module.invoke('many', torch.ones(2), { n: 3 });
    assert.deepEqual(
      [Object.keys(table), table.c.tolist(), tuple[1], tuple[2], none],
      [['c'], [3, 3], 3, [1.5, 2], null],
    );
    assert.deepEqual(Object.keys(module.invoke('many', torch.ones(2), 1, ['x', 'y'])[0]), ['x', 'y']);
    assert.equal(module.invoke('total', new Map([['a', torch.ones(2)]]), [1, 0.5], false), -3.5);
    assert.throws(() => module.invoke('none'), { name: 'AttributeError' });
    assert.throws(() => module.invoke('many'), /missing value for argument 'x'/);
    assert.throws(() => module.invoke('many', 5), TypeError);
    assert.throws(() => module.invoke('many', torch.ones(1), { m: 1 }), /Unknown keyword argument 'm'/);
    assert.throws(() => module.setAttribute('names', 5), TypeError);
    assert.throws(() => module.getAttribute('nothing'), { name: 'AttributeError' });
  });

  it('trains: the program sees what an optimizer does', () =>
    parity(
      `
m = torch.jit.load(path)
m.train()
o = optim.SGD(m.first.parameters(), lr=0.1, momentum=0.9)
for _ in range(3):
    o.zero_grad()
    m.first(x).square().sum().backward()
    o.step()
m.eval()
(m(x).detach(), m.first.weight.detach(), m.training)
`,
      { x, path: file('net.pt') },
      ({ x }) => {
        const module = load();
        module.train();
        const first = module.getSubmodule('first') as torch.jit.ScriptModule;
        const optimizer = new optim.SGD(first.parameters(), { lr: 0.1, momentum: 0.9 });
        for (let i = 0; i < 3; i++) {
          optimizer.zeroGrad();
          (first(x) as torch.Tensor).square().sum().backward();
          optimizer.step();
        }
        module.eval();
        return [(module(x) as torch.Tensor).detach(), first.getParameter('weight').detach(), module.training];
      },
    ));

  it('converts, freezes and optimizes', () => {
    const module = load();
    assert.throws(() => jit.freeze(module), /eval mode/);
    module.eval();
    const expected = (module(x) as torch.Tensor).detach();
    const frozen = jit.freeze(module);
    assert.equal(frozen.parameters().length, 0);
    assert.ok(torch.allclose(frozen(x) as torch.Tensor, expected));
    assert.ok(torch.allclose(jit.optimizeForInference(frozen)(x) as torch.Tensor, expected));
    module.double();
    assert.equal((module(x.double()) as torch.Tensor).dtype, torch.float64);
    assert.equal(module.stateDict().get('norm.num_batches_tracked')?.dtype, torch.int64);
    const state = nn.Module.prototype.stateDict.call(load());
    assert.equal(String(load().loadStateDict(state)), '<All keys matched successfully>');
  });

  it('saves what Python loads', async () => {
    const module = load();
    torch.noGrad(() => module.getParameter('first.weight').fill_(0.5));
    module.eval();
    jit.save(module, file('saved.pt'));
    const got = (module(x) as torch.Tensor).detach();
    await parity('torch.jit.load(path)(x).detach()', { x, path: file('saved.pt') }, () => got);
  });

  it('saves files beside the program, to streams and to memory', async () => {
    const module = load();
    const chunks: Uint8Array[] = [];
    jit.save(
      module,
      { write: (bytes) => chunks.push(Buffer.from(bytes)) },
      { _extraFiles: { 'a.txt': 'text', b: Buffer.from([0, 255]) } },
    );
    const extra = new Map([['b', null as unknown]]);
    jit.load(Buffer.concat(chunks), { _extraFiles: extra, mapLocation: 'cpu' });
    assert.deepEqual(extra.get('b'), Buffer.from([0, 255]));
    jit.save(module, file('extra.pt'), { _extraFiles: { 'a.txt': 'text' } });
    await parity(
      "e = {'a.txt': ''}; torch.jit.load(path, _extra_files=e); e['a.txt'].decode()",
      { path: file('extra.pt') },
      () => 'text',
    );
    const again = jit.load(module.saveToBuffer());
    assert.deepEqual([...again.stateDict().keys()], [...module.stateDict().keys()]);
  });

  it('copies', () => {
    const module = load();
    const copy = torch.deepcopy(module);
    torch.noGrad(() => module.getParameter('first.weight').zero_());
    assert.ok(copy.getParameter('first.weight').abs().sum().item() > 0);
    assert.ok(copy.getParameter('first.weight').requiresGrad);
    assert.deepEqual([...copy.stateDict().keys()], [...module.stateDict().keys()]);
    assert.match(copy.graph(), /prim::GetAttr\[name="first"\]/);
  });

  it('freezes with attributes preserved, as Python does', () =>
    parity(
      'm = torch.jit.freeze(torch.jit.load(path).eval(), preserved_attrs=["many", "scale"]); [m.scale, sorted(n for n, _ in m.named_buffers()), list(m.state_dict())]',
      { path: file('net.pt') },
      ({ path }) => {
        const frozen = jit.freeze(jit.load(path).eval(), { preservedAttrs: ['many', 'scale'] });
        assert.deepEqual(frozen.methods().sort(), ['forward', 'many']);
        return [
          frozen.getAttribute('scale'),
          frozen
            .namedBuffers()
            .map(([name]) => name)
            .sort(),
          [...frozen.stateDict().keys()],
        ];
      },
    ));

  it('compiles source text', async () => {
    const source = 'def f(a, b: int):\n  return a * b + 1\n';
    await parity('torch.jit.CompilationUnit(source).f(x, 3)', { x, source }, ({ x }) =>
      new jit.CompilationUnit(source).invoke('f', x, 3),
    );
    const unit = new jit.CompilationUnit(source);
    unit.define('def g(a: List[int]) -> int:\n  return len(a)\n');
    assert.deepEqual(unit.functions().sort(), ['f', 'g']);
    assert.equal(unit.invoke('g', [1, 2, 3]), 3);
    assert.throws(() => new jit.CompilationUnit('def f(:'), torch.RuntimeError);
    assert.throws(() => unit.invoke('h'), { name: 'AttributeError' });
    assert.throws(() => unit.invoke('f', torch.ones(2), 'x'), TypeError);
    assert.throws(() => new jit.CompilationUnit('def f(x: int):\n  raise ValueError("no")\n').invoke('f', 1), /no/);
  });

  it('refuses what is no TorchScript', () => {
    assert.throws(() => jit.load(torch.save({ a: 1 })), torch.RuntimeError);
    assert.throws(() => jit.load(Buffer.alloc(100)), torch.RuntimeError);
    assert.throws(() => jit.load(file('none.pt')), { code: 'ENOENT' });
    assert.throws(() => torch.load(file('net.pt')), /TorchScript archives/);
    assert.throws(() => jit.save(new nn.Linear(1, 1) as never, file('x.pt')), /expected a script module/);
  });
});
