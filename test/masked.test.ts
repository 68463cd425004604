/** `torch.masked` against PyTorch: every function with and without a mask, dense and sparse, gradients, errors. */
import * as torch from '../lib';
import { camel } from './oracle/codec';
import { input } from './oracle/inputs';
import { parity } from './oracle/oracle';

// biome-ignore lint/suspicious/noExplicitAny: functions are resolved by name
type Loose = any;

const masked = torch.masked as Loose;
const x = input([3, 4]);
const mask = input([3, 4], { dtype: torch.bool, seed: 2 });
mask.at(0).fill_(false);
mask.at(1, 0).fill_(true);
mask.at(2, 3).fill_(true);
const given = {
  x,
  mask,
  /** Without empty rows, whose reduction PyTorch gets wrong. */
  full: mask.logicalOr(torch.eye(3, 4).bool()),
  row: input([4], { dtype: torch.bool, seed: 3 }),
  whole: input([3, 4], { dtype: torch.int32, seed: 4 }),
  byte: input([3, 4], { dtype: torch.uint8, seed: 4 }),
  complex: input([3, 4], { dtype: torch.complex64, seed: 5 }),
  y: input([3, 4], { seed: 6 }),
};

/** Each call in Python's words, and the same by position and by name. */
const CALLS: [name: string, python: string, args: unknown[], options: Record<string, unknown>][] = [
  ...['sum', 'prod', 'amax', 'amin', 'logsumexp', 'mean', 'std', 'var'].flatMap((name): (typeof CALLS)[number][] => [
    [name, 'x, 1', [x, 1], {}],
    [name, 'x, (0, 1)', [x, [0, 1]], {}],
    [name, 'x', [x], {}],
    [name, 'x, 1, keepdim=True', [x, 1], { keepdim: true }],
    [name, 'x, -1, dtype=torch.float64', [x, -1], { dtype: torch.float64 }],
  ]),
  ...['argmax', 'argmin'].flatMap((name): (typeof CALLS)[number][] => [
    [name, 'x, 1', [x, 1], {}],
    [name, 'x, 0, keepdim=True', [x, 0], { keepdim: true }],
  ]),
  ['median', 'x, 1', [x, 1], {}],
  ['median', 'x', [x], {}],
  ['norm', 'x, 2.0, 1', [x, 2, 1], {}],
  ['norm', 'x, float("-inf"), 1', [x, Number.NEGATIVE_INFINITY, 1], {}],
  ['var', 'x, 1, False', [x, 1, false], {}],
  ['std', 'x, 1, correction=2', [x, 1], { correction: 2 }],
  ...['cumsum', 'cumprod', 'softmax', 'log_softmax', 'softmin'].map((name): (typeof CALLS)[number] => [
    name,
    'x, 1',
    [x, 1],
    {},
  ]),
  ['softmax', 'x, 0, dtype=torch.float64', [x, 0], { dtype: torch.float64 }],
  ['normalize', 'x, 2.0, 1', [x, 2, 1], {}],
  ['sum', 'whole, 1', [given.whole, 1], {}],
  ['prod', 'byte, 1', [given.byte, 1], {}],
  ['amax', 'whole, 1', [given.whole, 1], {}],
  ['amin', 'byte, 0', [given.byte, 0], {}],
  ['median', 'whole, 0', [given.whole, 0], {}],
  ['mean', 'whole, 0, dtype=torch.float32', [given.whole, 0], { dtype: torch.float32 }],
  ['var', 'complex, 1', [given.complex, 1], {}],
  ['sum', 'complex, 1', [given.complex, 1], {}],
];

const WRONG: [python: string, body: () => unknown][] = [
  ['torch.masked.sum(x, (0, 0))', () => masked.sum(x, [0, 0])],
  ['torch.masked.sum(x, 2)', () => masked.sum(x, 2)],
  ['torch.masked.sum(x, 1, True)', () => masked.sum(x, 1, true)],
  ['torch.masked.sum(x, 1, mask=mask[None])', () => masked.sum(x, 1, { mask: mask.at(null) })],
  ['torch.masked.mean(whole, 1)', () => masked.mean(given.whole, 1)],
  ['torch.masked.median(whole, 1, mask=mask)', () => masked.median(given.whole, 1, { mask })],
  ['torch.masked.var(x, 1, True, correction=1)', () => masked.var(x, 1, true, { correction: 1 })],
  ['torch.masked.softmax(x.to_sparse(), 1)', () => masked.softmax(x.toSparse(), 1)],
  ['torch.masked.prod(x.to_sparse(), 1)', () => masked.prod(x.toSparse(), 1)],
  ['torch.masked.amax(complex, 1, mask=mask)', () => masked.amax(given.complex, 1, { mask })],
  ['torch.masked.amax(x.to_sparse_csr(), 1, mask=mask)', () => masked.amax(x.toSparseCsr(), 1, { mask })],
];

describe('torch.masked', () => {
  for (const [name, python, args, options] of CALLS) {
    const code = ['', ', mask=mask', ', mask=row'].map((named) => `torch.masked.${name}(${python}${named})`).join(', ');
    it(code, () =>
      parity(code, given, ({ mask, row }) =>
        [null, mask, row].map((one) => masked[camel(name)](...args, { ...options, mask: one })),
      ),
    );
  }

  it('logaddexp', () =>
    parity(
      'torch.masked.logaddexp(x, y, input_mask=mask), torch.masked.logaddexp(x, y, other_mask=row)',
      given,
      ({ x, y, mask, row }) => [
        masked.logaddexp(x, y, { inputMask: mask }),
        masked.logaddexp(x, y, { otherMask: row }),
      ],
    ));

  for (const name of ['sum', 'prod', 'amax', 'amin']) {
    for (const dim of [0, 1]) {
      for (const keepdim of [true, false]) {
        const code = `torch.masked.${name}(x.relu().to_sparse(), ${dim}, keepdim=${keepdim ? 'True' : 'False'}, mask=mask).to_dense()`;
        it(code, () =>
          parity(code, given, ({ x, mask }) => masked[name](x.relu().toSparse(), dim, { keepdim, mask }).toDense()),
        );
      }
    }
  }

  for (const name of ['sum', 'prod', 'amax', 'amin', 'mean']) {
    for (const dim of [[0], [1], [0, 1]]) {
      const code = `torch.masked.${name}(x.to_sparse_csr(), (${dim},), keepdim=True, mask=full.to_sparse_csr())`;
      it(code, () =>
        parity(code, given, ({ x, full }) =>
          masked[name](x.toSparseCsr(), dim, { keepdim: true, mask: full.toSparseCsr() }),
        ),
      );
    }
  }

  it('reduces sparse tensors without dimensions', () =>
    parity(
      'torch.masked.sum(x[0, 0].to_sparse(), 0), torch.masked.sum(x[0, 0].to_sparse(), -1, keepdim=True)',
      given,
      ({ x }) => [masked.sum(x.at(0, 0).toSparse(), 0), masked.sum(x.at(0, 0).toSparse(), -1, { keepdim: true })],
    ));

  it('keeps hybrid tensors hybrid', () =>
    parity(
      'torch.masked.sum(x.relu().to_sparse(1), 0, mask=mask.to_sparse(1)), torch.masked.sum(x.relu().to_sparse(1), 1, mask=mask.to_sparse(1))',
      given,
      ({ x, mask }) => [
        masked.sum(x.relu().toSparse(1), 0, { mask: mask.toSparse(1) }),
        masked.sum(x.relu().toSparse(1), 1, { mask: mask.toSparse(1) }),
      ],
    ));

  for (const name of ['sum', 'prod', 'amax', 'mean', 'var', 'logsumexp', 'softmax', 'cumsum']) {
    const code = `z = x.clone().requires_grad_()\ntorch.masked.${name}(z, 1, mask=row).pow(2).sum().backward()\nz.grad`;
    it(`gradient of ${name}`, () =>
      parity(code, given, ({ x, row }) => {
        const z = x.clone().requiresGrad_();
        masked[name](z, 1, { mask: row }).pow(2).sum().backward();
        return z.grad;
      }));
  }

  for (const [python, body] of WRONG) it(python, () => parity(python, given, body));
});
