/** tsorch's side of the benchmark: reads `case threads iterations` lines, answers each with the time of an iteration. */
import { createInterface } from 'node:readline';
import type * as tsorch from '../lib';

// What users run: the compiled library.
const torch: typeof tsorch = require('../dist');
const { nn, optim } = torch;

type Work = () => tsorch.Tensor;

function add(): Work {
  const a = torch.randn(4);
  const b = torch.randn(4);
  return () => a.add(b);
}

const mlp = () => new nn.Sequential(new nn.Linear(10, 16), new nn.ReLU(), new nn.Linear(16, 2));

// The layers of examples/mnist.ts, without its dropout.
const cnn = () =>
  new nn.Sequential(
    new nn.Conv2d(1, 16, 3),
    new nn.ReLU(),
    new nn.MaxPool2d(2),
    new nn.Conv2d(16, 32, 3),
    new nn.ReLU(),
    new nn.MaxPool2d(2),
    new nn.Flatten(),
    new nn.Linear(800, 10),
  );

function mlpForward(): Work {
  const model = mlp();
  const x = torch.randn(8, 10);
  return () => model(x);
}

function trainingStep(model: tsorch.nn.Sequential, size: number[], classes: number): Work {
  const optimizer = new optim.SGD(model.parameters(), { lr: 0.01, momentum: 0.9 });
  const criterion = new nn.CrossEntropyLoss();
  const x = torch.randn(size);
  const y = torch.randint(0, classes, [size[0] as number]);
  return () => {
    optimizer.zeroGrad();
    const loss = criterion(model(x), y);
    loss.backward();
    optimizer.step();
    return loss;
  };
}

const CASES: Record<string, () => Work> = {
  add,
  'mlp-forward': mlpForward,
  'mlp-step': () => trainingStep(mlp(), [8, 10], 2),
  'cnn-step': () => trainingStep(cnn(), [64, 1, 28, 28], 10),
};

const works = new Map<string, Work>();

/** The work of a case, from the same seed on every side. */
function workOf(name: string): Work {
  let work = works.get(name);
  if (work === undefined) {
    torch.manualSeed(0);
    work = (CASES[name] as () => Work)();
    works.set(name, work);
  }
  return work;
}

console.log(JSON.stringify({ version: torch.version.libtorch }));
createInterface({ input: process.stdin }).on('line', (line) => {
  const [name, threads, iterations] = line.split(' ') as [string, string, string];
  torch.setNumThreads(Number(threads));
  const work = workOf(name);
  const count = Number(iterations);
  const start = process.hrtime.bigint();
  let result = work();
  for (let i = 1; i < count; i++) result = work();
  const nanoseconds = Number(process.hrtime.bigint() - start) / count;
  console.log(JSON.stringify({ nanoseconds, value: result.sum().item() }));
});
