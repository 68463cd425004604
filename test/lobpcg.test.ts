/** `torch.lobpcg` against PyTorch: methods, sparse and batched matrices, generalized problems, gradients, errors. */
import assert from 'node:assert/strict';
import * as torch from '../lib';
import { input } from './oracle/inputs';
import { parity } from './oracle/oracle';

// biome-ignore lint/suspicious/noExplicitAny: some calls are wrong on purpose
type Loose = any;

const float64 = { dtype: torch.float64 };
const a = input([12, 12], float64);
const b = input([12, 12], { ...float64, seed: 2 });
const eye = torch.eye(12, float64);
const given: Record<string, Loose> = {
  A: a.matmul(a.mT).add(eye.mul(torch.arange(12))),
  B: b.matmul(b.mT).add(eye),
  batch: input([2, 2, 12, 12], float64),
  X: input([12, 3], { ...float64, seed: 3 }),
};

/** Vectors are those of PyTorch up to a sign. */
const SAME: [python: string, body: (given: Record<string, Loose>) => Loose][] = [
  ['torch.lobpcg(A, 2, X=X)', ({ A, X }) => torch.lobpcg(A, 2, { X })],
  ['torch.lobpcg(A, 2, largest=False)', ({ A }) => torch.lobpcg(A, 2, { largest: false })],
  [
    "torch.lobpcg(A, 2, X=X.clone(), method='basic')",
    ({ A, X }) => torch.lobpcg(A, 2, { X: X.clone(), method: 'basic' }),
  ],
  ['torch.lobpcg(A)', ({ A }) => torch.lobpcg(A)],
  ['torch.lobpcg(A, B=B, X=X)', ({ A, B, X }) => torch.lobpcg(A, { B, X })],
  [
    "torch.lobpcg(A, 1, B, n=3, method='basic', tol=1e-6)",
    ({ A, B }) => torch.lobpcg(A, 1, B, { n: 3, method: 'basic', tol: 1e-6 }),
  ],
  [
    'torch.lobpcg(A, 2, iK=torch.diag(1 / A.diag()))',
    ({ A }) => torch.lobpcg(A, 2, { iK: torch.diag(torch.div(1, A.diag())) }),
  ],
  ['torch.lobpcg(A.to_sparse(), 3)', ({ A }) => torch.lobpcg(A.toSparse(), 3)],
  ['torch.lobpcg(A.float(), 2)', ({ A }) => torch.lobpcg(A.float(), 2)],
  ['torch.lobpcg(batch @ batch.mT, 2)', ({ batch }) => torch.lobpcg(batch.matmul(batch.mT), 2)],
  [
    "torch.lobpcg(A, 2, ortho_iparams={'ortho_i_max': 2, 'ortho_j_max': 2}, ortho_fparams={'ortho_tol': 1e-5}, ortho_bparams={'ortho_use_drop': True})",
    ({ A }) =>
      torch.lobpcg(A, 2, {
        orthoIparams: { ortho_i_max: 2, ortho_j_max: 2 },
        orthoFparams: { ortho_tol: 1e-5 },
        orthoBparams: { ortho_use_drop: true },
      }),
  ],
];

describe('lobpcg', () => {
  for (const [python, body] of SAME) {
    it(python, () =>
      parity(`torch.manual_seed(0)\ne, x = ${python}\n[e, x.abs()]`, given, (inputs) => {
        torch.manualSeed(0);
        const [e, x] = body(inputs);
        return [e, x.abs()];
      }),
    );
  }

  it('takes as many iterations as PyTorch, and tells a tracker', () =>
    parity(
      `
seen = []
torch.lobpcg(A, 2, X=X, tol=1e-9, tracker=lambda w: seen.append([w.ivars['istep'], w.ivars['converged_count']]))
seen`,
      given,
      ({ A, X }) => {
        const seen: unknown[] = [];
        torch.lobpcg(A, 2, { X, tol: 1e-9, tracker: (w) => seen.push([w.istep, w.convergedCount]) });
        return seen;
      },
    ));

  for (const k of [1, 3]) {
    for (const largest of [true, false]) {
      it(`has PyTorch's gradients: k=${k}, largest=${largest}`, () =>
        parity(
          `
torch.manual_seed(0)
M = torch.stack([A, A + B]).requires_grad_()
e, x = torch.lobpcg(M, ${k}, largest=${largest ? 'True' : 'False'}, tol=1e-12)
torch.autograd.grad((e * torch.arange(1, ${k} + 1)).sum() + (x[:, 0].abs() * x[:, 3].abs()).sum() + x.pow(4).sum(), M)`,
          given,
          ({ A, B }) => {
            torch.manualSeed(0);
            const M = torch.stack([A, A.add(B)]).requiresGrad_();
            const [e, x] = torch.lobpcg(M, k, { largest, tol: 1e-12 });
            const first = e.mul(torch.arange(1, k + 1)).sum();
            const second = x.at(':', 0).abs().mul(x.at(':', 3).abs()).sum();
            return torch.autograd.grad(first.add(second).add(x.pow(4).sum()), M);
          },
        ));
    }
  }

  const WRONG: [python: string, body: (given: Record<string, Loose>) => unknown][] = [
    ['torch.lobpcg(X)', ({ X }) => torch.lobpcg(X)],
    ['torch.lobpcg(A, B=B[:2, :2])', ({ A, B }) => torch.lobpcg(A, { B: B.at(':2', ':2') })],
    ['torch.lobpcg(A, 5)', ({ A }) => torch.lobpcg(A, 5)],
    ['torch.lobpcg(A, X=X[:5])', ({ A, X }) => torch.lobpcg(A, { X: X.at(':5') })],
    ['torch.lobpcg(A.half())', ({ A }) => torch.lobpcg(A.half())],
  ];
  for (const [python, body] of WRONG) it(python, () => parity(python, given, body));

  it('throws where PyTorch has no gradients', () => {
    const { A, B } = given;
    assert.throws(() => torch.lobpcg(A.clone().requiresGrad_(), { B }), /does not support backward with B != I yet/);
    assert.throws(() => torch.lobpcg(A.toSparse().requiresGrad_()), /does not support sparse input yet/);
  });
});
