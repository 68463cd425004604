/** Functions of the user's own, the same in both languages. */
import assert from 'node:assert/strict';
import * as torch from '../../lib';
import { parity } from '../oracle/oracle';

type Tensor = torch.Tensor;
type Ctx = torch.autograd.FunctionCtx;

/** A function of the two static methods, called F. */
function define(forward: (ctx: Ctx, ...args: never[]) => unknown, backward: (ctx: Ctx, ...grads: never[]) => unknown) {
  class F extends torch.autograd.Function {
    static override forward = forward;
    static override backward = backward;
  }
  return F;
}

const PYTHON = `
from torch.autograd import Function
from torch.autograd.function import once_differentiable
def define(fw, bw):
    class F(Function):
        forward = staticmethod(fw)
        backward = staticmethod(bw)
    return F
def seq(*values): return values[-1]
x = torch.tensor([1., 2., 3.], requires_grad=True); w = torch.tensor([4., 5., 6.], requires_grad=True); log = []
`;

interface Scene {
  x: Tensor;
  w: Tensor;
  log: unknown[];
}

const SAME: [string, (scene: Scene) => unknown][] = [
  [
    'F = define(lambda c, x: seq(y := x.exp(), c.save_for_backward(y), y), lambda c, g: g * c.saved_tensors[0])\ny = F.apply(x); y.sum().backward(); [y, y.grad_fn.name(), x.grad]',
    ({ x }) => {
      const F = define(
        (c: Ctx, a: Tensor) => {
          const y = a.exp();
          c.saveForBackward(y);
          return y;
        },
        (c: Ctx, g: Tensor) => g.mul(c.savedTensors[0] as Tensor),
      );
      const { apply } = F;
      const y = apply(x);
      y.sum().backward();
      return [y, y.gradFn?.name(), x.grad];
    },
  ],
  [
    'F = define(lambda c, x: seq(c.save_for_backward(x), x ** 3), lambda c, g: g * 3 * c.saved_tensors[0] ** 2)\ng, = torch.autograd.grad(F.apply(x).sum(), x, create_graph=True); h, = torch.autograd.grad(g.sum(), x); [g, h]',
    ({ x }) => {
      const F = define(
        (c: Ctx, a: Tensor) => {
          c.saveForBackward(a);
          return a.pow(3);
        },
        (c: Ctx, g: Tensor) => g.mul(3).mul((c.savedTensors[0] as Tensor).pow(2)),
      );
      const [g] = torch.autograd.grad(F.apply(x).sum(), x, { createGraph: true }) as [Tensor];
      return [g, ...torch.autograd.grad(g.sum(), x)];
    },
  ],
  [
    'F = define(lambda c, x, k, w, name: seq(log.append(list(c.needs_input_grad)), setattr(c, "k", k), x * k + w), lambda c, g: (g * c.k, None, g * 2, None))\nF.apply(x, 3, w.detach(), "a").sum().backward(); F.apply(x, 3, w, "a").sum().backward(); [x.grad, w.grad, log]',
    ({ x, w, log }) => {
      const F = define(
        (c: Ctx, a: Tensor, k: number, b: Tensor, _name: string) => {
          log.push([...c.needsInputGrad]);
          c.k = k;
          return a.mul(k).add(b);
        },
        (c: Ctx, g: Tensor) => [g.mul(c.k), null, g.mul(2), null],
      );
      F.apply(x, 3, w.detach(), 'a').sum().backward();
      F.apply(x, 3, w, 'a').sum().backward();
      return [x.grad, w.grad, log];
    },
  ],
  [
    'F = define(lambda c, x: (x * 2, 3, None, x * 5, "a"), lambda c, *g: seq(log.append(list(g)), g[0]))\no = F.apply(x); o[0].sum().backward(); [list(o), x.grad, log]',
    ({ x, log }) => {
      const F = define(
        (_: Ctx, a: Tensor) => [a.mul(2), 3, null, a.mul(5), 'a'],
        (_: Ctx, ...g: Tensor[]) => {
          log.push(g);
          return g[0];
        },
      );
      const o = F.apply<unknown[]>(x);
      (o[0] as Tensor).sum().backward();
      return [o, x.grad, log];
    },
  ],
  [
    'F = define(lambda c, x: seq(c.set_materialize_grads(False), (x * 2, x * 3)), lambda c, a, b: seq(log.append([a is None, b is None]), a if b is None else b))\nF.apply(x)[0].sum().backward(); F.apply(x)[1].sum().backward(); [x.grad, log]',
    ({ x, log }) => {
      const F = define(
        (c: Ctx, v: Tensor) => {
          c.setMaterializeGrads(false);
          return [v.mul(2), v.mul(3)];
        },
        (_: Ctx, a: Tensor | null, b: Tensor | null) => {
          log.push([a === null, b === null]);
          return b ?? a;
        },
      );
      F.apply<[Tensor, Tensor]>(x)[0].sum().backward();
      F.apply<[Tensor, Tensor]>(x)[1].sum().backward();
      return [x.grad, log];
    },
  ],
  [
    'F = define(lambda c, x: seq(s := x.sort(), c.mark_non_differentiable(s[1]), c.save_for_backward(s[1]), (s[0], s[1])), lambda c, g, i: g * 2)\na, b = F.apply(x); a.sum().backward(); [a, b, a.requires_grad, b.requires_grad, x.grad]',
    ({ x }) => {
      const F = define(
        (c: Ctx, v: Tensor) => {
          const [s, i] = v.sort();
          c.markNonDifferentiable(i);
          c.saveForBackward(i);
          return [s, i];
        },
        (_: Ctx, g: Tensor) => g.mul(2),
      );
      const [a, b] = F.apply<[Tensor, Tensor]>(x);
      a.sum().backward();
      return [a, b, a.requiresGrad, b.requiresGrad, x.grad];
    },
  ],
  [
    'F = define(lambda c, y: seq(c.mark_dirty(y), y.mul_(3)), lambda c, g: g * 3)\ny = x * 2; z = F.apply(y); z.sum().backward(); [z is y, y, y.grad_fn.name(), x.grad, y._version]',
    ({ x }) => {
      const F = define(
        (c: Ctx, y: Tensor) => {
          c.markDirty(y);
          return y.mul_(3);
        },
        (_: Ctx, g: Tensor) => g.mul(3),
      );
      const y = x.mul(2);
      const z = F.apply(y);
      z.sum().backward();
      return [z === y, y, y.gradFn?.name(), x.grad, y._version];
    },
  ],
  [
    'F = define(lambda c, y: y, lambda c, g: g * 3)\nz = F.apply(x); z.sum().backward(); [z is x, z._base is not None, x.grad]',
    ({ x }) => {
      const F = define(
        (_: Ctx, y: Tensor) => y,
        (_: Ctx, g: Tensor) => g.mul(3),
      );
      const z = F.apply(x);
      z.sum().backward();
      return [z === x, z._base !== null, x.grad];
    },
  ],
  [
    'F = define(lambda c, y: y.view(3, 1), lambda c, g: g.view(3) * 3)\nz = F.apply(x * 1); z.sum().backward(); [z, x.grad]',
    ({ x }) => {
      const F = define(
        (_: Ctx, y: Tensor) => y.view(3, 1),
        (_: Ctx, g: Tensor) => g.view(3).mul(3),
      );
      const z = F.apply(x.mul(1));
      z.sum().backward();
      return [z, x.grad];
    },
  ],
  [
    'F = define(lambda c, y: y.view(3, 1), lambda c, g: g.view(3) * 3)\nz = F.apply(x * 1); z.mul_(2)',
    ({ x }) => {
      const F = define(
        (_: Ctx, y: Tensor) => y.view(3, 1),
        (_: Ctx, g: Tensor) => g.view(3).mul(3),
      );
      return F.apply(x.mul(1)).mul_(2);
    },
  ],
  [
    `class S(Function):
    @staticmethod
    def forward(x, k): return x * k, x + k
    @staticmethod
    def setup_context(ctx, inputs, output): ctx.k = inputs[1]; ctx.save_for_backward(inputs[0], output[0])
    @staticmethod
    def vjp(ctx, a, b): log.append(list(ctx.saved_tensors)); return a * ctx.k + b, None
a, b = S.apply(x, 4); (a + b).sum().backward(); [a, b, x.grad, log]`,
    ({ x, log }) => {
      class S extends torch.autograd.Function {
        static override forward = (v: Tensor, k: number) => [v.mul(k), v.add(k)];
        static override setupContext = (ctx: Ctx, inputs: [Tensor, number], output: [Tensor, Tensor]) => {
          ctx.k = inputs[1];
          ctx.saveForBackward(inputs[0], output[0]);
        };
        static override vjp(ctx: Ctx, a: Tensor, b: Tensor) {
          log.push(ctx.savedTensors);
          return [a.mul(ctx.k).add(b), null];
        }
      }
      const [a, b] = S.apply<[Tensor, Tensor]>(x, 4);
      a.add(b).sum().backward();
      return [a, b, x.grad, log];
    },
  ],
  [
    'F = define(lambda c, x: seq(c.save_for_backward(x), x ** 2), once_differentiable(lambda c, g: g * 2 * c.saved_tensors[0]))\ny = F.apply(x).sum(); y.backward(retain_graph=True); g, = torch.autograd.grad(y, x, create_graph=True, grad_outputs=torch.ones((), requires_grad=True))\nlog.append(g.requires_grad); torch.autograd.grad(g.sum(), x)',
    ({ x, log }) => {
      const F = define(
        (c: Ctx, v: Tensor) => {
          c.saveForBackward(v);
          return v.pow(2);
        },
        torch.autograd.onceDifferentiable((c: Ctx, g: Tensor) => g.mul(2).mul(c.savedTensors[0] as Tensor)),
      );
      const y = F.apply(x).sum();
      y.backward({ retainGraph: true });
      const options = { createGraph: true, gradOutputs: torch.ones([], { requiresGrad: true }) };
      const [g] = torch.autograd.grad(y, x, options) as [Tensor];
      log.push(g.requiresGrad);
      return torch.autograd.grad(g.sum(), x);
    },
  ],
  [
    'F = define(lambda c, x: seq(log.append([torch.is_grad_enabled(), len(c.saved_tensors)]), c.save_for_backward(x), x * 2), lambda c, g: seq(log.append(torch.is_grad_enabled()), g))\nwith torch.no_grad(): y = F.apply(x)\nz = F.apply(x); z.sum().backward(); [y.requires_grad, z.requires_grad, log]',
    ({ x, log }) => {
      const F = define(
        (c: Ctx, v: Tensor) => {
          log.push([torch.isGradEnabled(), c.savedTensors.length]);
          c.saveForBackward(v);
          return v.mul(2);
        },
        (_: Ctx, g: Tensor) => {
          log.push(torch.isGradEnabled());
          return g;
        },
      );
      const y = torch.noGrad(() => F.apply(x));
      const z = F.apply(x);
      z.sum().backward();
      return [y.requiresGrad, z.requiresGrad, log];
    },
  ],
];

const times2 = (_: Ctx, x: Tensor): unknown => x.mul(2);
const same = (_: Ctx, g: Tensor): unknown => g;
const run = (F: typeof torch.autograd.Function, ...args: unknown[]) => {
  const output = F.apply(...args);
  output.sum().backward();
  return (args[0] as Tensor).grad;
};

/** What a function may get wrong, or nearly so: the Python of forward and backward, then ours. */
const RULES: [string, string, (ctx: Ctx, x: Tensor) => unknown, (ctx: Ctx, g: Tensor) => unknown][] = [
  ['x * 2', '(g, g)', times2, (_, g) => [g, g]],
  ['x * 2', '(g, None)', times2, (_, g) => [g, null]],
  ['x * 2', '()', times2, () => []],
  ['x * 2', 'torch.ones(2)', times2, () => torch.ones(2)],
  ['x * 2', 'None', times2, () => null],
  ['seq(c.mark_dirty(torch.ones(2)), x * 2)', 'g', (c, x) => [c.markDirty(torch.ones(2)), x.mul(2)][1], same],
  ['seq(c.mark_dirty(3), x * 2)', 'g', (c, x) => [c.markDirty(3 as never), x.mul(2)][1], same],
  ['seq(c.mark_non_differentiable(3), x)', 'g', (c, x) => [c.markNonDifferentiable(3 as never), x][1], same],
  ['seq(c.mark_dirty(x), x.mul_(2))', 'g', (c, x) => [c.markDirty(x), x.mul_(2)][1], same],
];

describe('autograd.Function', () => {
  for (const [python, body] of SAME) {
    it(python.replaceAll('\n', '; '), () =>
      parity(PYTHON + python, {}, () => {
        const leaf = (...values: number[]) => torch.tensor(values, { requiresGrad: true });
        return body({ x: leaf(1, 2, 3), w: leaf(4, 5, 6), log: [] });
      }),
    );
  }

  it('says what is wrong in PyTorch’s words', async () => {
    const x = () => torch.tensor([1, 2, 3], { requiresGrad: true });
    for (const [forward, backward, f, b] of RULES) {
      const code = `define(lambda c, x: ${forward}, lambda c, g: ${backward}).apply(x).sum().backward(); x.grad`;
      await parity(PYTHON + code, {}, () => run(define(f, b), x()));
    }
    await parity(`${PYTHON}define(lambda c, a, b: a * b, lambda c, g: (g, g)).apply(x, 3).sum().backward()`, {}, () =>
      run(
        define(
          (_, a: Tensor, k: number) => a.mul(k),
          (_, g: Tensor) => [g, g],
        ),
        x(),
        3,
      ),
    ); // prettier-ignore
    class Empty extends torch.autograd.Function {}
    await parity(`${PYTHON}class Empty(Function): pass\nEmpty.apply(x)`, {}, () => Empty.apply(x()));
    class Forward extends torch.autograd.Function {
      static override forward = times2;
    }
    const code = `${PYTHON}class Forward(Function): forward = staticmethod(lambda c, x: x * 2)\nForward.apply(x).sum().backward()`;
    await parity(code, {}, () => run(Forward, x()));
    const twice = `${PYTHON}y = define(lambda c, x: seq(c.save_for_backward(x), x * 2), lambda c, g: g * c.saved_tensors[0]).apply(x).sum(); y.backward(); y.backward()`;
    await parity(twice, {}, () => {
      const F = define(
        (c: Ctx, a: Tensor) => [c.saveForBackward(a), a.mul(2)][1],
        (c: Ctx, g: Tensor) => g.mul(c.savedTensors[0] as Tensor),
      ); // prettier-ignore
      const y = F.apply(x()).sum();
      y.backward();
      y.backward();
    });
    const free = `${PYTHON}y = define(lambda c, x: x * 2, lambda c, g: g).apply(x).sum(); y.backward(); y.backward(); x.grad`;
    await parity(free, {}, () => {
      const v = x();
      const y = define(times2, same).apply(v).sum();
      y.backward();
      y.backward();
      return v.grad;
    });
    assert.throws(() => define((c) => c.saveForBackward(3 as never), same).apply(x()), /can only save variables/);
  });

  it('throws what forward and backward throw', () => {
    class Mine extends Error {}
    const thrower = (): never => {
      throw new Mine('in a function');
    };
    const x = torch.ones(2, { requiresGrad: true });
    assert.throws(() => define(thrower, same).apply(x), Mine);
    const y = define(times2, thrower).apply(x).sum();
    assert.throws(
      () => y.backward(),
      (error) => error instanceof Mine && /function\.test/.test(error.stack ?? ''),
    );
    assert.ok(torch.isGradEnabled());
  });
});
