/** The windows of `torch.signal.windows` against PyTorch: each length and symmetry, options, gradients' flag, errors. */
import * as torch from '../lib';
import { camel } from './oracle/codec';
import { parity } from './oracle/oracle';

// biome-ignore lint/suspicious/noExplicitAny: functions are resolved by name, some calls are wrong on purpose
type Loose = any;

const windows = torch.signal.windows as Loose;

/** What each window needs besides its length, in Python's words and here. */
const WINDOWS: [name: string, python: string, options: Record<string, unknown>][] = [
  ['exponential', 'tau=2.5', { tau: 2.5 }],
  ['cosine', '', {}],
  ['gaussian', 'std=0.9', { std: 0.9 }],
  ['kaiser', 'beta=8.6', { beta: 8.6 }],
  ['hamming', '', {}],
  ['hann', '', {}],
  ['blackman', '', {}],
  ['bartlett', '', {}],
  ['nuttall', '', {}],
  ['general_cosine', 'a=[0.46, 0.23, 0.31]', { a: [0.46, 0.23, 0.31] }],
  ['general_hamming', 'alpha=0.46', { alpha: 0.46 }],
];

const WRONG: [python: string, body: () => unknown][] = [
  ['torch.signal.windows.hann(-1)', () => windows.hann(-1)],
  ['torch.signal.windows.blackman(-1)', () => windows.blackman(-1)],
  ['torch.signal.windows.hann(3, False)', () => windows.hann(3, false)],
  ['torch.signal.windows.hann(3, dtype=torch.int64)', () => windows.hann(3, { dtype: torch.int64 })],
  ['torch.signal.windows.cosine(3, layout=torch.sparse_coo)', () => windows.cosine(3, { layout: torch.sparseCoo })],
  ['torch.signal.windows.exponential(3, tau=-1.5)', () => windows.exponential(3, { tau: -1.5 })],
  ['torch.signal.windows.exponential(3, center=1)', () => windows.exponential(3, { center: 1 })],
  ['torch.signal.windows.gaussian(3, std=-0.5)', () => windows.gaussian(3, { std: -0.5 })],
  ['torch.signal.windows.kaiser(3, beta=-0.5)', () => windows.kaiser(3, { beta: -0.5 })],
  ['torch.signal.windows.general_cosine(3, a=[])', () => windows.generalCosine(3, { a: [] })],
];

describe('torch.signal.windows', () => {
  for (const [name, python, options] of WINDOWS) {
    it(name, () =>
      parity(
        `
f = torch.signal.windows.${name}
kw = dict(${python})
[*(f(M, sym=sym, **kw) for M in range(7) for sym in (True, False)),
 f(5, dtype=torch.float64, **kw), f(5, requires_grad=True, **kw).requires_grad]`,
        {},
        () => {
          const f = windows[camel(name)];
          const all = [0, 1, 2, 3, 4, 5, 6].flatMap((M) => [true, false].map((sym) => f(M, { sym, ...options })));
          return [
            ...all,
            f(5, { dtype: torch.float64, ...options }),
            f(5, { requiresGrad: true, ...options }).requiresGrad,
          ];
        },
      ),
    );
  }

  for (const [python, body] of WRONG) it(python, () => parity(python, {}, body));
});
