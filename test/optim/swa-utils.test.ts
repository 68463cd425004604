/** Averaged models, their averages, batch statistics and scheduler are PyTorch's, digit for digit. */
import assert from 'node:assert/strict';
import * as torch from '../../lib';
import { input } from '../oracle/inputs';
import { parity } from '../oracle/oracle';

const { nn, optim } = torch;
const S = optim.swaUtils;

const inputs = { x: input([8, 3]), t: input([8, 2], { seed: 2 }) };

const PYTHON = `
S = optim.swa_utils
def make(): return nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.Tanh(), nn.Linear(4, 2))
def train(average, steps=7):
    m = make()
    a = average(m)
    o = optim.SGD(m.parameters(), lr=0.1)
    for i in range(steps):
        o.zero_grad()
        ((m(x) - t) ** 2).mean().backward()
        o.step()
        if i > 1: a.update_parameters(m)
    return m, a
`;

const make = () => new nn.Sequential(new nn.Linear(3, 4), new nn.BatchNorm1d(4), new nn.Tanh(), new nn.Linear(4, 2));

type Averaged = InstanceType<typeof S.AveragedModel>;

function train(average: (m: torch.nn.Sequential) => Averaged, { x, t }: typeof inputs, steps = 7) {
  const m = make();
  const a = average(m);
  const o = new optim.SGD(m.parameters(), { lr: 0.1 });
  for (let i = 0; i < steps; i++) {
    o.zeroGrad();
    m(x).sub(t).pow(2).mean().backward();
    o.step();
    if (i > 1) a.updateParameters(m);
  }
  return [m, a] as const;
}

const AVERAGES: [python: string, average: (m: torch.nn.Sequential) => Averaged][] = [
  ['S.AveragedModel(m)', (m) => new S.AveragedModel(m)],
  ['S.AveragedModel(m, use_buffers=True)', (m) => new S.AveragedModel(m, { useBuffers: true })],
  ['S.AveragedModel(m, avg_fn=S.get_ema_avg_fn(0.9))', (m) => new S.AveragedModel(m, { avgFn: S.getEmaAvgFn(0.9) })],
  ['S.AveragedModel(m, avg_fn=S.get_swa_avg_fn())', (m) => new S.AveragedModel(m, { avgFn: S.getSwaAvgFn() })],
  [
    'S.AveragedModel(m, multi_avg_fn=S.get_ema_multi_avg_fn(), use_buffers=True)',
    (m) => new S.AveragedModel(m, { multiAvgFn: S.getEmaMultiAvgFn(), useBuffers: true }),
  ],
  [
    'S.AveragedModel(m, multi_avg_fn=S.get_swa_multi_avg_fn())',
    (m) => new S.AveragedModel(m, { multiAvgFn: S.getSwaMultiAvgFn() }),
  ],
  [
    "S.AveragedModel(m, 'cpu', lambda a, p, n: a * 0.5 + p * 0.5)",
    (m) => new S.AveragedModel(m, 'cpu', (a: torch.Tensor, p: torch.Tensor) => a.mul(0.5).add(p.mul(0.5))),
  ],
];

const ERRORS: [python: string, body: () => unknown][] = [
  [
    'S.AveragedModel(make(), avg_fn=S.get_swa_avg_fn(), multi_avg_fn=S.get_swa_multi_avg_fn())',
    () => new S.AveragedModel(make(), { avgFn: S.getSwaAvgFn(), multiAvgFn: S.getSwaMultiAvgFn() }),
  ],
  ['S.get_ema_avg_fn(1.5)', () => S.getEmaAvgFn(1.5)],
  ['S.get_ema_multi_avg_fn(-0.5)', () => S.getEmaMultiAvgFn(-0.5)],
  [
    "S.SWALR(optim.SGD(make().parameters()), 0.1, anneal_strategy='up')",
    () => new S.SWALR(new optim.SGD(make().parameters()), 0.1, { annealStrategy: 'up' as never }),
  ],
  [
    'S.SWALR(optim.SGD(make().parameters()), 0.1, anneal_epochs=-1)',
    () => new S.SWALR(new optim.SGD(make().parameters()), 0.1, { annealEpochs: -1 }),
  ],
];

describe('swa_utils', () => {
  for (const [python, average] of AVERAGES) {
    it(python, () =>
      parity(
        `${PYTHON}m, a = train(lambda m: ${python})\n(dict(a.state_dict()), a.eval()(x).detach(), dict(m.state_dict()))`,
        inputs,
        (given) => {
          const [m, a] = train(average, given);
          return [new Map(a.stateDict()), a.eval()(given.x).detach(), new Map(m.stateDict())];
        },
      ),
    );
  }

  it('makes the statistics of batch normalizations anew', () =>
    parity(
      `${PYTHON}
m, a = train(lambda m: S.AveragedModel(m))
a.eval()
S.update_bn([(x, t), x[:4]], a)
(dict(a.state_dict()), a.training, a.module[1].momentum)
`,
      inputs,
      (given) => {
        const [, a] = train((m) => new S.AveragedModel(m), given);
        a.eval();
        S.updateBn([[given.x, given.t], given.x.at(':4')], a);
        return [
          new Map(a.stateDict()),
          a.training,
          ((a.module as torch.nn.Sequential)[1] as torch.nn.BatchNorm1d).momentum,
        ];
      },
    ));

  for (const options of [{}, { annealEpochs: 0 }, { annealEpochs: 5, annealStrategy: 'linear' as const }]) {
    const { annealEpochs = 10, annealStrategy = 'cos' } = options;
    it(`SWALR with ${JSON.stringify(options)}`, () =>
      parity(
        `
o = optim.SGD([nn.Parameter(torch.ones(1))], lr=0.5)
before = optim.lr_scheduler.ExponentialLR(o, 0.9)
s = optim.swa_utils.SWALR(o, 0.05, ${annealEpochs}, '${annealStrategy}')
seen = []
for i in range(40):
    o.step()
    if i > 10: s.step()
    else: before.step()
    seen.append(o.param_groups[0]['lr'])
(seen, s.state_dict())
`,
        {},
        () => {
          const o = new optim.SGD([new nn.Parameter(torch.ones(1))], { lr: 0.5 });
          const before = new optim.lrScheduler.ExponentialLR(o, 0.9);
          const s = new S.SWALR(o, 0.05, options);
          const seen: unknown[] = [];
          for (let i = 0; i < 40; i++) {
            o.step();
            if (i > 10) s.step();
            else before.step();
            seen.push(o.paramGroups[0]?.lr);
          }
          return [seen, s.stateDict()];
        },
        { exact: true },
      ));
  }

  for (const [python, body] of ERRORS) it(`throws: ${python}`, () => parity(PYTHON + python, {}, body));

  it('leaves the model that it averages alone', () => {
    const model = new nn.Linear(2, 2);
    const averaged = new S.AveragedModel(model);
    torch.noGrad(() => model.weight.fill_(1));
    averaged.updateParameters(model);
    torch.noGrad(() => model.weight.fill_(3));
    averaged.updateParameters(model);
    assert.deepEqual(averaged.parameters()[0]?.tolist(), [
      [2, 2],
      [2, 2],
    ]);
    assert.deepEqual(model.weight.tolist(), [
      [3, 3],
      [3, 3],
    ]);
  });
});
