/** Calls that end a Python process: LibTorch's own kernels do not check them, so tsorch does. */
import type * as Torch from '../../lib';

// biome-ignore lint/suspicious/noExplicitAny: internal operators are called by name
type Loose = any;

/** The proof: Python code that crashes, and the same call in tsorch, which must throw. */
export interface KnownCrash {
  python: string;
  tsorch: (torch: typeof Torch & Loose) => unknown;
}

/** One for each operator of `binding/preconditions.cc`. */
export const knownCrashes: KnownCrash[] = [
  {
    python: 'torch._remove_batch_dim(torch.ones(2, 2), -1, 1, -2)',
    tsorch: (torch) => torch.ops.aten._remove_batch_dim(torch.ones(2, 2), -1, 1, -2),
  },
  { python: 'torch._stack([])', tsorch: (torch) => torch.ops.aten._stack([]) },
  {
    python: 'torch.quantized_lstm_cell(x, [], x, x, x, x, x, x, x, x, 1, 1, 1, 1)',
    tsorch: (torch) => {
      const x = torch.ones(2, 2);
      return torch.ops.aten.quantized_lstm_cell(x, [], x, x, x, x, x, x, x, x, 1, 1, 1, 1);
    },
  },
  {
    python: 'torch._nnpack_spatial_convolution(torch.ones(1, 2, 4, 4), torch.ones(3, 2, 2, 2), None, [0, 0], [0, 0])',
    tsorch: (torch) =>
      torch.ops.aten._nnpack_spatial_convolution(torch.ones(1, 2, 4, 4), torch.ones(3, 2, 2, 2), null, [0, 0], [0, 0]),
  },
  {
    python: 'torch._weight_norm(torch.ones(0, 3), torch.ones(3))',
    tsorch: (torch) => torch.ops.aten._weight_norm(torch.ones(0, 3), torch.ones(3)),
  },
  {
    python: 'torch._weight_norm_interface(torch.ones(0, 3), torch.ones(0))',
    tsorch: (torch) => torch.ops.aten._weight_norm_interface(torch.ones(0, 3), torch.ones(0)),
  },
  {
    python: 'torch._transform_bias_rescale_qkv(torch.ones(1, 2, 6), torch.ones(6), 0)',
    tsorch: (torch) => torch.ops.aten._transform_bias_rescale_qkv(torch.ones(1, 2, 6), torch.ones(6), 0),
  },
  {
    python: 'torch._native_batch_norm_legit(torch.ones(2, 3), None, None, False, 0.1, 0.1)',
    tsorch: (torch) => torch.ops.aten._native_batch_norm_legit(torch.ones(2, 3), null, null, false, 0.1, 0.1),
  },
  {
    python: 'torch.native_batch_norm(torch.ones(2, 3), None, None, None, None, False, 0.1, 0.1)',
    tsorch: (torch) => torch.nativeBatchNorm(torch.ones(2, 3), null, null, null, null, false, 0.1, 0.1),
  },
  {
    python: 'torch.batch_norm_update_stats(torch.ones(3, 3), None, torch.ones(0), 0.)',
    tsorch: (torch) => torch.batchNormUpdateStats(torch.ones(3, 3), null, torch.ones(0), 0),
  },
  {
    python: 'torch._reshape_alias_copy(torch.ones(0, 3), [], [])',
    tsorch: (torch) => torch._reshapeAliasCopy(torch.ones(0, 3), [], []),
  },
  {
    python: 'torch._sobol_engine_ff_(torch.zeros(0).long(), 2**62, torch.ones(2, 3).long(), 1, 5)',
    tsorch: (torch) => {
      const [point, state] = [torch.zeros([0], { dtype: torch.int64 }), torch.ones([2, 3], { dtype: torch.int64 })];
      return torch._sobolEngineFf_(point, 2n ** 62n, state, 1, 5);
    },
  },
  {
    python: 'torch._sobol_engine_draw(torch.zeros(1).long(), 5, torch.ones(2, 3).long(), 10**8, 5, torch.float32)',
    tsorch: (torch) => {
      const [point, state] = [torch.zeros([1], { dtype: torch.int64 }), torch.ones([2, 3], { dtype: torch.int64 })];
      return torch._sobolEngineDraw(point, 5, state, 10 ** 8, 5, torch.float32);
    },
  },
  {
    python: 'torch._sobol_engine_scramble_(torch.ones(2, 3).long(), torch.ones(2, 3, 3).long(), 10**8)',
    tsorch: (torch) => {
      const [state, matrices] = [torch.ones([2, 3]), torch.ones([2, 3, 3])];
      return torch._sobolEngineScramble_(state.to(torch.int64), matrices.to(torch.int64), 10 ** 8);
    },
  },
  {
    python: 'torch._sobol_engine_initialize_state_(torch.ones(2, 3).long(), 10**6)',
    tsorch: (torch) => torch._sobolEngineInitializeState_(torch.ones(2, 3).to(torch.int64), 10 ** 6),
  },
  {
    python: 'torch._dyn_quant_matmul_4bit(torch.ones(3, 3), torch.ones(1), 0, 3, -1)',
    tsorch: (torch) => torch._dynQuantMatmul4bit(torch.ones(3, 3), torch.ones(1), 0, 3, -1),
  },
  {
    python: 'for i in range(50): torch._logcumsumexp(torch.ones(2, 200, 48), 2, out=torch.ones(3, dtype=torch.bool))',
    tsorch: (torch) => torch._logcumsumexp(torch.ones(2, 200), 1, { out: torch.ones([3], { dtype: torch.bool }) }),
  },
  ...['max', 'min'].map((extremum) => ({
    python: `torch._cum${extremum}_helper(torch.ones(100000), torch.ones(1), torch.ones(1).long(), 0)`,
    tsorch: (torch: Loose) => {
      const helper = torch.ops.aten[`_cum${extremum}_helper`];
      return helper(torch.ones(100000), torch.ones(1), torch.ones([1], { dtype: torch.int64 }), 0);
    },
  })),
  {
    python: 'torch._fft_r2c(torch.ones(2, 3), [-(2**63)], 0, False)',
    tsorch: (torch) => torch.ops.aten._fft_r2c(torch.ones(2, 3), [-(2n ** 63n)], 0, false),
  },
  {
    python: 'torch._fft_c2r(torch.ones(1, 2, 4, 4, dtype=torch.complex64), [-2], 3, 1)',
    tsorch: (torch) => torch.ops.aten._fft_c2r(torch.ones(1, 2, 4, 4, { dtype: torch.complex64 }), [-2], 3, 1),
  },
  {
    python: 'torch._fft_c2c(torch.ones(2, 4, dtype=torch.complex64), [2**40], 0, True)',
    tsorch: (torch) => torch.ops.aten._fft_c2c(torch.ones(2, 4, { dtype: torch.complex64 }), [2 ** 40], 0, true),
  },
  {
    python: 'torch._convert_indices_from_coo_to_csr(torch.full((2,), 2**40), 1)',
    tsorch: (torch) => torch._convertIndicesFromCooToCsr(torch.full([2], 2 ** 40, { dtype: torch.int64 }), 1),
  },
  {
    python: 'torch._convert_indices_from_csr_to_coo(torch.tensor([0, 10**9]), torch.tensor([0, 1]))',
    tsorch: (torch) => torch._convertIndicesFromCsrToCoo(torch.tensor([0n, 10n ** 9n]), torch.tensor([0n, 1n])),
  },
  {
    python:
      'x = torch.ones\ntorch.mkldnn_rnn_layer(x(3, 3, 3), x(3, 3), x(1), x(2, 3), x(2), x([]), x(2, 3, 4),' +
      ' True, [5, 3, 1], 3, 4, 4, False, True, False, False)',
    tsorch: (torch) => {
      const x = torch.ones;
      const weights = [x(3, 3), x(1), x(2, 3), x(2)];
      const flags = [false, true, false, false];
      return torch.mkldnnRnnLayer(x(3, 3, 3), ...weights, x([]), x(2, 3, 4), true, [5, 3, 1], 3, 4, 4, ...flags);
    },
  },
  {
    python: "torch._C._linalg._linalg_eigvals(torch.full((2, 2), float('nan')))",
    tsorch: (torch) => torch.ops.aten._linalg_eigvals(torch.full([2, 2], NaN)),
  },
  {
    python: 'torch._dyn_quant_pack_4bit_weight(torch.ones(2, 3).byte(), torch.ones(3, 3), torch.ones(3), 0, 2, 2)',
    tsorch: (torch) =>
      torch.ops.aten._dyn_quant_pack_4bit_weight(
        torch.ones([2, 3], { dtype: torch.uint8 }),
        torch.ones(3, 3),
        torch.ones(3),
        0,
        2,
        2,
      ),
  },
];
