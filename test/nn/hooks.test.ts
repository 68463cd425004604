/** Forward hooks and forward pre-hooks. */
import assert from 'node:assert/strict';
import * as torch from '../../lib';
import { parity } from '../oracle/oracle';

const { nn } = torch;

class Scaled extends nn.Module {
  override forward(x: torch.Tensor, { by = 1 }: { by?: number } = {}): torch.Tensor {
    if (by === 0) throw new torch.ValueError('by zero');
    return x.mul(by);
  }
}

const PYTHON = `
class Scaled(nn.Module):
    def forward(self, x, by=1):
        if by == 0:
            raise ValueError('by zero')
        return x * by
m = Scaled()
x = torch.ones(2)
log = []
`;

const SAME: [python: string, body: (m: Scaled, x: torch.Tensor, log: unknown[]) => unknown][] = [
  [
    'm.register_forward_pre_hook(lambda m, a: (a[0] + 1,)); m.register_forward_hook(lambda m, a, y: y * 10); m(x)',
    (m, x) => {
      m.registerForwardPreHook((_, a) => [a[0].add(1)]);
      m.registerForwardHook((_: Scaled, __: unknown, y: torch.Tensor) => y.mul(10));
      return m(x);
    },
  ],
  [
    'm.register_forward_pre_hook(lambda m, a: a[0] + 1); m(x)',
    (m, x) => {
      m.registerForwardPreHook((_, a) => a[0].add(1));
      return m(x);
    },
  ],
  [
    "m.register_forward_pre_hook(lambda m, a, k: (a, {'by': k['by'] * 3}), with_kwargs=True); m(x, by=2)",
    (m, x) => {
      m.registerForwardPreHook((_: Scaled, a: unknown[], k: { by: number }) => [a, { by: k.by * 3 }], {
        withKwargs: true,
      });
      return m(x, { by: 2 });
    },
  ],
  [
    'm.register_forward_pre_hook(lambda m, a, k: 3, with_kwargs=True); m(x)',
    (m, x) => {
      m.registerForwardPreHook(() => 3, { withKwargs: true });
      return m(x);
    },
  ],
  [
    "m.register_forward_hook(lambda m, a, k, y: y + k['by'], with_kwargs=True); m(x, by=2)",
    (m, x) => {
      m.registerForwardHook((_: Scaled, __: unknown, k: { by: number }, y: torch.Tensor) => y.add(k.by), {
        withKwargs: true,
      });
      return m(x, { by: 2 });
    },
  ],
  [
    'm.register_forward_hook(lambda *_: log.append(1)); m.register_forward_hook(lambda *_: log.append(2), prepend=True); h = m.register_forward_hook(lambda *_: log.append(3)); m(x); h.remove(); m(x); log',
    (m, x, log) => {
      m.registerForwardHook(() => void log.push(1));
      m.registerForwardHook(() => void log.push(2), { prepend: true });
      const handle = m.registerForwardHook(() => void log.push(3));
      m(x);
      handle.remove();
      m(x);
      return log;
    },
  ],
  [
    'm.register_forward_hook(lambda *_: log.append(1), always_call=True)\nm.register_forward_hook(lambda *_: log.append(2))\ntry:\n    m(x, by=0)\nexcept ValueError:\n    log.append(3)\nlog',
    (m, x, log) => {
      m.registerForwardHook(() => void log.push(1), { alwaysCall: true });
      m.registerForwardHook(() => void log.push(2));
      assert.throws(() => m(x, { by: 0 }), torch.ValueError);
      log.push(3);
      return log;
    },
  ],
];

describe('hooks', () => {
  for (const [python, body] of SAME) {
    it(python.split('\n')[0] as string, () => parity(PYTHON + python, {}, () => body(new Scaled(), torch.ones(2), [])));
  }

  it('end with the block of a using declaration', () => {
    const m = new Scaled();
    let calls = 0;
    {
      using _ = m.registerForwardHook(() => {
        calls++;
      });
      m(torch.ones(1));
    }
    m(torch.ones(1));
    assert.equal(calls, 1);
  });

  it('see the module itself, that of the library too', () => {
    const linear = new nn.Linear(2, 2);
    const seen: unknown[] = [];
    linear.registerForwardHook((module) => void seen.push(module));
    linear(torch.ones(1, 2));
    assert.equal(seen[0], linear);
  });
});
