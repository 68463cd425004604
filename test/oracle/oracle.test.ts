/** The oracle itself: what goes to PyTorch and comes back is the same, and what differs is found. */
import assert from 'node:assert/strict';
import * as torch from '../../lib';
import { PythonError } from './codec';
import { input } from './inputs';
import { evaluate, parity } from './oracle';

const DTYPES = [
  torch.float32,
  torch.float64,
  torch.float16,
  torch.bfloat16,
  torch.float8E4m3fn,
  torch.float8E5m2,
  torch.complex64,
  torch.complex128,
  torch.int64,
  torch.int32,
  torch.int16,
  torch.int8,
  torch.uint8,
  torch.uint16,
  torch.uint32,
  torch.uint64,
  torch.bool,
];

/** The bytes of the elements. */
function bytes(tensor: torch.Tensor): Buffer {
  const { buffer, byteOffset, byteLength } = tensor.toTypedArray();
  return Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength);
}

describe('the oracle', () => {
  for (const dtype of DTYPES) {
    it(`sends and receives tensors of ${dtype}`, async () => {
      for (const shape of [[], [3], [2, 3], [0, 2]]) {
        const x = input(shape, { dtype });
        const [back, python] = await evaluate<[torch.Tensor, unknown]>('x, [x.dtype, x.shape, x.tolist()]', { x });
        assert.equal(back.dtype, x.dtype);
        assert.deepEqual([...back.shape], shape);
        assert.deepEqual(bytes(back), bytes(x));
        assert.deepEqual(python, [dtype, shape, back.tolist()]);
      }
    });
  }

  it('keeps strides, offsets, lazy conjugation and requiresGrad', async () => {
    const x = input([4, 6]).t();
    const y = input([4, 6]).narrow(1, 2, 3);
    const z = input([3], { dtype: torch.complex64 }).conj();
    const w = input([3], { requiresGrad: true });
    const code = '[x.stride(), y.stride(), z.is_conj(), w.requires_grad, w.is_leaf], [x, y, z, w]';
    const [seen, back] = await evaluate<[unknown[], torch.Tensor[]]>(code, { x, y, z, w });
    assert.deepEqual(seen, [[1, 6], [6, 1], true, true, true]);
    assert.deepEqual(back.map(String), [x, y, z, w].map(String));
    assert.deepEqual(back[0]?.stride(), x.stride());
  });

  it('sends and receives plain values', async () => {
    const values = [1, -0, 0.1, NaN, Infinity, 2n ** 62n, 'text', true, null, [1, [2]], { a: 1 }, torch.float32];
    assert.deepEqual(await evaluate('v', { v: values }), values);
    assert.equal(
      await evaluate("' '.join(type(x).__name__ for x in v)", { v: [1, 1.5, 1e300, 2n, true] }),
      'int float float int bool',
    );
  });

  it('runs statements and keeps the seed', async () => {
    const code = 'a = torch.rand(2)\nb = a + 1\nb';
    const [one, other] = [await evaluate<torch.Tensor>(code, {}, 3), await evaluate<torch.Tensor>(code, {}, 3)];
    assert.deepEqual(bytes(one), bytes(other));
  });

  it("throws Python's exceptions", async () => {
    const expected = {
      pythonClass: 'RuntimeError',
      message: 'mat1 and mat2 shapes cannot be multiplied (2x3 and 2x3)',
    };
    await assert.rejects(evaluate('x @ x', { x: input([2, 3]) }), (error) => {
      assert.ok(error instanceof PythonError);
      assert.deepEqual({ pythonClass: error.pythonClass, message: error.message }, expected);
      return true;
    });
  });

  it('finds no difference where there is none', async () => {
    const x = input([2, 3]);
    await parity('x.sum(1, keepdim=True)', { x }, ({ x }) => x.sum(1, { keepdim: true }), {
      stride: true,
      exact: true,
    });
    await parity('x.max(1)', { x }, ({ x }) => x.max(1));
    await parity('torch.rand(3)', {}, () => torch.rand(3), { exact: true, seed: 5 });
    await parity('x.sum().item(), x.shape, x.dtype', { x }, ({ x }) => [x.sum().item(), x.shape, x.dtype]);
    await parity('x @ x', { x }, ({ x }) => x.matmul(x));
  });

  const x = input([2, 3]);
  const differences: [words: RegExp, python: string, got: () => unknown][] = [
    [/not close/, 'x + 1e-3', () => x],
    [/expected torch.float64, got torch.float32/, 'x.double()', () => x],
    [/expected shape \[3, 2\], got \[2, 3\]/, 'x.t()', () => x],
    [/expected a tensor/, 'x', () => 1],
    [/expected 2, got 3/, '2', () => 3],
    [/expected 2 items/, '[1, 2]', () => [1]],
    [/PyTorch raises IndexError/, 'x[5]', () => x],
    [/tsorch raises AssertionError: no/, 'x', () => assert.fail('no')],
    [/expected IndexError/, 'x[5]', () => assert.fail('index 5 is out of bounds for dimension 0 with size 2')],
    [/expected the words/, "raise TypeError('one')", () => assert.fail(new TypeError('two'))],
  ];
  for (const [words, python, got] of differences) {
    it(`finds that ${python} differs: ${words.source}`, async () => {
      await assert.rejects(parity(python, { x }, got), words);
    });
  }

  it('compares strides where asked', async () => {
    await assert.rejects(
      parity('x.clone()', { x }, ({ x }) => x.t().contiguous().t(), { stride: true }),
      /strides/,
    );
  });
});
