/** `Module`: registration, traversal, conversion, text and errors as in Python. */
import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import * as torch from '../../lib';
import { evaluate, parity } from '../oracle/oracle';

const { nn } = torch;

class Net extends nn.Module {
  second!: torch.nn.Linear;
  first: torch.nn.Linear;
  scale = new nn.Parameter(torch.ones(2));
  cache?: torch.Tensor;
  steps = 0;
  #calls = 0;

  constructor() {
    super();
    this.first = new nn.Linear(3, 4);
    this.second = new nn.Linear(4, 2);
    this.registerBuffer('mean', torch.zeros(2));
    this.registerBuffer('count', torch.zeros(1), { persistent: false });
    this.registerParameter('shift', null);
    this.cache = torch.ones(1);
  }

  get calls() {
    return this.#calls;
  }

  override forward(x: torch.Tensor, plain = false): torch.Tensor {
    this.#calls++;
    const y = this.second(this.first(x).relu());
    return plain ? y : y.mul(this.scale);
  }
}

const PYTHON_NET = `
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.scale = nn.Parameter(torch.ones(2))
        self.first = nn.Linear(3, 4)
        self.second = nn.Linear(4, 2)
        self.register_buffer('mean', torch.zeros(2))
        self.register_buffer('count', torch.zeros(1), persistent=False)
        self.register_parameter('shift', None)
        self.cache = torch.ones(1)
    def forward(self, x, plain=False):
        y = self.second(self.first(x).relu())
        return y if plain else y * self.scale
net = Net()
`;

// biome-ignore lint/suspicious/noExplicitAny: what is assigned is wrong on purpose
type Loose = any;

/** Python's code after PYTHON_NET, and ours: both give a value or an error. */
const SAME: [python: string, body: (net: Loose) => unknown][] = [
  ['repr(net)', (net) => String(net)],
  ['net(torch.ones(1, 3)).detach()', (net) => net(torch.ones(1, 3)).detach()],
  ['net(torch.ones(1, 3), True).detach()', (net) => net(torch.ones(1, 3), true).detach()],
  ['[n for n, _ in net.named_parameters()]', (net) => net.namedParameters().map(([n]: [string]) => n)],
  [
    "[n for n, _ in net.named_parameters('a', recurse=False)]",
    (net) => net.namedParameters('a', false).map(([n]: [string]) => n),
  ],
  [
    "[n for n, _ in net.named_parameters(prefix='a')]",
    (net) => net.namedParameters({ prefix: 'a' }).map(([n]: [string]) => n),
  ],
  ['[n for n, _ in net.named_buffers()]', (net) => net.namedBuffers().map(([n]: [string]) => n)],
  ['[n for n, _ in net.named_modules()]', (net) => net.namedModules().map(([n]: [string]) => n)],
  [
    "[n for n, _ in net.named_modules(prefix='a')]",
    (net) => net.namedModules({ prefix: 'a' }).map(([n]: [string]) => n),
  ],
  ['[n for n, _ in net.named_children()]', (net) => net.namedChildren().map(([n]: [string]) => n)],
  ['len(list(net.modules()))', (net) => net.modules().length],
  ['list(net.parameters(recurse=False))', (net) => net.parameters({ recurse: false })],
  ['list(net.state_dict())', (net) => [...net.stateDict().keys()]],
  [
    '[(k, v["version"]) for k, v in net.state_dict()._metadata.items()]',
    (net) => [...net.stateDict()._metadata].map(([k, v]) => [k, v.version]),
  ],
  [
    'net.scale = torch.ones(2)',
    (net) => {
      net.scale = torch.ones(2);
    },
  ],
  [
    'net.first = torch.ones(2)',
    (net) => {
      net.first = torch.ones(2);
    },
  ],
  [
    "net.first = 'a'",
    (net) => {
      net.first = 'a';
    },
  ],
  [
    'net.mean = 3',
    (net) => {
      net.mean = 3;
    },
  ],
  [
    'net.scale = nn.Parameter(torch.ones(2)) * 2',
    (net) => {
      net.scale = new nn.Parameter(torch.ones(2)).mul(2);
    },
  ],
  ["net.register_parameter('a.b', None)", (net) => net.registerParameter('a.b', null)],
  ["net.register_parameter('', None)", (net) => net.registerParameter('', null)],
  ['net.register_parameter(3, None)', (net) => net.registerParameter(3, null)],
  ["net.register_parameter('cache', None)", (net) => net.registerParameter('cache', null)],
  ["net.register_parameter('forward', None)", (net) => net.registerParameter('forward', null)],
  ["net.register_parameter('a', torch.ones(1))", (net) => net.registerParameter('a', torch.ones(1))],
  ["net.register_parameter('a', 3)", (net) => net.registerParameter('a', 3)],
  ["net.register_buffer('a.b', None)", (net) => net.registerBuffer('a.b', null)],
  ["net.register_buffer('', None)", (net) => net.registerBuffer('', null)],
  ["net.register_buffer('scale', None)", (net) => net.registerBuffer('scale', null)],
  ["net.register_buffer('a', 3)", (net) => net.registerBuffer('a', 3)],
  ["net.register_module('a.b', None)", (net) => net.registerModule('a.b', null)],
  ["net.register_module('', None)", (net) => net.registerModule('', null)],
  ["net.register_module('scale', None)", (net) => net.registerModule('scale', null)],
  ["net.register_module('a', 3)", (net) => net.registerModule('a', 3)],
  ["net.get_submodule('first.a')", (net) => net.getSubmodule('first.a')],
  ["net.get_submodule('scale')", (net) => net.getSubmodule('scale')],
  ["net.get_parameter('first.weight').shape", (net) => net.getParameter('first.weight').shape],
  ["net.get_parameter('first')", (net) => net.getParameter('first')],
  ["net.get_parameter('nothing')", (net) => net.getParameter('nothing')],
  ["net.get_buffer('mean')", (net) => net.getBuffer('mean')],
  ["net.get_buffer('scale')", (net) => net.getBuffer('scale')],
  ["net.train('a')", (net) => net.train('a')],
  [
    'net.eval(); [m.training for m in net.modules()]',
    (net) => {
      net.eval();
      return net.modules().map((m: Loose) => m.training);
    },
  ],
  ['net.to(torch.int64)', (net) => net.to(torch.int64)],
  [
    'net.double(); [p.dtype for p in net.parameters()]',
    (net) => {
      net.double();
      return net.parameters().map((p: Loose) => p.dtype);
    },
  ],
  [
    'net.to(dtype=torch.bfloat16); [b.dtype for b in net.buffers()]',
    (net) => {
      net.to({ dtype: torch.bfloat16 });
      return net.buffers().map((b: Loose) => b.dtype);
    },
  ],
  [
    "net.to('meta'); [(p.is_meta, p.requires_grad) for p in net.parameters()]",
    (net) => {
      net.to('meta');
      return net.parameters().map((p: Loose) => [p.isMeta, p.requiresGrad]);
    },
  ],
  ["net.to('meta').to('cpu')", (net) => net.to('meta').to('cpu')],
  [
    "net.to_empty(device='meta'); [b.is_meta for b in net.buffers()]",
    (net) => {
      net.toEmpty({ device: 'meta' });
      return net.buffers().map((b: Loose) => b.isMeta);
    },
  ],
  [
    'net.requires_grad_(False); [p.requires_grad for p in net.parameters()]',
    (net) => {
      net.requiresGrad_(false);
      return net.parameters().map((p: Loose) => p.requiresGrad);
    },
  ],
  [
    'net.scale = None; (repr(net.scale), list(net.state_dict()))',
    (net) => {
      net.scale = null;
      return [net.scale === null ? 'None' : '', [...net.stateDict().keys()]];
    },
  ],
  [
    'net.second = None; (repr(net), list(net.state_dict()))',
    (net) => {
      net.second = null;
      return [String(net), [...net.stateDict().keys()]];
    },
  ],
  [
    'del net.first; (repr(net), list(net.state_dict()))',
    (net) => {
      delete net.first;
      return [String(net), [...net.stateDict().keys()]];
    },
  ],
  [
    'net.first = nn.Parameter(torch.ones(1)); list(net.state_dict())',
    (net) => {
      net.first = new nn.Parameter(torch.ones(1));
      return [...net.stateDict().keys()];
    },
  ],
  [
    'net.mean = nn.ReLU(); (repr(net), list(net.state_dict()))',
    (net) => {
      net.mean = new nn.ReLU();
      return [String(net), [...net.stateDict().keys()]];
    },
  ],
  [
    'net.late = nn.Buffer(torch.ones(1)); net.later = nn.Buffer(torch.ones(1), persistent=False); list(net.state_dict())',
    (net) => {
      net.late = new nn.Buffer(torch.ones(1));
      net.later = new nn.Buffer(torch.ones(1), { persistent: false });
      return [...net.stateDict().keys()];
    },
  ],
  [
    "net.mean = torch.ones(2); net.state_dict()['mean']",
    (net) => {
      net.mean = torch.ones(2);
      return net.stateDict().get('mean');
    },
  ],
  [
    'net.third = net.first; ([n for n, _ in net.named_parameters()], [n for n, _ in net.named_parameters(remove_duplicate=False)])',
    (net) => {
      net.third = net.first;
      return [net.namedParameters(), net.namedParameters({ removeDuplicate: false })].map((all) =>
        all.map(([n]: [string]) => n),
      );
    },
  ],
  [
    'net.third = net.first; [n for n, _ in net.named_modules(remove_duplicate=False)]',
    (net) => {
      net.third = net.first;
      return net.namedModules({ removeDuplicate: false }).map(([n]: [string]) => n);
    },
  ],
  [
    'order = []; net.apply(lambda m: order.append(type(m).__name__)); order',
    (net) => {
      const order: string[] = [];
      net.apply((m: Loose) => order.push(m.constructor.name));
      return order;
    },
  ],
  [
    "net.set_submodule('first', nn.ReLU()); repr(net)",
    (net) => {
      net.setSubmodule('first', new nn.ReLU());
      return String(net);
    },
  ],
  ["net.set_submodule('', nn.ReLU())", (net) => net.setSubmodule('', new nn.ReLU())],
  [
    "net.set_submodule('other', nn.ReLU(), strict=True)",
    (net) => net.setSubmodule('other', new nn.ReLU(), { strict: true }),
  ],
];

describe('Module', () => {
  for (const [python, body] of SAME) it(python, () => parity(`${PYTHON_NET}\n${python}`, {}, () => body(new Net())));

  it('without forward says so in PyTorch’s words', async () => {
    class Typo extends nn.Module {
      farward(x: torch.Tensor) {
        return x;
      }
    }
    await parity('class Typo(nn.Module):\n    pass\nTypo()(torch.ones(1))', {}, () => new Typo()(torch.ones(1)));
  });

  it('is a function of its class with private members and late fields', () => {
    const net = new Net();
    assert.equal(typeof net, 'function');
    assert.ok(net instanceof Net && net instanceof nn.Module);
    net(torch.ones(1, 3));
    assert.equal(net.calls, 1);
    assert.deepEqual(Object.keys(net.stateDict()._metadata).length, 0);
    assert.equal(inspect(net), String(net));
    assert.equal('name' in net, false);
  });

  it('keeps a member that a subclass declares again', () => {
    class Child extends nn.Linear {
      // @ts-expect-error a field without initializer, as JavaScript has them
      override weight: torch.nn.Parameter;
    }
    assert.deepEqual([...new Child(2, 3).stateDict().keys()], ['weight', 'bias']);
  });

  it('lets a setter of the class have what is no member', () => {
    class Tuned extends nn.Module {
      #gain = 1;
      get gain() {
        return this.#gain;
      }
      set gain(value: number) {
        this.#gain = value * 2;
      }
    }
    const tuned = new Tuned();
    tuned.gain = 4;
    assert.equal(tuned.gain, 8);
    assert.throws(() => {
      (tuned as Loose).gain = new nn.Parameter(torch.ones(1));
    }, /attribute 'gain' already exists/);
  });

  it('runs a forward that is assigned to an instance', () => {
    const linear = new nn.Linear(2, 2);
    linear.forward = (x) => x.add(1);
    assert.equal(linear(torch.ones(1)).item(), 2);
  });

  it('drops gradients, or fills them with zeros', () => {
    const net = new Net();
    net(torch.ones(1, 3)).sum().backward();
    net.zeroGrad({ setToNone: false });
    assert.equal(net.first.weight.grad?.abs().sum().item(), 0);
    net.zeroGrad();
    assert.equal(net.first.weight.grad, null);
  });

  it('keeps identity, gradients and flags of parameters through to', async () => {
    const net = new Net();
    const { weight } = net.first;
    net(torch.ones(1, 3)).sum().backward();
    net.double();
    assert.equal(net.first.weight, weight);
    assert.equal(weight.grad?.dtype, torch.float64);
    assert.ok(weight.requiresGrad && weight.isLeaf);
    assert.equal(net.parameters()[1], weight);
  });

  it('prints a parameter as Python does', async () => {
    const expected = await evaluate<string[]>(
      'repr(nn.Parameter(torch.ones(2))), repr(nn.Parameter(torch.ones(2), False)), repr(nn.Parameter())',
    );
    const texts = [new nn.Parameter(torch.ones(2)), new nn.Parameter(torch.ones(2), false), new nn.Parameter()].map(
      String,
    );
    assert.deepEqual(texts, expected);
  });

  it('makes parameters that share memory and require gradients inside noGrad', () => {
    const data = torch.zeros(2);
    const parameter = torch.noGrad(() => new nn.Parameter(data));
    data.fill_(3);
    assert.ok(parameter.requiresGrad && parameter.isLeaf && parameter instanceof torch.Tensor);
    assert.deepEqual(parameter.tolist(), [3, 3]);
    assert.equal(data.requiresGrad, false);
  });

  it('refuses a parameter of whole numbers that is to require gradients', () =>
    parity(
      'nn.Parameter(torch.ones(2, dtype=torch.int64))',
      {},
      () => new nn.Parameter(torch.ones(2, { dtype: torch.int64 })),
    ));

  it('keeps its members beyond a tidy in which they are registered', () => {
    let net: Net | undefined;
    torch.tidy(() => {
      net = new Net();
    });
    assert.ok(
      net
        ?.buffers()
        .concat(net.parameters())
        .every((tensor) => !tensor.isDisposed),
    );
  });
});
