/** `deepcopy` of tensors, modules, dictionaries and whatever holds them, as Python's. */
import assert from 'node:assert/strict';
import * as torch from '../lib';
import { parity } from './oracle/oracle';

const { nn, deepcopy } = torch;

const SAME: [python: string, body: () => unknown][] = [
  [
    'x = torch.arange(6.).reshape(2, 3); a, b = copy.deepcopy([x[0], x[:, 1]]); a.fill_(9); (b, x, a._is_view(), b.stride())',
    () => {
      const x = torch.arange(6, { dtype: torch.float32 }).reshape(2, 3);
      const [a, b] = deepcopy([x.at(0), x.at(':', 1)]) as [torch.Tensor, torch.Tensor];
      a.fill_(9);
      return [b, x, a._base !== null, b.stride()];
    },
  ],
  [
    'x = torch.ones(2, requires_grad=True); (x * 2).sum().backward(); y = copy.deepcopy(x); y.grad.fill_(5); (y.requires_grad, y.grad, x.grad)',
    () => {
      const x = torch.ones(2, { requiresGrad: true });
      x.mul(2).sum().backward();
      const y = deepcopy(x);
      y.grad?.fill_(5);
      return [y.requiresGrad, y.grad, x.grad];
    },
  ],
  [
    'copy.deepcopy(torch.ones(2, requires_grad=True) * 2)',
    () => deepcopy(torch.ones(2, { requiresGrad: true }).mul(2)),
  ],
  [
    'p = nn.Parameter(torch.ones(2), False); q = copy.deepcopy(p); q.fill_(3); (p.detach(), repr(q))',
    () => {
      const p = new nn.Parameter(torch.ones(2), false);
      const q = deepcopy(p);
      q.fill_(3);
      return [p.detach(), String(q)];
    },
  ],
  ['copy.deepcopy(torch.ones(2, 2).to_sparse()).to_dense()', () => deepcopy(torch.ones(2, 2).toSparse()).toDense()],
  [
    'm = nn.Sequential(nn.Linear(2, 2), nn.ReLU()); m[0].bias = None; c = copy.deepcopy(m); c[0].weight.data.fill_(1); (repr(c), list(c.state_dict()), bool((m[0].weight == 1).all()), c.training)',
    () => {
      const m = new nn.Sequential(new nn.Linear(2, 2), new nn.ReLU());
      (m[0] as torch.nn.Linear).bias = null;
      const c = deepcopy(m);
      (c[0] as torch.nn.Linear).weight.data.fill_(1);
      const same = Boolean((m[0] as torch.nn.Linear).weight.eq(1).all().item());
      return [String(c), [...c.stateDict().keys()], same, c.training];
    },
  ],
  [
    'd = copy.deepcopy(nn.Linear(2, 2).state_dict()); (type(d).__name__, list(d), list(d._metadata.items()))',
    () => {
      const d = deepcopy(new nn.Linear(2, 2).stateDict());
      return ['OrderedDict', [...d.keys()], [...d._metadata].map(([key, value]) => [key, { ...value }])];
    },
  ],
];

describe('deepcopy', () => {
  for (const [python, body] of SAME) it(python, () => parity(`import copy\n${python}`, {}, body));

  it('keeps shared parameters shared, and buffers and hooks apart', () => {
    class Tied extends nn.Module {
      a = new nn.Linear(2, 2);
      b = new nn.Linear(2, 2);
      steps = new nn.Buffer(torch.zeros(1), { persistent: false });
      options = { seen: [1, 2] };
      constructor() {
        super();
        this.b.weight = this.a.weight;
      }
      override forward(x: torch.Tensor): torch.Tensor {
        return this.b(this.a(x));
      }
    }
    const tied = new Tied();
    let calls = 0;
    const handle = tied.registerForwardHook(() => void calls++);
    const copy = deepcopy({ tied, again: tied }).tied;
    handle.remove();
    assert.ok(copy instanceof Tied && copy !== tied);
    assert.equal(copy.a.weight, copy.b.weight);
    assert.notEqual(copy.a.weight, tied.a.weight);
    assert.equal(copy.parameters().length, 3);
    assert.deepEqual([...copy.stateDict().keys()], [...tied.stateDict().keys()]);
    copy.steps.fill_(1);
    copy.options.seen.push(3);
    assert.deepEqual([tied.steps.item(), tied.options.seen], [0, [1, 2]]);
    assert.deepEqual(copy(torch.ones(2)).tolist(), tied(torch.ones(2)).tolist());
    assert.equal(calls, 1);
    copy.a = new nn.Linear(2, 3);
    assert.equal(copy.getParameter('a.weight').shape[0], 3);
  });

  it('copies cycles, classes, maps and typed arrays', () => {
    class Node {
      next?: Node;
      constructor(readonly value: torch.Tensor) {}
    }
    const node = new Node(torch.ones(1));
    node.next = node;
    const given = { node, map: new Map([['a', node]]), set: new Set([1]), bytes: new Uint8Array([1]), f: assert.ok };
    const copy = deepcopy(given);
    assert.ok(copy.node instanceof Node && copy.node.next === copy.node && copy.map.get('a') === copy.node);
    assert.notEqual(copy.node.value, node.value);
    assert.deepEqual([...copy.set, ...copy.bytes], [1, 1]);
    assert.notEqual(copy.bytes, given.bytes);
    assert.equal(copy.f, assert.ok);
  });
});
