/** Whole numbers beyond 2^53, which are bigints: in and out of tensors, as scalars, compared; and numbers as scalars. */
import assert from 'node:assert/strict';
import * as torch from '../../lib';
import type { Scalar } from '../../lib/types';
import { assertSame, DTYPES, outcome, outcomes, type Row } from './outcome';

const WHOLE: readonly bigint[] = [2n ** 53n - 1n, 2n ** 53n, 2n ** 53n + 1n, 2n ** 62n + 1n, 2n ** 63n - 1n].flatMap(
  (whole) => [whole, -whole],
);
const NUMBERS: readonly Scalar[] = [0, 1, -1, 300, 1.7, -1.7, 1e39, 1e300, NaN, Infinity, -Infinity, true, 2 ** 53];
const SCALARS: readonly Scalar[] = [...NUMBERS, ...WHOLE, 2n ** 63n, new torch.Complex(1, 2)];

/** What is done with a tensor and a number: Python's words and ours. */
const OPERATIONS: readonly [python: string, operation: (x: torch.Tensor, s: Scalar) => unknown][] = [
  ['x + s', (x, s) => x.add(s)],
  ['x - s', (x, s) => x.sub(s)],
  ['s - x', (x, s) => torch.sub(s, x)],
  ['x * s', (x, s) => x.mul(s)],
  ['x / s', (x, s) => x.div(s)],
  ['x // s', (x, s) => x.floorDivide(s)],
  ['x == s', (x, s) => x.eq(s)],
  ['x < s', (x, s) => x.lt(s)],
  ['x >= s', (x, s) => x.ge(s)],
  ['x.clone().fill_(s)', (x, s) => x.clone().fill_(s)],
  ['x.clone().add_(s)', (x, s) => x.clone().add_(s)],
  ['torch.full([2], s, dtype=x.dtype)', (x, s) => torch.full([2], s, { dtype: x.dtype })],
  ['torch.full_like(x, s)', (x, s) => torch.fullLike(x, s)],
  ['torch.where(x == x, x, s)', (x, s) => torch.where(x.eq(x), x, s)],
  ['assign(x.clone(), s)', (x, s) => assign(x.clone(), s)],
];

function assign(x: torch.Tensor, s: Scalar): torch.Tensor {
  x.set(0, s);
  return x;
}

describe('numbers', () => {
  it('takes every number as an operand of every dtype as PyTorch does', async () => {
    const tensors = DTYPES.map((dtype) => torch.tensor([1, 100]).to(dtype));
    const code = `
def assign(x, s):
    x[0] = s
    return x
operations = [${OPERATIONS.map(([python]) => `lambda x, s: ${python}`).join(', ')}]
[[outcome(lambda: operation(x, s)) for operation in operations] for x in tensors for s in scalars]`;
    const expected = await outcomes<string[][]>(code, { tensors, scalars: SCALARS });
    const rows = tensors.flatMap((x) => SCALARS.map((s) => [x, s] as const));
    assertSame(
      rows.flatMap(([x, s], i) =>
        OPERATIONS.map(
          ([python, operation], j): Row => [`${python}, x ${x.dtype}, s ${s}`, () => operation(x, s), expected[i][j]],
        ),
      ),
    );
  });

  it('keeps every digit of whole numbers beyond 2^53', async () => {
    const calls: [python: string, call: (w: bigint) => unknown][] = [
      ['torch.tensor(w)', (w) => torch.tensor(w)],
      ['torch.tensor([w, 0]).tolist()', (w) => torch.tensor([w, 0n]).tolist()],
      ['torch.tensor(w).item()', (w) => torch.tensor(w).item()],
      ['torch.full((2,), w)', (w) => torch.full([2], w)],
      ['torch.full((2,), w).tolist()', (w) => torch.full([2], w).tolist()],
      ['torch.arange(w, w + 3)', (w) => torch.arange(w, w + 3n)],
      ['torch.tensor([w]) + torch.tensor([1])', (w) => torch.tensor([w]).add(torch.tensor([1n]))],
      ['torch.tensor([w]) == torch.tensor([w - 1])', (w) => torch.tensor([w]).eq(torch.tensor([w - 1n]))],
      ['torch.tensor([w]).sum().item()', (w) => torch.tensor([w]).sum().item()],
      ['torch.tensor([w]).double()', (w) => torch.tensor([w]).double()],
      ['torch.tensor([w, w]).max(0)[0].item()', (w) => torch.tensor([w, w]).max(0)[0].item()],
      [
        'torch.tensor([abs(w) * 2], dtype=torch.uint64).tolist()',
        (w) => torch.tensor([(w < 0n ? -w : w) * 2n], { dtype: torch.uint64 }).tolist(),
      ],
    ];
    const code = `[[outcome(lambda: call(w)) for call in [${calls.map(([python]) => `lambda w: ${python}`).join(', ')}]] for w in whole]`;
    const whole = WHOLE.filter((each) => each < 2n ** 63n - 3n);
    const got = whole.map((each) => calls.map(([, call]) => outcome(() => call(each))));
    assert.deepEqual(got, await outcomes(code, { whole }));
  });
});
