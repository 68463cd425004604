/** `optim.swapInOptimizerParamsAndState` against PyTorch: what a step updates, what is left alone, errors. */
import * as torch from '../../lib';
import { input } from '../oracle/inputs';
import { parity } from '../oracle/oracle';

// biome-ignore lint/suspicious/noExplicitAny: some calls are wrong on purpose
type Loose = any;

const { optim } = torch;
const swap = optim.swapInOptimizerParamsAndState;
const given: Record<string, Loose> = { x: input([3, 2]), y: input([2], { seed: 2 }) };

const PYTHON = `
from copy import deepcopy
from torch.optim import swap_in_optimizer_params_and_state as swap
a, b = x.clone().requires_grad_(), y.clone().requires_grad_()
o = torch.optim.AdamW([{'params': [a], 'lr': 0.5}, {'params': [b]}])
(a.sum() * 2 + b.pow(2).sum()).backward()
o.step()
s = deepcopy(o.state_dict())
p = {'a': (a.detach() + 1).requires_grad_(), 'b': (b.detach() + 1).requires_grad_()}
for t in p.values(): t.grad = torch.ones_like(t)
`;

/** The same in TypeScript. */
function begin({ x, y }: Record<string, Loose>) {
  const [a, b] = [x.clone().requiresGrad_(), y.clone().requiresGrad_()];
  const o = new optim.AdamW([{ params: [a], lr: 0.5 }, { params: [b] }]);
  a.sum().mul(2).add(b.pow(2).sum()).backward();
  o.step();
  const s = torch.deepcopy(o.stateDict()) as Loose;
  const p = { a: a.detach().add(1).requiresGrad_(), b: b.detach().add(1).requiresGrad_() };
  for (const t of Object.values(p)) t.grad = torch.onesLike(t);
  return { a, b, o, s, p };
}

describe('swapInOptimizerParamsAndState', () => {
  it('updates what is lent, and leaves the optimizer as it was', () =>
    parity(
      `${PYTHON}
s['param_groups'][1]['lr'] = 0.25
with swap(o, p, s):
    o.step()
    inside = o.state_dict()
o.step()
[a, b, p, s['state'], inside['state'], [g['lr'] for g in inside['param_groups']], o.state_dict()]`,
      given,
      (inputs) => {
        const { a, b, o, s, p } = begin(inputs);
        s.param_groups[1].lr = 0.25;
        const inside = swap(o, p, s, () => {
          o.step();
          return o.stateDict();
        });
        o.step();
        return [a, b, p, s.state, inside.state, inside.param_groups.map((g) => g.lr), o.stateDict()];
      },
    ));

  it('restores what it finds after an error', () =>
    parity(
      `${PYTHON}
try:
    with swap(o, p, s): raise ValueError('stop')
except ValueError: pass
[o.param_groups[0]['params'][0] is a, o.state_dict()]`,
      given,
      (inputs) => {
        const { a, o, s, p } = begin(inputs);
        try {
          swap(o, p, s, () => {
            throw new Error('stop');
          });
        } catch {}
        return [o.paramGroups[0]?.params[0] === a, o.stateDict()];
      },
    ));

  const WRONG: [python: string, change: (given: Loose) => void][] = [
    ['o.state.clear()', ({ o }) => o.state.clear()],
    ["s['state'] = []", ({ s }) => Object.assign(s, { state: [] })],
    ["s['state'][0] = 1", ({ s }) => s.state.set(0, 1)],
    ["s['state'][7] = {}", ({ s }) => s.state.set(7, {})],
    ["s['state'][a] = {}", ({ s, a }) => s.state.set(a, {})],
    ["s['param_groups'] = 3", ({ s }) => Object.assign(s, { param_groups: 3 })],
    ["s['param_groups'].pop()", ({ s }) => s.param_groups.pop()],
    ["s['param_groups'][0] = 3", ({ s }) => s.param_groups.splice(0, 1, 3)],
    ["s['param_groups'][0]['params'] = ['a']", ({ s }) => Object.assign(s.param_groups[0], { params: ['a'] })],
    ["s['param_groups'][0]['params'] = [0, 1]", ({ s }) => Object.assign(s.param_groups[0], { params: [0, 1] })],
    ["s['param_groups'][1]['extra'] = 1", ({ s }) => Object.assign(s.param_groups[1], { extra: 1 })],
    ["del s['param_groups'][1]['weight_decay']", ({ s }) => delete s.param_groups[1].weight_decay],
    ["del p['b']", ({ p }) => delete p.b],
  ];
  for (const [python, change] of WRONG) {
    it(python, () =>
      parity(`${PYTHON}${python}\nswap(o, p, s).__enter__()`, given, (inputs) => {
        const all = begin(inputs);
        change(all);
        swap(all.o, all.p, all.s);
      }),
    );
  }
});
