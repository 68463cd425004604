/** `nn.utils.prune`. */
import assert from 'node:assert/strict';
import * as torch from '../../lib';
import { input } from '../oracle/inputs';
import { parity } from '../oracle/oracle';

const { nn } = torch;
const { prune } = nn.utils;
type Tensor = torch.Tensor;

const PYTHON = `
import copy
import torch.nn.utils.prune as prune
def trained(m, x):
    y = m(x); y.pow(2).sum().backward()
    return y.detach(), m.weight.detach(), [(n, p.detach(), p.grad) for n, p in m.named_parameters()], list(m.state_dict().items()), repr(m)
class Every(prune.BasePruningMethod):
    PRUNING_TYPE = 'unstructured'
    def __init__(self, step):
        self.step = step
    def compute_mask(self, t, default_mask):
        mask = default_mask.clone()
        mask.view(-1)[::self.step] = 0
        return mask
m = nn.Linear(4, 3)
`;

function trained(m: torch.nn.Linear, x: Tensor): unknown {
  const y = m(x);
  y.pow(2).sum().backward();
  const members = m.namedParameters().map(([name, p]) => [name, p.detach(), p.grad]);
  return [y.detach(), m.weight.detach(), members, m.stateDict().items(), String(m)];
}

class Every extends prune.BasePruningMethod {
  override readonly PRUNING_TYPE = 'unstructured';

  constructor(readonly step: number) {
    super();
  }

  override computeMask(_t: Tensor, defaultMask: Tensor): Tensor {
    const mask = defaultMask.clone();
    mask.view(-1).set(torch.slice(null, null, this.step), 0);
    return mask;
  }
}

type Given = { x: Tensor; scores: Tensor };

const SAME: [python: string, body: (m: torch.nn.Linear, given: Given) => unknown][] = [
  ["trained(prune.identity(m, 'weight'), x)", (m, { x }) => trained(prune.identity(m, 'weight'), x)],
  [
    "trained(prune.random_unstructured(m, 'weight', 0.3), x)",
    (m, { x }) => trained(prune.randomUnstructured(m, 'weight', 0.3), x),
  ],
  [
    "trained(prune.random_unstructured(m, name='weight', amount=5), x)",
    (m, { x }) => trained(prune.randomUnstructured(m, { name: 'weight', amount: 5 }), x),
  ],
  [
    "trained(prune.l1_unstructured(m, 'weight', amount=0.375), x)",
    (m, { x }) => trained(prune.l1Unstructured(m, 'weight', { amount: 0.375 }), x),
  ],
  [
    "trained(prune.l1_unstructured(m, 'weight', 4, importance_scores=scores), x)",
    (m, { x, scores }) => trained(prune.l1Unstructured(m, 'weight', 4, { importanceScores: scores }), x),
  ],
  ["trained(prune.l1_unstructured(m, 'bias', 0), x)", (m, { x }) => trained(prune.l1Unstructured(m, 'bias', 0), x)],
  [
    "trained(prune.random_structured(m, 'weight', 2, dim=1), x)",
    (m, { x }) => trained(prune.randomStructured(m, 'weight', 2, { dim: 1 }), x),
  ],
  [
    "trained(prune.random_structured(m, 'weight', 0, -1), x)",
    (m, { x }) => trained(prune.randomStructured(m, 'weight', 0, -1), x),
  ],
  [
    "trained(prune.ln_structured(m, 'weight', 0.5, n=2, dim=-1), x)",
    (m, { x }) => trained(prune.lnStructured(m, 'weight', 0.5, { n: 2, dim: -1 }), x),
  ],
  [
    "trained(prune.ln_structured(m, 'weight', 1, n=float('-inf'), dim=0, importance_scores=scores), x)",
    (m, { x, scores }) =>
      trained(prune.lnStructured(m, 'weight', 1, { n: -Infinity, dim: 0, importanceScores: scores }), x),
  ],
  [
    "trained(prune.custom_from_mask(m, 'weight', mask=scores > 0), x)",
    (m, { x, scores }) => trained(prune.customFromMask(m, 'weight', { mask: scores.gt(0) }), x),
  ],
  [
    "Every.apply(m, 'weight', step=5); trained(m, x)",
    (m, { x }) => {
      Every.apply(m, 'weight', 5);
      return trained(m, x);
    },
  ],
  [
    "prune.l1_unstructured(m, 'weight', 3); prune.random_structured(m, 'weight', 1, 1); prune.ln_structured(m, 'weight', 1, 1, 0); prune.random_unstructured(m, 'weight', 0.5); trained(m, x)",
    (m, { x }) => {
      prune.l1Unstructured(m, 'weight', 3);
      prune.randomStructured(m, 'weight', 1, 1);
      prune.lnStructured(m, 'weight', 1, 1, 0);
      prune.randomUnstructured(m, 'weight', 0.5);
      return trained(m, x);
    },
  ],
  [
    "prune.l1_unstructured(m, 'weight', 3); prune.custom_from_mask(m, 'weight', scores > 0); c = list(m._forward_pre_hooks.values())[0]; (len(c), [type(h).__name__ for h in c], type(c[-1]).__name__)",
    (m, { scores }) => {
      prune.l1Unstructured(m, 'weight', 3);
      const c = prune.CustomFromMask.apply(m, 'weight', scores.gt(0)) as InstanceType<typeof prune.PruningContainer>;
      return [c.length, [...c].map((method) => method.constructor.name), c.at(-1)?.constructor.name];
    },
  ],
  [
    "prune.l1_unstructured(m, 'weight', 3); m(x); trained(prune.remove(m, 'weight'), x)",
    (m, { x }) => {
      prune.l1Unstructured(m, 'weight', 3);
      m(x);
      return trained(prune.remove(m, 'weight'), x);
    },
  ],
  [
    "s = nn.Sequential(m, nn.Conv1d(3, 2, 2)); a = prune.is_pruned(s); prune.global_unstructured([(m, 'weight'), (s[1], 'weight'), (m, 'bias')], prune.L1Unstructured, amount=0.4); (a, prune.is_pruned(s), list(s.state_dict().items()))",
    (m) => {
      const s = new nn.Sequential(m, new nn.Conv1d(3, 2, 2));
      const before = prune.isPruned(s);
      prune.globalUnstructured(
        [
          [m, 'weight'],
          [s.at(1), 'weight'],
          [m, 'bias'],
        ],
        prune.L1Unstructured,
        { amount: 0.4 },
      );
      return [before, prune.isPruned(s), s.stateDict().items()];
    },
  ],
  [
    "prune.random_unstructured(m, 'weight', 2); prune.global_unstructured([(m, 'weight'), (m, 'bias')], pruning_method=prune.RandomUnstructured, importance_scores={(m, 'weight'): scores}, amount=6); list(m.state_dict().items())",
    (m, { scores }) => {
      prune.randomUnstructured(m, 'weight', 2);
      prune.globalUnstructured(
        [
          [m, 'weight'],
          [m, 'bias'],
        ],
        prune.RandomUnstructured,
        { importanceScores: new Map([[[m, 'weight'], scores]]), amount: 6 },
      );
      return m.stateDict().items();
    },
  ],
  [
    'prune.L1Unstructured(0.5).prune(x), prune.L1Unstructured(amount=2).prune(x, importance_scores=-x.abs()), prune.RandomUnstructured(3).prune(x, default_mask=(x > 0))',
    (_, { x }) => [
      new prune.L1Unstructured(0.5).prune(x),
      new prune.L1Unstructured({ amount: 2 }).prune(x, { importanceScores: x.abs().neg() }),
      new prune.RandomUnstructured(3).prune(x, { defaultMask: x.gt(0) }),
    ],
  ],
  [
    "prune.l1_unstructured(m, 'weight', 3); torch.optim.SGD(m.parameters(), lr=0.1); trained(m, x); [p.data.mul_(2) for p in m.parameters()]; trained(m, x)",
    (m, { x }) => {
      prune.l1Unstructured(m, 'weight', 3);
      trained(m, x);
      for (const p of m.parameters()) p.data.mul_(2);
      return trained(m, x);
    },
  ],
  ["prune.remove(m, 'weight')", (m) => prune.remove(m, 'weight')],
  ["prune.l1_unstructured(m, 'weight', 13)", (m) => prune.l1Unstructured(m, 'weight', 13)],
  [
    "try:\n    prune.l1_unstructured(m, 'weight', 13)\nexcept ValueError:\n    pass\nlist(m.state_dict().items())",
    (m) => {
      assert.throws(() => prune.l1Unstructured(m, 'weight', 13), torch.ValueError);
      return m.stateDict().items();
    },
  ],
  ["prune.l1_unstructured(m, 'weight', 1.5)", (m) => prune.l1Unstructured(m, 'weight', 1.5)],
  ["prune.l1_unstructured(m, 'weight', -1)", (m) => prune.l1Unstructured(m, 'weight', -1)],
  ["prune.l1_unstructured(m, 'weight', 'x')", (m) => prune.l1Unstructured(m, 'weight', 'x' as never)],
  ["prune.l1_unstructured(m, 'weight', 3, x)", (m, { x }) => prune.l1Unstructured(m, 'weight', 3, x)],
  ["prune.random_structured(m, 'bias', 1, 0)", (m) => prune.randomStructured(m, 'bias', 1, 0)],
  ["prune.random_structured(m, 'weight', 1, 2)", (m) => prune.randomStructured(m, 'weight', 1, 2)],
  ["prune.custom_from_mask(m, 'weight', x)", (m, { x }) => prune.customFromMask(m, 'weight', x)],
  [
    'prune.global_unstructured(3, prune.L1Unstructured)',
    () => prune.globalUnstructured(3 as never, prune.L1Unstructured),
  ],
  [
    "prune.global_unstructured([(m, 'weight')], prune.L1Unstructured, importance_scores=[], amount=1)",
    (m) =>
      prune.globalUnstructured([[m, 'weight']], prune.L1Unstructured, { importanceScores: [] as never, amount: 1 }),
  ],
  ['prune.PruningContainer().add_pruning_method(3)', () => new prune.PruningContainer().addPruningMethod(3 as never)],
  ["copy.deepcopy(prune.identity(m, 'weight'))", (m) => torch.deepcopy(prune.identity(m, 'weight'))],
  [
    "prune.l1_unstructured(m, 'weight', 4)\nwith torch.no_grad():\n    m(x)\nc = copy.deepcopy(m); prune.remove(m, 'weight'); (prune.is_pruned(m), trained(c, x), trained(prune.remove(c, 'weight'), x))",
    (m, { x }) => {
      prune.l1Unstructured(m, 'weight', 4);
      torch.noGrad(() => m(x));
      const c = torch.deepcopy(m);
      prune.remove(m, 'weight');
      return [prune.isPruned(m), trained(c, x), trained(prune.remove(c, 'weight'), x)];
    },
  ],
];

describe('nn.utils.prune', () => {
  const given = { x: input([5, 4]), scores: input([3, 4], { seed: 3 }) };
  for (const [python, body] of SAME) {
    it(python, () => parity(PYTHON + python, given, (same) => body(new nn.Linear(4, 3), same)));
  }
});
