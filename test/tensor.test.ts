/** The hand-written part of Tensor against PyTorch: properties, conversion, identity, JavaScript's protocols. */
import assert from 'node:assert/strict';
import * as torch from '../lib';
import { input } from './oracle/inputs';
import { evaluate, parity } from './oracle/oracle';

// biome-ignore lint/suspicious/noExplicitAny: tables of loosely typed calls
type Loose = any;

const x = input([2, 3]);
const whole = input([2, 3], { dtype: torch.int64 });
const complex = input([2, 2], { dtype: torch.complex64 });
const inputs: Record<string, Loose> = { x, whole, complex };

describe('Tensor', () => {
  const CASES: [python: string, body: (inputs: Record<string, Loose>) => unknown][] = [
    ['x.shape', ({ x }) => x.shape],
    ['x.size()', ({ x }) => x.size()],
    ['x.size(-1)', ({ x }) => x.size(-1)],
    ['x.stride()', ({ x }) => x.stride()],
    ['x.t().stride(0)', ({ x }) => x.t().stride(0)],
    [
      '(x.dim(), x.ndim, x.numel(), x.nelement(), len(x))',
      ({ x }) => [x.dim(), x.ndim, x.numel(), x.nelement(), x.length],
    ],
    [
      `a = torch.quantize_per_tensor(x, 0.5, 1, torch.qint8)
b = torch.quantize_per_channel(x, torch.ones(2), torch.zeros(2, dtype=torch.int64), 0, torch.quint8)
[str(a.qscheme()), a.qscheme() is torch.per_tensor_affine, b.qscheme() == torch.per_channel_affine,
 isinstance(b.qscheme(), torch.qscheme), *map(str, (torch.per_tensor_symmetric, torch.per_channel_symmetric,
 torch.per_channel_affine_float_qparams))]`,
      ({ x }) => {
        const a = torch.quantizePerTensor(x, 0.5, 1, torch.qint8);
        const b = torch.quantizePerChannel(x, torch.ones(2), torch.zeros(2, { dtype: torch.int64 }), 0, torch.quint8);
        return [
          String(a.qscheme()),
          a.qscheme() === torch.perTensorAffine,
          b.qscheme() === torch.perChannelAffine,
          b.qscheme() instanceof torch.qscheme,
          ...[torch.perTensorSymmetric, torch.perChannelSymmetric, torch.perChannelAffineFloatQparams].map(String),
        ];
      },
    ],
    ['(x.itemsize, x.element_size(), x.nbytes)', ({ x }) => [x.itemsize, x.elementSize(), x.nbytes]],
    [
      '(x[1:].storage_offset(), x.is_contiguous(), x.t().is_contiguous())',
      ({ x }) => [x.at('1:').storageOffset(), x.isContiguous(), x.t().isContiguous()],
    ],
    ['str(x.device), str(x.layout), str(x.dtype)', ({ x }) => [`${x.device}`, `${x.layout}`, `${x.dtype}`]],
    ['(x.is_cuda, x.is_sparse, x.is_meta, x.is_quantized)', ({ x }) => [x.isCuda, x.isSparse, x.isMeta, x.isQuantized]],
    ['x.T', ({ x }) => x.T],
    ['x.mT', ({ x }) => x.mT],
    ['complex.H', ({ complex }) => complex.H],
    ['complex.mH', ({ complex }) => complex.mH],
    ['complex.real', ({ complex }) => complex.real],
    ['complex.imag', ({ complex }) => complex.imag],
    ['x.to(torch.float64)', ({ x }) => x.to(torch.float64)],
    ['x.to("cpu", torch.float16)', ({ x }) => x.to('cpu', torch.float16)],
    ['x.to(whole)', ({ x, whole }) => x.to(whole)],
    ['x.to(dtype=torch.bfloat16)', ({ x }) => x.to({ dtype: torch.bfloat16 })],
    ['x.to("meta").shape', ({ x }) => x.to('meta').shape],
    ['x.type()', ({ x }) => x.type()],
    [
      "[x.cpu(memory_format=torch.preserve_format), x.type(dtype=torch.float64), x.type('torch.LongTensor', non_blocking=True), x.half(memory_format=torch.contiguous_format), x.type(None)]",
      ({ x }) => [
        x.cpu({ memoryFormat: torch.preserveFormat }),
        x.type({ dtype: torch.float64 }),
        x.type('torch.LongTensor', { nonBlocking: true }),
        x.half({ memoryFormat: torch.contiguousFormat }),
        x.type(null),
      ],
    ],
    ['x.cpu(1)', ({ x }) => x.cpu(1)],
    ['x.cpu(foo=1)', ({ x }) => x.cpu({ foo: 1 })],
    ['x.double(5)', ({ x }) => x.double(5)],
    ['x.double(foo=1)', ({ x }) => x.double({ foo: 1 })],
    ['x.type(5)', ({ x }) => x.type(5)],
    ['x.type(dtyp=1)', ({ x }) => x.type({ dtyp: 1 })],
    ["x.cuda('cpu')", ({ x }) => x.cuda('cpu')],
    ["x.cuda(device='cpu', foo=1)", ({ x }) => x.cuda({ device: 'cpu', foo: 1 })],
    ["x.cuda('cuda', True, torch.preserve_format)", ({ x }) => x.cuda('cuda', true, torch.preserveFormat)],
    ['x.type(torch.int32)', ({ x }) => x.type(torch.int32)],
    ['x.type("torch.DoubleTensor")', ({ x }) => x.type('torch.DoubleTensor')],
    ['x.nonzero(as_tuple=True)', ({ x }) => x.nonzero({ asTuple: true })],
    ['torch.nonzero(x)', ({ x }) => torch.nonzero(x)],
    ['torch.split(x, 2, dim=1)', ({ x }) => torch.split(x, 2, { dim: 1 })],
    ['torch.split(x, [1, 2], 1)', ({ x }) => torch.split(x, [1, 2], 1)],
    ['list(x)', ({ x }) => [...x]],
    ['[r.tolist() for r in whole]', ({ whole }) => [...whole].map((r: torch.Tensor) => r.tolist())],
    ['x.item()', ({ x }) => x.item()],
    ['x[0, 0].item()', ({ x }) => x.at(0, 0).item()],
    ['whole.tolist()', ({ whole }) => whole.tolist()],
    ['x.size(2)', ({ x }) => x.size(2)],
    ['len(x[0, 0])', ({ x }) => x.at(0, 0).length],
    ...['byte', 'char', 'short', 'int', 'long', 'half', 'float', 'double', 'bool', 'bfloat16', 'cfloat', 'cdouble'].map(
      (name): [string, (inputs: Record<string, Loose>) => unknown] => [`whole.${name}()`, ({ whole }) => whole[name]()],
    ),
  ];
  for (const [python, body] of CASES) it(python, () => parity(python, inputs, body, { stride: true }));

  it('knows every dtype of PyTorch, with its properties', async () => {
    const known = await evaluate<Record<string, [number, boolean, boolean, boolean]>>(`
{n: (d.itemsize, d.is_floating_point, d.is_complex, d.is_signed if d.is_floating_point or d.is_complex or n in ('bool','uint8','int8','int16','int32','int64','uint16','uint32','uint64') else False)
 for n, d in ((str(d)[6:], d) for d in vars(torch).values() if isinstance(d, torch.dtype))}`);
    const mine = Object.values(torch).filter((value) => value instanceof torch.DType);
    assert.deepEqual([...new Set(mine.map((dtype) => dtype.name))].sort(), Object.keys(known).sort());
    for (const dtype of mine) {
      const [itemsize, isFloatingPoint, isComplex, isSigned] = known[dtype.name];
      assert.deepEqual(
        [dtype.itemsize, dtype.isFloatingPoint, dtype.isComplex, dtype.isSigned],
        [itemsize, isFloatingPoint, isComplex, isSigned],
        String(dtype),
      );
    }
  });

  it('gives int64 beyond 2^53 as bigint, booleans, complex numbers', () => {
    assert.equal(torch.tensor(2n ** 60n).item<bigint>(), 2n ** 60n);
    assert.equal(torch.tensor(true).item<boolean>(), true);
    const number = torch.tensor(new torch.Complex(1, -2)).item<torch.Complex>();
    assert.deepEqual([number.re, number.im, String(number)], [1, -2, '(1-2j)']);
    assert.deepEqual(
      complex.tolist<torch.Complex[][]>()[0]?.map((c) => c instanceof torch.Complex),
      [true, true],
    );
  });

  it('is one object as long as it is one tensor', () => {
    const leaf = torch.randn(3, { requiresGrad: true });
    leaf.mul(2).sum().backward();
    assert.equal(leaf.grad, leaf.grad);
    const before = leaf.grad;
    leaf.mul(2).sum().backward();
    assert.equal(leaf.grad, before, 'accumulated in place');
    leaf.grad = null;
    assert.equal(leaf.grad, null);
    const y = torch.zeros(3);
    assert.equal(y.add_(1), y);
    assert.equal(torch.relu_(y), y);
    assert.equal(y.contiguous(), y);
    assert.equal(y.to(torch.float32), y);
    const out = torch.empty(3);
    assert.equal(torch.add(y, y, { out }), out);
    const [values, indices] = [torch.empty(0), torch.empty(0, { dtype: torch.int64 })];
    const result = torch.max(torch.randn(2, 3), 1, { out: [values, indices] });
    assert.equal(result.values, values);
    assert.equal(result[1], indices);
  });

  it('gives named tuples', () => {
    const result = input([2, 3]).max(1);
    const { values, indices } = result;
    const [first, second] = result;
    assert.equal(first, values);
    assert.equal(second, indices);
    assert.equal(result[1], indices);
    assert.equal(result.length, 2);
    assert.ok(!Array.isArray(result));
  });

  it('converts as JavaScript asks', async () => {
    const scalar = torch.tensor(3);
    assert.equal(Number(scalar), 3);
    for (const text of ['3.0', '0.1', '1e-7', '1e20']) {
      assert.equal(
        `${torch.tensor(Number(text), { dtype: torch.float64 })}`,
        await evaluate(`f'{torch.tensor(${text}, dtype=torch.float64)}'`),
      );
    }
    assert.equal(`${torch.tensor(3n)}`, '3');
    assert.equal(`${torch.tensor(true)}`, 'True');
    assert.equal(`${x}`, x.toString());
    assert.throws(() => (x as Loose) + 1, /add/);
    assert.equal(JSON.stringify(torch.tensor([1, 2.5])), '[1,2.5]');
  });

  it('takes what torch.ops has registered, by name and overload', async () => {
    assert.deepEqual((torch.ops.aten.add(x, x) as torch.Tensor).tolist(), x.add(x).tolist());
    assert.deepEqual(
      (torch.ops.aten.add.Tensor(x, x, { alpha: 2 }) as torch.Tensor).tolist(),
      x.add(x, { alpha: 2 }).tolist(),
    );
    assert.throws(() => torch.ops.aten.nothing, { name: 'AttributeError' });
    assert.throws(() => torch.ops.aten.add.Nothing, { name: 'AttributeError' });
    assert.throws(() => torch.ops.loadLibrary('/nowhere.so'), { name: 'OSError' });
    const registered = await evaluate<string[]>(
      "[n for n in torch.ops.aten.add.overloads() if n != 'default' and torch._C._dispatch_has_kernel('aten::add.' + n)]",
    );
    for (const name of registered) assert.equal(typeof torch.ops.aten.add[name], 'function', name);
  });

  it('points errors at the line that called', () => {
    const line = (): string => {
      try {
        x.matmul(x);
        return '';
      } catch (error) {
        return (error as Error).stack?.split('\n').find((text) => text.includes(' at ')) ?? '';
      }
    };
    assert.ok(line().includes(__filename), line());
  });

  it('adds a line where numbers made float32 and integers are due', () => {
    assert.throws(() => torch.randn(3, 4).gather(1, torch.tensor([[0], [1], [2]])), /pass \{ dtype: torch.int64 \}/);
    assert.throws(() => torch.randn(3, 4).indexSelect(0, torch.tensor([0, 1])), /pass \{ dtype: torch.int64 \}/);
  });
});
