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
