/** Trains with modules and an optimizer in one synchronous loop and prints the memory by tenths: `train-modules STEPS`. */
import torch from '../../../lib';

const { nn, optim } = torch;
const steps = Number(process.argv[2]);

torch.setNumThreads(1);
torch.manualSeed(0);
const model = new nn.Sequential(new nn.Linear(10, 16), new nn.ReLU(), new nn.Dropout(0.1), new nn.Linear(16, 2));
const criterion = new nn.CrossEntropyLoss();
const optimizer = new optim.SGD(model.parameters(), { lr: 0.01, momentum: 0.9, weightDecay: 1e-4 });
const x = torch.randn(16, 10);
const y = torch.randint(2, [16]);

const rss: number[] = [];
const tensors: number[] = [];
for (let i = 1; i <= steps; i++) {
  optimizer.zeroGrad();
  // Every third step in a scope: what the optimizer remembers has to outlive it.
  if (i % 3 === 0) torch.tidy(() => criterion(model(x), y).backward());
  else criterion(model(x), y).backward();
  if (i % 2 === 0) torch.tidy(() => optimizer.step());
  else optimizer.step();
  if (i % (steps / 10) === 0) {
    rss.push(process.memoryUsage().rss);
    tensors.push(torch.memory().tensors);
  }
}
console.log(JSON.stringify({ rss, tensors, loss: criterion(model(x), y).item() }));
