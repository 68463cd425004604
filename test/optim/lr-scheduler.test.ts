/** Every scheduler: learning rates and momenta over 200 steps, and states, are PyTorch's, digit for digit. */
import assert from 'node:assert/strict';
import * as torch from '../../lib';
import { evaluate, parity } from '../oracle/oracle';

const { nn, optim } = torch;
const L = optim.lrScheduler;

type Optimizer = torch.optim.Optimizer;
// biome-ignore lint/suspicious/noExplicitAny: each scheduler has its own arguments
type Scheduler = any;
type Lr = number | torch.Tensor;

/** Python's scheduler of the optimizer `o`, and ours. */
type Row = [python: string, make: (o: Optimizer) => Scheduler];

const ROWS: Row[] = [
  ['L.LambdaLR(o, lambda e: 0.95 ** e)', (o) => new L.LambdaLR(o, (e) => power(0.95, e))],
  ['L.LambdaLR(o, [lambda e: e / 7, lambda e: 1.5])', (o) => new L.LambdaLR(o, [(e) => e / 7, () => 1.5])],
  ['L.MultiplicativeLR(o, lambda e: 0.97)', (o) => new L.MultiplicativeLR(o, () => 0.97)],
  ['L.StepLR(o, 30)', (o) => new L.StepLR(o, 30)],
  ['L.StepLR(o, step_size=7, gamma=0.7)', (o) => new L.StepLR(o, { stepSize: 7, gamma: 0.7 })],
  ['L.MultiStepLR(o, [30, 80, 80, 150], 0.3)', (o) => new L.MultiStepLR(o, [30, 80, 80, 150], 0.3)],
  ['L.ConstantLR(o)', (o) => new L.ConstantLR(o)],
  ['L.ConstantLR(o, factor=0.7, total_iters=40)', (o) => new L.ConstantLR(o, { factor: 0.7, totalIters: 40 })],
  ['L.LinearLR(o)', (o) => new L.LinearLR(o)],
  ['L.LinearLR(o, 0.1, 0.9, total_iters=110)', (o) => new L.LinearLR(o, 0.1, 0.9, { totalIters: 110 })],
  ['L.ExponentialLR(o, 0.99)', (o) => new L.ExponentialLR(o, 0.99)],
  ['L.PolynomialLR(o)', (o) => new L.PolynomialLR(o)],
  ['L.PolynomialLR(o, total_iters=150, power=0.9)', (o) => new L.PolynomialLR(o, { totalIters: 150, power: 0.9 })],
  ['L.CosineAnnealingLR(o, T_max=37)', (o) => new L.CosineAnnealingLR(o, { TMax: 37 })],
  ['L.CosineAnnealingLR(o, 200, 1e-3)', (o) => new L.CosineAnnealingLR(o, 200, 1e-3)],
  ['L.CosineAnnealingWarmRestarts(o, 11)', (o) => new L.CosineAnnealingWarmRestarts(o, 11)],
  [
    'L.CosineAnnealingWarmRestarts(o, T_0=5, T_mult=2, eta_min=1e-4)',
    (o) => new L.CosineAnnealingWarmRestarts(o, { T0: 5, TMult: 2, etaMin: 1e-4 }),
  ],
  ['L.CyclicLR(o, 0.01, 0.1, step_size_up=13)', (o) => new L.CyclicLR(o, 0.01, 0.1, { stepSizeUp: 13 })],
  [
    "L.CyclicLR(o, [0.01, 0.02], [0.1, 0.3], 10, 21, 'triangular2')",
    (o) => new L.CyclicLR(o, [0.01, 0.02], [0.1, 0.3], 10, 21, 'triangular2'),
  ],
  [
    "L.CyclicLR(o, 0.01, 0.1, 9, mode='exp_range', gamma=0.99, cycle_momentum=False)",
    (o) => new L.CyclicLR(o, 0.01, 0.1, 9, { mode: 'exp_range', gamma: 0.99, cycleMomentum: false }),
  ],
  [
    "L.CyclicLR(o, 0.01, 0.1, 9, scale_fn=lambda x: 1 / x, scale_mode='cycle', base_momentum=[0.7, 0.75])",
    (o) => new L.CyclicLR(o, 0.01, 0.1, 9, { scaleFn: (x) => 1 / x, scaleMode: 'cycle', baseMomentum: [0.7, 0.75] }),
  ],
  ['L.OneCycleLR(o, 0.3, total_steps=200)', (o) => new L.OneCycleLR(o, 0.3, { totalSteps: 200 })],
  [
    "L.OneCycleLR(o, [0.3, 0.2], epochs=20, steps_per_epoch=11, anneal_strategy='linear', three_phase=True)",
    (o) =>
      new L.OneCycleLR(o, [0.3, 0.2], { epochs: 20, stepsPerEpoch: 11, annealStrategy: 'linear', threePhase: true }),
  ],
  ['L.ReduceLROnPlateau(o)', (o) => new L.ReduceLROnPlateau(o)],
  [
    "L.ReduceLROnPlateau(o, 'max', 0.7, 3, threshold=0.05, threshold_mode='abs', cooldown=2, min_lr=[1e-3, 1e-2])",
    (o) =>
      new L.ReduceLROnPlateau(o, 'max', 0.7, 3, {
        threshold: 0.05,
        thresholdMode: 'abs',
        cooldown: 2,
        minLr: [1e-3, 1e-2],
      }),
  ],
  [
    'L.SequentialLR(o, [L.ConstantLR(o, 0.1, 20), L.ExponentialLR(o, 0.98), L.CosineAnnealingLR(o, 60)], milestones=[20, 90])',
    (o) =>
      new L.SequentialLR(
        o,
        [new L.ConstantLR(o, 0.1, 20), new L.ExponentialLR(o, 0.98), new L.CosineAnnealingLR(o, 60)],
        {
          milestones: [20, 90],
        },
      ),
  ],
  [
    'L.ChainedScheduler([L.ConstantLR(o, 0.1, 20), L.ExponentialLR(o, 0.98)])',
    (o) => new L.ChainedScheduler([new L.ConstantLR(o, 0.1, 20), new L.ExponentialLR(o, 0.98)]),
  ],
];

/** Python's power of a whole exponent, by the operator that the library itself takes. */
function power(base: number, exponent: number): number {
  return torch.pow(base, torch.full([], exponent, { dtype: torch.float64 })).item();
}

const PYTHON = `
import copy
L = optim.lr_scheduler
def make_optimizer(lr):
    w = [nn.Parameter(torch.zeros(1)), nn.Parameter(torch.zeros(1))]
    return optim.SGD([{'params': w[0]}, {'params': w[1], 'lr': lr / 10}], lr=lr, momentum=0.9)
def steps(o, s, first, last):
    seen = []
    for i in range(first, last):
        o.step()
        s.step((i % 17) / (i + 1)) if isinstance(s, L.ReduceLROnPlateau) else s.step()
        seen.append([v.clone() if isinstance(v, torch.Tensor) else v for g in o.param_groups for v in (g['lr'], g['momentum'])])
    return seen
`;

function makeOptimizer(lr: Lr): Optimizer {
  const w = [0, 1].map(() => new nn.Parameter(torch.zeros(1)));
  const other = lr instanceof torch.Tensor ? lr.div(10) : lr / 10;
  const given = lr instanceof torch.Tensor ? lr.clone() : lr;
  return new optim.SGD([{ params: w[0] as torch.Tensor }, { params: w[1] as torch.Tensor, lr: other }], {
    lr: given,
    momentum: 0.9,
  }) as unknown as Optimizer;
}

function steps(o: Optimizer, s: Scheduler, first: number, last: number): unknown[] {
  const seen: unknown[] = [];
  for (let i = first; i < last; i++) {
    (o as { step(): void }).step();
    if (s instanceof L.ReduceLROnPlateau) s.step((i % 17) / (i + 1));
    else s.step();
    const values = o.paramGroups.flatMap((group) => [group.lr, group.momentum]);
    seen.push(values.map((value) => (value instanceof torch.Tensor ? value.clone() : value)));
  }
  return seen;
}

describe('lr_scheduler', () => {
  it('has a row for every class', () => {
    const functions = Object.entries(L).filter(([, value]) => typeof value === 'function');
    const classes = functions.map(([name]) => name).filter((name) => name !== 'LRScheduler');
    const tested = ROWS.map(([python]) => /^L\.(\w+)/.exec(python)?.[1]);
    assert.deepEqual([...new Set(tested)].sort(), classes.sort());
  });

  for (const [python, make] of ROWS) {
    it(python, async () => {
      const code = `${PYTHON}
o = make_optimizer(0.5)
s = ${python}
(steps(o, s, 0, 200), s.state_dict(), s.get_last_lr(), o.state_dict()['param_groups'])
`;
      const body = () => {
        const o = makeOptimizer(0.5);
        const s = make(o);
        return [steps(o, s, 0, 200), s.stateDict(), s.getLastLr(), o.stateDict().param_groups];
      };
      await parity(code, {}, body, { exact: true });
    });

    it(`${python}: goes on from PyTorch's state, and the reverse`, async () => {
      const begin = `${PYTHON}
o = make_optimizer(0.5)
s = ${python}
steps(o, s, 0, 70)
[o.state_dict(), s.state_dict()]
`;
      const goOn = `${PYTHON}
o = make_optimizer(0.5)
s = ${python}
o.load_state_dict(states[0])
s.load_state_dict(states[1])
(steps(o, s, 70, 150), s.state_dict())
`;
      const states = await evaluate<[torch.optim.OptimizerStateDict, Record<string, unknown>]>(begin);
      const resume = ([optimizerState, schedulerState]: typeof states) => {
        const o = makeOptimizer(0.5);
        const s = make(o);
        o.loadStateDict(optimizerState);
        s.loadStateDict(schedulerState);
        return [steps(o, s, 70, 150), s.stateDict()];
      };
      await parity(goOn, { states }, () => resume(states), { exact: true });
      const o = makeOptimizer(0.5);
      const s = make(o);
      steps(o, s, 0, 70);
      const own: typeof states = [o.stateDict(), s.stateDict()];
      await parity(goOn, { states: own }, () => resume(own), { exact: true });
    });
  }

  const CHAINABLE = ROWS.filter(([python]) => !/Plateau|Cyclic|OneCycle/.test(python));
  for (const [python, make] of CHAINABLE) {
    it(`${python} of a tensor`, () =>
      parity(
        `${PYTHON}
o = make_optimizer(torch.tensor(0.5))
s = ${python}
steps(o, s, 0, 50)
`,
        {},
        () => {
          const o = makeOptimizer(torch.tensor(0.5));
          return steps(o, make(o), 0, 50);
        },
        { exact: true },
      ));
  }

  const CLOSED = ROWS.filter(([python]) => !/Plateau|Sequential|Chained/.test(python));
  for (const [python, make] of CLOSED) {
    it(`${python} by epochs, in closed form where there is one`, () =>
      parity(
        `${PYTHON}
o = make_optimizer(0.5)
s = ${python}
o.step()
seen = []
for e in [3, 4, 40, 41, 7, 0, 199]:
    s.step(e)
    seen.append([g['lr'] for g in o.param_groups])
seen
`,
        {},
        () => {
          const o = makeOptimizer(0.5);
          const s = make(o);
          (o as { step(): void }).step();
          return [3, 4, 40, 41, 7, 0, 199].map((epoch) => {
            s.step(epoch);
            return o.paramGroups.map((group) => group.lr);
          });
        },
        { exact: true },
      ));
  }

  const ERRORS: Row[] = [
    ['L.StepLR(3, 1)', () => new L.StepLR(3 as never, 1)],
    ['L.StepLR(o)', (o) => new (L.StepLR as Scheduler)(o)],
    ['L.StepLR(o, 3, last_epoch=4)', (o) => new L.StepLR(o, 3, { lastEpoch: 4 })],
    ['L.LambdaLR(o, [lambda e: 1])', (o) => new L.LambdaLR(o, [() => 1])],
    ['L.MultiplicativeLR(o, 3)', (o) => new L.MultiplicativeLR(o, 3 as never)],
    ['L.ConstantLR(o, 1.5)', (o) => new L.ConstantLR(o, 1.5)],
    ['L.LinearLR(o, 0)', (o) => new L.LinearLR(o, 0)],
    ['L.LinearLR(o, 0.5, 1.5)', (o) => new L.LinearLR(o, 0.5, 1.5)],
    ['L.CosineAnnealingWarmRestarts(o, 0)', (o) => new L.CosineAnnealingWarmRestarts(o, 0)],
    ['L.CosineAnnealingWarmRestarts(o, 3, 1.5)', (o) => new L.CosineAnnealingWarmRestarts(o, 3, 1.5)],
    ['L.CosineAnnealingWarmRestarts(o, 3).step(-2)', (o) => new L.CosineAnnealingWarmRestarts(o, 3).step(-2)],
    ['L.CyclicLR(o, [0.1], 0.2)', (o) => new L.CyclicLR(o, [0.1], 0.2)],
    ["L.CyclicLR(o, 0.1, 0.2, mode='up')", (o) => new L.CyclicLR(o, 0.1, 0.2, { mode: 'up' as never })],
    [
      'L.CyclicLR(optim.Adagrad([nn.Parameter(torch.ones(1))]), 0.1, 0.2)',
      () => new L.CyclicLR(new optim.Adagrad([new nn.Parameter(torch.ones(1))]), 0.1, 0.2),
    ],
    ['L.OneCycleLR(o, 0.1)', (o) => new L.OneCycleLR(o, 0.1)],
    ['L.OneCycleLR(o, 0.1, total_steps=0)', (o) => new L.OneCycleLR(o, 0.1, { totalSteps: 0 })],
    [
      "L.OneCycleLR(o, 0.1, total_steps=5, anneal_strategy='up')",
      (o) => new L.OneCycleLR(o, 0.1, { totalSteps: 5, annealStrategy: 'up' as never }),
    ],
    [
      's = L.OneCycleLR(o, 0.1, total_steps=2); [s.step() for _ in range(3)]',
      (o) => {
        const s = new L.OneCycleLR(o, 0.1, { totalSteps: 2 });
        for (let i = 0; i < 3; i++) s.step();
      },
    ],
    ['L.ReduceLROnPlateau(o, factor=1.5)', (o) => new L.ReduceLROnPlateau(o, { factor: 1.5 })],
    ["L.ReduceLROnPlateau(o, 'mid')", (o) => new L.ReduceLROnPlateau(o, 'mid' as never)],
    ['L.ReduceLROnPlateau(o, min_lr=[1])', (o) => new L.ReduceLROnPlateau(o, { minLr: [1] })],
    ['L.SequentialLR(o, [], [])', (o) => new L.SequentialLR(o, [], [])],
    ['L.SequentialLR(o, [L.ConstantLR(o)], [3])', (o) => new L.SequentialLR(o, [new L.ConstantLR(o)], [3])],
    [
      'L.SequentialLR(o, [L.ConstantLR(make_optimizer(1))], [])',
      (o) => new L.SequentialLR(o, [new L.ConstantLR(makeOptimizer(1))], []),
    ],
    ['L.ChainedScheduler([])', () => new L.ChainedScheduler([])],
    ['L.ChainedScheduler([L.ReduceLROnPlateau(o)])', (o) => new L.ChainedScheduler([new L.ReduceLROnPlateau(o)])],
    ['L.LRScheduler(o)', (o) => new L.LRScheduler(o)],
  ];

  for (const [python, make] of ERRORS) {
    it(`throws: ${python}`, () =>
      parity(`${PYTHON}\no = make_optimizer(0.5)\n${python}`, {}, () => make(makeOptimizer(0.5))));
  }

  it("runs a scheduler of one's own, whose constructor makes the first step", () => {
    class Halving extends L.LRScheduler {
      override getLr() {
        return this.baseLrs.map((lr) => (lr as number) / 2 ** this.lastEpoch);
      }
    }
    const o = makeOptimizer(1);
    const s = new Halving(o);
    (o as { step(): void }).step();
    s.step();
    assert.deepEqual(s.getLastLr(), [0.5, 0.05]);
  });

  it('warns as PyTorch does', async () => {
    const warnings: string[] = [];
    const note = (warning: Error) => warnings.push(warning.message);
    process.on('warning', note);
    const o = makeOptimizer(1);
    const s = new L.StepLR(o, 3);
    s.step();
    s.getLr();
    s.step(5);
    const other = makeOptimizer(1);
    const late = new L.StepLR(other, 3);
    other.step = (() => null) as never;
    late.step();
    await new Promise((resolve) => setImmediate(resolve));
    process.off('warning', note);
    const code = `
import warnings
L = optim.lr_scheduler
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter('always')
    def make(): return optim.SGD([nn.Parameter(torch.ones(1))], lr=1)
    o = make(); s = L.StepLR(o, 3); s.step(); s.get_lr(); s.step(5)
    other = make(); late = L.StepLR(other, 3); other.step = lambda: None; late.step()
[str(w.message) for w in caught]
`;
    assert.deepEqual(warnings, await evaluate(code));
  });
});
