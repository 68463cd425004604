/** Recurrent modules and packed sequences, beside the module database: text, errors, packing, states. */
import assert from 'node:assert/strict';
import * as torch from '../../lib';
import { input } from '../oracle/inputs';
import { parity } from '../oracle/oracle';

const { nn } = torch;
const { rnn } = nn.utils;
type T = torch.Tensor;

const PYTHON = `
from torch.nn.utils.rnn import *
def parts(p):
    return [p.data, p.batch_sizes, p.sorted_indices, p.unsorted_indices]
`;
const [a, b, c] = [input([4, 3]), input([2, 3], { seed: 2 }), input([3, 3], { seed: 3 })];
const padded = input([4, 3, 2], { seed: 4 });

/** What both sides are given. */
interface Given extends Record<string, unknown> {
  a: T;
  b: T;
  c: T;
  padded: T;
}

const parts = (packed: torch.nn.utils.rnn.PackedSequence) => [...packed];

const SAME: [python: string, body: (given: Given) => unknown][] = [
  ['pad_sequence([a, b])', ({ a, b }) => rnn.padSequence([a, b])],
  [
    "pad_sequence([a, b, c], batch_first=True, padding_value=-1, padding_side='left')",
    ({ a, b, c }) => rnn.padSequence([a, b, c], { batchFirst: true, paddingValue: -1, paddingSide: 'left' }),
  ],
  ['pad_sequence(3)', () => rnn.padSequence(3 as never)],
  ['parts(pack_sequence([a, c, b]))', ({ a, b, c }) => parts(rnn.packSequence([a, c, b]))],
  ['pack_sequence([b, a])', ({ a, b }) => rnn.packSequence([b, a])],
  [
    'parts(pack_sequence([b, a, c], enforce_sorted=False))',
    ({ a, b, c }) => parts(rnn.packSequence([b, a, c], { enforceSorted: false })),
  ],
  [
    'unpack_sequence(pack_sequence([b, a, c], enforce_sorted=False))',
    ({ a, b, c }) => rnn.unpackSequence(rnn.packSequence([b, a, c], false)),
  ],
  ['parts(pack_padded_sequence(padded, [4, 2, 1]))', ({ padded }) => parts(rnn.packPaddedSequence(padded, [4, 2, 1]))],
  [
    'parts(pack_padded_sequence(padded, torch.tensor([1, 3, 2, 2]), batch_first=True, enforce_sorted=False))',
    ({ padded }) =>
      parts(rnn.packPaddedSequence(padded, torch.tensor([1n, 3n, 2n, 2n]), { batchFirst: true, enforceSorted: false })),
  ],
  ['pack_padded_sequence(padded, [4, 2, 0])', ({ padded }) => rnn.packPaddedSequence(padded, [4, 2, 0])],
  [
    'pad_packed_sequence(pack_padded_sequence(padded, [1, 4, 2], enforce_sorted=False), padding_value=7., total_length=6)',
    ({ padded }) =>
      rnn.padPackedSequence(rnn.packPaddedSequence(padded, [1, 4, 2], { enforceSorted: false }), {
        paddingValue: 7,
        totalLength: 6,
      }),
  ],
  [
    'pad_packed_sequence(pack_padded_sequence(padded, [4, 2, 1]), total_length=2)',
    ({ padded }) => rnn.padPackedSequence(rnn.packPaddedSequence(padded, [4, 2, 1]), { totalLength: 2 }),
  ],
  ['invert_permutation(torch.tensor([2, 0, 1]))', () => rnn.invertPermutation(torch.tensor([2n, 0n, 1n]))],
  [
    'repr(pack_sequence([torch.ones(2), torch.ones(1)]))',
    () => String(rnn.packSequence([torch.ones(2), torch.ones(1)])),
  ],
  [
    'p = pack_sequence([b, a], False).double(); (p.data.dtype, parts(p.to(torch.float32)), p.is_cuda)',
    ({ a, b }) => {
      const p = rnn.packSequence([b, a], false).double();
      return [p.data.dtype, parts(p.to(torch.float32)), p.isCuda];
    },
  ],
];

const PACKED = `
m = MAKE
leaves = [t.detach().clone().requires_grad_() for t in (b, a, c)]
out, state = m(pack_sequence(leaves, enforce_sorted=False))
again, _ = m(pack_sequence(leaves, enforce_sorted=False), state)
(out.data.sum() + again.data.sum()).backward()
states = state if isinstance(state, tuple) else (state,)
([s.detach() for s in states], parts(again)[0].detach(), [t.grad for t in leaves], [p.grad for p in m.parameters()])
`;

type Recurrent = torch.nn.RNN | torch.nn.GRU | torch.nn.LSTM;

function runPacked(m: Recurrent, { a, b, c }: Given): unknown {
  const leaves = [b, a, c].map((t) => t.detach().clone().requiresGrad_());
  const call = m as unknown as (x: unknown, hx?: unknown) => [torch.nn.utils.rnn.PackedSequence, T | T[]];
  const [out, state] = call(rnn.packSequence(leaves, false));
  const [again] = call(rnn.packSequence(leaves, false), state);
  out.data.sum().add(again.data.sum()).backward();
  const states = Array.isArray(state) ? state : [state];
  return [
    states.map((s) => s.detach()),
    again.data.detach(),
    leaves.map((t) => t.grad),
    m.parameters().map((p) => p.grad),
  ];
}

const RECURRENT: [python: string, make: () => Recurrent][] = [
  ['nn.LSTM(3, 4, 2, bidirectional=True)', () => new nn.LSTM(3, 4, 2, { bidirectional: true })],
  ['nn.LSTM(3, 4, proj_size=2, bias=False)', () => new nn.LSTM(3, 4, { projSize: 2, bias: false })],
  ['nn.GRU(3, 4, 2)', () => new nn.GRU(3, 4, 2)],
  [
    "nn.RNN(3, 4, nonlinearity='relu', bidirectional=True)",
    () => new nn.RNN(3, 4, { nonlinearity: 'relu', bidirectional: true }),
  ],
];

const WRONG: [python: string, make: () => unknown][] = [
  ['nn.LSTM(0, 4)', () => new nn.LSTM(0, 4)],
  ['nn.LSTM(3, 0)', () => new nn.LSTM(3, 0)],
  ['nn.LSTM(3, 4, 0)', () => new nn.LSTM(3, 4, 0)],
  ['nn.LSTM(3, 4, dropout=2)', () => new nn.LSTM(3, 4, { dropout: 2 })],
  ['nn.LSTM(3, 4, proj_size=4)', () => new nn.LSTM(3, 4, { projSize: 4 })],
  ['nn.LSTM(3, 4, proj_size=-1)', () => new nn.LSTM(3, 4, { projSize: -1 })],
  ['nn.LSTM(3, 4, bias=1)', () => new nn.LSTM(3, 4, { bias: 1 as never })],
  ['nn.LSTM(3.5, 4)', () => new nn.LSTM(3.5, 4)],
  ['nn.GRU(3, 4, proj_size=2)', () => new nn.GRU(3, 4, { projSize: 2 } as never)],
  ["nn.RNN(3, 4, nonlinearity='x')", () => new nn.RNN(3, 4, { nonlinearity: 'x' as never })],
  ['nn.LSTM(3, 4)(torch.ones(2))', () => new nn.LSTM(3, 4)(torch.ones(2))],
  ['nn.RNN(3, 4)(torch.ones(2))', () => new nn.RNN(3, 4)(torch.ones(2))],
  ['nn.LSTM(3, 4)(torch.ones(2, 2, 5))', () => new nn.LSTM(3, 4)(torch.ones(2, 2, 5))],
  [
    'nn.GRU(3, 4)(torch.ones(2, 2, 3), torch.ones(1, 3, 4))',
    () => new nn.GRU(3, 4)(torch.ones(2, 2, 3), torch.ones(1, 3, 4)),
  ],
  [
    'nn.GRU(3, 4)(torch.ones(2, 2, 3), torch.ones(3, 4))',
    () => new nn.GRU(3, 4)(torch.ones(2, 2, 3), torch.ones(3, 4)),
  ],
  [
    'nn.GRU(3, 4)(torch.ones(2, 3), torch.ones(1, 3, 4))',
    () => new nn.GRU(3, 4)(torch.ones(2, 3), torch.ones(1, 3, 4)),
  ],
  ['nn.LSTM(3, 4)(torch.ones(2, 3).double())', () => new nn.LSTM(3, 4)(torch.ones(2, 3).double())],
  [
    'nn.LSTM(3, 4)(torch.ones(2, 2, 3), (torch.ones(1, 2, 4), torch.ones(1, 2, 3)))',
    () => new nn.LSTM(3, 4)(torch.ones(2, 2, 3), [torch.ones(1, 2, 4), torch.ones(1, 2, 3)]),
  ],
  [
    'nn.LSTM(3, 4)(torch.ones(2, 2, 3), (torch.ones(2, 4), torch.ones(1, 2, 3)))',
    () => new nn.LSTM(3, 4)(torch.ones(2, 2, 3), [torch.ones(2, 4), torch.ones(1, 2, 3)]),
  ],
  ['nn.LSTMCell(3, 4)(torch.ones(1, 1, 3))', () => new nn.LSTMCell(3, 4)(torch.ones(1, 1, 3))],
  [
    'nn.GRUCell(3, 4)(torch.ones(1, 3), torch.ones(1, 1, 4))',
    () => new nn.GRUCell(3, 4)(torch.ones(1, 3), torch.ones(1, 1, 4)),
  ],
];

describe('packed sequences', () => {
  for (const [python, body] of SAME) it(python, () => parity(PYTHON + python, { a, b, c, padded }, body));

  for (const [python, make] of RECURRENT) {
    it(`go through ${python}`, () =>
      parity(PYTHON + PACKED.replace('MAKE', python), { a, b, c, padded }, (given) => runPacked(make(), given)));
  }
});

describe('recurrent modules', () => {
  for (const [python, make] of WRONG) it(`${python} throws`, () => parity(python, {}, make));

  it('draw their dropout as Python does', () =>
    parity('nn.LSTM(3, 4, 3, dropout=0.5)(a)[0].detach()', { a, b, c, padded }, ({ a }) =>
      new nn.LSTM(3, 4, 3, { dropout: 0.5 })(a)[0].detach(),
    ));

  it('use a parameter that is assigned', () => {
    const m = new nn.GRU(2, 2) as torch.nn.GRU & Record<'weight_ih_l0', T>;
    m.weight_ih_l0 = new nn.Parameter(torch.zeros(6, 2));
    assert.equal(m.allWeights[0]?.[0], m.weight_ih_l0);
    const [zero] = m(torch.ones(1, 2));
    const [one] = m(torch.ones(1, 2).mul(100));
    assert.deepEqual(zero.tolist(), one.tolist());
  });
});
