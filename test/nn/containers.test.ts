/** Sequential and ModuleList. */
import assert from 'node:assert/strict';
import * as torch from '../../lib';
import { parity } from '../oracle/oracle';

const { nn } = torch;

const SEQUENTIAL = 's = nn.Sequential(nn.Linear(2, 3), nn.ReLU(), nn.Linear(3, 1))\n';
const sequential = () => new nn.Sequential(new nn.Linear(2, 3), new nn.ReLU(), new nn.Linear(3, 1));

const SAME: [python: string, body: (s: torch.nn.Sequential) => unknown][] = [
  ['len(s), repr(s[0]), repr(s[-1])', (s) => [s.length, String(s[0]), String(s.at(-1))]],
  ['repr(s.append(nn.Tanh()))', (s) => String(s.append(new nn.Tanh()))],
  ['repr(s.extend([nn.Tanh(), nn.ReLU()]))', (s) => String(s.extend([new nn.Tanh(), new nn.ReLU()]))],
  [
    'repr(s.insert(1, nn.Tanh())), list(s.state_dict())',
    (s) => [String(s.insert(1, new nn.Tanh())), [...s.stateDict().keys()]],
  ],
  ['repr(s.insert(-1, nn.Tanh()))', (s) => String(s.insert(-1, new nn.Tanh()))],
  ['s.insert(9, nn.Tanh())', (s) => s.insert(9, new nn.Tanh())],
  ['repr(s[1:]), list(s[1:].state_dict())', (s) => [String(s.slice(1)), [...s.slice(1).stateDict().keys()]]],
  ['repr(s.pop(0)), repr(s), list(s.state_dict())', (s) => [String(s.pop(0)), String(s), [...s.stateDict().keys()]]],
  [
    's[0] = nn.Tanh(); repr(s)',
    (s) => {
      s.set(0, new nn.Tanh());
      return String(s);
    },
  ],
  ['[repr(m) for m in s]', (s) => [...s].map(String)],
  ['s[7]', (s) => s.at(7)],
  [
    "t = nn.Sequential(__import__('collections').OrderedDict([('b', nn.ReLU()), ('0', nn.Linear(2, 2))])); (repr(t), list(t.state_dict()))",
    () => {
      const t = new nn.Sequential(
        new Map<string, torch.nn.Module>([
          ['b', new nn.ReLU()],
          ['0', new nn.Linear(2, 2)],
        ]),
      );
      return [String(t), [...t.stateDict().keys()]];
    },
  ],
  ['repr(nn.Sequential())', () => String(new nn.Sequential())],
  [
    'l = nn.ModuleList([nn.Linear(2, 2) for _ in range(3)]); l.append(nn.ReLU()); repr(l)',
    () => {
      const l = new nn.ModuleList<torch.nn.Module>([0, 1, 2].map(() => new nn.Linear(2, 2)));
      l.append(new nn.ReLU());
      return String(l);
    },
  ],
  [
    'l = nn.ModuleList([nn.ReLU()]); l.insert(0, nn.Linear(1, 1)); (repr(l), len(l), list(l.state_dict()))',
    () => {
      const l = new nn.ModuleList<torch.nn.Module>([new nn.ReLU()]);
      l.insert(0, new nn.Linear(1, 1));
      return [String(l), l.length, [...l.stateDict().keys()]];
    },
  ],
  ['nn.ModuleList([nn.ReLU()])(1)', () => new nn.ModuleList([new nn.ReLU()])(1)],
  ['repr(nn.ModuleList())', () => String(new nn.ModuleList())],
];

describe('containers', () => {
  for (const [python, body] of SAME) it(python, () => parity(SEQUENTIAL + python, {}, () => body(sequential())));

  it('take pairs and plain objects', () => {
    const pairs = new nn.Sequential([
      ['b', new nn.ReLU()],
      ['0', new nn.Linear(2, 2)],
    ]);
    const object = new nn.Sequential({ b: new nn.ReLU(), a: new nn.Linear(2, 2) });
    assert.deepEqual(
      pairs.namedChildren().map(([name]) => name),
      ['b', '0'],
    );
    assert.deepEqual(
      object.namedChildren().map(([name]) => name),
      ['b', 'a'],
    );
  });
});

const HOLDERS: [python: string, body: () => unknown][] = [
  [
    "d = nn.ModuleDict({'a': nn.ReLU(), 'b': nn.Tanh()}); (len(d), list(d), 'a' in d, repr(d['b']), repr(d.pop('a')), repr(d))",
    () => {
      const d = new nn.ModuleDict({ a: new nn.ReLU(), b: new nn.Tanh() });
      return [d.length, [...d], d.has('a'), String(d.get('b')), String(d.pop('a')), String(d)];
    },
  ],
  [
    "d = nn.ModuleDict([['b', nn.ReLU()], ['a', nn.Linear(1, 1)]]); d.update({'c': nn.Tanh()}); (list(d.keys()), [repr(v) for v in d.values()], [k for k, _ in d.items()], list(d.state_dict()))",
    () => {
      const d = new nn.ModuleDict([
        ['b', new nn.ReLU()],
        ['a', new nn.Linear(1, 1)],
      ]);
      d.update({ c: new nn.Tanh() });
      return [d.keys(), d.values().map(String), d.items().map(([k]) => k), [...d.stateDict().keys()]];
    },
  ],
  ["nn.ModuleDict()['x']", () => new nn.ModuleDict().get('x')],
  ["nn.ModuleDict({'keys': nn.ReLU()})", () => new nn.ModuleDict({ keys: new nn.ReLU() })],
  ['nn.ModuleDict(3)', () => new nn.ModuleDict(3 as never)],
  ['nn.ModuleDict([(1, 2, 3)])', () => new nn.ModuleDict([[1, 2, 3]] as never)],
  ["nn.ModuleDict({'a': nn.ReLU()})(1)", () => (new nn.ModuleDict({ a: new nn.ReLU() }) as CallableFunction)(1)],
  [
    'l = nn.ParameterList([torch.ones(2), nn.Parameter(torch.zeros(1, 2))]); l.append(torch.ones(1)); l.append(3); (len(l), repr(l), list(l.state_dict()), l[-1], l[0].requires_grad, repr(l[1:]))',
    () => {
      const l = new nn.ParameterList<unknown>([torch.ones(2), new nn.Parameter(torch.zeros(1, 2))]);
      l.append(torch.ones(1)).append(3);
      const first = l[0] as torch.Tensor;
      return [l.length, String(l), [...l.stateDict().keys()], l.at(-1), first.requiresGrad, String(l.slice(1))];
    },
  ],
  ['nn.ParameterList()[0]', () => new nn.ParameterList().at(0)],
  ['nn.ParameterList(torch.ones(2))', () => new nn.ParameterList(torch.ones(2))],
  ['nn.ParameterList([torch.ones(2)])()', () => (new nn.ParameterList([torch.ones(2)]) as CallableFunction)()],
  [
    "d = nn.ParameterDict({'b': torch.ones(2), 'a': torch.zeros(1)}); d['n'] = 3; (list(d), repr(d), [n for n, _ in d.named_parameters()], d.get('q'), d.setdefault('n', 4), d.popitem(), len(d))",
    () => {
      const d = new nn.ParameterDict<unknown>({ b: torch.ones(2), a: torch.zeros(1) }).set('n', 3);
      const names = d.namedParameters().map(([n]) => n);
      return [[...d], String(d), names, d.get('q'), d.setdefault('n', 4), d.popitem(), d.length];
    },
  ],
  [
    "d = nn.ParameterDict([('b', torch.ones(2)), ('a', torch.zeros(1))]); c = d.copy(); del d['b']; (list(d), list(c), c['a'] is d['a'])",
    () => {
      const d = new nn.ParameterDict([
        ['b', torch.ones(2)],
        ['a', torch.zeros(1)],
      ]);
      const c = d.copy();
      d.delete('b');
      return [[...d], [...c], c.get('a') === d.get('a')];
    },
  ],
];

describe('containers of parameters and named modules', () => {
  for (const [python, body] of HOLDERS) it(python, () => parity(python, {}, body));
});
