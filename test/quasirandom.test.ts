/** `torch.quasirandom` against PyTorch. */
import * as torch from '../lib';
import { parity } from './oracle/oracle';

const { SobolEngine } = torch.quasirandom;
const S = 'S = torch.quasirandom.SobolEngine\n';

const SAME: [python: string, body: () => unknown][] = [
  ['S(5).draw(3)', () => new SobolEngine(5).draw(3)],
  ['S(3).draw()', () => new SobolEngine(3).draw()],
  ['S(3, scramble=True, seed=7).draw(5)', () => new SobolEngine(3, { scramble: true, seed: 7 }).draw(5)],
  [
    'torch.manual_seed(1); S(2, True).draw(4)',
    () => {
      torch.manualSeed(1);
      return new SobolEngine(2, true).draw(4);
    },
  ],
  [
    'e = S(4); [e.draw(2), e.draw(3), e.num_generated, e.draw(dtype=torch.float64)]',
    () => {
      const e = new SobolEngine(4);
      return [e.draw(2), e.draw(3), e.numGenerated, e.draw({ dtype: torch.float64 })];
    },
  ],
  [
    'e = S(2); [e.draw_base2(2), e.draw_base2(2), e.reset().draw(2), e.fast_forward(3).draw(1)]',
    () => {
      const e = new SobolEngine(2);
      return [e.drawBase2(2), e.drawBase2(2), e.reset().draw(2), e.fastForward(3).draw(1)];
    },
  ],
  ['S(2).fast_forward(5).draw(2)', () => new SobolEngine(2).fastForward(5).draw(2)],
  [
    'out = torch.empty(0); S(2).draw(3, out=out); out',
    () => {
      const out = torch.empty(0);
      new SobolEngine(2).draw(3, { out });
      return out;
    },
  ],
  [
    '[repr(S(2)), repr(S(2, True)), repr(S(2, True, 5))]',
    () => [new SobolEngine(2), new SobolEngine(2, true), new SobolEngine(2, true, 5)].map(String),
  ],
  ['S(0)', () => new SobolEngine(0)],
  ['S(21202)', () => new SobolEngine(21202)],
  ['S(2).fast_forward(1).draw_base2(3)', () => new SobolEngine(2).fastForward(1).drawBase2(3)],
];

describe('SobolEngine', () => {
  for (const [python, body] of SAME) it(python, () => parity(S + python, {}, body));
});
