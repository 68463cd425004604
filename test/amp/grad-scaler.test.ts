/** `torch.amp.GradScaler` against PyTorch, on the CPU: scaling, skipped steps, the factor's course, states, errors. */
import assert from 'node:assert/strict';
import * as torch from '../../lib';
import { input } from '../oracle/inputs';
import { parity } from '../oracle/oracle';

// biome-ignore lint/suspicious/noExplicitAny: some calls are wrong on purpose
type Loose = any;

const given: Record<string, Loose> = { w: input([4, 3]), x: input([5, 4], { seed: 2 }) };

/** Optimizers whose step unscales by itself, and others. */
const OPTIMIZERS: [python: string, make: (params: torch.Tensor[]) => torch.optim.Optimizer<Loose>][] = [
  ['SGD(ps, lr=0.1)', (ps) => new torch.optim.SGD(ps, { lr: 0.1 })],
  [
    'SGD(ps, lr=0.1, momentum=0.9, fused=True)',
    (ps) => new torch.optim.SGD(ps, { lr: 0.1, momentum: 0.9, fused: true }),
  ],
  ['Adam(ps, fused=True)', (ps) => new torch.optim.Adam(ps, { fused: true })],
  ['AdamW(ps, foreach=True)', (ps) => new torch.optim.AdamW(ps, { foreach: true })],
  ['AdamW(ps, fused=True)', (ps) => new torch.optim.AdamW(ps, { fused: true })],
  ['Adagrad(ps, fused=True)', (ps) => new torch.optim.Adagrad(ps, { fused: true })],
  ['RMSprop(ps)', (ps) => new torch.optim.RMSprop(ps)],
];

describe('GradScaler', () => {
  for (const [python, make] of OPTIMIZERS) {
    it(`leaves out steps with infinite gradients, and follows them with its factor: ${python}`, () =>
      parity(
        `
ps = [w.clone().requires_grad_(), torch.ones(3, requires_grad=True)]
optimizer = torch.optim.${python}
scaler = torch.amp.GradScaler('cpu', init_scale=8.0, growth_interval=2)
r = []
for i in range(8):
    optimizer.zero_grad()
    loss = (x @ ps[0] + ps[1]).pow(2).sum()
    if i in (2, 5): loss = loss * float('inf')
    scaler.scale(loss).backward()
    if i % 2: scaler.unscale_(optimizer)
    scaler.step(optimizer)
    scaler.update()
    r.append([*(p.detach().clone() for p in ps), scaler.state_dict()])
r, [p.grad for p in ps], optimizer.state_dict()['state']`,
        given,
        ({ w, x }) => {
          const ps: [torch.Tensor, torch.Tensor] = [w.clone().requiresGrad_(), torch.ones(3, { requiresGrad: true })];
          const optimizer = make(ps);
          const scaler = new torch.amp.GradScaler('cpu', { initScale: 8, growthInterval: 2 });
          const r: unknown[] = [];
          for (let i = 0; i < 8; i++) {
            optimizer.zeroGrad();
            let loss = x.matmul(ps[0]).add(ps[1]).pow(2).sum();
            if (i === 2 || i === 5) loss = loss.mul(Number.POSITIVE_INFINITY);
            scaler.scale(loss).backward();
            if (i % 2 === 1) scaler.unscale_(optimizer);
            scaler.step(optimizer);
            scaler.update();
            r.push([...ps.map((p) => p.detach().clone()), scaler.stateDict()]);
          }
          return [r, ps.map((p) => p.grad), optimizer.stateDict().state];
        },
      ));
  }

  it('scales what is nested as it is nested', () =>
    parity(
      `
s = torch.GradScaler('cpu', 4.0)
[s.scale(x), s.scale([x, [w, x.double()]]), list(s.scale(iter([x, w]))), s.get_scale()]`,
      given,
      ({ w, x }) => {
        const s = new torch.GradScaler('cpu', 4);
        return [s.scale(x), s.scale([x, [w, x.double()]]), [...s.scale(new Set([x, w]))], s.getScale()];
      },
    ));

  it('works for several optimizers at once, and for sparse gradients', () =>
    parity(
      `
e, p = w.clone().requires_grad_(), w.clone().requires_grad_()
os = [torch.optim.SGD([e], lr=1.0), torch.optim.SGD([p], lr=1.0)]
s = torch.amp.GradScaler('cpu', init_scale=16.0)
index = torch.tensor([0, 2, 2])
for factor in (1.0, float('inf'), 2.0):
    for o in os: o.zero_grad()
    a = torch.nn.functional.embedding(index, e, sparse=True).sum()
    s.scale(a + p.sum() * factor).backward()
    for o in os: s.step(o)
    s.update()
[e, p, e.grad.to_dense(), s.state_dict()]`,
      given,
      ({ w }) => {
        const [e, p] = [w.clone().requiresGrad_(), w.clone().requiresGrad_()];
        const os = [new torch.optim.SGD([e], { lr: 1 }), new torch.optim.SGD([p], { lr: 1 })];
        const s = new torch.amp.GradScaler('cpu', { initScale: 16 });
        const index = torch.tensor([0n, 2n, 2n]);
        for (const factor of [1, Number.POSITIVE_INFINITY, 2]) {
          for (const o of os) o.zeroGrad();
          const a = torch.nn.functional.embedding(index, e, { sparse: true }).sum();
          s.scale(a.add(p.sum().mul(factor))).backward();
          for (const o of os) s.step(o);
          s.update();
        }
        return [e, p, (e.grad as torch.Tensor).toDense(), s.stateDict()];
      },
    ));

  it('takes a factor and a state', () =>
    parity(
      `
s = torch.amp.GradScaler('cpu')
s.load_state_dict({'scale': 32.0, 'growth_factor': 3.0, 'backoff_factor': 0.25, 'growth_interval': 7, '_growth_tracker': 2})
r = [s.scale(x), s.state_dict()]
s.update(5.0); r.append(s.get_scale())
s.update(torch.tensor([6.0])); r.append(s.get_scale())
s.load_state_dict({**s.state_dict(), 'scale': 9.0, '_growth_tracker': 1})
s.set_growth_factor(4.0); s.set_backoff_factor(0.125); s.set_growth_interval(3)
r + [s.state_dict(), s.get_growth_factor(), s.get_backoff_factor(), s.get_growth_interval(), s.is_enabled()]`,
      given,
      ({ x }) => {
        const s = new torch.amp.GradScaler('cpu');
        s.loadStateDict({
          scale: 32,
          growth_factor: 3,
          backoff_factor: 0.25,
          growth_interval: 7,
          _growth_tracker: 2,
        });
        const r: unknown[] = [s.scale(x), s.stateDict()];
        s.update(5);
        r.push(s.getScale());
        s.update({ newScale: torch.tensor([6]) });
        r.push(s.getScale());
        s.loadStateDict({ ...(s.stateDict() as torch.amp.GradScalerStateDict), scale: 9, _growth_tracker: 1 });
        s.setGrowthFactor(4);
        s.setBackoffFactor(0.125);
        s.setGrowthInterval(3);
        return [...r, s.stateDict(), s.getGrowthFactor(), s.getBackoffFactor(), s.getGrowthInterval(), s.isEnabled()];
      },
    ));

  it('only steps where it is switched off', () =>
    parity(
      `
p = w.clone().requires_grad_()
o = torch.optim.SGD([p], lr=1.0)
s = torch.amp.GradScaler('cpu', enabled=False)
s.scale(p.sum()).backward(); s.unscale_(o); s.step(o); s.update(); s.load_state_dict({})
[p, s.state_dict(), s.get_scale(), s.is_enabled(), torch.amp.GradScaler().is_enabled()]`,
      given,
      ({ w }) => {
        const p = w.clone().requiresGrad_();
        const o = new torch.optim.SGD([p], { lr: 1 });
        const s = new torch.amp.GradScaler('cpu', { enabled: false });
        s.scale(p.sum()).backward();
        s.unscale_(o);
        s.step(o);
        s.update();
        s.loadStateDict({});
        return [p, s.stateDict(), s.getScale(), s.isEnabled(), new torch.amp.GradScaler().isEnabled()];
      },
    ));

  const WRONG: [python: string, body: (s: torch.GradScaler, o: torch.optim.SGD, p: torch.Tensor) => unknown][] = [
    ["torch.amp.GradScaler('cpu', growth_factor=1.0)", () => new torch.amp.GradScaler('cpu', { growthFactor: 1 })],
    ["torch.amp.GradScaler('cpu', backoff_factor=1.0)", () => new torch.amp.GradScaler('cpu', { backoffFactor: 1 })],
    ['s.unscale_(o)', (s, o) => s.unscale_(o)],
    ['s.step(o)', (s, o) => s.step(o)],
    ['s.update()', (s) => s.update()],
    ['s.scale(p); s.update()', (s, _, p) => [s.scale(p), s.update()]],
    ['s.scale(p); s.step(o)', (s, o, p) => [s.scale(p), s.step(o)]],
    ['s.scale(5)', (s) => s.scale(5 as Loose)],
    ['s.scale([p, None])', (s, _, p) => s.scale([p, null] as Loose)],
    ['s.step(o, closure=lambda: 1)', (s, o) => s.step(o, { closure: () => 1 })],
    ['s.scale(p); s.update(torch.ones(2))', (s, _, p) => [s.scale(p), s.update(torch.ones(2))]],
    ['s.load_state_dict({})', (s) => s.loadStateDict({})],
    [
      's.scale(p.sum()).backward(); s.unscale_(o); s.unscale_(o)',
      (s, o, p) => {
        s.scale(p.sum()).backward();
        s.unscale_(o);
        s.unscale_(o);
      },
    ],
    [
      's.scale(p.sum()).backward(); s.step(o); s.step(o)',
      (s, o, p) => {
        s.scale(p.sum()).backward();
        s.step(o);
        s.step(o);
      },
    ],
    [
      's.scale(p.sum()).backward(); s.step(o); s.unscale_(o)',
      (s, o, p) => {
        s.scale(p.sum()).backward();
        s.step(o);
        s.unscale_(o);
      },
    ],
    [
      'p = p.detach().half().requires_grad_(); o = torch.optim.SGD([p]); s.scale(p.float().sum()).backward(); s.unscale_(o)',
      (s, _, p) => {
        const half = p.detach().half().requiresGrad_();
        s.scale(half.float().sum()).backward();
        s.unscale_(new torch.optim.SGD([half]));
      },
    ],
  ];
  for (const [python, body] of WRONG) {
    it(python, () =>
      parity(
        `
s, p = torch.amp.GradScaler('cpu'), w.clone().requires_grad_()
o = torch.optim.SGD([p])
${python}`,
        given,
        ({ w }) => {
          const p = w.clone().requiresGrad_();
          return body(new torch.amp.GradScaler('cpu'), new torch.optim.SGD([p]), p);
        },
      ),
    );
  }

  it('outlives the scope in which it scaled first', () => {
    const p = torch.ones(2, { requiresGrad: true });
    const o = new torch.optim.SGD([p], { lr: 1 });
    const s = new torch.amp.GradScaler('cpu');
    for (let i = 0; i < 2; i++) {
      torch.tidy(() => {
        o.zeroGrad();
        s.scale(p.sum()).backward();
        s.step(o);
        s.update();
      });
    }
    assert.deepEqual(p.tolist(), [-1, -1]);
  });
});
