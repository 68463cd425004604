/** What the graph saves, anomaly detection, and forward-mode differentiation, against PyTorch's. */
import assert from 'node:assert/strict';
import * as torch from '../../lib';
import { parity } from '../oracle/oracle';

type Tensor = torch.Tensor;

const { graph, forwardAd } = torch.autograd;

interface Scene {
  x: Tensor;
  log: unknown[];
}

const PYTHON = `
from torch.autograd import graph, forward_ad
x = torch.tensor([1., 2., 3.], requires_grad=True); log = []
def see(t): log.append(t.detach().clone()); return t.tolist()
`;

const SAME: [string, (scene: Scene) => unknown][] = [
  [
    'with graph.saved_tensors_hooks(see, lambda l: torch.tensor(l) * 2): y = x * x.detach().exp()\ny.sum().backward(); (x * x).sum().backward(); [x.grad, log]',
    ({ x, log }) => {
      const pack = (t: Tensor): number[] => {
        log.push(t.detach().clone());
        return t.tolist<number[]>();
      };
      const y = graph.savedTensorsHooks(
        pack,
        (l: number[]) => torch.tensor(l).mul(2),
        () => x.mul(x.detach().exp()),
      ); // prettier-ignore
      y.sum().backward();
      x.mul(x).sum().backward();
      return [x.grad, log];
    },
  ],
  [
    'with graph.save_on_cpu(): y = (x * x).exp()\ny.sum().backward(); x.grad',
    ({ x }) => {
      const y = graph.saveOnCpu(() => x.mul(x).exp());
      y.sum().backward();
      return x.grad;
    },
  ],
  [
    'with graph.saved_tensors_hooks(lambda t: 1, lambda l: l): y = x.exp()\ny.sum().backward()',
    ({ x }) =>
      graph
        .savedTensorsHooks(
          () => 1,
          (l) => l,
          () => x.exp(),
        )
        .sum()
        .backward(), // prettier-ignore
  ],
  [
    'with graph.saved_tensors_hooks(lambda t: t.mul_(2), lambda l: l): y = x.exp().exp()',
    ({ x }) =>
      graph.savedTensorsHooks(
        (t) => t.mul_(2),
        (l) => l,
        () => x.exp().exp(),
      ), // prettier-ignore
  ],
  [
    'with graph.disable_saved_tensors_hooks("not now"):\n  with graph.save_on_cpu(): pass',
    () => graph.disableSavedTensorsHooks('not now', () => graph.saveOnCpu(() => undefined)),
  ],
  [
    'w = torch.ones(3, requires_grad=True); y = x * 2; graph.register_multi_grad_hook([x, y, w], lambda gs: log.append([g if g is not None else None for g in gs]))\ny.sum().backward(retain_graph=True); (y * w).sum().backward(); log',
    ({ x, log }) => {
      const w = torch.ones(3, { requiresGrad: true });
      const y = x.mul(2);
      graph.registerMultiGradHook([x, y, w], (gs) => void log.push([...gs]));
      y.sum().backward({ retainGraph: true });
      y.mul(w).sum().backward();
      return log;
    },
  ],
  [
    'y = x * 2; h = graph.register_multi_grad_hook([x, y], lambda g: log.append(g), mode="any")\ny.sum().backward(retain_graph=True); h.remove(); y.sum().backward(); log',
    ({ x, log }) => {
      const y = x.mul(2);
      const h = graph.registerMultiGradHook<'any'>([x, y], (g) => void log.push(g), { mode: 'any' });
      y.sum().backward({ retainGraph: true });
      h.remove();
      y.sum().backward();
      return log;
    },
  ],
  [
    'y = x * 1; z = y.exp(); graph.increment_version(z); z.sum().backward()',
    ({ x }) => {
      const z = x.mul(1).exp();
      graph.incrementVersion(z);
      z.sum().backward();
    },
  ],
  [
    'n = (x * 2).grad_fn; n.metadata["a"] = 1; [n.metadata, x.exp().grad_fn.metadata]',
    ({ x }) => {
      const y = x.mul(2);
      (y.gradFn as torch.autograd.GradNode).metadata.a = 1n;
      return [y.gradFn?.metadata, x.exp().gradFn?.metadata];
    },
  ],
  [
    'with torch.autograd.set_detect_anomaly(True, check_nan=False): log.append([torch.is_anomaly_enabled(), torch.is_anomaly_check_nan_enabled()])\nlog.append(torch.is_anomaly_enabled()); log',
    ({ log }) => {
      torch.autograd.setDetectAnomaly(true, { checkNan: false }, () =>
        log.push([torch.isAnomalyEnabled(), torch.isAnomalyCheckNanEnabled()]),
      );
      log.push(torch.isAnomalyEnabled());
      return log;
    },
  ],
  [
    'torch.set_anomaly_enabled(True, check_nan=False); log.append(torch.is_anomaly_enabled()); torch.set_anomaly_enabled(False); log.append(torch.is_anomaly_check_nan_enabled()); log',
    ({ log }) => {
      torch.setAnomalyEnabled(true, { checkNan: false });
      log.push(torch.isAnomalyEnabled());
      torch.setAnomalyEnabled(false);
      log.push(torch.isAnomalyCheckNanEnabled());
      return log;
    },
  ],
  [
    'with torch.autograd.detect_anomaly(): (x * 0).sqrt().mul(0).sum().backward()',
    ({ x }) => torch.autograd.detectAnomaly(() => x.mul(0).sqrt().mul(0).sum().backward()),
  ],
  [
    'with forward_ad.dual_level(): d = forward_ad.make_dual(x, torch.ones(3)); u = forward_ad.unpack_dual(d * d); log.append([u.primal.detach(), u.tangent.detach(), forward_ad.unpack_dual(x)[1]])\nlog.append(forward_ad.unpack_dual(d).tangent); log',
    ({ x, log }) => {
      const d = forwardAd.dualLevel(() => {
        const dual = forwardAd.makeDual(x, torch.ones(3));
        const u = forwardAd.unpackDual(dual.mul(dual));
        log.push([u.primal.detach(), u.tangent?.detach(), forwardAd.unpackDual(x)[1]]);
        return dual;
      });
      log.push(forwardAd.unpackDual(d).tangent);
      return log;
    },
  ],
  ['forward_ad.make_dual(x, x)', ({ x }) => forwardAd.makeDual(x, x)],
  [
    'with forward_ad.dual_level(): forward_ad.make_dual(torch.ones(2, dtype=torch.int64), x)',
    ({ x }) => forwardAd.dualLevel(() => forwardAd.makeDual(torch.ones([2], { dtype: torch.int64 }), x)),
  ],
  [
    `class P(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, k): ctx.save_for_forward(x); ctx.k = k; return x ** k
    @staticmethod
    def jvp(ctx, t, _): return t * ctx.k * ctx.saved_tensors[0]
with forward_ad.dual_level(): u = forward_ad.unpack_dual(P.apply(forward_ad.make_dual(x.detach(), torch.full((3,), 5.)), 2)); log.append([u.primal, u.tangent])
log`,
    ({ x, log }) => {
      class P extends torch.autograd.Function {
        static override forward(ctx: torch.autograd.FunctionCtx, v: Tensor, k: number): Tensor {
          ctx.saveForForward(v);
          ctx.k = k;
          return v.pow(k);
        }
        static override jvp(ctx: torch.autograd.FunctionCtx, t: Tensor): Tensor {
          return t.mul(ctx.k).mul(ctx.savedTensors[0] as Tensor);
        }
      }
      forwardAd.dualLevel(() => {
        const u = forwardAd.unpackDual(P.apply(forwardAd.makeDual(x.detach(), torch.full([3], 5)), 2));
        log.push([u.primal, u.tangent]);
      });
      return log;
    },
  ],
];

describe('autograd.graph, anomaly detection and forward-mode differentiation', () => {
  for (const [python, body] of SAME) {
    it(python.replaceAll('\n', '; '), () =>
      parity(PYTHON + python, {}, () => body({ x: torch.tensor([1, 2, 3], { requiresGrad: true }), log: [] })),
    );
  }

  it('names the line whose operation went wrong', async () => {
    const said = new Promise<Error>((resolve) => {
      const hear = (warning: Error): void => {
        if (!/Error detected in/.test(warning.message)) return;
        process.off('warning', hear);
        resolve(warning);
      };
      process.on('warning', hear);
    });
    function wrong(x: Tensor): Tensor {
      return x.mul(0).sqrt();
    }
    const x = torch.tensor([1, 2], { requiresGrad: true });
    assert.throws(() => torch.autograd.detectAnomaly(() => wrong(x).mul(0).sum().backward()), /returned nan values/);
    assert.match((await said).message, /SqrtBackward0[\s\S]*at wrong .*graph\.test/);
  });

  it('runs passes within passes, as deep as the stack allows', () => {
    const nested = (depth: number): number => {
      const x = torch.ones(1, { requiresGrad: true });
      let inner = 0;
      x.registerHook(() => {
        if (depth > 0) inner = torch.enableGrad(() => nested(depth - 1));
      });
      x.mul(2).backward();
      return inner + 1;
    };
    assert.equal(nested(100), 101);
  });
});
