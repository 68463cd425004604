/** What constructors of modules make of their arguments: `nn.factoryKwargs`. */
import * as torch from '../../lib';
import { parity } from '../oracle/oracle';

const { nn } = torch;

describe('nn.factoryKwargs', () => {
  const SAME: [python: string, body: () => unknown][] = [
    ['nn.factory_kwargs(None)', () => nn.factoryKwargs(null)],
    [
      "nn.factory_kwargs({'dtype': torch.float64, 'factory_kwargs': {'device': 'cpu'}})",
      () => nn.factoryKwargs({ dtype: torch.float64, factoryKwargs: { device: 'cpu' } }),
    ],
    ["nn.factory_kwargs({'x': 3})", () => nn.factoryKwargs({ x: 3 } as object)],
    [
      "nn.factory_kwargs({'dtype': torch.float64, 'factory_kwargs': {'dtype': torch.float64}})",
      () => nn.factoryKwargs({ dtype: torch.float64, factoryKwargs: { dtype: torch.float64 } }),
    ],
  ];
  for (const [python, body] of SAME) it(python, () => parity(python, {}, body));
});
