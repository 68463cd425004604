/** Every module gives PyTorch's initial values, text, outputs and gradients for the same seed. */
import assert from 'node:assert/strict';
import * as torch from '../../lib';
import { input } from '../oracle/inputs';
import { parity } from '../oracle/oracle';

const { nn } = torch;

const int64 = torch.int64;

/** Python's constructor, ours, and the inputs of a call; the first one's gradient is compared. */
type Row = [python: string, make: () => torch.nn.Module, ...inputs: torch.Tensor[]];

const vectors = input([2, 4]);
const images = input([2, 3, 8, 8]);
const logits = input([4, 3]);
const classes = input([4], { dtype: int64, high: 3, seed: 2 });
const probabilities = input([4, 3], { low: 0.1, high: 0.9 });
const targets = input([4, 3], { low: 0, high: 1, seed: 3 });

const ROWS: Row[] = [
  ['nn.Identity(3, a=4)', () => new nn.Identity(3, { a: 4 }), vectors],
  ['nn.Linear(4, 3)', () => new nn.Linear(4, 3), vectors],
  ['nn.Linear(4, 3, bias=False)', () => new nn.Linear(4, 3, { bias: false }), vectors],
  ['nn.Linear(4, 3, dtype=torch.float64)', () => new nn.Linear(4, 3, { dtype: torch.float64 }), vectors.double()],
  ['nn.Conv1d(4, 6, 3)', () => new nn.Conv1d(4, 6, 3), input([2, 4, 9])],
  ["nn.Conv1d(4, 6, 4, padding='same')", () => new nn.Conv1d(4, 6, 4, { padding: 'same' }), input([2, 4, 9])],
  ['nn.Conv2d(3, 6, 5)', () => new nn.Conv2d(3, 6, 5), images],
  [
    'nn.Conv2d(3, 6, (3, 2), stride=(2, 1), padding=(1, 2), dilation=2, bias=False)',
    () => new nn.Conv2d(3, 6, [3, 2], { stride: [2, 1], padding: [1, 2], dilation: 2, bias: false }),
    images,
  ],
  ['nn.Conv2d(3, 6, 3, groups=3)', () => new nn.Conv2d(3, 6, 3, { groups: 3 }), images],
  ["nn.Conv2d(3, 6, 3, padding='valid')", () => new nn.Conv2d(3, 6, 3, { padding: 'valid' }), images],
  [
    "nn.Conv2d(3, 6, 4, padding='same', dilation=2)",
    () => new nn.Conv2d(3, 6, 4, { padding: 'same', dilation: 2 }),
    images,
  ],
  ...(['reflect', 'replicate', 'circular'] as const).map((mode): Row => {
    const make = () => new nn.Conv2d(3, 6, 3, { padding: [1, 2], paddingMode: mode });
    return [`nn.Conv2d(3, 6, 3, padding=(1, 2), padding_mode='${mode}')`, make, images];
  }),
  [
    "nn.Conv2d(3, 6, 4, padding='same', padding_mode='reflect')",
    () => new nn.Conv2d(3, 6, 4, { padding: 'same', paddingMode: 'reflect' }),
    images,
  ],
  ['nn.Conv3d(2, 4, 3, 2, 1)', () => new nn.Conv3d(2, 4, 3, 2, 1), input([1, 2, 5, 6, 7])],
  ['nn.MaxPool1d(3)', () => new nn.MaxPool1d(3), input([2, 4, 9])],
  ['nn.MaxPool2d(2, 2)', () => new nn.MaxPool2d(2, 2), images],
  [
    'nn.MaxPool2d((3, 2), stride=(2, 1), padding=(1, 0), ceil_mode=True)',
    () => new nn.MaxPool2d([3, 2], { stride: [2, 1], padding: [1, 0], ceilMode: true }),
    images,
  ],
  ['nn.MaxPool3d(2)', () => new nn.MaxPool3d(2), input([1, 2, 4, 4, 4])],
  ['nn.AvgPool2d(3, stride=2, padding=1)', () => new nn.AvgPool2d(3, { stride: 2, padding: 1 }), images],
  ['nn.Flatten()', () => new nn.Flatten(), images],
  ['nn.Flatten(0, 2)', () => new nn.Flatten(0, 2), images],
  ['nn.Unflatten(1, (2, 2))', () => new nn.Unflatten(1, [2, 2]), vectors],
  ['nn.ReLU()', () => new nn.ReLU(), vectors],
  ['nn.ReLU6()', () => new nn.ReLU6(), vectors],
  ['nn.Hardtanh(-0.5, 0.7)', () => new nn.Hardtanh(-0.5, 0.7), vectors],
  ['nn.Hardtanh()', () => new nn.Hardtanh(), vectors],
  ['nn.ELU()', () => new nn.ELU(), vectors],
  ['nn.ELU(0.5)', () => new nn.ELU(0.5), vectors],
  ['nn.CELU()', () => new nn.CELU(), vectors],
  ['nn.SELU()', () => new nn.SELU(), vectors],
  ['nn.SiLU()', () => new nn.SiLU(), vectors],
  ['nn.Mish()', () => new nn.Mish(), vectors],
  ['nn.GELU()', () => new nn.GELU(), vectors],
  ["nn.GELU(approximate='tanh')", () => new nn.GELU({ approximate: 'tanh' }), vectors],
  ['nn.Hardswish()', () => new nn.Hardswish(), vectors],
  ['nn.Hardsigmoid()', () => new nn.Hardsigmoid(), vectors],
  ['nn.LeakyReLU(0.2)', () => new nn.LeakyReLU(0.2), vectors],
  ['nn.Sigmoid()', () => new nn.Sigmoid(), vectors],
  ['nn.LogSigmoid()', () => new nn.LogSigmoid(), vectors],
  ['nn.Tanh()', () => new nn.Tanh(), vectors],
  ['nn.Tanhshrink()', () => new nn.Tanhshrink(), vectors],
  ['nn.Softsign()', () => new nn.Softsign(), vectors],
  ['nn.Softplus()', () => new nn.Softplus(), vectors],
  ['nn.Softmax(dim=1)', () => new nn.Softmax({ dim: 1 }), vectors],
  ['nn.LogSoftmax(1)', () => new nn.LogSoftmax(1), vectors],
  ['nn.Dropout()', () => new nn.Dropout(), vectors],
  ['nn.Dropout(0.25)', () => new nn.Dropout(0.25), images],
  ['nn.Dropout1d(0.25)', () => new nn.Dropout1d(0.25), input([2, 4, 9])],
  ['nn.Dropout2d(0.25)', () => new nn.Dropout2d(0.25), images],
  ['nn.Dropout3d(0.25)', () => new nn.Dropout3d(0.25), input([1, 2, 4, 4, 4])],
  ['nn.AlphaDropout(0.25)', () => new nn.AlphaDropout(0.25), vectors],
  ['nn.FeatureAlphaDropout(0.25)', () => new nn.FeatureAlphaDropout(0.25), images],
  ['nn.CrossEntropyLoss()', () => new nn.CrossEntropyLoss(), logits, classes],
  [
    "nn.CrossEntropyLoss(reduction='sum', label_smoothing=0.1, ignore_index=1)",
    () => new nn.CrossEntropyLoss({ reduction: 'sum', labelSmoothing: 0.1, ignoreIndex: 1 }),
    logits,
    classes,
  ],
  [
    'nn.CrossEntropyLoss(torch.tensor([0.5, 1., 2.]))',
    () => new nn.CrossEntropyLoss(torch.tensor([0.5, 1, 2])),
    logits,
    classes,
  ],
  ['nn.NLLLoss()', () => new nn.NLLLoss(), logits, classes],
  ['nn.MSELoss()', () => new nn.MSELoss(), logits, targets],
  ["nn.MSELoss(reduction='none')", () => new nn.MSELoss({ reduction: 'none' }), logits, targets],
  ['nn.L1Loss()', () => new nn.L1Loss(), logits, targets],
  ['nn.SmoothL1Loss(beta=0.5)', () => new nn.SmoothL1Loss({ beta: 0.5 }), logits, targets],
  ['nn.HuberLoss(delta=0.5)', () => new nn.HuberLoss({ delta: 0.5 }), logits, targets],
  ['nn.BCELoss()', () => new nn.BCELoss(), probabilities, targets],
  [
    'nn.BCEWithLogitsLoss(pos_weight=torch.tensor([0.5, 1., 2.]))',
    () => new nn.BCEWithLogitsLoss({ posWeight: torch.tensor([0.5, 1, 2]) }),
    logits,
    targets,
  ],
  [
    'nn.Sequential(nn.Conv2d(3, 6, 3), nn.ReLU(), nn.Flatten(), nn.Linear(216, 2))',
    () => new nn.Sequential(new nn.Conv2d(3, 6, 3), new nn.ReLU(), new nn.Flatten(), new nn.Linear(216, 2)),
    images,
  ],
];

const RUN = `
m = MAKE
m.train(training)
inputs = [x.detach().clone().requires_grad_(x.is_floating_point()) for x in inputs]
y = m(*inputs)
y.backward(torch.ones_like(y))
(repr(m), dict(m.state_dict()), y.detach(), inputs[0].grad, [p.grad for p in m.parameters()])
`;

function run(make: () => torch.nn.Module, training: boolean, inputs: torch.Tensor[]) {
  const m = make();
  m.train(training);
  const leaves = inputs.map((x) => x.detach().clone().requiresGrad_(x.isFloatingPoint()));
  const y = m(...leaves) as torch.Tensor;
  y.backward(torch.onesLike(y));
  return [String(m), m.stateDict(), y.detach(), leaves[0]?.grad, m.parameters().map((p) => p.grad)];
}

describe('modules', () => {
  for (const [python, make, ...inputs] of ROWS) {
    for (const training of [true, false]) {
      it(`${python} ${training ? 'in training' : 'in evaluation'}`, () =>
        parity(RUN.replace('MAKE', python), { inputs, training }, (given) => run(make, given.training, given.inputs)));
    }
  }

  it('initial values are equal bit for bit', async () => {
    const code =
      '[list(m.parameters()) for m in [nn.Linear(7, 5), nn.Conv1d(4, 6, 3), nn.Conv2d(3, 6, 5), nn.Conv3d(2, 4, 3)]]';
    const make = () => [new nn.Linear(7, 5), new nn.Conv1d(4, 6, 3), new nn.Conv2d(3, 6, 5), new nn.Conv3d(2, 4, 3)];
    await parity(code, {}, () => make().map((m) => m.parameters()), { exact: true, seed: 42 });
  });

  it('covers every public class', () => {
    const covered = new Set<unknown>(ROWS.map(([, make]) => make().constructor));
    const classes = Object.values<unknown>(nn).filter(
      (value) => typeof value === 'function' && value.prototype instanceof nn.Module,
    );
    // A ModuleList has no forward.
    const missing = classes.filter((one) => !covered.has(one) && one !== nn.ModuleList);
    assert.deepEqual(missing, []);
  });
});

const WRONG: [python: string, make: () => unknown][] = [
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
];

describe('modules made wrongly', () => {
  for (const [python, make] of WRONG) it(python, () => parity(python, {}, make));
});
