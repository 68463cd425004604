/** Modules that are made wrongly throw as PyTorch's do; what well-made ones compute is tested in parity/modules. */
import * as torch from '../../lib';
import { parity } from '../oracle/oracle';

const { nn } = torch;

const WRONG: [python: string, make: () => unknown][] = [
  ['nn.Conv2d(3, 6, 3, groups=0)', () => new nn.Conv2d(3, 6, 3, { groups: 0 })],
  ['nn.Conv2d(3, 6, 3, groups=2)', () => new nn.Conv2d(3, 6, 3, { groups: 2 })],
  ['nn.Conv2d(4, 7, 3, groups=2)', () => new nn.Conv2d(4, 7, 3, { groups: 2 })],
  ["nn.Conv2d(3, 6, 3, stride=2, padding='same')", () => new nn.Conv2d(3, 6, 3, { stride: 2, padding: 'same' })],
  ['nn.Dropout(1.5)', () => new nn.Dropout(1.5)],
  ['nn.Hardtanh(2, 1)', () => new nn.Hardtanh(2, 1)],
  ['nn.Unflatten(1, 2)', () => new nn.Unflatten(1, 2 as never)],
  ['nn.Unflatten(1, (2, 0.5))', () => new nn.Unflatten(1, [2, 0.5])],
  ['nn.Sequential(1)', () => new nn.Sequential(1 as never)],
  ['nn.Linear(3, 4, biass=True)', () => new nn.Linear(3, 4, { biass: true } as never)],
  ['nn.Linear(3, 4, in_features=3)', () => new nn.Linear(3, 4, { inFeatures: 3 } as never)],
  [
    'nn.Linear(1, 2, True, None, None, 5)',
    () => new nn.Linear(...([1, 2, true, null, null, 5] as never as [number, number])),
  ],
  ['nn.Sequential(nn.ReLU())[3]', () => new nn.Sequential(new nn.ReLU()).at(3)],
];

describe('modules made wrongly', () => {
  for (const [python, make] of WRONG) it(python, () => parity(python, {}, make));
});
