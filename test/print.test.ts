/** The printed text of tensors against live PyTorch's, character for character. */
import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import * as torch from '../lib';
import { native } from '../lib/native';
import { Parameter } from '../lib/nn/parameter';
import type { PrintOptionsInit } from '../lib/print';
import { floatRepr, formatExponential, formatFixed } from '../lib/print/number';
import { evaluate } from './oracle/oracle';
import { Random } from './oracle/random';

type Options = PrintOptionsInit;

const FLOATS = [
  torch.float32,
  torch.float64,
  torch.float16,
  torch.bfloat16,
  torch.float8E5m2,
  torch.float8E4m3fn,
  torch.float8E5m2fnuz,
  torch.float8E4m3fnuz,
  torch.float8E8m0fnu,
];
const COMPLEX = [torch.complex64, torch.complex128, torch.complex32];
const WHOLE = [
  torch.int8,
  torch.int16,
  torch.int32,
  torch.int64,
  torch.uint8,
  torch.uint16,
  torch.uint32,
  torch.uint64,
  torch.bool,
];

const SHAPES = [
  [],
  [1],
  [5],
  [0],
  [0, 3],
  [2, 0, 4],
  [33],
  [3, 4],
  [2, 3, 4],
  [1, 1, 2, 1],
  [2, 1, 3, 2, 2],
  [1001],
  [40, 50],
  [3, 7, 60],
  [7, 1, 8, 30],
  [2, 2, 2, 2, 100],
];

/** Kinds of values: what decides whether PyTorch prints whole numbers, fractions or powers of ten. */
const RANGES: Record<string, (random: Random) => number> = {
  whole: (random) => random.below(2000) - 1000,
  fractions: (random) => random.next() * 4 - 2,
  // Fractions of a power of two lie right between two decimals.
  ties: (random) => (random.below(512) - 256) / 2 ** random.below(8),
  hundreds: (random) => random.next() * 2000 - 1000,
  tiny: (random) => (random.next() - 0.5) * 1e-6,
  huge: (random) => (random.next() - 0.5) * 1e30,
  scales: (random) => (random.next() - 0.5) * 10 ** (random.below(20) - 10),
  special: (random) => random.pick([NaN, Infinity, -Infinity, -0, 0, 1, -2.5, 0.03125]),
  nothing: (random) => random.pick([NaN, Infinity, -Infinity, -0, 0]),
  zeros: () => 0,
};

const OPTIONS: Options[] = [
  {},
  {},
  {},
  { precision: 2 },
  { precision: 0 },
  { precision: 12 },
  { threshold: 5 },
  { threshold: 0, edgeitems: 1 },
  { edgeitems: 1, threshold: 20 },
  { edgeitems: 0, threshold: 20 },
  { linewidth: 40 },
  { linewidth: 120 },
  { linewidth: 5 },
  { profile: 'short' },
  { profile: 'full' },
  { profile: 'short', precision: 5 },
  { sciMode: true },
  { sciMode: false },
  { sciMode: true, precision: 1, linewidth: 50 },
];

interface Case {
  tensor: torch.Tensor;
  options: Options;
  label: string;
}

function floats(count: number, range: string, random: Random): torch.Tensor {
  if (count === 0) return torch.zeros([0], { dtype: torch.float64 });
  const values = Float64Array.from({ length: count }, () => RANGES[range](random));
  return torch.frombuffer(values, { dtype: torch.float64 });
}

function whole(count: number, dtype: torch.DType, random: Random): torch.Tensor {
  if (count === 0) return torch.zeros([0], { dtype });
  const bits = random.pick([3, 8, 20, 64]);
  const values = BigInt64Array.from({ length: count }, () => {
    const word = (BigInt(random.below(2 ** 32)) << 32n) | BigInt(random.below(2 ** 32));
    return BigInt.asIntN(bits, word);
  });
  const made = torch.frombuffer(values, { dtype: torch.int64 });
  return dtype === torch.bool ? made.remainder(2).eq(0) : made.to(dtype);
}

function made(dtype: torch.DType, shape: number[], range: string, random: Random): torch.Tensor {
  const count = shape.reduce((product, size) => product * size, 1);
  if (WHOLE.includes(dtype)) return whole(count, dtype, random).reshape(shape);
  if (!dtype.isComplex) return floats(count, range, random).to(dtype).reshape(shape);
  const parts = floats(count * 2, range, random).reshape([...shape, 2]);
  return torch.viewAsComplex(parts).to(dtype);
}

function generate(): Case[] {
  const random = new Random(7);
  const cases: Case[] = [];
  const add = (dtype: torch.DType, shape: number[], range: string, options: Options): void => {
    const label = `${dtype} [${shape}] ${range} ${JSON.stringify(options)}`;
    cases.push({ tensor: made(dtype, shape, range, random), options, label });
  };
  for (const dtype of [...FLOATS, ...COMPLEX]) {
    for (const range of Object.keys(RANGES)) {
      for (let i = 0; i < 4; i++) add(dtype, random.pick(SHAPES), range, random.pick(OPTIONS));
    }
  }
  for (const dtype of WHOLE) {
    for (const shape of SHAPES) add(dtype, shape, 'whole', random.pick(OPTIONS));
  }
  for (const shape of SHAPES) {
    for (const options of OPTIONS) add(random.pick(FLOATS), shape, random.pick(Object.keys(RANGES)), options);
  }
  return cases;
}

/** Prints with options, and puts PyTorch's defaults back. */
function printed(tensor: torch.Tensor, options: Options): string {
  torch.setPrintoptions(options);
  try {
    return String(tensor.toString());
  } finally {
    torch.setPrintoptions({ profile: 'default' });
  }
}

const PRINT_ALL = `
def printed(tensor, options):
    options = dict(options)
    if 'sciMode' in options:
        options['sci_mode'] = options.pop('sciMode')
    torch.set_printoptions(**options)
    try:
        return str(tensor)
    finally:
        torch.set_printoptions(profile='default')
[printed(tensor, options) for tensor, options in cases]`;

/** One expression in both languages, and what it is made of. */
const EXPRESSIONS: [python: string, typescript: () => unknown][] = [
  ['torch.ones(2, requires_grad=True)', () => torch.ones(2, { requiresGrad: true })],
  ['torch.ones(2, requires_grad=True) * 2', () => torch.ones(2, { requiresGrad: true }).mul(2)],
  ['torch.ones(2, requires_grad=True).sum()', () => torch.ones(2, { requiresGrad: true }).sum()],
  ['torch.ones(2, 3, requires_grad=True).double().t()', () => torch.ones(2, 3, { requiresGrad: true }).double().t()],
  [
    'x = torch.ones(3, requires_grad=True).clone()\nx[0] = 5\nx',
    () => {
      const x = torch.ones(3, { requiresGrad: true }).clone();
      x.set(0, 5);
      return x;
    },
  ],
  ['torch.ones(30, requires_grad=True) / 3', () => torch.ones(30, { requiresGrad: true }).div(3)],
  ['torch.ones(2, requires_grad=True).detach()', () => torch.ones(2, { requiresGrad: true }).detach()],
  ['torch.empty(2, 3, device="meta")', () => torch.empty(2, 3, { device: 'meta' })],
  ['torch.empty(2, device="meta", dtype=torch.int64)', () => torch.empty(2, { device: 'meta', dtype: torch.int64 })],
  ['torch.empty((), device="meta", requires_grad=True)', () => torch.empty([], { device: 'meta', requiresGrad: true })],
  ['nn.Parameter(torch.ones(2))', () => new Parameter(torch.ones(2))],
  ['torch.eye(3).to_sparse()', () => torch.eye(3).toSparse()],
  ['torch.eye(3).to_sparse().double()', () => torch.eye(3).toSparse().double()],
  ['torch.eye(3).to_sparse().requires_grad_()', () => torch.eye(3).toSparse().requiresGrad_()],
  ['torch.zeros(2, 3).to_sparse()', () => torch.zeros(2, 3).toSparse()],
  ['torch.ones(4, 3, 2).to_sparse(1)', () => torch.ones(4, 3, 2).toSparse(1)],
  ['torch.ones(40, 30).to_sparse()', () => torch.ones(40, 30).toSparse()],
  ['torch.eye(3).to_sparse_csr()', () => torch.eye(3).toSparseCsr()],
  ['torch.eye(3).to_sparse_csc()', () => torch.eye(3).toSparseCsc()],
  ['torch.eye(4).to_sparse_bsr((2, 2))', () => torch.eye(4).toSparseBsr([2, 2])],
  ['torch.eye(4).half().to_sparse_bsc((2, 1))', () => torch.eye(4).half().toSparseBsc([2, 1])],
  ['torch.zeros(2, 2).to_sparse_csr()', () => torch.zeros(2, 2).toSparseCsr()],
  ['torch.ones(2, 2).to_mkldnn()', () => torch.ones(2, 2).toMkldnn()],
  [
    'torch.view_as_complex(torch.arange(6.).reshape(3, 2)).conj()',
    () => torch.viewAsComplex(torch.arange(6).float().reshape(3, 2)).conj(),
  ],
  [
    'torch.view_as_complex(torch.arange(6.).reshape(3, 2)).conj().imag',
    () => torch.viewAsComplex(torch.arange(6).float().reshape(3, 2)).conj().imag,
  ],
  ['torch.arange(6.).reshape(2, 3).t()', () => torch.arange(6).float().reshape(2, 3).t()],
  ['torch.arange(4000.).reshape(2000, 2).t()', () => torch.arange(4000).float().reshape(2000, 2).t()],
  ['torch.arange(3.).expand(4, 3)', () => torch.arange(3).float().expand(4, 3)],
  ['torch._efficientzerotensor(2, 3)', () => torch._efficientzerotensor(2, 3)],
  [
    'torch.quantize_per_tensor(torch.arange(4.), 0.1, 3, torch.qint8)',
    () => torch.quantizePerTensor(torch.arange(4).float(), 0.1, 3, torch.qint8),
  ],
  [
    'torch.quantize_per_channel(torch.ones(2, 2), torch.tensor([0.5, 1e-5]).double(), torch.tensor([0, 1]), 0, torch.quint8)',
    () =>
      torch.quantizePerChannel(
        torch.ones(2, 2),
        torch.tensor([0.5, 1e-5], { dtype: torch.float64 }).float().double(),
        torch.tensor([0n, 1n]),
        0,
        torch.quint8,
      ),
  ],
  [
    'torch._nested_tensor_from_tensor_list([torch.ones(2), torch.zeros(1, dtype=torch.float32)])',
    () => torch._nestedTensorFromTensorList([torch.ones(2), torch.zeros(1)]),
  ],
  [
    'torch.tensor([[1, 2], [250, 0]], dtype=torch.uint8).view(torch.float4_e2m1fn_x2)',
    () =>
      torch
        .ByteTensor([
          [1, 2],
          [250, 0],
        ])
        .view(torch.float4E2m1fnX2),
  ],
];

describe('printing', () => {
  afterEach(() => {
    torch.setPrintoptions({ profile: 'default' });
    torch.setDefaultDtype(torch.float32);
  });

  it('prints every dtype, shape, range and option as PyTorch', async () => {
    const cases = generate();
    const texts = await evaluate<string[]>(PRINT_ALL, { cases: cases.map(({ tensor, options }) => [tensor, options]) });
    assert.equal(texts.length, cases.length);
    for (const [i, { tensor, options, label }] of cases.entries()) {
      assert.equal(printed(tensor, options), texts[i], label);
    }
  });

  it('prints layouts, devices and what autograd knows as PyTorch', async () => {
    for (const [python, typescript] of EXPRESSIONS) {
      const [code, last] = [python.split('\n').slice(0, -1).join('\n'), python.split('\n').at(-1)];
      assert.equal(String((typescript() as torch.Tensor).toString()), await evaluate(`${code}\nstr(${last})`), python);
    }
  });

  it('shows the dtype by the default dtype', async () => {
    const code = `
torch.set_default_dtype(torch.float64)
try:
    texts = [str(x) for x in xs]
finally:
    torch.set_default_dtype(torch.float32)
texts`;
    const xs = [torch.float32, torch.float64, torch.complex64, torch.complex128, torch.int64].map((dtype) =>
      torch.ones([2], { dtype }),
    );
    const texts = await evaluate<string[]>(code, { xs });
    torch.setDefaultDtype(torch.float64);
    assert.deepEqual(
      xs.map((x) => x.toString()),
      texts,
    );
  });

  it('formats floats as Python', async () => {
    const random = new Random(3);
    const bits = new DataView(new ArrayBuffer(8));
    const values = Array.from({ length: 3000 }, (_, i) => {
      if (i % 3 === 0) return ((random.below(4001) - 2000) * 2 ** -random.below(12)) as number;
      if (i % 3 === 1) return (random.next() - 0.5) * 10 ** (random.below(40) - 20);
      bits.setUint32(0, random.below(2 ** 32));
      bits.setUint32(4, random.below(2 ** 32));
      return bits.getFloat64(0);
    });
    values.push(
      0,
      -0,
      1e21,
      -1e22,
      5e-324,
      Number.MAX_VALUE,
      0.5,
      1.5,
      2.5,
      9.5,
      99.5,
      1e16,
      123456789012345680,
      1e-4,
      1e-5,
    );
    const digits = values.map((_, i) => (i % 50 === 0 ? 120 : random.below(i % 2 === 0 ? 6 : 25)));
    const code = `
import struct
values = struct.unpack(f'<{len(digits)}d', data)
[[f'{value:.{count}f}', f'{value:.{count}e}', repr(value)] for value, count in zip(values, digits)]`;
    const data = new Uint8Array(Float64Array.from(values).buffer);
    const expected = await evaluate<string[][]>(code, { data, digits });
    values.forEach((value, i) => {
      const texts = [formatFixed(value, digits[i]), formatExponential(value, digits[i]), floatRepr(value)];
      assert.deepEqual(texts, expected[i], `${value} with ${digits[i]} digits`);
    });
  });

  it('is what console.log shows', () => {
    const x = torch.ones(2);
    assert.equal(inspect(x), x.toString());
    assert.equal(inspect({ x }), `{ x: ${x} }`);
  });

  it('leaves autograd and random numbers alone', () => {
    const x = torch.ones(2000, { requiresGrad: true }).mul(2);
    torch.manualSeed(1);
    const expected = torch.rand(2).tolist();
    torch.manualSeed(1);
    x.toString();
    assert.deepEqual(torch.rand(2).tolist(), expected);
    assert.ok(torch.isGradEnabled());
    assert.ok(x.mul(2).requiresGrad);
  });

  it('reads only the corners of a large tensor', () => {
    const { tolist } = native;
    const counts: number[] = [];
    const counting: typeof tolist = (handle) => {
      counts.push(native.numel(handle));
      return tolist(handle);
    };
    Object.assign(native, { tolist: counting });
    try {
      torch.zeros([4000, 4000]).toString();
    } finally {
      Object.assign(native, { tolist });
    }
    assert.deepEqual(counts, [9, 9, 9, 9]);
  });

  it('takes options by place and by name, and puts them back', () => {
    torch.setPrintoptions(2, 10);
    torch.setPrintoptions({ sciMode: true });
    assert.deepEqual(torch.getPrintoptions(), {
      precision: 2,
      threshold: 10,
      edgeitems: 3,
      linewidth: 80,
      sciMode: true,
    });
    torch.setPrintoptions();
    assert.equal(torch.getPrintoptions().sciMode, null);
    torch.printoptions({ precision: 7 }, () => assert.equal(torch.getPrintoptions().precision, 7));
    assert.equal(torch.getPrintoptions().precision, 2);
    assert.throws(() => torch.setPrintoptions({ digits: 3 } as never), /unexpected keyword argument 'digits'/);
  });
});
