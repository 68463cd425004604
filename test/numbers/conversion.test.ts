/** Conversions from every dtype to every dtype, bit for bit, on values at which formats round, overflow and underflow. */
import assert from 'node:assert/strict';
import * as torch from '../../lib';
import type { Scalar } from '../../lib/types';
import { assertSame, DTYPES, outcome, outcomes, type Row } from './outcome';

/** Zeros, infinities, NaN, and around the smallest, the largest and the halves of every format, of both signs. */
function hardValues(): number[] {
  const values = [
    0,
    1,
    0.1,
    1 / 3,
    1.5,
    2.5,
    2.7,
    127,
    128,
    255,
    256,
    32767,
    65535,
    2 ** 31 - 1,
    2 ** 53,
    Infinity,
    NaN,
  ];
  // Largest and smallest: float8_e4m3fn, e5m2, e4m3fnuz, float16, bfloat16, float32, float64.
  values.push(448, 464, 480, 57344, 61440, 240, 65504, 65519, 65520, 3.3895313892515355e38, 3.4028234663852886e38);
  values.push(
    2 ** -9,
    2 ** -10,
    2 ** -16,
    2 ** -17,
    2 ** -24,
    2 ** -25,
    2 ** -126,
    2 ** -133,
    2 ** -149,
    5e-324,
    1e308,
  );
  // Halves between neighbours, which round to even.
  for (const bits of [2, 3, 7, 10, 23]) values.push(1 + 2 ** -(bits + 1), 1 + 3 * 2 ** -(bits + 1), 1 + 2 ** -bits);
  // JavaScript knows one NaN.
  return [...values, ...values.filter((value) => !Number.isNaN(value)).map((value) => -value)];
}

/** float64 with all hard values; a complex dtype has each with another as its imaginary part. */
function source(dtype: torch.DType): torch.Tensor {
  const values = torch.fromTypedArray(Float64Array.from(hardValues()));
  return dtype.isComplex ? torch.complex(values, values.flip(0)).to(dtype) : values.to(dtype);
}

describe('conversion', () => {
  it('gives every bit that PyTorch gives, from every dtype to every dtype', async () => {
    const values = source(torch.float64);
    const code = `
def source(dtype):
    return torch.complex(values, values.flip(0)).to(dtype) if dtype.is_complex else values.to(dtype)
[outcome(lambda: source(a).to(b)) for a in dtypes for b in dtypes]`;
    const expected = await outcomes(code, { values, dtypes: DTYPES });
    const pairs = DTYPES.flatMap((a) => DTYPES.map((b) => [a, b] as const));
    assertSame(pairs.map(([from, to], i) => [`${from} to ${to}`, () => source(from).to(to), expected[i]]));
  });

  it('reads every element of every dtype as PyTorch does: tolist and item', async () => {
    const tensors = DTYPES.map(source);
    const code = `[[outcome(t.tolist), *(outcome(t[i].item) for i in range(len(t)))] for t in tensors]`;
    const expected = await outcomes<string[][]>(code, { tensors });
    for (const [i, tensor] of tensors.entries()) {
      const got = [outcome(() => tensor.tolist()), ...[...tensor].map((element) => outcome(() => element.item()))];
      assert.deepEqual(got, expected[i], String(tensor.dtype));
    }
  });

  it('makes tensors of numbers as PyTorch does, in every dtype', async () => {
    // A number at a time, since the first one that a dtype cannot hold is an error.
    const values: Scalar[] = hardValues().filter((value) => !Number.isInteger(value) || Math.abs(value) >= 2 ** 53);
    values.push(true, false, new torch.Complex(0, 1), new torch.Complex(0, 0), 0n, 10n ** 400n);
    for (const bits of [7n, 8n, 15n, 16n, 31n, 32n, 53n, 63n, 64n]) {
      for (const whole of [2n ** bits - 1n, 2n ** bits, 2n ** bits + 1n]) values.push(whole, -whole);
    }
    const code = `[[outcome(lambda: torch.tensor([v], dtype=d)) for v in values] for d in dtypes]`;
    const expected = await outcomes<string[][]>(code, { values, dtypes: DTYPES });
    assertSame(
      DTYPES.flatMap((dtype, i) =>
        values.map(
          (value, j): Row => [`tensor(${value}, ${dtype})`, () => torch.tensor([value], { dtype }), expected[i][j]],
        ),
      ),
    );
  });
});
