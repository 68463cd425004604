/** The dtype that every pair of operands gives: dtypes by dtypes, as n-d and 0-d tensors and as numbers. */
import assert from 'node:assert/strict';
import * as torch from '../../lib';
import type { TensorOrScalar } from '../../lib/types';
import { assertSame, DTYPES, outcome, outcomes, type Row } from './outcome';

type Operation = (a: TensorOrScalar, b: TensorOrScalar) => unknown;

const OPERATIONS: Readonly<Record<string, Operation>> = {
  result_type: torch.resultType as Operation,
  add: torch.add as Operation,
  mul: torch.mul as Operation,
  div: torch.div as Operation,
};

const SCALARS: readonly [python: string, value: TensorOrScalar][] = [
  ['True', true],
  ['2', 2],
  ['1.5', 1.5],
  ['1j', new torch.Complex(0, 1)],
];

/** Every operand, with its name. */
function operands(): [name: string, operand: TensorOrScalar][] {
  const tensors = DTYPES.flatMap((dtype): [string, TensorOrScalar][] => [
    [`${dtype} [2]`, torch.ones([2]).to(dtype)],
    [`${dtype} []`, torch.ones([]).to(dtype)],
  ]);
  return [...tensors, ...SCALARS];
}

const PYTHON = `
tensors = [torch.ones(shape).to(dtype) for dtype in dtypes for shape in ([2], [])]
operands = [*tensors, True, 2, 1.5, 1j]
operations = [torch.result_type, torch.add, torch.mul, torch.div]
[[outcome(lambda: operation(a, b)) for operation in operations] for a in operands for b in operands]`;

describe('type promotion', () => {
  it('gives every pair of operands what PyTorch gives: result_type, add, mul, div', async () => {
    const expected = await outcomes<string[][]>(PYTHON, { dtypes: DTYPES });
    const rows = operands();
    const pairs = rows.flatMap(([left, a]) => rows.map(([right, b]) => ({ names: `${left}, ${right}`, a, b })));
    assert.equal(pairs.length, expected.length);
    assertSame(
      pairs.flatMap(({ names, a, b }, i) =>
        Object.entries(OPERATIONS).map(
          ([name, operation], j): Row => [`${name}(${names})`, () => operation(a, b), expected[i][j]],
        ),
      ),
    );
  });

  it('knows for every pair of dtypes what they promote to, and which casts are safe', async () => {
    const expected = await outcomes<string[][]>(
      `[[outcome(lambda: torch.promote_types(a, b)), outcome(lambda: torch.can_cast(a, b))] for a in d for b in d]`,
      { d: DTYPES },
    );
    const got = DTYPES.flatMap((a) =>
      DTYPES.map((b) => [outcome(() => torch.promoteTypes(a, b)), outcome(() => torch.canCast(a, b))]),
    );
    assert.deepEqual(got, expected);
  });

  for (const dtype of [torch.float64, torch.bfloat16]) {
    it(`follows a default dtype of ${dtype}`, async () => {
      const code = `
torch.set_default_dtype(default)
tensors = [torch.ones(2).to(dtype) for dtype in dtypes]
rows = [[outcome(lambda: f(x, s)) for f in (torch.result_type, torch.mul)] for x in tensors for s in (True, 2, 1.5, 1j)]
torch.set_default_dtype(torch.float32)
rows`;
      const expected = await outcomes<string[][]>(code, { default: dtype, dtypes: DTYPES });
      torch.setDefaultDtype(dtype);
      try {
        const got = DTYPES.flatMap((each) => {
          const x = torch.ones([2]).to(each);
          return SCALARS.map(([, scalar]) => [
            outcome(() => torch.resultType(x, scalar as number)),
            outcome(() => torch.mul(x, scalar)),
          ]);
        });
        assert.deepEqual(got, expected);
      } finally {
        torch.setDefaultDtype(torch.float32);
      }
    });
  }
});
