/** Normalised and orthogonal weights: `nn.utils.parametrizations`, and the older hooks. */
import * as torch from '../../lib';
import { input } from '../oracle/inputs';
import { parity } from '../oracle/oracle';

const { nn } = torch;
const { utils } = nn;
const Q = utils.parametrizations;
type Tensor = torch.Tensor;
type Module = torch.nn.Module;

const PYTHON = `
import copy
import torch.nn.utils.parametrizations as Q
from torch.nn.utils import weight_norm, remove_weight_norm, spectral_norm, remove_spectral_norm
def trained(m, x, times=2):
    for _ in range(times):
        y = m(x); y.pow(2).sum().backward()
    with torch.no_grad():
        m.eval()
        z = m(x)
    return y.detach(), z, [(n, p.detach(), p.grad) for n, p in m.named_parameters()], list(m.named_buffers()), repr(m), list(m.state_dict())
def weight_of(m):
    return m.weight.detach(), list(m.state_dict().items())
`;

function trained(m: Module, x: Tensor, times = 2): unknown {
  let y = x;
  for (let i = 0; i < times; i++) {
    y = m(x);
    y.pow(2).sum().backward();
  }
  m.eval();
  const z = torch.noGrad(() => m(x) as Tensor);
  const members = m.namedParameters().map(([name, p]) => [name, p.detach(), p.grad]);
  return [y.detach(), z, members, m.namedBuffers(), String(m), [...m.stateDict().keys()]];
}

function weightOf(m: Module): unknown {
  return [(m as torch.nn.Linear).weight.detach(), m.stateDict().items()];
}

const linear = (inFeatures = 3, outFeatures = 5) => new nn.Linear(inFeatures, outFeatures);
const set = (m: Module, value: Tensor) => {
  (m as torch.nn.Linear).weight = value as torch.nn.Parameter;
};

const SAME: [python: string, body: (given: { x: Tensor; images: Tensor }) => unknown][] = [
  ['trained(Q.weight_norm(nn.Linear(3, 5)), x)', ({ x }) => trained(Q.weightNorm(linear()), x)],
  [
    'trained(Q.weight_norm(nn.Linear(3, 5), dim=None), x)',
    ({ x }) => trained(Q.weightNorm(linear(), { dim: null }), x),
  ],
  [
    "trained(Q.weight_norm(nn.Conv2d(3, 2, 3), name='weight', dim=1), images)",
    ({ images }) => trained(Q.weightNorm(new nn.Conv2d(3, 2, 3), { name: 'weight', dim: 1 }), images),
  ],
  [
    'm = Q.weight_norm(nn.Linear(3, 5)); m.load_state_dict(weight_norm(nn.Linear(3, 5)).state_dict()); weight_of(m)',
    () => {
      const m = Q.weightNorm(linear());
      m.loadStateDict(utils.weightNorm(linear()).stateDict());
      return weightOf(m);
    },
  ],
  ['trained(Q.spectral_norm(nn.Linear(3, 5)), x)', ({ x }) => trained(Q.spectralNorm(linear()), x)],
  [
    'trained(Q.spectral_norm(nn.ConvTranspose2d(3, 2, 3), n_power_iterations=3, eps=1e-8), images)',
    ({ images }) =>
      trained(Q.spectralNorm(new nn.ConvTranspose2d(3, 2, 3), { nPowerIterations: 3, eps: 1e-8 }), images),
  ],
  ["trained(Q.spectral_norm(nn.Linear(3, 5), 'bias'), x)", ({ x }) => trained(Q.spectralNorm(linear(), 'bias'), x)],
  [
    'm = copy.deepcopy(Q.spectral_norm(nn.Linear(3, 5))); m.weight = x; m.eval(); weight_of(m)',
    ({ x }) => {
      const m = torch.deepcopy(Q.spectralNorm(linear()));
      set(m, x);
      m.eval();
      return weightOf(m);
    },
  ],
  ['Q.spectral_norm(nn.Linear(3, 5), n_power_iterations=0)', () => Q.spectralNorm(linear(), { nPowerIterations: 0 })],
  ['Q.spectral_norm(nn.Linear(3, 5), dim=2)', () => Q.spectralNorm(linear(), { dim: 2 })],
  ["Q.spectral_norm(nn.Linear(3, 5), 'nothing')", () => Q.spectralNorm(linear(), 'nothing')],
  ...['matrix_exp', 'cayley', 'householder'].flatMap((map): [string, (given: { x: Tensor }) => unknown][] => [
    [
      `trained(Q.orthogonal(nn.Linear(3, 5), orthogonal_map='${map}'), x)`,
      ({ x }) => trained(Q.orthogonal(linear(), { orthogonalMap: map as 'cayley' }), x),
    ],
    [
      `trained(Q.orthogonal(nn.Linear(3, 3), 'weight', '${map}', use_trivialization=False), x)`,
      ({ x }) => trained(Q.orthogonal(linear(3, 3), 'weight', map as 'cayley', { useTrivialization: false }), x),
    ],
    [
      `m = Q.orthogonal(nn.Linear(3, 2), orthogonal_map='${map}'); m.weight = torch.eye(2, 3); weight_of(m)`,
      () => {
        const m = Q.orthogonal(linear(3, 2), { orthogonalMap: map as 'cayley' });
        set(m, torch.eye(2, 3));
        return weightOf(m);
      },
    ],
    [
      `m = Q.orthogonal(nn.Linear(3, 2), orthogonal_map='${map}', use_trivialization=False); m.weight = torch.eye(2, 3); weight_of(m)`,
      () => {
        const m = Q.orthogonal(linear(3, 2), { orthogonalMap: map as 'cayley', useTrivialization: false });
        set(m, torch.eye(2, 3));
        return weightOf(m);
      },
    ],
  ]),
  ['trained(Q.orthogonal(nn.Linear(3, 3)), x)', ({ x }) => trained(Q.orthogonal(linear(3, 3)), x)],
  ['trained(Q.orthogonal(nn.Linear(3, 2)), x)', ({ x }) => trained(Q.orthogonal(linear(3, 2)), x)],
  [
    'm = Q.orthogonal(nn.Linear(3, 3).to(torch.complex64)); m.weight.detach()',
    () => Q.orthogonal(linear(3, 3).to(torch.complex64)).weight.detach(),
  ],
  ["Q.orthogonal(nn.Linear(3, 3), 'bias')", () => Q.orthogonal(linear(3, 3), 'bias')],
  [
    "Q.orthogonal(nn.Linear(3, 3), orthogonal_map='other')",
    () => Q.orthogonal(linear(3, 3), { orthogonalMap: 'other' as never }),
  ],
  [
    "Q.orthogonal(nn.Linear(3, 3).to(torch.complex64), orthogonal_map='householder')",
    () => Q.orthogonal(linear(3, 3).to(torch.complex64), { orthogonalMap: 'householder' }),
  ],
  [
    'm = Q.orthogonal(nn.Linear(3, 3)); m.weight = torch.ones(2, 3)',
    () => set(Q.orthogonal(linear(3, 3)), torch.ones(2, 3)),
  ],
  ['trained(weight_norm(nn.Linear(3, 5)), x)', ({ x }) => trained(utils.weightNorm(linear()), x)],
  [
    'trained(weight_norm(nn.Linear(3, 5), dim=None), x)',
    ({ x }) => trained(utils.weightNorm(linear(), { dim: null }), x),
  ],
  [
    'm = weight_norm(nn.Linear(3, 5)); m(x); trained(remove_weight_norm(m), x)',
    ({ x }) => {
      const m = utils.weightNorm(linear());
      m(x);
      return trained(utils.removeWeightNorm(m), x);
    },
  ],
  ['weight_norm(weight_norm(nn.Linear(3, 5)))', () => utils.weightNorm(utils.weightNorm(linear()))],
  ['remove_weight_norm(nn.Linear(3, 5))', () => utils.removeWeightNorm(linear())],
  ['weight_norm(nn.LazyLinear(5))', () => utils.weightNorm(new nn.LazyLinear(5))],
  ['trained(spectral_norm(nn.Linear(3, 5)), x)', ({ x }) => trained(utils.spectralNorm(linear()), x)],
  [
    'trained(spectral_norm(nn.ConvTranspose2d(3, 2, 3), n_power_iterations=3), images)',
    ({ images }) => trained(utils.spectralNorm(new nn.ConvTranspose2d(3, 2, 3), { nPowerIterations: 3 }), images),
  ],
  [
    'm = spectral_norm(nn.Linear(3, 5)); m(x); trained(remove_spectral_norm(m), x), m.state_dict()._metadata',
    ({ x }) => {
      const m = utils.spectralNorm(linear());
      m(x);
      return [trained(utils.removeSpectralNorm(m), x), m.stateDict()._metadata];
    },
  ],
  [
    's = nn.Sequential(spectral_norm(nn.Linear(3, 5))); d = s.state_dict(); n = nn.Sequential(spectral_norm(nn.Linear(3, 5))); n.load_state_dict(d); (dict(d._metadata), list(n.state_dict().items()))',
    () => {
      const s = new nn.Sequential(utils.spectralNorm(linear()));
      const d = s.stateDict();
      const n = new nn.Sequential(utils.spectralNorm(linear()));
      n.loadStateDict(d);
      return [d._metadata, n.stateDict().items()];
    },
  ],
  [
    "m = spectral_norm(nn.Linear(3, 5)); d = {k: v.clone() for k, v in m.state_dict().items()}; v = d.pop('weight_v'); m.eval(); d['weight'] = m(torch.eye(3)).T.detach() - m.bias.detach()[:, None]; m.load_state_dict(d); weight_of(m)",
    () => {
      const m = utils.spectralNorm(linear());
      const d = new Map(
        m
          .stateDict()
          .items()
          .map(([key, value]) => [key, value.clone()]),
      );
      d.delete('weight_v');
      m.eval();
      d.set(
        'weight',
        m(torch.eye(3))
          .T.detach()
          .sub((m.bias as Tensor).detach().at(':', null)),
      );
      m.loadStateDict(d);
      return weightOf(m);
    },
  ],
  [
    'm = spectral_norm(nn.Linear(3, 5))\nwith torch.no_grad():\n    m(x)\nc = copy.deepcopy(m); remove_spectral_norm(c); (weight_of(c), weight_of(m), c.state_dict()._metadata, m.state_dict()._metadata)',
    ({ x }) => {
      const m = utils.spectralNorm(linear());
      torch.noGrad(() => m(x));
      const c = utils.removeSpectralNorm(torch.deepcopy(m));
      return [weightOf(c), weightOf(m), c.stateDict()._metadata, m.stateDict()._metadata];
    },
  ],
  ['spectral_norm(spectral_norm(nn.Linear(3, 5)))', () => utils.spectralNorm(utils.spectralNorm(linear()))],
  ['remove_spectral_norm(nn.Linear(3, 5))', () => utils.removeSpectralNorm(linear())],
  ["spectral_norm(nn.Linear(3, 5, bias=False), 'bias')", () => utils.spectralNorm(new nn.Linear(3, 5, false), 'bias')],
  ['spectral_norm(nn.Linear(3, 5), n_power_iterations=0)', () => utils.spectralNorm(linear(), { nPowerIterations: 0 })],
];

describe('nn.utils.parametrizations', () => {
  const given = { x: input([5, 3]), images: input([2, 3, 5, 5], { seed: 2 }) };
  for (const [python, body] of SAME) it(python, () => parity(PYTHON + python, given, (same) => body(same)));
});
