/** Parameters and buffers without a shape, and the modules that give them one. */
import assert from 'node:assert/strict';
import * as torch from '../../lib';
import { LazyModuleMixin } from '../../lib/nn/modules/lazy';
import { parity } from '../oracle/oracle';

const { nn } = torch;
const { UninitializedParameter, UninitializedBuffer } = nn;

class Lazy extends LazyModuleMixin(nn.Linear) {
  static override readonly clsToBecome = nn.Linear;

  constructor(outFeatures: number) {
    super(0, 0, false);
    this.weight = new UninitializedParameter();
    Object.assign(this, { outFeatures });
    this.registerBuffer('seen', new UninitializedBuffer());
  }

  override resetParameters(): void {
    if (!this.hasUninitializedParams() && this.inFeatures !== 0) super.resetParameters();
  }

  override initializeParameters(input: torch.Tensor): void {
    if (!this.hasUninitializedParams()) return;
    Object.assign(this, { inFeatures: input.shape.at(-1) });
    (this.weight as InstanceType<typeof UninitializedParameter>).materialize([this.outFeatures, this.inFeatures]);
    this.getBuffer('seen').data;
    (this.getBuffer('seen') as InstanceType<typeof UninitializedBuffer>).materialize([1]);
    torch.noGrad(() => this.getBuffer('seen').fill_(2));
    this.resetParameters();
  }
}

const PYTHON = `
from torch.nn.parameter import UninitializedParameter, UninitializedBuffer
class Lazy(nn.modules.lazy.LazyModuleMixin, nn.Linear):
    cls_to_become = nn.Linear
    def __init__(self, out_features):
        super().__init__(0, 0, False)
        self.weight = UninitializedParameter()
        self.out_features = out_features
        self.register_buffer('seen', UninitializedBuffer())
    def reset_parameters(self):
        if not self.has_uninitialized_params() and self.in_features != 0:
            super().reset_parameters()
    def initialize_parameters(self, input):
        if self.has_uninitialized_params():
            self.in_features = input.shape[-1]
            self.weight.materialize((self.out_features, self.in_features))
            self.seen.materialize((1,))
            with torch.no_grad():
                self.seen.fill_(2)
            self.reset_parameters()
m = Lazy(3)
x = torch.ones(2, 4)
p = UninitializedParameter()
`;

// biome-ignore lint/suspicious/noExplicitAny: what is done is wrong on purpose
type Loose = any;

const SAME: [python: string, body: (m: Loose, x: torch.Tensor, p: Loose) => unknown][] = [
  ['repr(m), repr(m.weight), repr(m.seen)', (m) => [String(m), String(m.weight), String(m.seen)]],
  ['m(x).detach(), repr(m), dict(m.state_dict())', (m, x) => [m(x).detach(), String(m), m.stateDict()]],
  [
    'm(x); (type(m).__name__, hasattr(m, "_load_hook"), len(m._forward_pre_hooks), m.seen)',
    (m, x) => {
      m(x);
      return [m.constructor.name, '_loadHook' in m, 0, m.seen];
    },
  ],
  ['list(m.state_dict())', (m) => [...m.stateDict().keys()]],
  [
    'm.double(); m(x.double()).detach()',
    (m, x) => {
      m.double();
      return m(x.double()).detach();
    },
  ],
  [
    'n = Lazy(3); n(x); m.load_state_dict(n.state_dict()); m(x).detach()',
    (m, x) => {
      const n = new Lazy(3);
      n(x);
      m.loadStateDict(n.stateDict());
      return m(x).detach();
    },
  ],
  [
    'n = Lazy(3); m(x); m.load_state_dict(n.state_dict())',
    (m, x) => {
      const n = new Lazy(3);
      m(x);
      return m.loadStateDict(n.stateDict());
    },
  ],
  ['p.shape', (_, __, p) => p.shape],
  [
    'p.size(), p.requires_grad, p.is_leaf, p.dtype, p.grad',
    (_, __, p) => [p.size(), p.requiresGrad, p.isLeaf, p.dtype, p.grad],
  ],
  [
    'p.materialize((2, 3), dtype=torch.float64); (p.shape, p.dtype, type(p).__name__, p.is_leaf, p.requires_grad)',
    (_, __, p) => {
      p.materialize([2, 3], { dtype: torch.float64 });
      return [p.shape, p.dtype, p.constructor.name, p.isLeaf, p.requiresGrad];
    },
  ],
  [
    'class L(nn.modules.lazy.LazyModuleMixin, nn.ReLU): pass\nL()(x)',
    (_, x) => {
      class L extends LazyModuleMixin(nn.ReLU) {}
      return new L()(x);
    },
  ],
  [
    'm.initialize_parameters = lambda *_: None; m(x)',
    (m, x) => {
      m.initializeParameters = () => undefined;
      return m(x);
    },
  ],
];

describe('lazy modules', () => {
  for (const [python, body] of SAME) {
    it(python, () =>
      parity(PYTHON + python, {}, () => body(new Lazy(3), torch.ones(2, 4), new UninitializedParameter())),
    );
  }

  it('let no operator see what has no values', () => {
    const p = new UninitializedParameter();
    for (const use of [() => p.add(1), () => torch.add(p, 1), () => torch.stack([p]), () => p.detach()]) {
      assert.throws(use, { name: 'ValueError', message: /^Attempted to use an uninitialized parameter/ });
    }
    p.materialize([2]);
    assert.equal(p.add(1).numel(), 2);
  });

  it('keep the identity of their parameters, and train', () => {
    const m = new Lazy(1);
    const { weight } = m;
    m(torch.ones(1, 2)).sum().backward();
    assert.equal(m.weight, weight);
    assert.deepEqual(weight.grad?.tolist(), [[1, 1]]);
    m.zeroGrad();
    assert.equal(weight.grad, null);
    new Lazy(2).zeroGrad();
  });
});
