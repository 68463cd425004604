/** `torch.autocast` against PyTorch: the dtypes that operators give, gradients, nesting, errors. */
import assert from 'node:assert/strict';
import * as torch from '../../lib';
import { input } from '../oracle/inputs';
import { parity } from '../oracle/oracle';

// biome-ignore lint/suspicious/noExplicitAny: some calls are wrong on purpose
type Loose = any;

const given: Record<string, Loose> = { x: input([3, 4]), w: input([4, 2], { seed: 2 }) };

describe('autocast', () => {
  it('runs products in bfloat16, and what needs the range in float32', () =>
    parity(
      `
with torch.autocast('cpu'): r = [x @ w, x.softmax(1), x + x, torch.mm(x, w).float().sum()]
with torch.autocast('cpu', dtype=torch.float16): r.append(x @ w)
with torch.autocast('cpu', torch.bfloat16, enabled=False): r.append(x @ w)
r`,
      given,
      ({ x, w }) => [
        ...torch.autocast('cpu', () => [x.matmul(w), x.softmax(1), x.add(x), torch.mm(x, w).float().sum()]),
        torch.autocast('cpu', { dtype: torch.float16 }, () => x.matmul(w)),
        torch.autocast('cpu', { dtype: torch.bfloat16, enabled: false }, () => x.matmul(w)),
      ],
    ));

  it('gives gradients in the dtype of the parameters', () =>
    parity(
      `
p = w.clone().requires_grad_()
with torch.autocast('cpu'): loss = (x @ p).float().pow(2).sum()
loss.backward()
p.grad`,
      given,
      ({ x, w }) => {
        const p = w.clone().requiresGrad_();
        torch.autocast('cpu', () => x.matmul(p).float().pow(2).sum()).backward();
        return p.grad;
      },
    ));

  it('restores its switches, by using and when nested', () =>
    parity(
      `
state = lambda: [torch.is_autocast_enabled('cpu'), torch.get_autocast_dtype('cpu'), torch.is_autocast_cache_enabled()]
r = [state()]
with torch.autocast('cpu', torch.float16, cache_enabled=False):
    r.append(state())
    with torch.autocast('cpu', enabled=False): r.append(state())
    r.append(state())
r + [state()]`,
      {},
      () => {
        const state = () => [
          torch.isAutocastEnabled('cpu'),
          torch.getAutocastDtype('cpu'),
          torch.isAutocastCacheEnabled(),
        ];
        const r = [state()];
        {
          using _ = torch.autocast('cpu', { dtype: torch.float16, cacheEnabled: false });
          r.push(state());
          torch.autocast('cpu', { enabled: false }, () => r.push(state()));
          r.push(state());
        }
        return [...r, state()];
      },
    ));

  it('counts its scopes, and sets what is asked', () => {
    assert.equal(torch.autocastIncrementNesting(), 1);
    assert.equal(torch.autocastDecrementNesting(), 0);
    torch.setAutocastEnabled('cpu', true);
    assert.equal(torch.isAutocastEnabled('cpu'), true);
    torch.setAutocastEnabled('cpu', false);
    torch.setAutocastDtype('cpu', torch.float16);
    assert.equal(torch.getAutocastDtype('cpu'), torch.float16);
    torch.setAutocastDtype('cpu', torch.bfloat16);
    torch.setAutocastCacheEnabled(true);
    torch.clearAutocastCache();
    assert.equal(torch.isAutocastEnabled(), false);
  });

  const WRONG: [python: string, body: () => unknown][] = [
    ["torch.autocast('nowhere')", () => torch.autocast('nowhere')],
    ["torch.autocast('meta')", () => torch.autocast('meta')],
    ['torch.autocast()', () => (torch.autocast as Loose)()],
  ];
  for (const [python, body] of WRONG) it(python, () => parity(python, {}, body));

  it('says where it exists', () =>
    parity(
      "[torch.amp.is_autocast_available('cpu'), torch.amp.is_autocast_available('cuda'), torch.amp.is_autocast_available('meta')]",
      {},
      () => ['cpu', 'cuda', 'meta'].map(torch.amp.isAutocastAvailable),
    ));
});

describe('custom functions under autocast', () => {
  const PYTHON = `
from types import SimpleNamespace
ctx = SimpleNamespace()
`;

  it('cast what the forward gets', () =>
    parity(
      `${PYTHON}
body = lambda ctx, a, b: [a, b, a['w'] @ a['w'].mT, torch.is_autocast_enabled('cpu')]
forward = torch.amp.custom_fwd(body, device_type='cpu', cast_inputs=torch.float16)
given = {'w': w, 'n': [x.double(), torch.arange(3)]}
r = [forward(ctx, given, x), ctx._fwd_used_autocast]
with torch.autocast('cpu'): r += [forward(ctx, given, x), ctx._fwd_used_autocast, ctx._dtype]
r`,
      given,
      ({ x, w }) => {
        const ctx: Loose = {};
        const forward = torch.amp.customFwd(
          (_ctx, a, b) => [a, b, a.w.matmul(a.w.mT), torch.isAutocastEnabled('cpu')],
          { deviceType: 'cpu', castInputs: torch.float16 },
        );
        const values = { w, n: [x.double(), torch.arange(3)] };
        const r: unknown[] = [forward(ctx, values, x), ctx._fwdUsedAutocast];
        torch.autocast('cpu', () => {
          r.push(forward(ctx, values, x), ctx._fwdUsedAutocast, ctx._dtype);
        });
        return r;
      },
    ));

  it('run the backward as the forward ran', () =>
    parity(
      `${PYTHON}
forward = torch.amp.custom_fwd(device_type='cpu')(lambda ctx, a, b: a @ b)
backward = torch.amp.custom_bwd(device_type='cpu')(lambda ctx, g: [g @ w.mT, torch.is_autocast_enabled('cpu')])
with torch.autocast('cpu', torch.float16): r = [forward(ctx, x, w)]
r += backward(ctx, r[0])
r.append(forward(ctx, x, w))
r + backward(ctx, r[-1])`,
      given,
      ({ x, w }) => {
        const ctx: Loose = {};
        const forward = torch.amp.customFwd({ deviceType: 'cpu' })((_ctx, a, b) => a.matmul(b));
        const backward = torch.amp.customBwd({ deviceType: 'cpu' })((_ctx, g) => [
          g.matmul(w.mT),
          torch.isAutocastEnabled('cpu'),
        ]);
        const r = [torch.autocast('cpu', { dtype: torch.float16 }, () => forward(ctx, x, w))];
        r.push(...backward(ctx, r[0]));
        const last = forward(ctx, x, w);
        return [...r, last, ...backward(ctx, last)];
      },
    ));

  it('want the type of device', async () => {
    await parity('torch.amp.custom_fwd(device_type=5)', {}, () => torch.amp.customFwd({ deviceType: 5 as Loose }));
    await parity('torch.amp.custom_bwd(len)', {}, () => (torch.amp.customBwd as Loose)(() => 1));
  });
});
