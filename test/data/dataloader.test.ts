/** DataLoader goes through datasets in PyTorch's order for the same seed. */
import assert from 'node:assert/strict';
import * as torch from '../../lib';
import { parity } from '../oracle/oracle';

const { DataLoader, Dataset, IterableDataset, RandomSampler, Subset, TensorDataset, randomSplit } = torch.utils.data;

const SETUP = `
from torch.utils.data import *
x, y = torch.arange(10.), torch.arange(10)
ds = TensorDataset(x, y)
class Squares(Dataset):
    def __len__(self): return 7
    def __getitem__(self, i): return {'n': torch.tensor(i), 's': torch.tensor(i * i), 'name': str(i)}
class Stream(IterableDataset):
    def __iter__(self): return iter(torch.arange(7))
`;

class Squares extends Dataset<{ n: torch.Tensor; s: torch.Tensor; name: string }> {
  get length() {
    return 7;
  }

  override get(i: number) {
    return { n: torch.tensor(BigInt(i)), s: torch.tensor(BigInt(i * i)), name: String(i) };
  }
}

class Stream extends IterableDataset<torch.Tensor> {
  [Symbol.iterator]() {
    return torch.arange(7)[Symbol.iterator]();
  }
}

const pair = () => new TensorDataset(torch.arange(10).float(), torch.arange(10));

// biome-ignore lint/suspicious/noExplicitAny: the calls are wrong on purpose
type Loose = any;

const SAME: [python: string, body: () => unknown][] = [
  ['list(DataLoader(ds, batch_size=4))', () => [...new DataLoader(pair(), { batchSize: 4 })]],
  ['list(DataLoader(ds, 4, drop_last=True))', () => [...new DataLoader(pair(), 4, { dropLast: true })]],
  [
    'list(DataLoader(ds, batch_size=3, shuffle=True))',
    () => [...new DataLoader(pair(), { batchSize: 3, shuffle: true })],
  ],
  [
    'l = DataLoader(ds, 3, True); [list(l), list(l), torch.rand(2)]',
    () => {
      const l = new DataLoader(pair(), 3, true);
      return [[...l], [...l], torch.rand(2)];
    },
  ],
  ['l = DataLoader(ds, 3); [list(l), torch.rand(2)]', () => [[...new DataLoader(pair(), 3)], torch.rand(2)]],
  [
    'g = torch.Generator().manual_seed(5); l = DataLoader(ds, 3, shuffle=True, generator=g); [list(l), list(l), torch.rand(1, generator=g)]',
    () => {
      const generator = new torch.Generator().manualSeed(5);
      const l = new DataLoader(pair(), 3, { shuffle: true, generator });
      return [[...l], [...l], torch.rand(1, { generator })];
    },
  ],
  ['list(DataLoader(ds, batch_size=None))', () => [...new DataLoader(pair(), { batchSize: null })]],
  [
    'list(DataLoader(ds, batch_size=4, sampler=RandomSampler(ds, replacement=True, num_samples=70)))',
    () => [
      ...new DataLoader(pair(), {
        batchSize: 4,
        sampler: new RandomSampler(pair(), { replacement: true, numSamples: 70 }),
      }),
    ],
  ],
  [
    'list(DataLoader(ds, batch_size=4, sampler=RandomSampler(ds, num_samples=23)))',
    () => [...new DataLoader(pair(), { batchSize: 4, sampler: new RandomSampler(pair(), { numSamples: 23 }) })],
  ],
  [
    'list(DataLoader(ds, batch_sampler=[[1, 2], [5]]))',
    () => [...new DataLoader(pair(), { batchSampler: [[1, 2], [5]] })],
  ],
  [
    'list(DataLoader(ds, batch_size=4, sampler=WeightedRandomSampler([1., 2., 3.], 9)))',
    () => [
      ...new DataLoader(pair(), { batchSize: 4, sampler: new torch.utils.data.WeightedRandomSampler([1, 2, 3], 9) }),
    ],
  ],
  [
    'list(DataLoader(ds, batch_size=4, sampler=SubsetRandomSampler([3, 1, 7])))',
    () => [...new DataLoader(pair(), { batchSize: 4, sampler: new torch.utils.data.SubsetRandomSampler([3, 1, 7]) })],
  ],
  [
    'list(DataLoader(Squares(), batch_size=3, shuffle=True))',
    () => [...new DataLoader(new Squares(), { batchSize: 3, shuffle: true })],
  ],
  [
    'list(DataLoader(Subset(ds, [8, 2, 5]), batch_size=2))',
    () => [...new DataLoader(new Subset(pair(), [8, 2, 5]), { batchSize: 2 })],
  ],
  ['list(DataLoader(Stream(), batch_size=3))', () => [...new DataLoader(new Stream(), { batchSize: 3 })]],
  [
    'list(DataLoader(Stream(), batch_size=3, drop_last=True))',
    () => [...new DataLoader(new Stream(), { batchSize: 3, dropLast: true })],
  ],
  ['list(DataLoader(Stream(), batch_size=None))', () => [...new DataLoader(new Stream(), { batchSize: null })]],
  [
    'list(DataLoader([1., 2., 3.], batch_size=2, collate_fn=lambda b: sum(b)))',
    () => [...new DataLoader([1, 2, 3], { batchSize: 2, collateFn: (b: number[]) => b.reduce((s, v) => s + v, 0) })],
  ],
  ['[s.indices for s in random_split(ds, [3, 7])]', () => randomSplit(pair(), [3, 7]).map((s) => s.indices)],
  [
    '[s.indices for s in random_split(ds, [0.35, 0.65])]',
    () => randomSplit(pair(), [0.35, 0.65]).map((s) => s.indices),
  ],
  [
    '[s.indices for s in random_split(ds, [5, 5], generator=torch.Generator().manual_seed(3))]',
    () => randomSplit(pair(), [5, 5], { generator: new torch.Generator().manualSeed(3) }).map((s) => s.indices),
  ],
  [
    'len(DataLoader(ds, 4)), len(DataLoader(ds, 4, drop_last=True)), len(DataLoader(ds, batch_size=None))',
    () => [
      new DataLoader(pair(), 4).length,
      new DataLoader(pair(), 4, { dropLast: true }).length,
      new DataLoader(pair(), { batchSize: null }).length,
    ],
  ],
  ['random_split(ds, [3, 4])', () => randomSplit(pair(), [3, 4])],
  ['random_split(ds, [1.5, -0.5])', () => randomSplit(pair(), [1.5, -0.5])],
  ['DataLoader(ds, batch_size=0)', () => new DataLoader(pair(), { batchSize: 0 })],
  ['DataLoader(ds, shuffle=True, sampler=[1])', () => new DataLoader(pair(), { shuffle: true, sampler: [1] })],
  [
    'DataLoader(ds, batch_size=2, batch_sampler=[[1]])',
    () => new DataLoader(pair(), { batchSize: 2, batchSampler: [[1]] }),
  ],
  [
    'DataLoader(ds, batch_size=None, drop_last=True)',
    () => new DataLoader(pair(), { batchSize: null, dropLast: true }),
  ],
  ['DataLoader(ds, num_workers=-1)', () => new DataLoader(pair(), { numWorkers: -1 })],
  ['DataLoader(Stream(), shuffle=True)', () => new DataLoader(new Stream(), { shuffle: true })],
  ['DataLoader(ds, batchsize=1)', () => new DataLoader(pair(), { batchsize: 1 } as Loose)],
  ['RandomSampler([])', () => new RandomSampler([])],
  ['RandomSampler(ds, replacement=3)', () => new RandomSampler(pair(), 3 as Loose)],
  ['TensorDataset(x, torch.ones(3))', () => new TensorDataset(torch.ones(10), torch.ones(3))],
  ['list(DataLoader([[1., 2.], [1.]], batch_size=2))', () => [...new DataLoader([[1, 2], [1]], { batchSize: 2 })]],
];

describe('DataLoader', () => {
  for (const [python, body] of SAME) it(python, () => parity(SETUP + python, {}, body, { exact: true, seed: 11 }));

  it('refuses worker processes', () => {
    assert.throws(() => new DataLoader(pair(), { numWorkers: 2 }), torch.NotImplementedError);
  });

  it('collates numbers, booleans, strings, typed arrays, Maps and nested arrays', () => {
    const items = [0, 1].map((i) => ({
      number: i + 0.5,
      whole: BigInt(i),
      flag: i > 0,
      text: `t${i}`,
      array: Float64Array.of(i, i),
      map: new Map([['k', i]]),
      nested: [i, [torch.ones(1)]] as [number, [torch.Tensor]],
    }));
    const [batch] = [...new DataLoader(items, { batchSize: 2 })];
    assert.ok(batch);
    assert.equal(batch.number.dtype, torch.float32);
    assert.equal(batch.whole.dtype, torch.int64);
    assert.equal(batch.flag.dtype, torch.bool);
    assert.deepEqual(batch.text, ['t0', 't1']);
    assert.equal(batch.array.dtype, torch.float64);
    assert.deepEqual(batch.map.get('k')?.tolist(), [0, 1]);
    assert.deepEqual([...batch.nested[1][0].shape], [2, 1]);
  });
});
