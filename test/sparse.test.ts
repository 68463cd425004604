/** Sparse tensors of indices and values, and `torch.sparse`, against PyTorch. */
import assert from 'node:assert/strict';
import * as torch from '../lib';
import { input } from './oracle/inputs';
import { parity } from './oracle/oracle';

// biome-ignore lint/suspicious/noExplicitAny: tables of loosely typed calls, some wrong on purpose
type Loose = any;

const t = torch as Loose;
const given: Record<string, Loose> = {
  i: torch.tensor([
    [0n, 1n, 1n],
    [2n, 0n, 2n],
  ]),
  v: input([3]),
  rows: torch.tensor([0n, 1n, 3n]),
  cols: torch.tensor([2n, 0n, 2n]),
  blocks: input([2, 2, 2]),
  x: input([2, 3], { seed: 2 }).relu(),
};

const SAME: [python: string, body: (given: Record<string, Loose>) => unknown][] = [
  ['torch.sparse_coo_tensor(i, v, (2, 3))', ({ i, v }) => t.sparseCooTensor(i, v, [2, 3])],
  ['torch.sparse_coo_tensor(i, v)', ({ i, v }) => t.sparseCooTensor(i, v)],
  [
    'torch.sparse_coo_tensor(i, v, size=(4, 4), dtype=torch.float64)',
    ({ i, v }) => t.sparseCooTensor(i, v, { size: [4, 4], dtype: t.float64 }),
  ],
  [
    'torch.sparse_coo_tensor([[0, 1], [2, 0]], [1.5, 2.0], (2, 3))',
    () =>
      t.sparseCooTensor(
        [
          [0, 1],
          [2, 0],
        ],
        [1.5, 2],
        [2, 3],
      ),
  ],
  [
    'torch.sparse_coo_tensor(i, v, (2, 3), is_coalesced=True).is_coalesced()',
    ({ i, v }) => t.sparseCooTensor(i, v, [2, 3], { isCoalesced: true }).isCoalesced(),
  ],
  ['torch.sparse_coo_tensor((2, 3))', () => t.sparseCooTensor([2, 3])],
  ['torch.sparse_coo_tensor((2, 3), dtype=torch.int32)', () => t.sparseCooTensor([2, 3], { dtype: t.int32 })],
  [
    'torch.sparse_coo_tensor(i, v, (2, 3), requires_grad=True).requires_grad',
    ({ i, v }) => t.sparseCooTensor(i, v, [2, 3], { requiresGrad: true }).requiresGrad,
  ],
  [
    'torch.sparse_coo_tensor(i, v, (1, 3), check_invariants=True)',
    ({ i, v }) => t.sparseCooTensor(i, v, [1, 3], { checkInvariants: true }),
  ],
  [
    'torch.sparse_coo_tensor(i, v[:2], check_invariants=True)',
    ({ i, v }) => t.sparseCooTensor(i, v.at(':2'), { checkInvariants: true }),
  ],
  ['torch.sparse_csr_tensor(rows, cols, v, (2, 3))', ({ rows, cols, v }) => t.sparseCsrTensor(rows, cols, v, [2, 3])],
  ['torch.sparse_csr_tensor(rows, cols, v)', ({ rows, cols, v }) => t.sparseCsrTensor(rows, cols, v)],
  [
    'torch.sparse_csr_tensor(rows.int(), cols.int(), v).crow_indices()',
    ({ rows, cols, v }) => t.sparseCsrTensor(rows.int(), cols.int(), v).crowIndices(),
  ],
  [
    'torch.sparse_csr_tensor([0, 1, 3], [2, 0, 2], [1.0, 2.0, 3.0], dtype=torch.float64)',
    () => t.sparseCsrTensor([0, 1, 3], [2, 0, 2], [1, 2, 3], { dtype: t.float64 }),
  ],
  ['torch.sparse_csc_tensor(rows, cols, v, (3, 2))', ({ rows, cols, v }) => t.sparseCscTensor(rows, cols, v, [3, 2])],
  ['torch.sparse_bsr_tensor([0, 1, 2], [0, 1], blocks)', ({ blocks }) => t.sparseBsrTensor([0, 1, 2], [0, 1], blocks)],
  [
    'torch.sparse_bsc_tensor([0, 1, 2], [0, 1], blocks, (4, 4))',
    ({ blocks }) => t.sparseBscTensor([0, 1, 2], [0, 1], blocks, [4, 4]),
  ],
  [
    'torch.sparse_compressed_tensor(rows, cols, v, layout=torch.sparse_csr)',
    ({ rows, cols, v }) => t.sparseCompressedTensor(rows, cols, v, { layout: t.sparseCsr }),
  ],
  ['torch.sparse_compressed_tensor(rows, cols, v)', ({ rows, cols, v }) => t.sparseCompressedTensor(rows, cols, v)],
  [
    'torch.sparse_csr_tensor(rows, cols, v, layout=torch.sparse_csc)',
    ({ rows, cols, v }) => t.sparseCsrTensor(rows, cols, v, { layout: t.sparseCsc }),
  ],
  [
    'torch.sparse_csr_tensor(rows, cols, v, (2, 2), check_invariants=True)',
    ({ rows, cols, v }) => t.sparseCsrTensor(rows, cols, v, [2, 2], { checkInvariants: true }),
  ],
  [
    'torch.sparse.sum(x.to_sparse()), torch.sparse.sum(x.to_sparse(), 1), torch.sparse.sum(x.to_sparse(), dim=(0,), dtype=torch.float64)',
    ({ x }) => [
      t.sparse.sum(x.toSparse()),
      t.sparse.sum(x.toSparse(), 1),
      t.sparse.sum(x.toSparse(), { dim: [0], dtype: t.float64 }),
    ],
  ],
  ['torch.sparse.sum(x.to_sparse(), dtype=torch.float64)', ({ x }) => t.sparse.sum(x.toSparse(), { dtype: t.float64 })],
  [
    'torch.sparse.mm(x.to_sparse(), x.t()), torch.sparse.softmax(x.to_sparse(), 1)',
    ({ x }) => [t.sparse.mm(x.toSparse(), x.t()), t.sparse.softmax(x.toSparse(), 1)],
  ],
  ['torch.sparse.spdiags(x, torch.tensor([0, 1]), (3, 3))', ({ x }) => t.sparse.spdiags(x, t.tensor([0n, 1n]), [3, 3])],
  [
    'w = v.clone().requires_grad_()\ntorch.sparse_coo_tensor(i, w, (2, 3)).to_dense().pow(2).sum().backward()\nw.grad',
    ({ i, v }) => {
      const w = v.clone().requiresGrad_();
      t.sparseCooTensor(i, w, [2, 3]).toDense().pow(2).sum().backward();
      return w.grad;
    },
  ],
  [
    `
check = torch.sparse.check_sparse_tensor_invariants
states = [check.is_enabled()]
with check(): states.append(check.is_enabled())
check.enable(); states.append(check.is_enabled())
with check(False): states.append(check.is_enabled())
check.disable(); states.append(check.is_enabled())
states`,
    () => {
      const check = torch.sparse.checkSparseTensorInvariants;
      const states = [check.isEnabled()];
      check(() => states.push(check.isEnabled()));
      check.enable();
      states.push(check.isEnabled());
      check(false, () => states.push(check.isEnabled()));
      check.disable();
      states.push(check.isEnabled());
      return states;
    },
  ],
];

describe('sparse tensors', () => {
  for (const [python, body] of SAME) it(python, () => parity(python, given, body));

  it('checks indices unless told not to, as a place out of range would crash the process', () => {
    const { i, v } = given;
    torch.sparse.checkSparseTensorInvariants.enable();
    assert.throws(() => torch.sparseCooTensor(i, v, [1, 3]), { name: 'RuntimeError' });
    torch.sparse.checkSparseTensorInvariants.disable();
    assert.equal(torch.sparseCooTensor(i, v, [1, 3]).size(0), 1);
    assert.throws(() => torch.sparseCooTensor(i, v, [1, 3], { checkInvariants: true }), { name: 'RuntimeError' });
  });
});
