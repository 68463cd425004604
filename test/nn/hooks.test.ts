/** Hooks of calls: forward, forward pre, and those of every module. */
import assert from 'node:assert/strict';
import * as torch from '../../lib';
import { evaluate, parity } from '../oracle/oracle';

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

const modules = nn.modules.module;

/** Hooks of every module are removed again, whatever comes. */
const GLOBAL: [python: string, body: (m: Scaled, x: torch.Tensor, log: unknown[]) => unknown][] = [
  [
    'nn.modules.module.register_module_forward_pre_hook(lambda m, a: log.append(type(m).__name__))\nm.register_forward_pre_hook(lambda m, a: log.append(1)); m(x); nn.ReLU()(x); log',
    (m, x, log) => {
      using _ = modules.registerModuleForwardPreHook((module) => void log.push(module.constructor.name));
      m.registerForwardPreHook(() => void log.push(1));
      m(x);
      new nn.ReLU()(x);
      return log;
    },
  ],
  [
    "nn.modules.module.register_module_forward_hook(lambda m, a, k, y: y * k.get('by', 5), with_kwargs=True)\nm(x), m(x, by=2)",
    (m, x) => {
      using _ = modules.registerModuleForwardHook((__, ___, k, y) => y.mul(k.by ?? 5), { withKwargs: true });
      return [m(x), m(x, { by: 2 })];
    },
  ],
  [
    'nn.modules.module.register_module_parameter_registration_hook(lambda m, n, p: log.append((type(m).__name__, n)))\nnn.modules.module.register_module_buffer_registration_hook(lambda m, n, b: torch.zeros(1))\nnn.modules.module.register_module_module_registration_hook(lambda m, n, c: log.append(n))\ns = nn.Sequential(nn.Linear(1, 1)); s.register_buffer("b", torch.ones(1)); s.c = nn.ReLU(); (log, s.b)',
    (_, __, log) => {
      using ___ = modules.registerModuleParameterRegistrationHook((m, n) => void log.push([m.constructor.name, n]));
      using ____ = modules.registerModuleBufferRegistrationHook(() => torch.zeros(1));
      using _____ = modules.registerModuleModuleRegistrationHook((_m, n) => void log.push(n));
      const s = new nn.Sequential(new nn.Linear(1, 1)) as torch.nn.Sequential & { b: torch.Tensor; c: torch.nn.Module };
      s.registerBuffer('b', torch.ones(1));
      s.c = new nn.ReLU();
      return [log, s.b];
    },
  ],
];

const CLEAN = `
import torch.nn.modules.module as mm
for d in [mm._global_forward_pre_hooks, mm._global_forward_hooks, mm._global_forward_hooks_with_kwargs,
          mm._global_parameter_registration_hooks, mm._global_buffer_registration_hooks,
          mm._global_module_registration_hooks, mm._global_backward_hooks, mm._global_backward_pre_hooks]:
    d.clear()
`;

describe('hooks of every module', () => {
  afterEach(() => evaluate(CLEAN));
  for (const [python, body] of GLOBAL) {
    it(python.split('\n')[0] as string, () => parity(PYTHON + python, {}, () => body(new Scaled(), torch.ones(2), [])));
  }
});

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
