/** Ends in one of many ways while tensors of every kind are alive: `exit KIND`. */
import { Worker } from 'node:worker_threads';
import torch from '../../../lib';

const weight = torch.randn([64, 64], { requiresGrad: true });
const loss = weight.matmul(weight).sum();
loss.backward();
const array = new Float32Array(1000).fill(1);
const kept = [weight, loss, weight.grad, loss.gradFn, torch.frombuffer(array), torch.ones(1000).toTypedArray(), array];
Object.assign(globalThis, { kept, generator: torch.defaultGenerator });

const ENDS: Readonly<Record<string, () => void>> = {
  end: () => {},
  exit: () => process.exit(3),
  exitInScopes: () => torch.tidy(() => torch.noGrad(() => torch.inferenceMode(() => process.exit(3)))),
  exitLater: () => void setTimeout(() => process.exit(3), 10),
  exitHandler: () => {
    process.on('exit', () => console.log(torch.ones(2).add(weight.at(0, 0)).mul(0).sum().item()));
  },
  throw: () => {
    throw new Error('thrown');
  },
  throwInHandler: () => {
    process.on('exit', () => {
      throw new Error('thrown');
    });
  },
  reject: () => void torch.tidy(async () => Promise.reject(new Error('thrown'))),
  failedOperator: () => void torch.ones(2).add(torch.ones(3)),
  exitBesideWorker: () => {
    const worker = new Worker(__filename, { argv: ['compute'] });
    worker.on('message', () => process.exit(3));
    worker.on('online', () => setTimeout(() => process.exit(3), 500));
  },
  compute: () => {
    for (;;) weight.matmul(weight).sum().backward();
  },
};

(ENDS[process.argv[2] as string] as () => void)();
