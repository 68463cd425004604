/** Nested tensors against PyTorch: their parts, gradients, padding, errors. */
import assert from 'node:assert/strict';
import * as torch from '../lib';
import { input } from './oracle/inputs';
import { parity } from './oracle/oracle';

// biome-ignore lint/suspicious/noExplicitAny: tables of loosely typed calls, some wrong on purpose
type Loose = any;

const nested = torch.nested as Loose;
const given: Record<string, Loose> = {
  a: input([2, 3]),
  b: input([4, 3], { seed: 2 }),
  whole: input([2, 3], { dtype: torch.int64 }),
};

const SAME: [python: string, body: (given: Record<string, Loose>) => Loose][] = [
  ['torch.nested.nested_tensor([a, b]).unbind()', ({ a, b }) => nested.nestedTensor([a, b]).unbind()],
  ['torch.nested.nested_tensor([[1.0, 2.0], [3.0]]).unbind()', () => nested.nestedTensor([[1, 2], [3]]).unbind()],
  [
    'torch.nested.nested_tensor([a, b], dtype=torch.float64).dtype',
    ({ a, b }) => nested.nestedTensor([a, b], { dtype: torch.float64 }).dtype,
  ],
  ['torch.nested.nested_tensor([whole]).dtype', ({ whole }) => nested.nestedTensor([whole]).dtype],
  [
    'torch.nested.nested_tensor([a], requires_grad=True).is_leaf',
    ({ a }) => nested.nestedTensor([a], { requiresGrad: true }).isLeaf,
  ],
  ['torch.nested.nested_tensor([]).dtype', () => nested.nestedTensor([]).dtype],
  ['torch.nested.nested_tensor(a)', ({ a }) => nested.nestedTensor(a)],
  ['torch.nested.nested_tensor([a, a[0]])', ({ a }) => nested.nestedTensor([a, a.at(0)])],
  [
    'torch.nested.nested_tensor([a], layout=torch.sparse_coo)',
    ({ a }) => nested.nestedTensor([a], { layout: torch.sparseCoo }),
  ],
  [
    'torch.nested.to_padded_tensor(torch.nested.nested_tensor([a, b]), 0.5)',
    ({ a, b }) => nested.toPaddedTensor(nested.nestedTensor([a, b]), 0.5),
  ],
  ['torch.nested.as_nested_tensor([a, b]).unbind()', ({ a, b }) => nested.asNestedTensor([a, b]).unbind()],
  [
    'torch.nested.as_nested_tensor(a).unbind(), torch.nested.as_nested_tensor(b, dtype=torch.float64).unbind()',
    ({ a, b }) => [nested.asNestedTensor(a).unbind(), nested.asNestedTensor(b, { dtype: torch.float64 }).unbind()],
  ],
  ['torch.nested.as_nested_tensor(a[0])', ({ a }) => nested.asNestedTensor(a.at(0))],
  ['torch.nested.as_nested_tensor(3)', () => nested.asNestedTensor(3)],
  [
    'torch.nested.as_nested_tensor(torch.nested.nested_tensor([a]))',
    ({ a }) => nested.asNestedTensor(nested.nestedTensor([a])),
  ],
  ['torch.nested.narrow(b, 1, 1, 2).unbind()', ({ b }) => nested.narrow(b, 1, 1, 2).unbind()],
  ['torch.nested.narrow(b, 1, whole, 2)', ({ b, whole }) => nested.narrow(b, 1, whole, 2)],
  [
    'x, y = a.clone().requires_grad_(), b.clone().requires_grad_()\ntorch.nested.to_padded_tensor(torch.nested.as_nested_tensor([x, y]), 0.).pow(2).sum().backward()\n[x.grad, y.grad]',
    ({ a, b }) => {
      const [x, y] = [a.clone().requiresGrad_(), b.clone().requiresGrad_()];
      nested
        .toPaddedTensor(nested.asNestedTensor([x, y]), 0)
        .pow(2)
        .sum()
        .backward();
      return [x.grad, y.grad];
    },
  ],
];

describe('torch.nested', () => {
  for (const [python, body] of SAME) it(python, () => parity(python, given, body));

  it('refuses jagged tensors, which PyTorch writes in Python as a subclass', () => {
    assert.throws(() => nested.nestedTensor([given.a], { layout: torch.jagged }), { name: 'NotImplementedError' });
  });
});
