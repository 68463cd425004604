/** Defaults and settings of the process, and the limits of dtypes, against PyTorch. */
import assert from 'node:assert/strict';
import * as torch from '../lib';
import { parity } from './oracle/oracle';

// biome-ignore lint/suspicious/noExplicitAny: tables of loosely typed calls, some wrong on purpose
type Loose = any;

const t = torch as Loose;

describe('dtype limits', () => {
  const dtypes = [...new Set(Object.values(torch).filter((value) => value instanceof torch.DType))];

  for (const name of ['finfo', 'iinfo']) {
    for (const dtype of dtypes.filter(({ name }) => !/^q|float4/.test(name))) {
      const fields =
        name === 'finfo'
          ? 'i.bits, i.eps, i.max, i.min, i.tiny, i.smallest_normal, i.resolution'
          : 'i.bits, i.max, i.min';
      it(`${name}(${dtype})`, () =>
        parity(
          `i = torch.${name}(${dtype})\n[${fields}, i.dtype, str(i)]`,
          {},
          () => {
            const i = t[name](dtype);
            const numbers =
              name === 'finfo'
                ? [i.bits, i.eps, i.max, i.min, i.tiny, i.smallestNormal, i.resolution]
                : [i.bits, i.max, i.min];
            return [...numbers, i.dtype, String(i)];
          },
          { exact: true },
        ));
    }
  }

  it('of the default dtype', () => parity('str(torch.finfo())', {}, () => String(torch.finfo())));
  it('of float4, which has none', () =>
    parity('torch.finfo(torch.float4_e2m1fn_x2).max', {}, () => torch.finfo(torch.float4E2m1fnX2)));
  it('of no dtype', () => parity('torch.finfo(3)', {}, () => t.finfo(3)));
});

/** The devices on which factories put tensors, in Python's words and here. */
const FACTORIES: [python: string, body: () => Loose][] = [
  ['torch.zeros(2)', () => t.zeros(2)],
  ['torch.full((2,), 1.)', () => t.full([2], 1)],
  ['torch.tensor([1.])', () => t.tensor([1])],
  ['torch.as_tensor([1.])', () => t.asTensor([1])],
  ['torch.asarray([1.])', () => t.asarray([1])],
  ['torch.arange(3)', () => t.arange(3)],
  ['torch.randn(2, 3)', () => t.randn(2, 3)],
  ['torch.hann_window(3)', () => t.hannWindow(3)],
  ['torch.fft.fftfreq(3)', () => t.fft.fftfreq(3)],
  ['torch.sparse_coo_tensor((2, 2))', () => t.sparseCooTensor([2, 2])],
  ['torch.zeros(2, device="cpu")', () => t.zeros(2, { device: 'cpu' })],
  ['torch.zeros_like(torch.zeros(2, device="cpu"))', () => t.zerosLike(t.zeros(2, { device: 'cpu' }))],
  ['torch.normal(0., 1., (2,))', () => t.normal(0, 1, [2])],
  ['torch.FloatTensor([1.])', () => t.FloatTensor([1])],
  ['torch.nn.Linear(2, 3).weight', () => new t.nn.Linear(2, 3).weight],
];

describe('defaults', () => {
  it('setDefaultDevice moves what factories make', () =>
    parity(
      `
torch.set_default_device('meta')
try: r = [str(torch.get_default_device()), *(str(x.device) for x in [${FACTORIES.map(([python]) => python).join(', ')}])]
finally: torch.set_default_device(None)
[r, str(torch.get_default_device()), str(torch.zeros(1).device)]`,
      {},
      () => {
        torch.setDefaultDevice('meta');
        try {
          return [
            [String(torch.getDefaultDevice()), ...FACTORIES.map(([, body]) => String(body().device))],
            'cpu',
            'cpu',
          ];
        } finally {
          torch.setDefaultDevice(null);
          assert.equal(String(torch.getDefaultDevice()), 'cpu');
          assert.equal(String(torch.zeros(1).device), 'cpu');
        }
      },
    ));

  it('torch.device runs a function on a device', () => {
    const inner = torch.device('meta', () => [torch.zeros(1), torch.device('cpu', () => torch.zeros(1))]);
    assert.deepEqual(
      inner.map(({ device }) => String(device)),
      ['meta', 'cpu'],
    );
    assert.equal(String(torch.zeros(1).device), 'cpu');
    assert.throws(() => torch.device('meta', () => torch.mm(torch.zeros(2, 3), torch.zeros(2, 3))));
    assert.equal(String(torch.zeros(1).device), 'cpu');
  });

  it('setDefaultDtype moves numbers, factories and the parameters of modules', () =>
    parity(
      `
torch.set_default_dtype(torch.float64)
try: r = [torch.tensor(1.5).dtype, torch.zeros(1).dtype, torch.tensor(1j).dtype, torch.nn.Linear(1, 1).weight.dtype, torch.get_default_dtype(), str(torch.finfo())]
finally: torch.set_default_dtype(torch.float32)
r`,
      {},
      () => {
        torch.setDefaultDtype(torch.float64);
        try {
          const weight = new torch.nn.Linear(1, 1).weight as torch.Tensor;
          const made = [torch.tensor(1.5), torch.zeros(1), torch.tensor(new torch.Complex(0, 1)), weight];
          return [...made.map(({ dtype }) => dtype), torch.getDefaultDtype(), String(torch.finfo())];
        } finally {
          torch.setDefaultDtype(torch.float32);
        }
      },
    ));

  it('setDefaultTensorType takes the floating point types by name', () => {
    torch.setDefaultTensorType('torch.DoubleTensor');
    assert.equal(torch.getDefaultDtype(), torch.float64);
    torch.setDefaultTensorType('torch.FloatTensor');
    return parity("torch.set_default_tensor_type('torch.IntTensor')", {}, () =>
      torch.setDefaultTensorType('torch.IntTensor'),
    );
  });

  it('float32 precision, warnings, denormals, determinism', () =>
    parity(
      `
r = [torch.get_float32_matmul_precision(), torch.is_warn_always_enabled(), torch.get_deterministic_debug_mode()]
torch.set_float32_matmul_precision('high'); r.append(torch.get_float32_matmul_precision()); torch.set_float32_matmul_precision('highest')
torch.set_warn_always(True); r.append(torch.is_warn_always_enabled()); torch.set_warn_always(False)
for mode in ['warn', 2, 1, 'error', 'default', 0]:
    torch.set_deterministic_debug_mode(mode)
    r += [torch.get_deterministic_debug_mode(), torch.are_deterministic_algorithms_enabled(), torch.is_deterministic_algorithms_warn_only_enabled()]
r += [torch.set_flush_denormal(True), (torch.tensor([1e-40]) * 1).item() == 0, torch.set_flush_denormal(False), torch.has_mkl, torch.has_lapack, torch.has_openmp, torch.has_spectral]
r`,
      {},
      () => {
        const r: unknown[] = [
          torch.getFloat32MatmulPrecision(),
          torch.isWarnAlwaysEnabled(),
          torch.getDeterministicDebugMode(),
        ];
        torch.setFloat32MatmulPrecision('high');
        r.push(torch.getFloat32MatmulPrecision());
        torch.setFloat32MatmulPrecision('highest');
        torch.setWarnAlways(true);
        r.push(torch.isWarnAlwaysEnabled());
        torch.setWarnAlways(false);
        for (const mode of ['warn', 2, 1, 'error', 'default', 0] as const) {
          torch.setDeterministicDebugMode(mode);
          r.push(torch.getDeterministicDebugMode(), torch.areDeterministicAlgorithmsEnabled());
          r.push(torch.isDeterministicAlgorithmsWarnOnlyEnabled());
        }
        r.push(torch.setFlushDenormal(true), torch.tensor([1e-40]).mul(1).item() === 0, torch.setFlushDenormal(false));
        return [...r, torch.hasMkl, torch.hasLapack, torch.hasOpenmp, torch.hasSpectral];
      },
    ));

  for (const mode of ["'x'", '4', 'None']) {
    const given = mode === 'None' ? null : mode === '4' ? 4 : 'x';
    it(`set_deterministic_debug_mode(${mode})`, () =>
      parity(`torch.set_deterministic_debug_mode(${mode})`, {}, () => t.setDeterministicDebugMode(given)));
  }
});

describe('asarray', () => {
  const x = torch.ones(2);
  const CASES: [python: string, body: () => Loose][] = [
    [
      'torch.asarray(x) is x or torch.asarray(x).data_ptr() == x.data_ptr()',
      () => t.asarray(x).dataPtr() === x.dataPtr(),
    ],
    [
      'torch.asarray(x, copy=True).data_ptr() == x.data_ptr()',
      () => t.asarray(x, { copy: true }).dataPtr() === x.dataPtr(),
    ],
    ['torch.asarray(x, dtype=torch.int8)', () => t.asarray(x, { dtype: t.int8 })],
    ['torch.asarray(x, dtype=torch.int8, copy=False)', () => t.asarray(x, { dtype: t.int8, copy: false })],
    ['torch.asarray(x, device="meta", copy=False)', () => t.asarray(x, { device: 'meta', copy: false })],
    ['torch.asarray([1., 2.], copy=False)', () => t.asarray([1, 2], { copy: false })],
    ['torch.asarray([1., 2.], dtype=torch.float64)', () => t.asarray([1, 2], { dtype: t.float64 })],
    [
      'torch.asarray(x.clone().requires_grad_(), requires_grad=False).requires_grad',
      () => t.asarray(x.clone().requiresGrad_(), { requiresGrad: false }).requiresGrad,
    ],
    [
      'torch.asarray(x.clone(), requires_grad=True).requires_grad',
      () => t.asarray(x.clone(), { requiresGrad: true }).requiresGrad,
    ],
    [
      'torch.asarray(x.clone().requires_grad_() * 2, requires_grad=False).is_leaf',
      () => t.asarray(x.clone().requiresGrad_().mul(2), { requiresGrad: false }).isLeaf,
    ],
    [
      'torch.asarray(x.clone().requires_grad_() * 2, requires_grad=True).is_leaf',
      () => t.asarray(x.clone().requiresGrad_().mul(2), { requiresGrad: true }).isLeaf,
    ],
  ];
  for (const [python, body] of CASES) it(python, () => parity(python, { x }, body));

  it('shares the memory of typed arrays', () => {
    const array = new Float32Array([1, 2]);
    const [shared, copied] = [torch.asarray(array), torch.asarray(array, { copy: true })];
    array[0] = 5;
    assert.deepEqual(
      [shared.tolist(), copied.tolist()],
      [
        [5, 2],
        [1, 2],
      ],
    );
    assert.deepEqual(torch.asarray(array.buffer).dtype, torch.uint8);
  });
});

describe('constants and random', () => {
  it('names the numbers that Python names', () =>
    parity('[torch.e, torch.pi, torch.inf, torch.nan, torch.newaxis]', {}, () => [
      torch.e,
      torch.pi,
      torch.inf,
      torch.nan,
      torch.newaxis,
    ]));

  it('forkRng leaves the generators as they were', () =>
    parity(
      `
torch.manual_seed(3)
with torch.random.fork_rng(): one = torch.rand(2)
with torch.random.fork_rng(devices=[], enabled=False): two = torch.rand(2)
with torch.random.fork_rng([]): three = torch.rand(2)
[one, two, three, torch.rand(2)]`,
      {},
      () => {
        torch.random.manualSeed(3);
        const one = torch.random.forkRng(() => torch.rand(2));
        const two = torch.random.forkRng({ devices: [], enabled: false }, () => torch.rand(2));
        const three = torch.random.forkRng([], () => torch.rand(2));
        return [one, two, three, torch.rand(2)];
      },
      { exact: true },
    ));

  it('typename', () =>
    parity('[torch.typename(torch.ones(1)), torch.typename(3), torch.typename(None), torch.typename("a")]', {}, () =>
      [torch.ones(1), 3, null, 'a'].map(torch.typename),
    ));
});
