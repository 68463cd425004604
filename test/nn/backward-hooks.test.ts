/** Full backward hooks and backward pre-hooks of modules. */
import assert from 'node:assert/strict';
import * as torch from '../../lib';
import { evaluate, parity } from '../oracle/oracle';

const { nn } = torch;
type T = torch.Tensor;

class Two extends nn.Module {
  kept?: T;

  override forward(a: T, b: T, ..._more: unknown[]): T[] {
    this.kept = a.mul(2);
    return [this.kept, a.mul(3).add(b.mul(b))];
  }
}

const PYTHON = `
class Two(nn.Module):
    def forward(self, a, b, *more):
        return a * 2, a * 3 + b * b
m = Two()
a = torch.tensor([1., 2.], requires_grad=True)
b = torch.tensor([3., 4.])
log = []
def see(*values):
    log.append([list(v) if isinstance(v, tuple) else v for v in values])
`;

type Body = (m: Two, a: T, b: T, log: unknown[]) => unknown;

const SAME: [python: string, body: Body][] = [
  [
    'm.register_full_backward_hook(lambda m, i, o: see(i, o))\ny, z = m(a, b); y.sum().backward(); (log, a.grad)',
    (m, a, b, log) => {
      m.registerFullBackwardHook((_, i, o) => void log.push([i, o]));
      (m(a, b)[0] as T).sum().backward();
      return [log, a.grad];
    },
  ],
  [
    'b.requires_grad_(); m.register_full_backward_hook(lambda m, i, o: see(i, o))\ny, z = m(a, b, None); (y + z).sum().backward(); (log, b.grad)',
    (m, a, b, log) => {
      b.requiresGrad_();
      m.registerFullBackwardHook((_, i, o) => void log.push([i, o]));
      const [y, z] = m(a, b, null) as [T, T];
      y.add(z).sum().backward();
      return [log, b.grad];
    },
  ],
  [
    'm.register_full_backward_pre_hook(lambda m, o: (o[0] * 10, None))\nm.register_full_backward_hook(lambda m, i, o: see(o))\nm.register_full_backward_hook(lambda m, i, o: (i[0] + 1, i[1]))\ny, z = m(a, b); (y + z).sum().backward(); (log, a.grad)',
    (m, a, b, log) => {
      m.registerFullBackwardPreHook((_, o) => [(o[0] as T).mul(10), null]);
      m.registerFullBackwardHook((_, __, o) => void log.push([o]));
      m.registerFullBackwardHook((_, i) => [(i[0] as T).add(1), i[1]]);
      const [y, z] = m(a, b) as [T, T];
      y.add(z).sum().backward();
      return [log, a.grad];
    },
  ],
  [
    'l = nn.Linear(2, 1)\nl.register_full_backward_hook(lambda m, i, o: see(1))\nl.register_full_backward_hook(lambda m, i, o: see(2), prepend=True)\nh = l.register_full_backward_hook(lambda m, i, o: see(3))\ny = l(a); h.remove(); y.backward(); l(a).backward(); log',
    (_, a, __, log) => {
      const l = new nn.Linear(2, 1);
      l.registerFullBackwardHook(() => void log.push([1]));
      l.registerFullBackwardHook(() => void log.push([2]), { prepend: true });
      const h = l.registerFullBackwardHook(() => void log.push([3]));
      const y = l(a);
      h.remove();
      y.backward();
      l(a).backward();
      return log;
    },
  ],
  [
    'l = nn.Linear(2, 1, bias=False)\nl.register_full_backward_hook(lambda m, i, o: see(i, o))\nl(b).backward(); log',
    (_, __, b, log) => {
      const l = new nn.Linear(2, 1, { bias: false });
      l.registerFullBackwardHook((___, i, o) => void log.push([i, o]));
      l(b).backward();
      return log;
    },
  ],
  [
    'm.register_full_backward_hook(lambda m, i, o: see(i, o))\ny, z = m(a, b); g = torch.autograd.grad((y ** 3).sum(), a, create_graph=True)[0]; g.sum().backward(); (len(log), a.grad)',
    (m, a, b, log) => {
      m.registerFullBackwardHook((_, i, o) => void log.push([i, o]));
      const [y] = m(a, b) as [T, T];
      const [g] = torch.autograd.grad(y.pow(3).sum(), a, { createGraph: true });
      (g as T).sum().backward();
      return [log.length, a.grad];
    },
  ],
  [
    'm.register_full_backward_hook(lambda m, i, o: (i[0], i[0], i[0])); m(a, b)[0].sum().backward()',
    (m, a, b) => {
      m.registerFullBackwardHook((_, i) => [i[0], i[0], i[0]]);
      (m(a, b)[0] as T).sum().backward();
    },
  ],
  [
    'm.register_full_backward_pre_hook(lambda m, o: (o[0],)); m(a, b)[0].sum().backward()',
    (m, a, b) => {
      m.registerFullBackwardPreHook((_, o) => [o[0]]);
      (m(a, b)[0] as T).sum().backward();
    },
  ],
  [
    'l = nn.Linear(2, 1); l.register_full_backward_hook(lambda m, i, o: (o[0],)); l(b).backward()',
    (_, __, b) => {
      const l = new nn.Linear(2, 1);
      l.registerFullBackwardHook((___, ____, o) => [o[0]]);
      l(b).backward();
    },
  ],
  [
    'm.register_full_backward_hook(lambda m, i, o: None); y, z = m(a, b); y.add_(1)',
    (m, a, b) => {
      m.registerFullBackwardHook(() => undefined);
      (m(a, b)[0] as T).add_(1);
    },
  ],
  [
    'm.register_full_backward_hook(lambda m, i, o: see(i))\nwith torch.no_grad():\n    y = m(a, b)[0]\n(y.requires_grad, log)',
    (m, a, b, log) => {
      m.registerFullBackwardHook((_, i) => void log.push([i]));
      const y = torch.noGrad(() => m(a, b)[0] as T);
      return [y.requiresGrad, log];
    },
  ],
];

describe('backward hooks', () => {
  for (const [python, body] of SAME) {
    it(python.replaceAll('\n', '; '), () =>
      parity(PYTHON + python, {}, () => {
        const a = torch.tensor([1, 2], { requiresGrad: true });
        return body(new Two(), a, torch.tensor([3, 4]), []);
      }),
    );
  }

  it('of every module run first', async () => {
    const expected = await evaluate(`${PYTHON}
import torch.nn.modules.module as mm
handles = [mm.register_module_full_backward_hook(lambda m, i, o: see('all', type(m).__name__)),
           mm.register_module_full_backward_pre_hook(lambda m, o: see('pre', type(m).__name__))]
s = nn.Sequential(nn.Linear(2, 2), nn.ReLU())
s[0].register_full_backward_hook(lambda m, i, o: see('own', 'Linear'))
s(a).sum().backward()
for h in handles: h.remove()
log`);
    const log: unknown[] = [];
    using _ = nn.modules.module.registerModuleFullBackwardHook((m) => void log.push(['all', m.constructor.name]));
    using __ = nn.modules.module.registerModuleFullBackwardPreHook((m) => void log.push(['pre', m.constructor.name]));
    const s = new nn.Sequential(new nn.Linear(2, 2), new nn.ReLU());
    (s[0] as torch.nn.Linear).registerFullBackwardHook(() => void log.push(['own', 'Linear']));
    s(torch.tensor([1, 2], { requiresGrad: true }))
      .sum()
      .backward();
    assert.deepEqual(log, expected);
  });

  it('throw what they throw, and leave autograd as it was', () => {
    class Mine extends Error {}
    const l = new nn.Linear(2, 1);
    const x = torch.ones(2, { requiresGrad: true });
    const handle = l.registerFullBackwardHook(() => {
      throw new Mine('thrown in a hook');
    });
    const y = l(x);
    assert.throws(
      () => y.backward(),
      (error) => error instanceof Mine && error.message === 'thrown in a hook',
    );
    assert.throws(() => y.backward(), torch.RuntimeError);
    handle.remove();
    l(x).backward();
    assert.ok(torch.isGradEnabled() && x.grad !== null);
  });

  it('refuse gradients that are no tensors, or of another shape', () => {
    const run = (returned: unknown) => {
      const l = new nn.Linear(2, 1);
      l.registerFullBackwardHook(() => [returned]);
      l(torch.ones(2, { requiresGrad: true })).backward();
    };
    assert.throws(() => run(3), TypeError);
    assert.throws(() => run(torch.ones(5)), torch.RuntimeError);
  });

  it('may run a backward pass of their own', () => {
    const l = new nn.Linear(2, 1);
    let inner: unknown;
    l.registerFullBackwardHook(() => {
      const x = torch.ones(1, { requiresGrad: true });
      torch.enableGrad(() => x.mul(3)).backward();
      inner = x.grad?.item();
    });
    l(torch.ones(2, { requiresGrad: true })).backward();
    assert.equal(inner, 3);
  });
});
