/** Modules that are made wrongly throw as PyTorch's do; what well-made ones compute is tested in parity/modules. */
import * as torch from '../../lib';
import { input } from '../oracle/inputs';
import { parity } from '../oracle/oracle';

const { nn } = torch;

// biome-ignore lint/suspicious/noExplicitAny: the calls are wrong on purpose
type Loose = any;

const WRONG: [python: string, make: (given: Record<'x', Loose>) => unknown][] = [
  ['nn.Conv2d(3, 6, 3, groups=0)', () => new nn.Conv2d(3, 6, 3, { groups: 0 })],
  ['nn.Conv2d(3, 6, 3, groups=2)', () => new nn.Conv2d(3, 6, 3, { groups: 2 })],
  ['nn.Conv2d(4, 7, 3, groups=2)', () => new nn.Conv2d(4, 7, 3, { groups: 2 })],
  ["nn.Conv2d(3, 6, 3, stride=2, padding='same')", () => new nn.Conv2d(3, 6, 3, { stride: 2, padding: 'same' })],
  ['nn.Dropout(1.5)', () => new nn.Dropout(1.5)],
  ['nn.Hardtanh(2, 1)', () => new nn.Hardtanh(2, 1)],
  ['nn.Unflatten(1, 2)', () => new nn.Unflatten(1, 2 as never)],
  ['nn.Unflatten(1, (2, 0.5))', () => new nn.Unflatten(1, [2, 0.5])],
  ['nn.Sequential(1)', () => new nn.Sequential(1 as never)],
  ['nn.Linear(3, 4, biass=True)', () => new nn.Linear(3, 4, { biass: true } as never)],
  ['nn.Linear(3, 4, in_features=3)', () => new nn.Linear(3, 4, { inFeatures: 3 } as never)],
  [
    'nn.Linear(1, 2, True, None, None, 5)',
    () => new nn.Linear(...([1, 2, true, null, null, 5] as never as [number, number])),
  ],
  ['nn.Sequential(nn.ReLU())[3]', () => new nn.Sequential(new nn.ReLU()).at(3)],
  ['nn.Linear()', () => new (nn.Linear as Loose)()],
  ['nn.Bilinear(0, 2, 3)', () => new nn.Bilinear(0, 2, 3)],
  [
    "nn.ConvTranspose2d(3, 6, 3, padding_mode='reflect')",
    () => new nn.ConvTranspose2d(3, 6, 3, { paddingMode: 'reflect' }),
  ],
  [
    'nn.ConvTranspose2d(3, 6, 3, stride=2)(x, [20, 17])',
    ({ x }) => new nn.ConvTranspose2d(3, 6, 3, { stride: 2 })(x, [20, 17]),
  ],
  ['nn.ConvTranspose2d(3, 6, 3)(x, [17])', ({ x }) => new nn.ConvTranspose2d(3, 6, 3)(x, [17])],
  ['nn.BatchNorm1d(3)(x)', ({ x }) => new nn.BatchNorm1d(3)(x)],
  ['nn.BatchNorm2d(3)(x[0])', ({ x }) => new nn.BatchNorm2d(3)(x.at(0))],
  ['nn.BatchNorm3d(3)(x)', ({ x }) => new nn.BatchNorm3d(3)(x)],
  ['nn.BatchNorm2d(4)(x)', ({ x }) => new nn.BatchNorm2d(4)(x)],
  [
    'nn.BatchNorm1d(*([3, 1e-5, 0.1, True, True, None, None, False]))',
    () => new (nn.BatchNorm1d as Loose)(3, 1e-5, 0.1, true, true, null, null, false),
  ],
  ['nn.BatchNorm1d(3, track=True)', () => new (nn.BatchNorm1d as Loose)(3, { track: true })],
  ['nn.SyncBatchNorm(3)(x[0, 0, 0])', ({ x }) => new nn.SyncBatchNorm(3)(x.at(0, 0, 0))],
  ['nn.SyncBatchNorm(3)(x[:, :0])', ({ x }) => new nn.SyncBatchNorm(3)(x.at(':', ':0'))],
  ['nn.InstanceNorm1d(3)(x)', ({ x }) => new nn.InstanceNorm1d(3)(x)],
  ['nn.InstanceNorm2d(4, affine=True)(x)', ({ x }) => new nn.InstanceNorm2d(4, { affine: true })(x)],
  ['nn.GroupNorm(2, 3)', () => new nn.GroupNorm(2, 3)],
  ['nn.GroupNorm(3, 3)(x[0, 0, 0])', ({ x }) => new nn.GroupNorm(3, 3)(x.at(0, 0, 0))],
  ['nn.LayerNorm(4)(x)', ({ x }) => new nn.LayerNorm(4)(x)],
  ['nn.LocalResponseNorm(2)(x[0, 0])', ({ x }) => new nn.LocalResponseNorm(2)(x.at(0, 0))],
  ['nn.Embedding(3, 2, 3)', () => new nn.Embedding(3, 2, 3)],
  ['nn.Embedding(3, 2, -4)', () => new nn.Embedding(3, 2, -4)],
  ['nn.Embedding(3, 2, _weight=x[0, 0])', ({ x }) => new nn.Embedding(3, 2, { _weight: x.at(0, 0) })],
  ['nn.Embedding.from_pretrained(x)', ({ x }) => nn.Embedding.fromPretrained(x)],
  ['nn.EmbeddingBag(3, 2, padding_idx=3)', () => new nn.EmbeddingBag(3, 2, { paddingIdx: 3 })],
  ['nn.EmbeddingBag.from_pretrained(x)', ({ x }) => nn.EmbeddingBag.fromPretrained(x)],
  ['nn.Softmax2d()(x[0, 0])', ({ x }) => new nn.Softmax2d()(x.at(0, 0))],
  ['nn.CircularPad1d(1)(x)', ({ x }) => new nn.CircularPad1d(1)(x)],
  ['nn.CircularPad3d(1)(x[0])', ({ x }) => new nn.CircularPad3d(1)(x.at(0))],
  ['nn.ReflectionPad2d()', () => new (nn.ReflectionPad2d as Loose)()],
  ['nn.ConstantPad2d(1)', () => new (nn.ConstantPad2d as Loose)(1)],
  ['nn.FractionalMaxPool2d(2)', () => new nn.FractionalMaxPool2d(2)],
  ['nn.FractionalMaxPool2d(2, 3, 0.5)', () => new nn.FractionalMaxPool2d(2, 3, 0.5)],
  ['nn.FractionalMaxPool3d(2, output_ratio=1.5)', () => new nn.FractionalMaxPool3d(2, { outputRatio: 1.5 })],
  ['nn.FractionalMaxPool3d((2, 0, 2), 3)', () => new nn.FractionalMaxPool3d([2, 0, 2], 3)],
  ['nn.MultiMarginLoss(3)', () => new nn.MultiMarginLoss(3 as never)],
  ['nn.MultiMarginLoss(weight=x)', ({ x }) => new nn.MultiMarginLoss({ weight: x })],
  ['nn.TripletMarginLoss(0)', () => new nn.TripletMarginLoss(0)],
  ['nn.TripletMarginWithDistanceLoss(margin=0)', () => new nn.TripletMarginWithDistanceLoss({ margin: 0 })],
  ['nn.TripletMarginWithDistanceLoss(None)', () => new (nn.TripletMarginWithDistanceLoss as Loose)(null)],
  ['nn.GaussianNLLLoss(True)', () => new (nn.GaussianNLLLoss as Loose)(true)],
  ['nn.LinearCrossEntropyLoss(3, 4, weight=x)', ({ x }) => new nn.LinearCrossEntropyLoss(3, 4, { weight: x })],
  [
    'nn.LinearCrossEntropyLoss(3, 4, label_smoothing=2)',
    () => new nn.LinearCrossEntropyLoss(3, 4, { labelSmoothing: 2 }),
  ],
  ['nn.AdaptiveLogSoftmaxWithLoss(8, 20, [])', () => new nn.AdaptiveLogSoftmaxWithLoss(8, 20, [])],
  ['nn.AdaptiveLogSoftmaxWithLoss(8, 20, [5, 5])', () => new nn.AdaptiveLogSoftmaxWithLoss(8, 20, [5, 5])],
  ['nn.AdaptiveLogSoftmaxWithLoss(8, 20, [20])', () => new nn.AdaptiveLogSoftmaxWithLoss(8, 20, [20])],
  [
    'nn.AdaptiveLogSoftmaxWithLoss(8, 20, [5])(x[0, 0], torch.full((8,), 30))',
    ({ x }) => new nn.AdaptiveLogSoftmaxWithLoss(8, 20, [5])(x.at(0, 0), torch.full([8], 30n)),
  ],
  [
    'nn.AdaptiveLogSoftmaxWithLoss(8, 20, [5])(x[0, 0], torch.full((3,), 3))',
    ({ x }) => new nn.AdaptiveLogSoftmaxWithLoss(8, 20, [5])(x.at(0, 0), torch.full([3], 3n)),
  ],
  [
    'nn.AdaptiveLogSoftmaxWithLoss(8, 20, [5])(x[0, 0], torch.tensor(3))',
    ({ x }) => new nn.AdaptiveLogSoftmaxWithLoss(8, 20, [5])(x.at(0, 0), torch.tensor(3n)),
  ],
];

describe('modules made or called wrongly', () => {
  for (const [python, make] of WRONG) it(python, () => parity(python, { x: input([2, 3, 8, 8]) }, make));
});

const METHODS: [python: string, body: (given: Record<'x', Loose>) => unknown][] = [
  [
    'm = nn.AdaptiveLogSoftmaxWithLoss(8, 20, [4, 8])\nm.log_prob(x[0, 0]), m.predict(x[0, 0]), m.predict(x[0, 0] * 40)',
    ({ x }) => {
      const m = new nn.AdaptiveLogSoftmaxWithLoss(8, 20, [4, 8]);
      return [m.logProb(x.at(0, 0)), m.predict(x.at(0, 0)), m.predict(x.at(0, 0).mul(40))];
    },
  ],
  [
    'm = nn.Embedding.from_pretrained(x[0, 0], padding_idx=2, max_norm=1.)\nrepr(m), m.weight.requires_grad, m(torch.arange(8))',
    ({ x }) => {
      const m = nn.Embedding.fromPretrained(x.at(0, 0), { paddingIdx: 2, maxNorm: 1 });
      return [String(m), m.weight.requiresGrad, m(torch.arange(8))];
    },
  ],
  [
    "m = nn.EmbeddingBag.from_pretrained(x[0, 0], False, mode='sum')\nrepr(m), m.weight.requires_grad, m(torch.arange(8)[None])",
    ({ x }) => {
      const m = nn.EmbeddingBag.fromPretrained(x.at(0, 0), false, { mode: 'sum' });
      return [String(m), m.weight.requiresGrad, m(torch.arange(8).at(null))];
    },
  ],
  [
    'm = nn.SyncBatchNorm.convert_sync_batchnorm(nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4)))\nrepr(m), dict(m.state_dict()), m(x)',
    ({ x }) => {
      const plain = new nn.Sequential(new nn.Conv2d(3, 4, 3), new nn.BatchNorm2d(4));
      const m = nn.SyncBatchNorm.convertSyncBatchnorm(plain) as Loose;
      return [String(m), m.stateDict(), m(x)];
    },
  ],
  [
    'm = nn.BatchNorm2d(3)\nm(x)\nbefore = m.num_batches_tracked.item()\nm.reset_running_stats()\nbefore, m.state_dict()',
    ({ x }) => {
      const m = new nn.BatchNorm2d(3);
      m(x);
      const before = m.num_batches_tracked?.item();
      m.resetRunningStats();
      return [before, m.stateDict()];
    },
  ],
  [
    "from collections import OrderedDict\nold = OrderedDict((k, v) for k, v in nn.BatchNorm1d(3).state_dict().items() if k != 'num_batches_tracked')\nstr(nn.BatchNorm1d(3).load_state_dict(old))",
    () => {
      const old = new Map([...new nn.BatchNorm1d(3).stateDict()].filter(([key]) => key !== 'num_batches_tracked'));
      return String(new nn.BatchNorm1d(3).loadStateDict(old));
    },
  ],
  [
    'from collections import OrderedDict\nnn.InstanceNorm1d(3).load_state_dict(OrderedDict(nn.InstanceNorm1d(3, track_running_stats=True).state_dict().items()))',
    () => {
      const old = new Map(new nn.InstanceNorm1d(3, { trackRunningStats: true }).stateDict());
      return new nn.InstanceNorm1d(3).loadStateDict(old);
    },
  ],
  [
    'o, i = nn.MaxPool2d(2, return_indices=True)(x)\nnn.MaxUnpool2d(2)(o, i), nn.MaxUnpool2d(2)(o, i, x.size())',
    ({ x }) => {
      const [o, i] = new nn.MaxPool2d(2, { returnIndices: true })(x) as Loose;
      return [new nn.MaxUnpool2d(2)(o, i), new nn.MaxUnpool2d(2)(o, i, x.shape)];
    },
  ],
];

describe('methods of modules', () => {
  for (const [python, body] of METHODS) it(python, () => parity(python, { x: input([2, 3, 8, 8]) }, body));
});
