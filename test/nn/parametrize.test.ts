/** `nn.utils.parametrize`: tensors of modules that are computed from others. */
import assert from 'node:assert/strict';
import * as torch from '../../lib';
import { input } from '../oracle/inputs';
import { parity } from '../oracle/oracle';

const { nn } = torch;
const P = nn.utils.parametrize;
type Tensor = torch.Tensor;

class Symmetric extends nn.Module {
  override forward(x: Tensor): Tensor {
    return x.triu().add(x.triu(1).mT);
  }

  rightInverse(x: Tensor): Tensor {
    return x.triu();
  }
}

/** Without a way back. */
class Doubled extends nn.Module {
  override forward(x: Tensor): Tensor {
    return x.mul(2);
  }
}

class RankOne extends nn.Module {
  override forward(x: Tensor, y: Tensor): Tensor {
    return x.unsqueeze(-1).matmul(y.unsqueeze(-2));
  }

  rightInverse(z: Tensor): [Tensor, Tensor] {
    return [z.sum(1), z.sum(0)];
  }
}

/** Does as it is told. */
class Made extends nn.Module {
  constructor(
    readonly of: (x: Tensor) => unknown,
    readonly back?: (x: Tensor) => unknown,
  ) {
    super();
    if (back !== undefined) (this as { rightInverse?: unknown }).rightInverse = back;
  }

  override forward(x: Tensor): Tensor {
    return this.of(x) as Tensor;
  }
}

const PYTHON = `
import copy
import torch.nn.utils.parametrize as P
class Symmetric(nn.Module):
    def forward(self, x):
        return x.triu() + x.triu(1).mT
    def right_inverse(self, x):
        return x.triu()
class Doubled(nn.Module):
    def forward(self, x):
        return x * 2
class RankOne(nn.Module):
    def forward(self, x, y):
        return x.unsqueeze(-1) @ y.unsqueeze(-2)
    def right_inverse(self, z):
        return z.sum(1), z.sum(0)
class Made(nn.Module):
    def __init__(self, of, back=None):
        super().__init__()
        self.of = of
        if back is not None:
            self.right_inverse = back
    def forward(self, x):
        return self.of(x)
m = nn.Linear(3, 3)
def trained(m, x):
    y = m(x); y.pow(2).sum().backward()
    return y.detach(), [(n, p.detach(), p.grad) for n, p in m.named_parameters()], repr(m), type(m).__name__, list(m.state_dict())
`;

type Linear = torch.nn.Linear & {
  parametrizations: torch.nn.ModuleDict<torch.nn.utils.parametrize.ParametrizationList>;
};

function trained(m: torch.nn.Linear, x: Tensor): unknown {
  const y = m(x);
  y.pow(2).sum().backward();
  const members = m.namedParameters().map(([name, p]) => [name, p.detach(), p.grad]);
  return [y.detach(), members, String(m), m.constructor.name, [...m.stateDict().keys()]];
}

const add = (m: torch.nn.Linear, name: string, parametrization: torch.nn.Module, unsafe = false) =>
  P.registerParametrization(m, name, parametrization as torch.nn.utils.parametrize.Parametrization, { unsafe });

const members = (m: torch.nn.Module) => m.stateDict().items();

const SAME: [python: string, body: (m: Linear, x: Tensor) => unknown][] = [
  [
    "P.register_parametrization(m, 'weight', Symmetric()); trained(m, x)",
    (m, x) => trained(add(m, 'weight', new Symmetric()), x),
  ],
  [
    "P.register_parametrization(m, 'weight', Symmetric()); P.register_parametrization(m, 'weight', Doubled()); P.register_parametrization(m, 'bias', Doubled()); trained(m, x)",
    (m, x) => {
      add(m, 'weight', new Symmetric());
      add(m, 'weight', new Doubled());
      return trained(add(m, 'bias', new Doubled()), x);
    },
  ],
  [
    "P.register_parametrization(m, 'weight', RankOne()); trained(m, x)",
    (m, x) => trained(add(m, 'weight', new RankOne()), x),
  ],
  [
    "m.register_buffer('b', x.clone()); P.register_parametrization(m, 'b', Doubled()); (m.b, list(m.state_dict()), [n for n, _ in m.named_buffers()])",
    (m, x) => {
      m.registerBuffer('b', x.clone());
      add(m, 'b', new Doubled());
      const { b } = m as unknown as { b: Tensor };
      return [b, [...m.stateDict().keys()], m.namedBuffers().map(([name]) => name)];
    },
  ],
  [
    "P.register_parametrization(m, 'weight', Symmetric()); m.weight = x[:3] * 3; (list(m.state_dict().items()), m.weight.detach())",
    (m, x) => {
      add(m, 'weight', new Symmetric());
      m.weight = x.at(':3').mul(3) as torch.nn.Parameter;
      return [members(m), m.weight.detach()];
    },
  ],
  [
    "P.register_parametrization(m, 'weight', RankOne()); m.weight = x[:3]; list(m.state_dict().items())",
    (m, x) => {
      add(m, 'weight', new RankOne());
      m.weight = x.at(':3') as torch.nn.Parameter;
      return members(m);
    },
  ],
  [
    "P.register_parametrization(m, 'weight', Symmetric()); P.remove_parametrizations(m, 'weight'); trained(m, x)",
    (m, x) => trained(P.removeParametrizations(add(m, 'weight', new Symmetric()), 'weight'), x),
  ],
  [
    "P.register_parametrization(m, 'weight', Doubled()); P.remove_parametrizations(m, 'weight', leave_parametrized=False); trained(m, x)",
    (m, x) =>
      trained(P.removeParametrizations(add(m, 'weight', new Doubled()), 'weight', { leaveParametrized: false }), x),
  ],
  [
    "P.register_parametrization(m, 'weight', RankOne()); P.register_parametrization(m, 'bias', Doubled()); P.remove_parametrizations(m, 'weight'); trained(m, x)",
    (m, x) => {
      add(m, 'weight', new RankOne());
      add(m, 'bias', new Doubled());
      return trained(P.removeParametrizations(m, 'weight'), x);
    },
  ],
  [
    "(P.is_parametrized(m), P.is_parametrized(m, 'weight'), P.is_parametrized(P.register_parametrization(m, 'weight', Doubled())), P.is_parametrized(m, 'bias'), P.is_parametrized(m, tensor_name='weight'), P.type_before_parametrizations(m).__name__ == 'Linear', isinstance(m, nn.Linear))",
    (m) => [
      P.isParametrized(m),
      P.isParametrized(m, 'weight'),
      P.isParametrized(add(m, 'weight', new Doubled())),
      P.isParametrized(m, 'bias'),
      P.isParametrized(m, { tensorName: 'weight' }),
      P.typeBeforeParametrizations(m).name === 'Linear',
      (m as unknown) instanceof nn.Linear,
    ],
  ],
  [
    "P.register_parametrization(m, 'weight', Symmetric()); c = copy.deepcopy(m); c.weight = x[:3]; (trained(c, x), m.weight.detach(), trained(m, x))",
    (m, x) => {
      const c = torch.deepcopy(add(m, 'weight', new Symmetric()));
      c.weight = x.at(':3') as torch.nn.Parameter;
      return [trained(c, x), m.weight.detach(), trained(m, x)];
    },
  ],
  [
    "P.register_parametrization(m, 'weight', RankOne()); n = nn.Linear(3, 3); P.transfer_parametrizations_and_params(m, n); (trained(n, x), n.parametrizations.weight.original0 is m.parametrizations.weight.original0)",
    (m, x) => {
      add(m, 'weight', new RankOne());
      const n = new nn.Linear(3, 3) as Linear;
      P.transferParametrizationsAndParams(m, n);
      const [of, from] = [n, m].map(({ parametrizations }) => parametrizations.get('weight').parameters()[0]);
      return [trained(n, x), of === from];
    },
  ],
  [
    "P.register_parametrization(m, 'weight', Doubled()); n = nn.Linear(3, 3); P.register_parametrization(n, 'weight', Doubled()); n.load_state_dict(m.state_dict()); repr(n.load_state_dict(nn.Linear(3, 3).state_dict()))",
    (m) => {
      add(m, 'weight', new Doubled());
      const n = add(new nn.Linear(3, 3), 'weight', new Doubled());
      n.loadStateDict(m.stateDict());
      return String(n.loadStateDict(new nn.Linear(3, 3).stateDict()));
    },
  ],
  [
    "P.register_parametrization(m, 'weight', Symmetric()); m.double(); m.eval(); (m.weight.dtype, m.parametrizations.weight[0].training, m.parametrizations['weight'].unsafe)",
    (m) => {
      add(m, 'weight', new Symmetric());
      m.double();
      m.eval();
      const list = m.parametrizations.get('weight');
      return [m.weight.dtype, list.at(0).training, list.unsafe];
    },
  ],
];

/** What goes wrong, in Python's words. */
const WRONG: [python: string, body: (m: Linear, x: Tensor) => unknown][] = [
  ["P.register_parametrization(m, 'nothing', Doubled())", (m) => add(m, 'nothing', new Doubled())],
  ["P.register_parametrization(m, 'weight', Made(lambda x: 3))", (m) => add(m, 'weight', new Made(() => 3))],
  [
    "P.register_parametrization(m, 'weight', Made(lambda x: x.double()))",
    (m) => add(m, 'weight', new Made((x) => x.double())),
  ],
  ["P.register_parametrization(m, 'weight', Made(lambda x: x[0]))", (m) => add(m, 'weight', new Made((x) => x.at(0)))],
  [
    "P.register_parametrization(m, 'weight', Made(lambda x: x, lambda x: 3))",
    (m) =>
      add(
        m,
        'weight',
        new Made(
          (x) => x,
          () => 3,
        ),
      ),
  ],
  [
    "P.register_parametrization(m, 'weight', Made(lambda x: x, lambda x: x.double()))",
    (m) =>
      add(
        m,
        'weight',
        new Made(
          (x) => x,
          (x) => x.double(),
        ),
      ),
  ],
  [
    "P.register_parametrization(m, 'weight', Made(lambda x: x, lambda x: [x, None]))",
    (m) =>
      add(
        m,
        'weight',
        new Made(
          (x) => x,
          (x) => [x, null],
        ),
      ),
  ],
  [
    "P.register_parametrization(m, 'weight', Doubled()); P.register_parametrization(m, 'weight', Made(lambda x: x.double()))",
    (m) => {
      add(m, 'weight', new Doubled());
      add(m, 'weight', new Made((x) => x.double()));
    },
  ],
  [
    "P.register_parametrization(m, 'weight', Doubled()); P.register_parametrization(m, 'weight', Made(lambda x: x, lambda x: x[0]))",
    (m) => {
      add(m, 'weight', new Doubled());
      add(
        m,
        'weight',
        new Made(
          (x) => x,
          (x) => x.at(0),
        ),
      );
    },
  ],
  [
    "P.register_parametrization(m, 'weight', Doubled()); m.weight = x",
    (m, x) => {
      add(m, 'weight', new Doubled()).weight = x as torch.nn.Parameter;
    },
  ],
  [
    "P.register_parametrization(m, 'weight', Symmetric()); m.weight = nn.Parameter(x)",
    (m, x) => {
      add(m, 'weight', new Symmetric()).weight = new nn.Parameter(x);
    },
  ],
  [
    "P.register_parametrization(m, 'weight', Symmetric()); m.weight = x.double()",
    (m, x) => {
      add(m, 'weight', new Symmetric()).weight = x.double() as torch.nn.Parameter;
    },
  ],
  ["P.remove_parametrizations(m, 'weight')", (m) => P.removeParametrizations(m, 'weight')],
  [
    "P.register_parametrization(m, 'weight', RankOne()); P.remove_parametrizations(m, 'weight', False)",
    (m) => P.removeParametrizations(add(m, 'weight', new RankOne()), 'weight', false),
  ],
  [
    "P.register_parametrization(m, 'weight', Doubled()); m.load_state_dict(nn.Linear(3, 3).state_dict())",
    (m) => add(m, 'weight', new Doubled()).loadStateDict(new nn.Linear(3, 3).stateDict()),
  ],
  ['P.ParametrizationList([], x)', (_, x) => new P.ParametrizationList([], x)],
];

describe('nn.utils.parametrize', () => {
  const x = input([4, 3]);
  for (const [python, body] of [...SAME, ...WRONG]) {
    it(python, () => parity(PYTHON + python, { x }, ({ x }) => body(new nn.Linear(3, 3) as Linear, x)));
  }

  it('takes unsafe parametrizations as they are', () =>
    parity(
      `${PYTHON}P.register_parametrization(m, 'weight', Made(lambda x: x[0].double()), unsafe=True).weight`,
      {},
      () => add(new nn.Linear(3, 3), 'weight', new Made((x) => x.at(0).double()), true).weight,
    ));

  it('computes a tensor once while cached', () => {
    let computed = 0;
    const count = new Made((x) => {
      computed++;
      return x.clone();
    });
    const m = add(new nn.Linear(3, 3), 'weight', count, true);
    computed = 0;
    P.cached(() => {
      assert.equal(m.weight, m.weight);
      using _ = P.cached();
      assert.equal(m.weight, m.weight);
    });
    assert.equal(computed, 1);
    assert.notEqual(m.weight, m.weight);
    assert.equal(computed, 3);
  });

  it('leaves a module alone when the parametrizations of its copy are removed', () => {
    const m = add(new nn.Linear(3, 3), 'weight', new Symmetric());
    P.removeParametrizations(torch.deepcopy(m), 'weight');
    assert.equal(m.weight.equal(m.weight.mT), true);
  });
});
