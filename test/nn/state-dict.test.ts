/** State dictionaries: what is saved, what loading does, and what it says. */
import assert from 'node:assert/strict';
import * as torch from '../../lib';
import { parity } from '../oracle/oracle';

const { nn } = torch;

const make = () => new nn.Sequential(new nn.Linear(2, 3), new nn.ReLU(), new nn.Linear(3, 1));
const PYTHON = 'm = nn.Sequential(nn.Linear(2, 3), nn.ReLU(), nn.Linear(3, 1))\nd = m.state_dict()\n';

// biome-ignore lint/suspicious/noExplicitAny: what is loaded is wrong on purpose
type Loose = any;

const SAME: [python: string, body: (m: torch.nn.Sequential, d: Loose) => unknown][] = [
  ['str(m.load_state_dict(d))', (m, d) => String(m.loadStateDict(d))],
  [
    "del d['0.bias']; m.load_state_dict(d)",
    (m, d) => {
      d.delete('0.bias');
      return m.loadStateDict(d);
    },
  ],
  [
    "d['x.y'] = d['0.bias']; d['0.z'] = d['0.bias']; m.load_state_dict(d)",
    (m, d) => {
      d.set('x.y', d.get('0.bias'));
      d.set('0.z', d.get('0.bias'));
      return m.loadStateDict(d);
    },
  ],
  [
    "del d['0.bias']; d['x'] = d['2.bias']; str(m.load_state_dict(d, strict=False))",
    (m, d) => {
      d.delete('0.bias');
      d.set('x', d.get('2.bias'));
      return String(m.loadStateDict(d, { strict: false }));
    },
  ],
  [
    "del d['0.bias']; d['x'] = d['2.bias']; m.load_state_dict(d, False)",
    (m, d) => {
      d.delete('0.bias');
      d.set('x', d.get('2.bias'));
      return m.loadStateDict(d, false);
    },
  ],
  [
    "d['0.bias'] = torch.ones(4); m.load_state_dict(d)",
    (m, d) => {
      d.set('0.bias', torch.ones(4));
      return m.loadStateDict(d);
    },
  ],
  [
    "d['0.bias'] = torch.ones(4); del d['2.bias']; d['q'] = 1; m.load_state_dict(d)",
    (m, d) => {
      d.set('0.bias', torch.ones(4));
      d.delete('2.bias');
      d.set('q', 1);
      return m.loadStateDict(d);
    },
  ],
  [
    "d['0.bias'] = 3; m.load_state_dict(d)",
    (m, d) => {
      d.set('0.bias', 3);
      return m.loadStateDict(d);
    },
  ],
  ['m.load_state_dict([1])', (m) => m.loadStateDict([1] as Loose)],
  [
    "d['0.bias'] = torch.ones(3); m.load_state_dict(d); dict(m.state_dict())",
    (m, d) => {
      d.set('0.bias', torch.ones(3));
      m.loadStateDict(d);
      return m.stateDict();
    },
  ],
  ["list(m.state_dict(prefix='a.'))", (m) => [...m.stateDict({ prefix: 'a.' }).keys()]],
  [
    '[v.requires_grad for v in d.values()], [v.requires_grad for v in m.state_dict(keep_vars=True).values()]',
    (m, d) => [d, m.stateDict({ keepVars: true })].map((s) => [...s.values()].map((v) => v.requiresGrad)),
  ],
  [
    "b = torch.ones(3); d['0.bias'] = b; m.load_state_dict(d, assign=True); b.fill_(7); (m[0].bias.detach(), m[0].bias.requires_grad)",
    (m, d) => {
      const b = torch.ones(3);
      d.set('0.bias', b);
      m.loadStateDict(d, { assign: true });
      b.fill_(7);
      return [(m[0] as Loose).bias.detach(), (m[0] as Loose).bias.requiresGrad];
    },
  ],
  [
    "torch.nn.Module.load_state_dict(m, {'0.weight': torch.zeros(3, 2)}, strict=False)",
    (m) => m.loadStateDict({ '0.weight': torch.zeros(3, 2) }, { strict: false }),
  ],
];

describe('state dictionaries', () => {
  for (const [python, body] of SAME) {
    it(python, () =>
      parity(PYTHON + python, {}, () => {
        const m = make();
        return body(m, m.stateDict());
      }),
    );
  }

  it('share memory with the module and cannot change its flags', () => {
    const m = new nn.Linear(2, 2);
    const dict = m.stateDict();
    for (const [, value] of dict.items()) value.requiresGrad_(false).fill_(5);
    assert.ok(m.parameters().every((parameter) => parameter.requiresGrad));
    assert.deepEqual(m.bias?.tolist(), [5, 5]);
  });

  it('load from a Map, a plain object and another module', () => {
    const [a, b, c] = [make(), make(), make()];
    b.loadStateDict(new Map(a.stateDict()));
    c.loadStateDict(Object.fromEntries(a.stateDict()));
    for (const other of [b, c]) {
      assert.deepEqual(
        other.parameters().map((p) => p.tolist()),
        a.parameters().map((p) => p.tolist()),
      );
    }
  });

  it('share the memory of an array between modules, as those of worker threads', () => {
    const shared = new Float32Array(new SharedArrayBuffer(6 * 4));
    const [a, b] = [new nn.Linear(3, 2, false), new nn.Linear(3, 2, false)];
    for (const m of [a, b]) m.loadStateDict({ weight: torch.frombuffer(shared).view(2, 3) }, { assign: true });
    torch.noGrad(() => a.weight.fill_(2));
    assert.deepEqual([...shared, ...b.weight.view(-1).tolist<number[]>()], new Array(12).fill(2));
    assert.throws(() => a.shareMemory(), /SharedArrayBuffer/);
  });
});
