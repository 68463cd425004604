/** Steps optimizers of each implementation, with a scheduler, and prints the memory by tenths: `optimizers STEPS`. */
import torch from '../../../lib';

const { nn, optim } = torch;
const steps = Number(process.argv[2]);

torch.setNumThreads(1);
const make = () =>
  [20, 30, 40].map((size) => {
    const param = new nn.Parameter(torch.ones(size, 10));
    param.grad = torch.full([size, 10], 1e-3);
    return param;
  });
// Over lists, as a whole, by the fused operator, and tensor by tensor.
const optimizers = [
  new optim.SGD(make(), { lr: 1e-3, momentum: 0.9 }),
  new optim.AdamW(make(), { weightDecay: 0.01 }),
  new optim.NAdam(make(), { foreach: true }),
  new optim.Adam(make(), { fused: true }),
  new optim.Rprop(make()),
];
const schedulers = optimizers.map((optimizer) => new optim.lrScheduler.CosineAnnealingLR(optimizer, 50));

const rss: number[] = [];
const tensors: number[] = [];
for (let i = 1; i <= steps; i++) {
  for (const optimizer of optimizers) optimizer.step();
  for (const scheduler of schedulers) scheduler.step();
  if (i % (steps / 10) === 0) {
    rss.push(process.memoryUsage().rss);
    tensors.push(torch.memory().tensors);
  }
}
console.log(JSON.stringify({ rss, tensors, lr: optimizers[0]?.paramGroups[0]?.lr }));
