/** tsorch's side of the training cases. */
import type * as tsorch from '../../lib';
import { torch, type Work, type Works } from '../compiled';

const { nn, optim } = torch;

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

/** The work of every case, made in this order on every side, for they draw their weights from one seed. */
export function training(): Works {
  return {
    'mlp-forward': mlpForward(),
    'mlp-step': trainingStep(mlp(), [8, 10], 2),
    'cnn-step': trainingStep(cnn(), [64, 1, 28, 28], 10),
  };
}
