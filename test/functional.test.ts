/** What `torch` and `Tensor` write in Python over operators, against PyTorch: values, gradients, errors. */
import * as torch from '../lib';
import { input } from './oracle/inputs';
import { parity } from './oracle/oracle';

// biome-ignore lint/suspicious/noExplicitAny: tables of loosely typed calls, some wrong on purpose
type Loose = any;
type Case = [python: string, body: (inputs: Record<string, Loose>) => unknown];

const inputs: Record<string, Loose> = {
  a: input([2, 3]),
  b: input([3, 4], { seed: 2 }),
  c: input([4, 2], { seed: 3 }),
  batch: input([2, 3, 4], { seed: 4 }),
  square: input([2, 3, 3], { seed: 5, dtype: torch.float64 }),
  vector: input([3], { seed: 6 }),
  scalar: input([], { seed: 7 }),
  whole: input([2, 6], { dtype: torch.int64, high: 4, seed: 8 }),
  signal: input([2, 40], { seed: 9 }),
  window: input([16], { low: 0.1, high: 1, seed: 10 }),
  complex: input([2, 3], { dtype: torch.complex64, seed: 11 }),
  singular: torch.ones(2, 2),
};
const t = torch as Loose;

const SHAPES: Case[] = [
  [
    'torch.atleast_1d(scalar), torch.atleast_2d(vector), torch.atleast_3d(a)',
    ({ scalar, vector, a }) => [t.atleast1d(scalar), t.atleast2d(vector), t.atleast3d(a)],
  ],
  ['torch.atleast_1d(scalar, a)', ({ scalar, a }) => t.atleast1d(scalar, a)],
  ['torch.atleast_2d([scalar, vector])', ({ scalar, vector }) => t.atleast2d([scalar, vector])],
  ['torch.broadcast_shapes((2,), (3, 1), (1, 1, 1))', () => t.broadcastShapes([2], [3, 1], [1, 1, 1])],
  ['torch.broadcast_shapes(5, (2, 1))', () => t.broadcastShapes(5, [2, 1])],
  ['torch.broadcast_shapes()', () => t.broadcastShapes()],
  ['torch.broadcast_shapes((2,), (3,))', () => t.broadcastShapes([2], [3])],
  ['torch.broadcast_shapes((-1,), (3,))', () => t.broadcastShapes([-1], [3])],
  ['torch.broadcast_tensors(vector, scalar, a)', ({ vector, scalar, a }) => t.broadcastTensors(vector, scalar, a)],
  [
    'torch.meshgrid(vector, whole[0], indexing="xy")',
    ({ vector, whole }) => t.meshgrid(vector, whole.at(0), { indexing: 'xy' }),
  ],
  ['torch.meshgrid([vector, vector], indexing="ij")', ({ vector }) => t.meshgrid([vector, vector], { indexing: 'ij' })],
  ['torch.meshgrid(vector, scalar)', ({ vector, scalar }) => t.meshgrid(vector, scalar)],
  ['torch.meshgrid(vector, vector, index="ij")', ({ vector }) => t.meshgrid(vector, vector, { index: 'ij' })],
  ['torch.cartesian_prod(vector, vector[:2])', ({ vector }) => t.cartesianProd(vector, vector.at(':2'))],
  ['torch.cartesian_prod(vector)', ({ vector }) => t.cartesianProd(vector)],
  ['torch.block_diag(a, vector, scalar)', ({ a, vector, scalar }) => t.blockDiag(a, vector, scalar)],
  ['torch.block_diag()', () => t.blockDiag()],
  ['torch.combinations(vector, r=2)', ({ vector }) => t.combinations(vector, { r: 2 })],
  ['torch.split(b, 2, dim=1)', ({ b }) => t.split(b, 2, { dim: 1 })],
  ['torch.split(b, [1, 3], 1)', ({ b }) => t.split(b, [1, 3], 1)],
  [
    'b.split(2), b.split([1, 2]), b.split(split_size=3, dim=-1)',
    ({ b }) => [b.split(2), b.split([1, 2]), b.split({ splitSize: 3, dim: -1 })],
  ],
  ['b.split([1, 1])', ({ b }) => b.split([1, 1])],
  ['b.split()', ({ b }) => b.split()],
  [
    'b.unflatten(1, (2, -1)), b.unflatten(dim=-1, sizes=[2, 2])',
    ({ b }) => [b.unflatten(1, [2, -1]), b.unflatten({ dim: -1, sizes: [2, 2] })],
  ],
  ['b.unflatten(1, ())', ({ b }) => b.unflatten(1, [])],
  ['b.unflatten(1, (3, 2))', ({ b }) => b.unflatten(1, [3, 2])],
  ['torch.unravel_index(whole, (3, 4))', ({ whole }) => t.unravelIndex(whole, [3, 4])],
  ['torch.unravel_index(whole, 7)', ({ whole }) => t.unravelIndex(whole, 7)],
  ['torch.unravel_index(a, (3, 4))', ({ a }) => t.unravelIndex(a, [3, 4])],
  ['torch.unravel_index(whole, (3, -4))', ({ whole }) => t.unravelIndex(whole, [3, -4])],
  ['a.resize(3, 2), a.resize_as(a.t())', ({ a }) => [a.resize(3, 2), a.resizeAs(a.t())]],
  ['a.resize(4)', ({ a }) => a.resize(4)],
  [
    'a.dim_order(), batch.permute(2, 0, 1).dim_order()',
    ({ a, batch }) => [a.dimOrder(), batch.permute(2, 0, 1).dimOrder()],
  ],
  [
    'torch.zeros(2, 3, 4, 5).to(memory_format=torch.channels_last).dim_order(), torch.zeros(2, 1).expand(2, 3).dim_order()',
    () => [t.zeros(2, 3, 4, 5).to({ memoryFormat: t.channelsLast }).dimOrder(), t.zeros(2, 1).expand(2, 3).dimOrder()],
  ],
  ['torch.zeros(1, 2).dim_order(ambiguity_check=True)', () => t.zeros(1, 2).dimOrder({ ambiguityCheck: true })],
  [
    'torch.zeros(1, 2).dim_order(ambiguity_check=[torch.contiguous_format])',
    () => t.zeros(1, 2).dimOrder({ ambiguityCheck: [t.contiguousFormat] }),
  ],
];

const PRODUCTS: Case[] = [
  ['torch.einsum("ij,jk->ik", a, b)', ({ a, b }) => t.einsum('ij,jk->ik', a, b)],
  ['torch.einsum("ij,jk,kl", [a, b, c])', ({ a, b, c }) => t.einsum('ij,jk,kl', [a, b, c])],
  ['torch.einsum("...ii->...i", square)', ({ square }) => t.einsum('...ii->...i', square)],
  ['torch.einsum(a, [0, 1], b, [1, 2], [0, 2])', ({ a, b }) => t.einsum(a, [0, 1], b, [1, 2], [0, 2])],
  ['torch.einsum(a, [0, 30], b, [30, 2])', ({ a, b }) => t.einsum(a, [0, 30], b, [30, 2])],
  [
    'torch.einsum(batch, [..., 0], b, [1, 0], [..., 1])',
    ({ batch, b }) => t.einsum(batch, ['...', 0], b, [1, 0], ['...', 1]),
  ],
  ['torch.einsum("ij")', () => t.einsum('ij')],
  ['torch.einsum(a, [0, 52])', ({ a }) => t.einsum(a, [0, 52])],
  ['torch.einsum("ij,jk", a, a)', ({ a }) => t.einsum('ij,jk', a, a)],
  [
    'torch.tensordot(a, b, dims=1), torch.tensordot(a, b, ([1], [0]))',
    ({ a, b }) => [t.tensordot(a, b, { dims: 1 }), t.tensordot(a, b, [[1], [0]])],
  ],
  ['torch.tensordot(a, b, torch.tensor(1))', ({ a, b }) => t.tensordot(a, b, t.tensor(1))],
  ['torch.tensordot(a, b, torch.tensor([[1], [0]]))', ({ a, b }) => t.tensordot(a, b, t.tensor([[1n], [0n]]))],
  ['torch.tensordot(a, b, -1)', ({ a, b }) => t.tensordot(a, b, -1)],
  ['torch.tensordot(a, b, 3)', ({ a, b }) => t.tensordot(a, b, 3)],
  ['torch.tensordot(a, b, "x")', ({ a, b }) => t.tensordot(a, b, 'x')],
  ['torch.chain_matmul(a, b, c)', ({ a, b, c }) => t.chainMatmul(a, b, c)],
  [
    'torch.chain_matmul(a, b, c, out=torch.empty(2, 2))',
    ({ a, b, c }) => t.chainMatmul(a, b, c, { out: t.empty(2, 2) }),
  ],
  ['torch.cdist(a, b.t()), torch.cdist(a, a, p=1.)', ({ a, b }) => [t.cdist(a, b.t()), t.cdist(a, a, { p: 1 })]],
  [
    'torch.cdist(a, a + 1, compute_mode="donot_use_mm_for_euclid_dist")',
    ({ a }) => t.cdist(a, a.add(1), { computeMode: 'donot_use_mm_for_euclid_dist' }),
  ],
  ['torch.cdist(a, a, compute_mode="x")', ({ a }) => t.cdist(a, a, { computeMode: 'x' })],
];

const LINEAR: Case[] = [
  [
    'torch.norm(a), torch.norm(a, 1), torch.norm(a, dim=1), torch.norm(a, float("inf"), 0, True)',
    ({ a }) => [t.norm(a), t.norm(a, 1), t.norm(a, { dim: 1 }), t.norm(a, Infinity, 0, true)],
  ],
  [
    'torch.norm(batch, "nuc", dim=(1, 2)), torch.norm(a, "nuc"), torch.norm(batch, "fro", (0, 2))',
    ({ batch, a }) => [t.norm(batch, 'nuc', { dim: [1, 2] }), t.norm(a, 'nuc'), t.norm(batch, 'fro', [0, 2])],
  ],
  [
    'a.norm(), a.norm(2, 1), a.norm(p=3, dim=0, dtype=torch.float64)',
    ({ a }) => [a.norm(), a.norm(2, 1), a.norm({ p: 3, dim: 0, dtype: t.float64 })],
  ],
  ['torch.norm(a, out=torch.empty(0))', ({ a }) => t.norm(a, { out: t.empty(0) })],
  ['torch.norm(complex), complex.norm(1)', ({ complex }) => [t.norm(complex), complex.norm(1)]],
  [
    'torch.norm(a.to_sparse()), torch.norm(a.to_sparse(), 2)',
    ({ a }) => [t.norm(a.toSparse()), t.norm(a.toSparse(), 2)],
  ],
  ['torch.norm(a.to_sparse(), "x")', ({ a }) => t.norm(a.toSparse(), 'x')],
  ['torch.norm(a, "x")', ({ a }) => t.norm(a, 'x')],
  ['a.norm(1, 1, False, None, 5)', ({ a }) => a.norm(1, 1, false, null, 5)],
  [
    'torch.lu(square), torch.lu(square, get_infos=True), square.lu()',
    ({ square }) => [t.lu(square), t.lu(square, { getInfos: true }), square.lu()],
  ],
  [
    'torch.lu(square, out=(torch.empty(0, dtype=torch.float64), torch.empty(0, dtype=torch.int32)))',
    ({ square }) => t.lu(square, { out: [t.empty(0, { dtype: t.float64 }), t.empty(0, { dtype: t.int32 })] }),
  ],
  ['torch.lu(square, out=(torch.empty(0),))', ({ square }) => t.lu(square, { out: [t.empty(0)] })],
  ['torch.lu(singular)', ({ singular }) => t.lu(singular)],
  ['torch.lu_unpack(*torch.lu(square))', ({ square }) => t.luUnpack(...t.lu(square))],
  [
    'torch.svd_lowrank(batch, q=2)[1], torch.svd_lowrank(a)[1]',
    ({ batch, a }) => [t.svdLowrank(batch, { q: 2 })[1], t.svdLowrank(a, 2)[1]],
  ],
  ['torch.svd_lowrank(a, 2, M=a * 0.5)', ({ a }) => t.svdLowrank(a, 2, { M: a.mul(0.5) })],
  ['torch.pca_lowrank(batch)', ({ batch }) => t.pcaLowrank(batch)],
  ['torch.pca_lowrank(b, 2, center=False, niter=1)', ({ b }) => t.pcaLowrank(b, 2, { center: false, niter: 1 })],
  ['torch.pca_lowrank(b.relu().to_sparse())[1]', ({ b }) => t.pcaLowrank(b.relu().toSparse())[1]],
  ['torch.pca_lowrank(b, q=9)', ({ b }) => t.pcaLowrank(b, { q: 9 })],
  ['torch.pca_lowrank(b, niter=-1)', ({ b }) => t.pcaLowrank(b, { niter: -1 })],
  ...['eig', 'symeig', 'matrix_rank'].map(
    (name): Case => [`torch.${name}(a)`, ({ a }) => t[name.replace('_r', 'R')](a)],
  ),
  ...['lstsq', 'solve'].map((name): Case => [`torch.${name}(a, a)`, ({ a }) => t[name](a, a)]),
  ...['eig', 'symeig'].map((name): Case => [`a.${name}()`, ({ a }) => a[name]()]),
  ...['lstsq', 'solve', 'reinforce'].map((name): Case => [`a.${name}(a)`, ({ a }) => a[name](a)]),
];

const SPECTRAL: Case[] = [
  [
    'torch.stft(signal, 16, return_complex=True, window=window)',
    ({ signal, window }) => t.stft(signal, 16, { returnComplex: true, window }),
  ],
  [
    'torch.stft(signal[0], 16, 4, center=False, return_complex=True, window=window)',
    ({ signal, window }) => t.stft(signal.at(0), 16, 4, { center: false, returnComplex: true, window }),
  ],
  [
    'signal.stft(16, 8, 16, window, pad_mode="constant", normalized=True, return_complex=True)',
    ({ signal, window }) =>
      signal.stft(16, 8, 16, window, { padMode: 'constant', normalized: true, returnComplex: true }),
  ],
  ['signal.stft(16, window=window)', ({ signal, window }) => signal.stft(16, { window })],
  [
    'torch.stft(signal, 16, align_to_window=True, return_complex=True)',
    ({ signal }) => t.stft(signal, 16, { alignToWindow: true, returnComplex: true }),
  ],
  [
    's = torch.stft(signal, 16, window=window, return_complex=True)\n[torch.istft(s, 16, window=window), s.istft(n_fft=16, window=window, length=30)]',
    ({ signal, window }) => {
      const s = t.stft(signal, 16, { window, returnComplex: true });
      return [t.istft(s, 16, { window }), s.istft({ nFft: 16, window, length: 30 })];
    },
  ],
];

const UNIQUE: Case[] = [
  ['torch.unique(whole)', ({ whole }) => t.unique(whole)],
  ['torch.unique(whole, return_inverse=True)', ({ whole }) => t.unique(whole, { returnInverse: true })],
  ['torch.unique(whole, return_counts=True)', ({ whole }) => t.unique(whole, { returnCounts: true })],
  ['torch.unique(whole, True, True, True)', ({ whole }) => t.unique(whole, true, true, true)],
  [
    'whole.unique(dim=1), whole.unique(dim=0, return_counts=True)',
    ({ whole }) => [whole.unique({ dim: 1 }), whole.unique({ dim: 0, returnCounts: true })],
  ],
  [
    'torch.unique_consecutive(whole), whole.unique_consecutive(return_inverse=True)',
    ({ whole }) => [t.uniqueConsecutive(whole), whole.uniqueConsecutive({ returnInverse: true })],
  ],
  [
    'torch.unique_consecutive(whole, True, True, dim=1)',
    ({ whole }) => t.uniqueConsecutive(whole, true, true, { dim: 1 }),
  ],
  ['torch.unique(whole, dim=2)', ({ whole }) => t.unique(whole, { dim: 2 })],
];

const METHODS: Case[] = [
  ['a.clone().apply_(lambda v: v + 1)', ({ a }) => a.clone().apply_((v: number) => v + 1)],
  ['whole.clone().apply_(lambda v: v * 2)', ({ whole }) => whole.clone().apply_((v: number) => v * 2)],
  ['a.clone().map_(a, lambda v, w: v * w)', ({ a }) => a.clone().map_(a, (v: number, w: number) => v * w)],
  [
    'a.clone().map2_(a, a, lambda u, v, w: u + v * w)',
    ({ a }) => a.clone().map2_(a, a, (u: number, v: number, w: number) => u + v * w),
  ],
  ['a.clone().map_(whole, lambda v, w: v)', ({ a, whole }) => a.clone().map_(whole, (v: number) => v)],
  [
    'a.clone().requires_grad_().apply_(lambda v: v)',
    ({ a }) =>
      a
        .clone()
        .requiresGrad_()
        .apply_((v: number) => v),
  ],
  ['a.clone().apply_(3)', ({ a }) => a.clone().apply_(3)],
  [
    'whole.new_tensor([1, 2]), a.new_tensor([1, 2], dtype=torch.int8)',
    ({ whole, a }) => [whole.newTensor([1, 2]), a.newTensor([1, 2], { dtype: t.int8 })],
  ],
  [
    'a.new([1, 2]), a.new().shape, a.new(2, 3).shape, a.new(a.shape).shape, a.new(a)',
    ({ a }) => [a.new([1, 2]), a.new().shape, a.new(2, 3).shape, a.new(a.shape).shape, a.new(a)],
  ],
  ['a.to_sparse_coo()', ({ a }) => a.toSparseCoo()],
  ['a.const_data_ptr() == a.data_ptr()', ({ a }) => a.constDataPtr() === a.dataPtr()],
  [
    '[a.is_ipu, a.is_maia, a.is_mkldnn, a.is_mps, a.is_mtia, a.is_vulkan, a.is_xla, a.is_xpu, a.to_mkldnn().is_mkldnn]',
    ({ a }) => [a.isIpu, a.isMaia, a.isMkldnn, a.isMps, a.isMtia, a.isVulkan, a.isXla, a.isXpu, a.toMkldnn().isMkldnn],
  ],
  ['a.grad_dtype, whole.grad_dtype', ({ a, whole }) => [a.gradDtype, whole.gradDtype]],
  [
    'x = a.clone().requires_grad_()\nx.grad_dtype = None\nx.grad_dtype',
    ({ a }) => {
      const x = a.clone().requiresGrad_();
      x.gradDtype = null;
      return x.gradDtype;
    },
  ],
  ['(a.clone().requires_grad_() * 2).grad_dtype', ({ a }) => a.clone().requiresGrad_().mul(2).gradDtype],
  [
    'a.clone().module_load(a + 1), a.clone().module_load(a + 1, assign=True)',
    ({ a }) => [a.clone().moduleLoad(a.add(1)), a.clone().moduleLoad(a.add(1), { assign: true })],
  ],
];

/** What is differentiated: the sum of the squares of the function's real results, with respect to leaves x and y. */
const GRADIENTS: Case[] = [
  ['torch.einsum("ij,jk->ik", x, y)', ({ x, y }) => t.einsum('ij,jk->ik', x, y)],
  ['torch.tensordot(x, y, 1)', ({ x, y }) => t.tensordot(x, y, 1)],
  ['torch.cdist(x, y.t())', ({ x, y }) => t.cdist(x, y.t())],
  ['torch.chain_matmul(x, y)', ({ x, y }) => t.chainMatmul(x, y)],
  ['torch.norm(x, dim=1), y.norm("nuc")', ({ x, y }) => [t.norm(x, { dim: 1 }), y.norm('nuc')]],
  ['torch.block_diag(x, y)', ({ x, y }) => t.blockDiag(x, y)],
  ['torch.cartesian_prod(x[0], y[0])', ({ x, y }) => t.cartesianProd(x.at(0), y.at(0))],
  ['torch.meshgrid(x[0], y[0], indexing="ij")', ({ x, y }) => t.meshgrid(x.at(0), y.at(0), { indexing: 'ij' })],
  ['torch.atleast_3d(x, y)', ({ x, y }) => t.atleast3d(x, y)],
  ['y.split(2, 1)', ({ y }) => y.split(2, 1)],
  ['y.unflatten(1, (2, 2))', ({ y }) => y.unflatten(1, [2, 2])],
  ['y.resize(4, 3)', ({ y }) => y.resize(4, 3)],
  [
    'torch.stft(y, 4, return_complex=True, window=torch.ones(4)).abs()',
    ({ y }) => t.stft(y, 4, { returnComplex: true, window: t.ones(4) }).abs(),
  ],
  ['torch.lu(x @ x.t())[0]', ({ x }) => t.lu(x.matmul(x.t()))[0]],
  ['torch.svd_lowrank(y, 2)[1]', ({ y }) => t.svdLowrank(y, 2)[1]],
  ['torch.pca_lowrank(y, 2)[1]', ({ y }) => t.pcaLowrank(y, 2)[1]],
];

function leaves({ a, b }: Record<string, Loose>): [Loose, Loose] {
  return [a.clone().requiresGrad_(), b.clone().requiresGrad_()];
}

describe('torch.functional', () => {
  const groups = {
    shapes: SHAPES,
    products: PRODUCTS,
    'linear algebra': LINEAR,
    spectral: SPECTRAL,
    unique: UNIQUE,
    methods: METHODS,
  };
  for (const [group, cases] of Object.entries(groups)) {
    describe(group, () => {
      for (const [python, body] of cases) it(python, () => parity(python, inputs, body, { stride: true }));
    });
  }

  describe('gradients', () => {
    for (const [python, body] of GRADIENTS) {
      const code = `
x, y = a.clone().requires_grad_(), b.clone().requires_grad_()
r = ${python}
sum((o ** 2).sum() for o in (r if isinstance(r, (list, tuple)) else [r])).backward()
[x.grad, y.grad]`;
      it(python, () =>
        parity(code, inputs, (given) => {
          const [x, y] = leaves(given);
          const result = body({ x, y }) as Loose;
          const outputs: Loose[] = Array.isArray(result) ? result : [result];
          outputs
            .map((output) => output.pow(2).sum())
            .reduce((sum, one) => sum.add(one))
            .backward();
          return [x.grad, y.grad];
        }),
      );
    }
  });
});
