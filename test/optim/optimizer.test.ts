/** Parameter groups, texts and errors of optimizers. */
import assert from 'node:assert/strict';
import * as torch from '../../lib';
import { parity } from '../oracle/oracle';

const { nn, optim } = torch;

// biome-ignore lint/suspicious/noExplicitAny: the calls are wrong on purpose
type Loose = any;

const PYTHON = 'm = nn.Sequential(nn.Linear(2, 3), nn.Linear(3, 1))\na, b = m\nw = a.weight\n';

interface Given {
  m: Loose;
  a: torch.nn.Linear;
  b: torch.nn.Linear;
  w: torch.nn.Parameter;
}

const SGD = optim.SGD as Loose;

const SAME: [python: string, body: (given: Given) => unknown][] = [
  ['optim.SGD([])', () => new SGD([])],
  [
    'optim.SGD([p for p in m.parameters() if p.ndim > 7], lr=0.1)',
    ({ m }) =>
      new SGD(
        m.parameters().filter((p: Loose) => p.ndim > 7),
        { lr: 0.1 },
      ),
  ],
  ['optim.SGD()', () => new SGD()],
  ['optim.SGD(w)', ({ w }) => new SGD(w)],
  ["optim.SGD(['a'])", () => new SGD(['a'])],
  ['optim.SGD([3])', () => new SGD([3])],
  ['optim.SGD([w * 2])', ({ w }) => new SGD([w.mul(2)])],
  ['optim.SGD(m.parameters(), lr=-0.5)', ({ m }) => new SGD(m.parameters(), { lr: -0.5 })],
  ['optim.SGD(m.parameters(), momentum=-0.5)', ({ m }) => new SGD(m.parameters(), { momentum: -0.5 })],
  ['optim.SGD(m.parameters(), weight_decay=-0.5)', ({ m }) => new SGD(m.parameters(), { weightDecay: -0.5 })],
  ['optim.SGD(m.parameters(), lr=torch.ones(2))', ({ m }) => new SGD(m.parameters(), { lr: torch.ones(2) })],
  ['optim.SGD(m.parameters(), nesterov=True)', ({ m }) => new SGD(m.parameters(), { nesterov: true })],
  [
    'optim.SGD(m.parameters(), momentum=0.9, dampening=0.5, nesterov=True)',
    ({ m }) => new SGD(m.parameters(), { momentum: 0.9, dampening: 0.5, nesterov: true }),
  ],
  ['optim.SGD(m.parameters(), weight_decai=0.1)', ({ m }) => new SGD(m.parameters(), { weightDecai: 0.1 })],
  ['optim.SGD(m.parameters(), 0.1, lr=0.2)', ({ m }) => new SGD(m.parameters(), 0.1, { lr: 0.2 })],
  [
    'optim.SGD(m.parameters(), 0.1, 0, 0, 0, False, True)',
    ({ m }) => new SGD(m.parameters(), 0.1, 0, 0, 0, false, true),
  ],
  [
    'optim.SGD(m.parameters(), fused=True, foreach=True)',
    ({ m }) => new SGD(m.parameters(), { fused: true, foreach: true }),
  ],
  [
    'optim.SGD(m.parameters(), fused=True, differentiable=True)',
    ({ m }) => new SGD(m.parameters(), { fused: true, differentiable: true }),
  ],
  [
    'p = torch.ones(2, dtype=torch.complex64, requires_grad=True); p.grad = p.detach(); optim.SGD([p], fused=True).step()',
    () => {
      const p = torch.ones(2, { dtype: torch.complex64, requiresGrad: true });
      p.grad = p.detach();
      new SGD([p], { fused: true }).step();
    },
  ],
  ["optim.SGD([{'params': [w]}, {'params': [w]}])", ({ w }) => new SGD([{ params: [w] }, { params: [w] }])],
  ["optim.SGD([('w', w), a.bias])", ({ w, a }) => new SGD([['w', w], a.bias])],
  [
    "optim.SGD(a.named_parameters()).add_param_group({'params': b.parameters()})",
    ({ a, b }) => new SGD(a.namedParameters()).addParamGroup({ params: b.parameters() }),
  ],
  ['optim.SGD([w]).add_param_group([w])', ({ w }) => new SGD([w]).addParamGroup([w])],
  ['optim.Optimizer([w], {}).step()', ({ w }) => new optim.Optimizer([w], {}).step()],
  [
    "from torch.optim.optimizer import required\noptim.Optimizer([w], {'weight_decay': required})",
    ({ w }) => new optim.Optimizer([w], { weightDecay: optim.required }),
  ],
  [
    "repr(optim.SGD([{'params': a.parameters()}, {'params': b.parameters(), 'lr': 0.5, 'name': 'head'}], lr=0.1, momentum=0.9))",
    ({ a, b }) =>
      String(
        new SGD([{ params: a.parameters() }, { params: b.parameters(), lr: 0.5, name: 'head' }], {
          lr: 0.1,
          momentum: 0.9,
        }),
      ),
  ],
  ['repr(optim.SGD(m.named_parameters(), lr=1e-05))', ({ m }) => String(new SGD(m.namedParameters(), { lr: 1e-5 }))],
  [
    "optim.SGD([{'params': w}, {'params': b.parameters(), 'lr': 0.5}], lr=0.1).state_dict()",
    ({ w, b }) => new SGD([{ params: w }, { params: b.parameters(), lr: 0.5 }], { lr: 0.1 }).stateDict(),
  ],
  [
    'optim.SGD(m.named_parameters(), lr=0.1).state_dict()',
    ({ m }) => new SGD(m.namedParameters(), { lr: 0.1 }).stateDict(),
  ],
  [
    "o = optim.SGD([w], lr=0.1); o.add_param_group({'params': b.parameters(), 'momentum': 0.5}); o.state_dict()",
    ({ w, b }) => {
      const o = new SGD([w], { lr: 0.1 });
      o.addParamGroup({ params: b.parameters(), momentum: 0.5 });
      return o.stateDict();
    },
  ],
  [
    "optim.SGD([w]).load_state_dict(optim.SGD([{'params': [w]}, {'params': b.parameters()}]).state_dict())",
    ({ w, b }) => new SGD([w]).loadStateDict(new SGD([{ params: [w] }, { params: b.parameters() }]).stateDict()),
  ],
  [
    'optim.SGD([w]).load_state_dict(optim.SGD(b.parameters()).state_dict())',
    ({ w, b }) => new SGD([w]).loadStateDict(new SGD(b.parameters()).stateDict()),
  ],
  [
    "o = optim.SGD([w]); o.load_state_dict({'state': {0: {'momentum_buffer': torch.ones(3, 2, dtype=torch.float64)}}, 'param_groups': [{'params': [0], 'lr': 0.1, 'momentum': 0.9}]}); (o.state_dict(), repr(o))",
    ({ w }) => {
      const o = new SGD([w]);
      const buffer = torch.ones(3, 2, { dtype: torch.float64 });
      o.loadStateDict({
        state: new Map([[0, { momentum_buffer: buffer }]]),
        param_groups: [{ params: [0], lr: 0.1, momentum: 0.9 }],
      });
      return [o.stateDict(), String(o)];
    },
  ],
];

describe('optimizers', () => {
  for (const [python, body] of SAME) {
    it(python, () =>
      parity(PYTHON + python, {}, () => {
        const [a, b] = [new nn.Linear(2, 3), new nn.Linear(3, 1)];
        return body({ m: new nn.Sequential(a, b), a, b, w: a.weight });
      }),
    );
  }

  it('an unknown option names the valid ones', () => {
    const { weight } = new nn.Linear(1, 1);
    assert.throws(
      () => new SGD([weight], { weightdecay: 1 }),
      /Valid names: params, lr, momentum, dampening, weightDecay/,
    );
  });

  it('zeroGrad drops gradients, or fills them with zeros', () => {
    const { weight } = new nn.Linear(2, 2);
    const o = new optim.SGD([weight]);
    weight.sum().backward();
    o.zeroGrad(false);
    assert.equal(weight.grad?.sum().item(), 0);
    o.zeroGrad();
    assert.equal(weight.grad, null);
  });
});

describe('hooks of optimizers', () => {
  const make = () => {
    const w = new nn.Parameter(torch.ones(2));
    w.grad = torch.ones(2);
    return { w, o: new optim.SGD([w], { lr: 0.5 }) };
  };

  it('run around steps, those of all optimizers first and last', () => {
    const { o } = make();
    const seen: unknown[] = [];
    const handles = [
      optim.registerOptimizerStepPreHook((_, args) => {
        seen.push('all before', args.length);
      }),
      optim.registerOptimizerStepPostHook(() => seen.push('all after')),
      o.registerStepPreHook((optimizer, args) => {
        seen.push('before', optimizer === o, args[0] === o);
      }),
      o.registerStepPostHook(() => seen.push('after')),
    ];
    o.step();
    assert.deepEqual(seen, ['all before', 1, 'before', true, true, 'after', 'all after']);
    for (const handle of handles) handle.remove();
    o.step();
    assert.equal(seen.length, 7);
  });

  it('may give a step another closure', () => {
    const { o } = make();
    o.registerStepPreHook((optimizer) => [[optimizer, () => 'other'], {}]);
    assert.equal(
      o.step(() => 'own'),
      'other',
    );
    const { o: wrong } = make();
    wrong.registerStepPreHook(() => 3);
    assert.throws(() => wrong.step(), /must return None or a tuple of \(new_args, new_kwargs\), but got 3/);
  });

  it('run around state dictionaries, and may change them', () => {
    const { o } = make();
    const seen: string[] = [];
    o.registerStateDictPreHook(() => seen.push('second'));
    o.registerStateDictPreHook(() => seen.push('first'), { prepend: true });
    o.registerStateDictPostHook((_, state) => ({ ...state, param_groups: [{ ...state.param_groups[0], lr: 7 }] }));
    const state = o.stateDict();
    assert.deepEqual(seen, ['first', 'second']);
    assert.equal(state.param_groups[0]?.lr, 7);
    o.registerLoadStateDictPreHook((_, given) => {
      (given.param_groups[0] as torch.optim.PackedGroup).lr = 9;
    });
    o.registerLoadStateDictPostHook((optimizer) => seen.push(String(optimizer.paramGroups[0]?.lr)));
    o.loadStateDict(state);
    assert.equal(seen.at(-1), '9');
  });
});
