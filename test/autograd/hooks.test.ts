/** Hooks of tensors and nodes against PyTorch's. */
import assert from 'node:assert/strict';
import * as torch from '../../lib';
import { parity } from '../oracle/oracle';

type Tensor = torch.Tensor;

interface Scene {
  x: Tensor;
  log: unknown[];
}

/** Snippets that see a leaf `x` and a list `log`, in both languages. */
const SAME: [string, (scene: Scene) => unknown][] = [
  [
    'x.register_hook(lambda g: g * 2); x.register_hook(lambda g: log.append(g)); x.register_hook(lambda g: g + 1)\n(x * x).sum().backward(); [x.grad, log]',
    ({ x, log }) => {
      x.registerHook((g) => g.mul(2));
      x.registerHook((g) => void log.push(g));
      x.registerHook((g) => g.add(1));
      x.mul(x).sum().backward();
      return [x.grad, log];
    },
  ],
  [
    'y = x * 2; y.register_hook(lambda g: g * x.detach()); h = y.register_hook(lambda g: g * 100); h.remove(); h.remove()\n(y * y).sum().backward(); x.grad',
    ({ x }) => {
      const y = x.mul(2);
      const factor = x.detach();
      y.registerHook((g) => g.mul(factor));
      const h = y.registerHook((g) => g.mul(100));
      h.remove();
      h.remove();
      y.mul(y).sum().backward();
      return x.grad;
    },
  ],
  [
    'a, b = (x * 2).split([1, 2]); b.register_hook(lambda g: g * 3); a.register_hook(lambda g: g * 5); (a.sum() + b.sum()).backward(); x.grad',
    ({ x }) => {
      const [a, b] = x.mul(2).split([1, 2]) as [Tensor, Tensor];
      b.registerHook((g) => g.mul(3));
      a.registerHook((g) => g.mul(5));
      a.sum().add(b.sum()).backward();
      return x.grad;
    },
  ],
  [
    'y = x * 2; y.retain_grad(); y.register_hook(lambda g: g * 3); y.sum().backward(); [y.grad, x.grad]',
    ({ x }) => {
      const y = x.mul(2);
      y.retainGrad();
      y.registerHook((g) => g.mul(3));
      y.sum().backward();
      return [y.grad, x.grad];
    },
  ],
  [
    'y = x * 2; y.register_hook(lambda g: g * 3); y.mul_(5); y.register_hook(lambda g: g * 7); y.sum().backward(); x.grad',
    ({ x }) => {
      const y = x.mul(2);
      y.registerHook((g) => g.mul(3));
      y.mul_(5);
      y.registerHook((g) => g.mul(7));
      y.sum().backward();
      return x.grad;
    },
  ],
  [
    'y = (x * x).sum(); x.register_hook(lambda g: log.append(torch.is_grad_enabled())); y.backward(retain_graph=True); y.backward(create_graph=True)\n[log, x.grad]',
    ({ x, log }) => {
      const y = x.mul(x).sum();
      x.registerHook(() => void log.push(torch.isGradEnabled()));
      y.backward({ retainGraph: true });
      torch.noGrad(() => y.backward({ createGraph: true }));
      return [log, x.grad];
    },
  ],
  [
    'y = x * x; y.register_hook(lambda g: g * g); g, = torch.autograd.grad((y * x).sum(), x, create_graph=True); torch.autograd.grad(g.sum(), x)',
    ({ x }) => {
      const y = x.mul(x);
      y.registerHook((g) => g.mul(g));
      const [g] = torch.autograd.grad(y.mul(x).sum(), x, { createGraph: true });
      return torch.autograd.grad((g as Tensor).sum(), x);
    },
  ],
  [
    'x.register_post_accumulate_grad_hook(lambda p: log.append([p is x, p.grad.clone()])); x.register_post_accumulate_grad_hook(lambda p: setattr(p, "grad", None))\n(x * 2).sum().backward(); (x * 3).sum().backward(); [log, x.grad]',
    ({ x, log }) => {
      x.registerPostAccumulateGradHook((p) => void log.push([p === x, p.grad?.clone()]));
      x.registerPostAccumulateGradHook((p) => {
        p.grad = null;
      });
      x.mul(2).sum().backward();
      x.mul(3).sum().backward();
      return [log, x.grad];
    },
  ],
  [
    'y = x * 2; n = y.grad_fn; n.register_prehook(lambda o: (o[0] * 3,)); n.register_hook(lambda i, o: log.append([list(i), list(o)])); n.register_hook(lambda i, o: (i[0] + 1, None))\ny.sum().backward(); [x.grad, log]',
    ({ x, log }) => {
      const y = x.mul(2);
      const n = y.gradFn as torch.autograd.GradNode;
      n.registerPrehook((o) => [(o[0] as Tensor).mul(3)]);
      n.registerHook((i, o) => void log.push([i, o]));
      n.registerHook((i) => [(i[0] as Tensor).add(1), null]);
      y.sum().backward();
      return [x.grad, log];
    },
  ],
  [
    'y = x * 2; h = y.grad_fn.register_prehook(lambda o: (o[0] * 3,)); k = y.grad_fn.register_hook(lambda i, o: (i[0] * 3, None)); h.remove(); k.remove(); y.sum().backward(); x.grad',
    ({ x }) => {
      const y = x.mul(2);
      const h = y.gradFn?.registerPrehook((o) => [(o[0] as Tensor).mul(3)]);
      const k = y.gradFn?.registerHook((i) => [(i[0] as Tensor).mul(3), null]);
      h?.remove();
      k?.remove();
      y.sum().backward();
      return x.grad;
    },
  ],
  [
    'y = x * 2; n = y.grad_fn; [n is y.grad_fn, n.next_functions[0][0].variable is x, n.next_functions[0][0].name(), n.next_functions[1][0]]',
    ({ x }) => {
      const y = x.mul(2);
      const n = y.gradFn as torch.autograd.GradNode;
      const [[leaf], [none]] = n.nextFunctions as [[torch.autograd.GradNode, number], [null, number]];
      return [n === y.gradFn, leaf.variable?.dataPtr() === x.dataPtr(), leaf.name(), none];
    },
  ],
  ['torch.ones(3).register_hook(print)', () => torch.ones(3).registerHook(() => undefined)],
  [
    'torch.ones(3).register_post_accumulate_grad_hook(print)',
    () => torch.ones(3).registerPostAccumulateGradHook(() => undefined),
  ],
  [
    '(x * 2).register_post_accumulate_grad_hook(print)',
    ({ x }) => x.mul(2).registerPostAccumulateGradHook(() => undefined),
  ],
  [
    'x.register_post_accumulate_grad_hook(lambda p: p); (x * 2).sum().backward(); x.grad',
    ({ x }) => {
      x.registerPostAccumulateGradHook((p) => p);
      x.mul(2).sum().backward();
      return x.grad;
    },
  ],
  [
    'def shape(g): return torch.ones(2)\nx.register_hook(shape); (x * 2).sum().backward()',
    ({ x }) => {
      x.registerHook(function shape() {
        return torch.ones(2);
      });
      x.mul(2).sum().backward();
    },
  ],
  [
    'def double(g): return g.double()\nx.register_hook(double); (x * 2).sum().backward()',
    ({ x }) => {
      x.registerHook(function double(g) {
        return g.double();
      });
      x.mul(2).sum().backward();
    },
  ],
  [
    'def one(i, o): return i[:1]\ny = x * 2; y.grad_fn.register_hook(one); y.sum().backward()',
    ({ x }) => {
      const y = x.mul(2);
      y.gradFn?.registerHook(function one(i) {
        return i.slice(0, 1);
      });
      y.sum().backward();
    },
  ],
  [
    'y = x * 2; y.grad_fn.register_hook(lambda i, o: (i[0], i[0])); y.sum().backward()',
    ({ x }) => {
      const y = x.mul(2);
      y.gradFn?.registerHook((i) => [i[0] as Tensor, i[0] as Tensor]);
      y.sum().backward();
    },
  ],
];

describe('hooks of tensors and nodes', () => {
  for (const [python, body] of SAME) {
    const code = `x = torch.tensor([1., 2., 3.], requires_grad=True); log = []\n${python}`;
    it(python.replaceAll('\n', '; '), () =>
      parity(code, {}, () => body({ x: torch.tensor([1, 2, 3], { requiresGrad: true }), log: [] })),
    );
  }

  it('throw what they throw at the caller of backward, with their own stack', () => {
    class Mine extends Error {}
    const x = torch.ones(2, { requiresGrad: true });
    function thrower(): never {
      throw new Mine('in a hook');
    }
    const handle = x.registerHook(thrower);
    const y = x.mul(2).sum();
    assert.throws(
      () => y.backward({ retainGraph: true }),
      (error) => error instanceof Mine && /thrower/.test(error.stack ?? ''),
    );
    handle.remove();
    y.backward();
    assert.deepEqual(x.grad?.tolist(), [2, 2]);
    x.registerHook((() => 3) as never);
    assert.throws(() => x.mul(2).sum().backward(), {
      name: 'TypeError',
      message: "expected Variable, but hook returned 'int'",
    });
    assert.throws(() => x.registerHook(3 as never), TypeError);
  });

  it('may add and remove hooks, and run passes of their own', () => {
    const x = torch.ones(2, { requiresGrad: true });
    const log: string[] = [];
    const first = x.registerHook(() => {
      log.push('first');
      first.remove();
      x.registerHook(() => void log.push('added'));
      const z = torch.ones(1, { requiresGrad: true });
      torch.enableGrad(() => z.mul(3)).backward();
      assert.equal(z.grad?.item(), 3);
    });
    x.mul(2).sum().backward();
    x.mul(2).sum().backward();
    assert.deepEqual(log, ['first', 'added']);
  });

  it('are what one node is: one object', () => {
    const y = torch.ones(2, { requiresGrad: true }).mul(2);
    assert.equal(y.gradFn, y.gradFn);
    assert.equal(y.sum().gradFn?.nextFunctions[0]?.[0], y.gradFn);
  });
});
