/** Training that is stopped in one language goes on in the other, to the same digits. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import torch from '../../lib';
import { evaluate } from '../oracle/oracle';
import { temporaryFolder } from '../temporary';

const { nn, optim } = torch;
const { lrScheduler } = optim;

type Params = torch.Tensor[];
// biome-ignore lint/suspicious/noExplicitAny: optimizers with any options
type Optimizer = torch.optim.Optimizer<any>;

/** A training: how each language makes its optimizer and, if it has one, its scheduler. */
interface Row {
  readonly python: readonly [optimizer: string, scheduler?: string];
  readonly optimizer: (params: Params) => Optimizer;
  readonly scheduler?: (optimizer: Optimizer) => {
    step(): void;
    stateDict(): unknown;
    loadStateDict(state: never): void;
  };
}

const ROWS: Readonly<Record<string, Row>> = {
  'SGD with momentum': {
    python: ['optim.SGD(p, lr=0.1, momentum=0.9, nesterov=True, weight_decay=0.01)'],
    optimizer: (p) => new optim.SGD(p, { lr: 0.1, momentum: 0.9, nesterov: true, weightDecay: 0.01 }),
  },
  'Adam with amsgrad': {
    python: ['optim.Adam(p, lr=0.01, amsgrad=True)'],
    optimizer: (p) => new optim.Adam(p, { lr: 0.01, amsgrad: true }),
  },
  'AdamW with OneCycleLR': {
    python: ['optim.AdamW(p, lr=0.01)', 'optim.lr_scheduler.OneCycleLR(o, 0.1, total_steps=12)'],
    optimizer: (p) => new optim.AdamW(p, { lr: 0.01 }),
    scheduler: (o) => new lrScheduler.OneCycleLR(o, 0.1, { totalSteps: 12 }),
  },
  'SGD with CosineAnnealingLR': {
    python: ['optim.SGD(p, lr=0.1, momentum=0.9)', 'optim.lr_scheduler.CosineAnnealingLR(o, 8)'],
    optimizer: (p) => new optim.SGD(p, { lr: 0.1, momentum: 0.9 }),
    scheduler: (o) => new lrScheduler.CosineAnnealingLR(o, 8),
  },
  'RMSprop with MultiStepLR': {
    python: ['optim.RMSprop(p, lr=0.01, momentum=0.5, centered=True)', 'optim.lr_scheduler.MultiStepLR(o, [2, 4])'],
    optimizer: (p) => new optim.RMSprop(p, { lr: 0.01, momentum: 0.5, centered: true }),
    scheduler: (o) => new lrScheduler.MultiStepLR(o, [2, 4]),
  },
  LBFGS: {
    python: ['optim.LBFGS(p, lr=0.5, max_iter=4, history_size=3)'],
    optimizer: (p) => new optim.LBFGS(p, { lr: 0.5, maxIter: 4, historySize: 3 }),
  },
};

/** A training run: made, continued by three steps, saved, and taken up again. */
const PYTHON = `
import os

class Run:
    def __init__(self, row, state):
        self.model = nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 1))
        p = self.model.parameters()
        o = self.optimizer = eval(row[0], {'optim': optim, 'p': p})
        self.scheduler = eval(row[1], {'optim': optim, 'o': o}) if len(row) > 1 else None
        self.model.load_state_dict(state)

    def train(self):
        def closure():
            self.optimizer.zero_grad()
            loss = (self.model(x) - y).square().mean()
            loss.backward()
            return loss
        for _ in range(3):
            self.optimizer.step(closure)
            if self.scheduler:
                self.scheduler.step()

    def save(self, path):
        torch.save({'model': self.model.state_dict(), 'optimizer': self.optimizer.state_dict(),
                    'scheduler': self.scheduler and self.scheduler.state_dict()}, path)

    def load(self, path):
        saved = torch.load(path)
        self.model.load_state_dict(saved['model'])
        self.optimizer.load_state_dict(saved['optimizer'])
        if self.scheduler:
            self.scheduler.load_state_dict(saved['scheduler'])
`;

const MAKE = `
def made(i, row):
    run = Run(row, state)
    run.train()
    run.save(os.path.join(folder, f'python-{i}.pt'))
    run.train()
    return dict(run.model.state_dict())
[made(i, row) for i, row in enumerate(rows)]
`;

const RESUME = `
def resumed(i, row):
    run = Run(row, state)
    run.load(os.path.join(folder, f'tsorch-{i}.pt'))
    run.train()
    return dict(run.model.state_dict())
[resumed(i, row) for i, row in enumerate(rows)]
`;

class Run {
  readonly model = new nn.Sequential(new nn.Linear(3, 4), new nn.Tanh(), new nn.Linear(4, 1));
  private readonly optimizer: Optimizer;
  private readonly scheduler: ReturnType<NonNullable<Row['scheduler']>> | undefined;

  constructor(row: Row, state: Record<string, torch.Tensor>) {
    this.optimizer = row.optimizer(this.model.parameters());
    this.scheduler = row.scheduler?.(this.optimizer);
    this.model.loadStateDict(state);
  }

  train(x: torch.Tensor, y: torch.Tensor): void {
    const closure = (): torch.Tensor => {
      this.optimizer.zeroGrad();
      const loss = this.model(x).sub(y).square().mean();
      loss.backward();
      return loss;
    };
    for (let step = 0; step < 3; step++) {
      this.optimizer.step(closure);
      this.scheduler?.step();
    }
  }

  save(path: string): void {
    const scheduler = this.scheduler?.stateDict() ?? null;
    torch.save({ model: this.model.stateDict(), optimizer: this.optimizer.stateDict(), scheduler }, path);
  }

  load(path: string): void {
    const saved = torch.load(path);
    this.model.loadStateDict(saved.model);
    this.optimizer.loadStateDict(saved.optimizer);
    this.scheduler?.loadStateDict(saved.scheduler as never);
  }
}

describe('training that is resumed', () => {
  const rows = Object.values(ROWS);
  const folder = temporaryFolder();
  torch.manualSeed(0);
  const [x, y] = [torch.randn(8, 3), torch.randn(8, 1)];
  const initial = new nn.Sequential(new nn.Linear(3, 4), new nn.Tanh(), new nn.Linear(4, 1));
  const state = Object.fromEntries(initial.stateDict().items());
  const ask = (code: string) =>
    evaluate<Record<string, torch.Tensor>[]>(`${PYTHON}${code}`, {
      folder,
      x,
      y,
      state,
      rows: rows.map(({ python }) => python),
    });

  let made: Record<string, torch.Tensor>[];
  before(async () => {
    made = await ask(MAKE);
  });

  const assertSame = (model: torch.nn.Module, expected: Record<string, torch.Tensor> | undefined): void => {
    for (const [name, value] of model.stateDict().items()) {
      assert.ok(
        torch.equal(value, expected?.[name] as torch.Tensor),
        `${name}: ${value} instead of ${expected?.[name]}`,
      );
    }
  };

  for (const [i, [name, row]] of Object.entries(ROWS).entries()) {
    it(`goes on from Python's checkpoint: ${name}`, () => {
      const run = new Run(row, state);
      run.load(join(folder, `python-${i}.pt`));
      run.train(x, y);
      assertSame(run.model, made[i]);
    });
  }

  it('goes on in Python from a checkpoint of ours', async () => {
    const models = rows.map((row, i) => {
      const run = new Run(row, state);
      run.train(x, y);
      run.save(join(folder, `tsorch-${i}.pt`));
      run.train(x, y);
      return run.model;
    });
    const resumed = await ask(RESUME);
    for (const [i, model] of models.entries()) assertSame(model, resumed[i]);
  });
});
