/** Trains a small network in one synchronous loop and prints how much memory the process had: `train STEPS BALLAST_MB`. */
import torch from '../../../lib';
import { ballast } from './ballast';

const steps = Number(process.argv[2]);
const held = ballast(Number(process.argv[3]));
const SAMPLES = 200;

torch.setNumThreads(1);
torch.manualSeed(0);
const x = torch.randn(16, 10);
const y = torch.randn(16, 2);
const weights = [torch.randn(10, 16), torch.randn(16), torch.randn(16, 2), torch.randn(2)];
for (const weight of weights) weight.requiresGrad_();
const [w1, b1, w2, b2] = weights as [torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor];

function step(): torch.Tensor {
  const loss = x.matmul(w1).add(b1).relu().matmul(w2).add(b2).sub(y).pow(2).mean();
  loss.backward();
  torch.noGrad(() => {
    for (const weight of weights) {
      weight.sub_(weight.grad as torch.Tensor, { alpha: 1e-3 });
      weight.grad = null;
    }
  });
  return loss;
}

const rss: number[] = [];
let sum = 0;
const start = process.hrtime.bigint();
for (let i = 1; i <= steps; i++) {
  const loss = step();
  if (i === 1 || i === steps) console.error(`step ${i}: loss ${loss.item()}`);
  if (i % (steps / SAMPLES) === 0) {
    const { rss: bytes } = process.memoryUsage();
    sum += bytes;
    if (i % (steps / 10) === 0) {
      rss.push(Math.round(sum / (SAMPLES / 10)));
      sum = 0;
    }
  }
}
const seconds = Number(process.hrtime.bigint() - start) / 1e9;

console.log(
  JSON.stringify({
    rss,
    seconds,
    memory: torch.memory(),
    heapUsed: process.memoryUsage().heapUsed,
    ballast: held.length,
  }),
);
