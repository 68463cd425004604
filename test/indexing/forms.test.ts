/** `at` and `set` against live PyTorch: every form of an index, every kind of value, and the errors, one by one. */
import assert from 'node:assert/strict';
import * as torch from '../../lib';
import type { IndexItem } from '../../lib/indexing';
import { native } from '../../lib/native';
import { evaluate, parity } from '../oracle/oracle';

describe('indexing', () => {
  const x = torch.arange(24).reshape(2, 3, 4);
  const i = torch.tensor([0n, 1n]);
  const READS: [python: string, items: IndexItem[]][] = [
    ['x[0]', [0]],
    ['x[-1, 2]', [-1, 2]],
    ['x[:2]', [torch.slice(2)]],
    ['x[1:]', [torch.slice(1, null)]],
    ['x[:]', [torch.slice(null)]],
    ['x[..., ::2]', ['...', torch.slice(null, undefined, 2)]],
    ['x[..., None]', ['...', null]],
    ['x[:, 1:-1, 1:-1:2]', [':', '1:-1', '1:-1:2']],
    ['x[[0, 1]]', [[0, 1]]],
    [
      'x[[[0, 1], [1, 0]]]',
      [
        [
          [0, 1],
          [1, 0],
        ],
      ],
    ],
    ['x[[0, 1], :]', [[[0, 1], ':']]],
    [
      'x[[[0, 1], [1, 0]], :]',
      [
        [
          [0, 1],
          [1, 0],
        ],
        ':',
      ],
    ],
    ['x[[True, False]]', [[true, false]]],
    ['x[[True, 0]]', [[true, 0]]],
    ['x[[]]', [[]]],
    ['x[x > 5]', [x.gt(5)]],
    ['x[i, i]', [i, i]],
    ['x[0, i]', [0, i]],
    ['x[[i[0], i[1]]]', [[i.at(0), i.at(1)]]],
    ['x[:, [i[0], i[1]]]', [':', [i.at(0), i.at(1)]]],
    ['x[i[1]:]', [torch.slice(i.at(1), null)]],
    ['x[np.array([0, 1])]', [new Int32Array([0, 1])]],
    ['x[:10**30]', [torch.slice(10n ** 30n)]],
    ['x[1:2**70]', ['1:1180591620717411303424']],
    ['x[()]', []],
    ['x[True]', [true]],
    ['x[False, 0]', [false, 0]],
  ];

  it('reads every form', async () => {
    for (const [code, items] of READS) {
      await parity(code, { x, i }, ({ x }) => x.at(...items), { exact: true, stride: true });
    }
  });

  const WRONG: [python: string, items: unknown[]][] = [
    ['x[5]', [5]],
    ['x[0, -9]', [0, -9]],
    ['x[None, ..., 7]', [null, '...', 7]],
    ['x[0, 0, 0, 0]', [0, 0, 0, 0]],
    ['x[1.5]', [1.5]],
    ['x[0, 1.5]', [0, 1.5]],
    ['x[1j]', [new torch.Complex(0, 1)]],
    ['x[{}]', [{}]],
    ['x[2**70]', [2n ** 70n]],
    ['x[torch.tensor([True, False, True])]', [[true, false, true]]],
    ['x[torch.tensor([1.5])]', [torch.tensor([1.5])]],
    ['x[torch.tensor(1.5)]', [torch.tensor(1.5)]],
    ['x[:, [5]]', [':', [5]]],
    ['x[0:1, [[0, 1], [1]]]', ['0:1', [[0, 1], [1]]]],
    ['x.sum()[0]', []],
  ];

  it('says what is wrong in the words of PyTorch', async () => {
    for (const [code, items] of WRONG) {
      await parity(code, { x }, ({ x }) => (items.length === 0 ? x.sum().at(0) : x.at(...(items as IndexItem[]))));
    }
    await parity('x[::0]', { x }, ({ x }) => x.at('::0'));
    await parity('x[::-1]', { x }, ({ x }) => x.at('::-1'));
    await parity('x[1.5:]', { x }, ({ x }) => x.at(torch.slice(1.5, null)));
    assert.throws(() => x.at(undefined as never), RangeError);
    assert.throws(() => x.at('first' as never), /'\.\.\.' or a slice such as ':' or '1:-1:2', not 'first'/);
    assert.throws(
      () => x.at(torch.tensor([0, 1])),
      /int, byte or bool tensors\nIn tsorch, numbers make float32 tensors/,
    );
  });

  const VALUES: [python: string, value: unknown][] = [
    ['[1, 2]', [1, 2]],
    ['"a"', 'a'],
    ['None', null],
    ['{}', {}],
    ['1j', new torch.Complex(0, 1)],
    ['300', 300],
    ['-1', -1],
    ['1.7', 1.7],
    ['float("nan")', Number.NaN],
    ['True', true],
    ['2**62', 2n ** 62n],
    ['torch.ones(3)', torch.ones(3)],
    ['torch.ones(1, 1, 4)', torch.ones(1, 1, 4)],
    ['torch.ones(4, dtype=torch.complex64)', torch.ones(4, { dtype: torch.complex64 })],
  ];

  it('converts what is assigned as PyTorch', async () => {
    for (const dtype of [torch.float32, torch.int64, torch.uint8, torch.bool, torch.complex64]) {
      const zeros = torch.zeros([3, 4], { dtype });
      for (const [python, value] of VALUES) {
        for (const [index, items] of [
          ['0', [0]],
          ['...', ['...']],
          ['[0, 2]', [[0, 2]]],
        ] as [string, IndexItem[]][]) {
          const code = `y = x.clone()\ny[${index}] = ${python}\ny`;
          await parity(code, { x: zeros }, ({ x }) => {
            const y = x.clone();
            y.set(...items, value as number);
            return y;
          });
        }
      }
    }
    await parity('y = x.to_sparse()\ny[0] = 1', { x }, ({ x }) => x.toSparse().set(0, 1));
  });

  it('keeps the graph of PyTorch', async () => {
    const indices: [string, IndexItem[]][] = [
      ['0', [0]],
      [':', [':']],
      ['...', ['...']],
      [':, :', [':', ':']],
      ['0:2, 1', ['0:2', 1]],
      ['0:2, 0:5', ['0:2', '0:5']],
      ['None', [null]],
      ['True', [true]],
      ['[0]', [[0]]],
    ];
    for (const [text, items] of indices) {
      const leaf = torch.ones([2, 3], { requiresGrad: true });
      const names = (y: torch.Tensor): (string | undefined)[] => [
        y.gradFn?.name().replace(/^.*::/, ''),
        y.gradFn?.nextFunctions[0]?.[0]?.name().replace(/^.*::/, ''),
      ];
      const python = (code: string): string =>
        `${code}\n[type(f).__name__ for f in (y.grad_fn, y.grad_fn.next_functions[0][0])]`;
      assert.deepEqual(names(leaf.mul(2).at(...items)), await evaluate(python(`y = (x * 2)[${text}]`), { x: leaf }));
      const y = leaf.mul(2);
      y.set(...items, 5);
      assert.deepEqual(names(y), await evaluate(python(`y = x * 2\ny[${text}] = 5`), { x: leaf }));
    }
  });

  it('costs one native call for a number or a slice', () => {
    const calls: string[] = [];
    const { call } = native;
    x.at(0);
    x.at('1:');
    Object.assign(native, {
      call: (...args: Parameters<typeof call>) => {
        calls.push('call');
        return call(...args);
      },
    });
    try {
      x.at(0);
      assert.equal(calls.length, 1);
      x.at('1:');
      assert.equal(calls.length, 2);
    } finally {
      Object.assign(native, { call });
    }
  });

  it('prints a slice as Python', () => {
    assert.equal(String(torch.slice(1, null, 2)), 'slice(1, None, 2)');
  });
});
