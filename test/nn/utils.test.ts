/** `torch.nn.utils`: clipping, vectors of parameters, fusion, calls with other parameters, memory formats. */
import assert from 'node:assert/strict';
import * as torch from '../../lib';
import { input } from '../oracle/inputs';
import { parity } from '../oracle/oracle';

const { nn } = torch;
const { utils } = nn;

const x = input([4, 3]);
const images = input([2, 3, 5, 5], { seed: 2 });
type Given = { x: torch.Tensor; images: torch.Tensor };

const PYTHON = `
from torch.nn.utils import *
from torch.func import functional_call
m = nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 2))
m(x).pow(2).sum().backward()
grads = lambda: [p.grad for p in m.parameters()]
`;

function trained(x: torch.Tensor): torch.nn.Sequential {
  const m = new nn.Sequential(new nn.Linear(3, 4), new nn.ReLU(), new nn.Linear(4, 2));
  (m(x) as torch.Tensor).pow(2).sum().backward();
  return m;
}

const grads = (m: torch.nn.Module) => m.parameters().map(({ grad }) => grad);

const SAME: [python: string, body: (m: torch.nn.Sequential, given: Given) => unknown][] = [
  ['clip_grad_norm_(m.parameters(), 0.5), grads()', (m) => [utils.clipGradNorm_(m.parameters(), 0.5), grads(m)]],
  [
    "clip_grad_norm_(m.parameters(), 0.5, norm_type=float('inf'), foreach=False), grads()",
    (m) => [utils.clipGradNorm_(m.parameters(), 0.5, { normType: Infinity, foreach: false }), grads(m)],
  ],
  ['clip_grad_norm_(m.parameters(), 1000.), grads()', (m) => [utils.clipGradNorm_(m.parameters(), 1000), grads(m)]],
  [
    "m[0].weight.grad.fill_(float('inf')); clip_grad_norm_(m.parameters(), 1., error_if_nonfinite=True)",
    (m) => {
      m.parameters()[0]?.grad?.fill_(Infinity);
      return utils.clipGradNorm_(m.parameters(), 1, { errorIfNonfinite: true });
    },
  ],
  [
    'get_total_norm([x, x[0]], 1.), get_total_norm([])',
    (_, { x }) => [utils.getTotalNorm([x, x.at(0)], 1), utils.getTotalNorm([])],
  ],
  [
    'clip_grad_value_(m.parameters(), 0.1); grads()',
    (m) => {
      utils.clipGradValue_(m.parameters(), 0.1);
      return grads(m);
    },
  ],
  [
    'v = parameters_to_vector(m.parameters()).detach(); vector_to_parameters(v * 2, m.parameters()); v, [p.detach() for p in m.parameters()]',
    (m) => {
      const v = utils.parametersToVector(m.parameters()).detach();
      utils.vectorToParameters(v.mul(2), m.parameters());
      return [v, m.parameters().map((p) => p.detach())];
    },
  ],
  ['vector_to_parameters(3, m.parameters())', (m) => utils.vectorToParameters(3 as never, m.parameters())],
  [
    'c, b = nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4)\nb(c(images)); c.eval(); b.eval(); f = fuse_conv_bn_eval(c, b); (f(images).detach(), b(c(images)).detach(), repr(f))',
    (_, { images }) => {
      const [c, b] = [new nn.Conv2d(3, 4, 3), new nn.BatchNorm2d(4)];
      b(c(images));
      c.eval();
      b.eval();
      const f = utils.fuseConvBnEval(c, b);
      return [f(images).detach(), b(c(images)).detach(), String(f)];
    },
  ],
  [
    'l, b = nn.Linear(3, 4, bias=False), nn.BatchNorm1d(4)\nb(l(x)); l.eval(); b.eval(); f = fuse_linear_bn_eval(l, b); (f(x).detach(), list(f.state_dict()))',
    (_, { x }) => {
      const [l, b] = [new nn.Linear(3, 4, { bias: false }), new nn.BatchNorm1d(4)];
      b(l(x));
      l.eval();
      b.eval();
      const f = utils.fuseLinearBnEval(l, b);
      return [f(x).detach(), [...f.stateDict().keys()]];
    },
  ],
  [
    'fuse_conv_bn_eval(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4))',
    () => utils.fuseConvBnEval(new nn.Conv2d(3, 4, 3), new nn.BatchNorm2d(4)),
  ],
  [
    "w = torch.ones(4, 3, requires_grad=True); y = functional_call(m, {'0.weight': w}, (x,)); y.sum().backward(); (y.detach(), w.grad, m(x).detach())",
    (m, { x }) => {
      const w = torch.ones([4, 3], { requiresGrad: true });
      const y = utils.stateless.functionalCall(m, { '0.weight': w }, [x]);
      y.sum().backward();
      return [y.detach(), w.grad, m(x).detach()];
    },
  ],
  [
    "functional_call(m, {'0.weight': torch.ones(4, 3)}, x, strict=True)",
    (m, { x }) => utils.stateless.functionalCall(m, { '0.weight': torch.ones(4, 3) }, x, null, { strict: true }),
  ],
  [
    "functional_call(m, ({'0.weight': torch.ones(4, 3)}, {'0.weight': torch.ones(4, 3)}), x)",
    (m, { x }) =>
      utils.stateless.functionalCall(m, [{ '0.weight': torch.ones(4, 3) }, { '0.weight': torch.ones(4, 3) }], x),
  ],
  [
    'c = convert_conv2d_weight_memory_format(nn.Sequential(nn.Conv2d(3, 4, 3)), torch.channels_last); c[0].weight.stride(), c(images).detach()',
    (_, { images }) => {
      const c = utils.convertConv2dWeightMemoryFormat(new nn.Sequential(new nn.Conv2d(3, 4, 3)), torch.channelsLast);
      return [c.parameters()[0]?.stride(), c(images).detach()];
    },
  ],
];

describe('nn.utils', () => {
  for (const [python, body] of SAME) {
    it(python, () => parity(PYTHON + python, { x, images }, (given) => body(trained(given.x), given)));
  }

  it('makes a module without drawing its parameters', () => {
    torch.manualSeed(1);
    const before = torch.getRngState().tolist();
    const m = utils.skipInit(nn.Linear, 3, 4, { dtype: torch.float64 });
    assert.deepEqual(torch.getRngState().tolist(), before);
    assert.deepEqual([m.weight.dtype, m.weight.device.type, m.weight.numel()], [torch.float64, 'cpu', 12]);
  });

  it('restores a module whose call throws', () => {
    const m = new nn.Linear(3, 4);
    const { weight } = m;
    assert.throws(() => utils.stateless.functionalCall(m, { weight: torch.ones(4, 5) }, torch.ones(3)));
    assert.equal(m.weight, weight);
    assert.equal(m.parameters()[0], weight);
  });
});
