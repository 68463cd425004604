/** SGD: what it does in training, bit for bit as PyTorch; optim-db.test.ts has its options. */
import assert from 'node:assert/strict';
import * as torch from '../../lib';
import { input } from '../oracle/inputs';
import { evaluate, parity } from '../oracle/oracle';

const { nn, optim } = torch;

const inputs = { x: input([8, 3]), t: input([8, 2], { seed: 2 }) };

const RUN = `
m = nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 2)).to(dtype)
x, t = x.to(dtype), t.to(dtype)
o = optim.SGD(m.parameters(), **options)
for i in range(20):
    o.zero_grad()
    ((m(x) - t) ** 2).mean().backward()
    o.step()
sd = o.state_dict()
([p.detach() for p in m.parameters()], [p.grad for p in m.parameters()], sd, repr(o))
`;

type Options = torch.optim.SGDOptions;

function train(options: Options, dtype: torch.DType, x: torch.Tensor, t: torch.Tensor) {
  const m = new nn.Sequential(new nn.Linear(3, 4), new nn.Tanh(), new nn.Linear(4, 2)).to(dtype);
  const [a, b] = [x.to(dtype), t.to(dtype)];
  const o = new optim.SGD(m.parameters(), options);
  for (let i = 0; i < 20; i++) {
    o.zeroGrad();
    m(a).sub(b).pow(2).mean().backward();
    o.step();
  }
  const parameters = m.parameters();
  return [parameters.map((p) => p.detach()), parameters.map((p) => p.grad), o.stateDict(), String(o)];
}

function snake(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

const RULES: Options[] = [
  {},
  { lr: 0.1 },
  { lr: 0.1, weightDecay: 0.01 },
  { lr: 0.1, momentum: 0.9 },
  { lr: 0.1, momentum: 0.9, dampening: 0.5 },
  { lr: 0.1, momentum: 0.9, nesterov: true },
  { lr: 0.1, momentum: 0.9, weightDecay: 0.01, nesterov: true },
  { lr: 0.1, momentum: 0.9, weightDecay: 0.01, dampening: 0.1, maximize: true },
  { lr: 0.01, momentum: 0.5, nesterov: true, maximize: true },
];

/** Options as Python's keyword arguments. */
function pythonic(options: Options) {
  return Object.fromEntries(Object.entries(options).map(([name, value]) => [snake(name), value]));
}

describe('SGD', () => {
  for (const options of RULES) {
    it(`trains a model with ${JSON.stringify(options)}`, () => {
      const given = { ...inputs, options: pythonic(options), dtype: torch.float32 };
      return parity(RUN, given, ({ x, t }) => train(options, torch.float32, x, t), { exact: true });
    });
  }

  for (const rule of RULES) it(`${JSON.stringify(rule)}, differentiable`, () => differentiable(rule));

  /** A step whose update autograd records: parameters are clones, and the gradient goes to what they were made of. */
  function differentiable(rule: Options) {
    const code = `
w.requires_grad_()
p = w.clone()
p.retain_grad()
o = optim.SGD([p], differentiable=True, **options)
for i in range(3):
    p.grad = (w * (i + 1)).detach() if i else w * 2
    o.step()
p.sum().backward()
(p.detach(), w.grad)
`;
    return parity(
      code,
      { w: input([3]), options: pythonic(rule) },
      ({ w }) => {
        w.requiresGrad_();
        const p = w.clone();
        p.retainGrad();
        const o = new optim.SGD([p], { ...rule, differentiable: true });
        for (let i = 0; i < 3; i++) {
          p.grad = i ? w.mul(i + 1).detach() : w.mul(2);
          o.step();
        }
        p.sum().backward();
        return [p.detach(), w.grad];
      },
      { exact: true },
    );
  }

  it('takes a learning rate and a weight decay that are tensors', () =>
    parity(
      'w = nn.Parameter(w); w.grad = w.detach() * 2; o = optim.SGD([w], lr=torch.tensor(0.1), weight_decay=torch.tensor(0.2)); o.step(); (w.detach(), repr(o))',
      { w: input([3]) },
      ({ w: given }) => {
        const w = new nn.Parameter(given);
        w.grad = w.detach().mul(2);
        const o = new optim.SGD([w], { lr: torch.tensor(0.1), weightDecay: torch.tensor(0.2) });
        o.step();
        return [w.detach(), String(o)];
      },
      { exact: true },
    ));

  it('leaves parameters without gradient alone, and begins their momentum at their first one', () =>
    parity(
      `
a, b = nn.Parameter(w.clone()), nn.Parameter(w.clone())
o = optim.SGD([a, b], lr=0.1, momentum=0.9)
for i in range(4):
    a.grad = w * i
    b.grad = w if i in (1, 3) else None
    o.step()
(a.detach(), b.detach(), o.state_dict())
`,
      { w: input([3]) },
      ({ w }) => {
        const [a, b] = [new nn.Parameter(w.clone()), new nn.Parameter(w.clone())];
        const o = new optim.SGD([a, b], { lr: 0.1, momentum: 0.9 });
        for (let i = 0; i < 4; i++) {
          a.grad = w.mul(i);
          b.grad = i % 2 ? w : null;
          o.step();
        }
        return [a.detach(), b.detach(), o.stateDict()];
      },
      { exact: true },
    ));

  it('calls a closure with gradients recorded and gives its loss', () => {
    const w = new nn.Parameter(torch.ones(2));
    const o = new optim.SGD([w], { lr: 0.5 });
    const loss = torch.noGrad(() =>
      o.step(() => {
        o.zeroGrad();
        const value = w.pow(2).sum();
        value.backward();
        return value;
      }),
    );
    assert.equal(loss.item(), 2);
    assert.deepEqual(w.tolist(), [0, 0]);
  });

  it('resumes from the state that PyTorch saved', async () => {
    const code = `
w = nn.Parameter(w)
o = optim.SGD([w], lr=0.1, momentum=0.9, weight_decay=0.01)
def step():
    w.grad = w.detach() * 2
    o.step()
step(); step()
before, saved = w.detach().clone(), __import__('copy').deepcopy(o.state_dict())
step(); step()
(before, saved, w.detach())
`;
    const [before, saved, after] = await evaluate<[torch.Tensor, torch.optim.OptimizerStateDict, torch.Tensor]>(code, {
      w: input([3]),
    });
    const w = new nn.Parameter(before);
    const o = new optim.SGD([w], { lr: 7 });
    o.loadStateDict(saved);
    for (let i = 0; i < 2; i++) {
      w.grad = w.detach().mul(2);
      o.step();
    }
    assert.ok(torch.equal(w, after));
    assert.equal(o.paramGroups[0]?.weightDecay, 0.01);
  });

  it('keeps its state beyond a tidy around the step', () => {
    const w = new nn.Parameter(torch.ones(2));
    const o = new optim.SGD([w], { lr: 0.5, momentum: 0.5 });
    for (let i = 0; i < 2; i++) {
      torch.tidy(() => {
        w.grad = torch.ones(2);
        o.step();
      });
    }
    assert.deepEqual(w.tolist(), [-0.25, -0.25]);
  });
});
