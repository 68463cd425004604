/** Initialisers give PyTorch's numbers for the same seed. */
import * as torch from '../../lib';
import { parity } from '../oracle/oracle';

const { init } = torch.nn;

type Fill = (tensor: torch.Tensor) => unknown;

// biome-ignore lint/suspicious/noExplicitAny: some calls are wrong on purpose
type Loose = any;

const FILLS: [python: string, fill: Fill, ...shape: number[]][] = [
  ['init.uniform_(t, -2., 3.)', (t) => init.uniform_(t, -2, 3), 3, 4],
  [
    'init.uniform_(t, generator=torch.Generator().manual_seed(3))',
    (t) => init.uniform_(t, { generator: new torch.Generator().manualSeed(3) }),
    3,
    4,
  ],
  ['init.normal_(t, std=0.5)', (t) => init.normal_(t, { std: 0.5 }), 3, 4],
  ['init.constant_(t, 0.3)', (t) => init.constant_(t, 0.3), 3],
  ['init.ones_(t)', (t) => init.ones_(t), 3],
  ['init.zeros_(t)', (t) => init.zeros_(t), 3],
  ['init.eye_(t)', (t) => init.eye_(t), 3, 4],
  ['init.dirac_(t)', (t) => init.dirac_(t), 3, 4, 5],
  ['init.dirac_(t, 2)', (t) => init.dirac_(t, 2), 4, 2, 3, 3],
  ['init.xavier_uniform_(t)', (t) => init.xavierUniform_(t), 3, 4],
  [
    "init.xavier_uniform_(t, gain=init.calculate_gain('relu'))",
    (t) => init.xavierUniform_(t, { gain: init.calculateGain('relu') }),
    3,
    4,
    5,
  ],
  ['init.xavier_normal_(t, 0.3)', (t) => init.xavierNormal_(t, 0.3), 3, 4],
  ['init.kaiming_uniform_(t)', (t) => init.kaimingUniform_(t), 3, 4],
  [
    "init.kaiming_uniform_(t, a=math.sqrt(5), mode='fan_out')",
    (t) => init.kaimingUniform_(t, { a: Math.sqrt(5), mode: 'fan_out' }),
    3,
    4,
  ],
  ["init.kaiming_normal_(t, nonlinearity='relu')", (t) => init.kaimingNormal_(t, { nonlinearity: 'relu' }), 3, 4],
  ['init.orthogonal_(t)', (t) => init.orthogonal_(t), 3, 5],
  ['init.orthogonal_(t, 0.5)', (t) => init.orthogonal_(t, 0.5), 5, 2, 2],
  ['init.sparse_(t, 0.3)', (t) => init.sparse_(t, 0.3), 6, 4],
  ['init.trunc_normal_(t)', (t) => init.truncNormal_(t), 30],
  ['init.trunc_normal_(t, 1., 2., 0.3, 1.2)', (t) => init.truncNormal_(t, 1, 2, 0.3, 1.2), 30],
  ['init.trunc_normal_(t, a=3., b=4.)', (t) => init.truncNormal_(t, { a: 3, b: 4 }), 30],
  ['init.xavier_uniform(t)', (t) => init.xavierUniform(t), 3, 4],
];

const WRONG: [python: string, fill: Fill, ...shape: number[]][] = [
  ['init.eye_(t)', (t) => init.eye_(t), 3],
  ['init.dirac_(t)', (t) => init.dirac_(t), 3, 4],
  ['init.dirac_(t, 2)', (t) => init.dirac_(t, 2), 3, 4, 5],
  ['init.sparse_(t, 0.1)', (t) => init.sparse_(t, 0.1), 3],
  ['init.orthogonal_(t)', (t) => init.orthogonal_(t), 3],
  ['init.xavier_normal_(t)', (t) => init.xavierNormal_(t), 3],
  ["init.kaiming_normal_(t, mode='fan')", (t) => init.kaimingNormal_(t, { mode: 'fan' as Loose }), 3, 4],
  ["init.calculate_gain('gelu')", () => init.calculateGain('gelu' as Loose), 3],
  ["init.calculate_gain('leaky_relu', 'a')", () => init.calculateGain('leaky_relu', 'a' as Loose), 3],
];

describe('init', () => {
  for (const [python, fill, ...shape] of FILLS) {
    it(`${python} of ${shape}`, () =>
      parity(
        `from torch.nn import init\nt = nn.Parameter(torch.empty(*shape))\nr = ${python}\n(r is t, t.detach(), t.requires_grad)`,
        { shape },
        () => {
          const t = new torch.nn.Parameter(torch.empty(shape));
          const result = fill(t);
          return [result === t, t.detach(), t.requiresGrad];
        },
        { exact: true, seed: 3 },
      ));
  }

  for (const [python, fill, ...shape] of WRONG) {
    it(`${python} of ${shape} throws`, () =>
      parity(`from torch.nn import init\nt = torch.empty(*shape)\n${python}`, { shape }, () =>
        fill(torch.empty(shape)),
      ));
  }

  it('calculateGain is PyTorch’s', () =>
    parity(
      "[nn.init.calculate_gain(n) for n in ['linear', 'conv2d', 'conv_transpose3d', 'sigmoid', 'tanh', 'relu', 'leaky_relu', 'selu']] + [nn.init.calculate_gain('leaky_relu', 0.3)]",
      {},
      () => [
        ...(['linear', 'conv2d', 'conv_transpose3d', 'sigmoid', 'tanh', 'relu', 'leaky_relu', 'selu'] as const).map(
          (n) => init.calculateGain(n),
        ),
        init.calculateGain('leaky_relu', 0.3),
      ],
      { exact: true },
    ));
});
