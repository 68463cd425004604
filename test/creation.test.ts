/** `torch.tensor` and its kin against PyTorch, and the rule for numbers where JavaScript differs. */
import assert from 'node:assert/strict';
import * as torch from '../lib';
import { evaluate, parity } from './oracle/oracle';

// biome-ignore lint/suspicious/noExplicitAny: wrong data on purpose
const t = torch as any;

describe('creation', () => {
  const CASES: [python: string, body: () => torch.Tensor][] = [
    ['torch.tensor(3.5)', () => torch.tensor(3.5)],
    ['torch.tensor([1.0, 2.0, 3.0])', () => torch.tensor([1, 2, 3])],
    [
      'torch.tensor([[1.5, 2.5], [3.5, 4.5]])',
      () =>
        torch.tensor([
          [1.5, 2.5],
          [3.5, 4.5],
        ]),
    ], // prettier-ignore
    ['torch.tensor([[[]]])', () => torch.tensor([[[]]])],
    ['torch.tensor([])', () => torch.tensor([])],
    ['torch.tensor([True, False])', () => torch.tensor([true, false])],
    ['torch.tensor([True, 2.0])', () => torch.tensor([true, 2])],
    ['torch.tensor([1, 2**62])', () => torch.tensor([1n, 2n ** 62n])],
    ['torch.tensor([1 + 2j, 3])', () => torch.tensor([new torch.Complex(1, 2), 3])],
    ['torch.tensor([1, 2], dtype=torch.int8)', () => torch.tensor([1, 2], { dtype: torch.int8 })],
    ['torch.tensor([1.7, -1.7], dtype=torch.int64)', () => torch.tensor([1.7, -1.7], { dtype: torch.int64 })],
    ['torch.tensor([0.0, 0.5, 2.0], dtype=torch.bool)', () => torch.tensor([0, 0.5, 2], { dtype: torch.bool })],
    [
      'torch.tensor([0.1, 65504., 1e9], dtype=torch.float16)',
      () => torch.tensor([0.1, 65504, 1e9], { dtype: torch.float16 }),
    ],
    ['torch.tensor([0.1, 1/3], dtype=torch.bfloat16)', () => torch.tensor([0.1, 1 / 3], { dtype: torch.bfloat16 })],
    [
      'torch.tensor([0.1, 100.], dtype=torch.float8_e4m3fn)',
      () => torch.tensor([0.1, 100], { dtype: torch.float8E4m3fn }),
    ],
    [
      'torch.tensor([0.1, 1j], dtype=torch.complex128)',
      () => torch.tensor([0.1, new torch.Complex(0, 1)], { dtype: torch.complex128 }),
    ],
    [
      'torch.tensor([float("nan"), float("inf"), -0.0])',
      () => torch.tensor([Number.NaN, Number.POSITIVE_INFINITY, -0]),
    ],
    ['torch.tensor(2.0, requires_grad=True)', () => torch.tensor(2, { requiresGrad: true })],
    ['torch.full((2, 3), 2.0)', () => torch.full([2, 3], 2)],
    ['torch.full((2, 3), 2, dtype=torch.int32)', () => torch.full([2, 3], 2, { dtype: torch.int32 })],
    ['torch.full((2,), True)', () => torch.full([2], true)],
    ['torch.full((2,), 2**40)', () => torch.full([2], 2n ** 40n)],
    ['torch.as_tensor([1.0, 2.0])', () => torch.asTensor([1, 2])],
    ['torch.LongTensor([0, 2])', () => torch.LongTensor([0, 2])],
    ['torch.BoolTensor([True, False])', () => torch.BoolTensor([true, false])],
    ['torch.zeros(2, 3)', () => torch.zeros(2, 3)],
    ['torch.zeros((2, 3), dtype=torch.float64)', () => torch.zeros([2, 3], { dtype: torch.float64 })],
    ['torch.ones(())', () => torch.ones([])],
    ['torch.arange(5)', () => torch.arange(5)],
    ['torch.arange(1, 5)', () => torch.arange(1, 5)],
    ['torch.arange(0.5, 3)', () => torch.arange(0.5, 3)],
    ['torch.arange(1, 10, 3)', () => torch.arange(1, 10, 3)],
    ['torch.arange(5, dtype=torch.float32)', () => torch.arange(5, { dtype: torch.float32 })],
    ['torch.linspace(0, 1, 5)', () => torch.linspace(0, 1, 5)],
    ['torch.linspace(start=0, end=1, steps=3)', () => torch.linspace({ start: 0, end: 1, steps: 3 })],
    ['torch.eye(3)', () => torch.eye(3)],
    [
      'torch.ones_like(torch.zeros(2, dtype=torch.int16))',
      () => torch.onesLike(torch.zeros([2], { dtype: torch.int16 })),
    ],
    ['torch.zeros(2, dtype=torch.int16).new_ones(3)', () => torch.zeros([2], { dtype: torch.int16 }).newOnes(3)],
    ['torch.randn(2, 3)', () => torch.randn(2, 3)],
    [
      'torch.randn((2, 3), generator=torch.Generator().manual_seed(7))',
      () => torch.randn([2, 3], { generator: new torch.Generator().manualSeed(7) }),
    ],
    ['torch.randint(0, 10, (5,))', () => torch.randint(0, 10, [5])],
    ['torch.randperm(10)', () => torch.randperm(10)],
    ['torch.empty(3).uniform_(-1, 1)', () => torch.empty(3).uniform_(-1, 1)],
  ];
  for (const [python, body] of CASES) it(python, () => parity(python, {}, body, { exact: true, stride: true }));

  it('raises as PyTorch does', async () => {
    const wrong: [string, () => unknown][] = [
      ['torch.tensor([[1.0, 2.0], [3.0]])', () => torch.tensor([[1, 2], [3]])],
      ['torch.tensor([300], dtype=torch.uint8)', () => torch.tensor([300], { dtype: torch.uint8 })],
      ['torch.tensor(float("nan"), dtype=torch.int64)', () => torch.tensor(Number.NaN, { dtype: torch.int64 })],
    ];
    for (const [python, body] of wrong) {
      const raised = await evaluate(python).then(
        () => null,
        (error: { pythonClass?: string; name: string }) => error,
      );
      assert.ok(raised !== null, `${python} raises in Python`);
      assert.throws(body, `${python} throws`);
    }
    assert.throws(() => t.tensor('a'), { name: 'TypeError', message: "new(): invalid data type 'string'" });
    assert.throws(() => t.tensor({}), TypeError);
    assert.throws(() => t.tensor([null]), TypeError);
    const endless: unknown[] = [];
    endless.push(endless);
    assert.throws(() => t.tensor(endless), { name: 'ValueError', message: "too many dimensions 'list'" });
  });

  it('gives numbers the default dtype, whole or not', () => {
    assert.equal(torch.tensor([1, 2]).dtype, torch.float32);
    assert.equal(torch.full([1], 2).dtype, torch.float32);
    assert.equal(torch.tensor(new Int32Array([1, 2])).dtype, torch.int32);
    torch.setDefaultDtype(torch.float64);
    try {
      assert.equal(torch.tensor([1, 2]).dtype, torch.float64);
      assert.equal(torch.zeros(1).dtype, torch.float64);
    } finally {
      torch.setDefaultDtype(torch.float32);
    }
    assert.throws(() => torch.setDefaultDtype(torch.int64), TypeError);
  });

  it('copies with tensor and shares with asTensor', () => {
    const array = new Float32Array([1, 2, 3]);
    const copied = torch.tensor(array);
    const shared = torch.asTensor(array);
    array[0] = 9;
    assert.deepEqual(copied.tolist(), [1, 2, 3]);
    assert.deepEqual(shared.tolist(), [9, 2, 3]);
    assert.equal(torch.asTensor(shared), shared);
    assert.ok(torch.tensor([1, 2]).resize_(10).numel() === 10, 'memory of its own can be resized');
  });

  it('combines tensors in lists as Python does', async () => {
    await parity('torch.tensor([torch.tensor(1.0), torch.tensor(2.0)])', {}, () =>
      torch.tensor([torch.tensor(1), torch.tensor(2)]),
    );
  });
});
