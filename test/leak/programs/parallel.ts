/** Runs several workers at once beside the main thread and prints what they found: `parallel COUNT`. */
import { isMainThread, parentPort, Worker } from 'node:worker_threads';
import torch from '../../../lib';
import { collectGarbage } from '../../../lib/memory/collector';

interface Found {
  readonly sum: number;
  /** The most bytes of tensors in a loop that made 1.2 GB of garbage. */
  readonly peakBytes: number;
  readonly shared: Float32Array;
}

function compute(): Found {
  const generator = new torch.Generator();
  generator.manualSeed(1);
  const weight = torch.randn([64, 64], { generator, requiresGrad: true } as never);
  weight.matmul(weight).sum().backward();
  const sum = (weight.grad as torch.Tensor).sum().item();
  torch.memory.resetPeak();
  for (let i = 0; i < 300; i++) torch.ones(1 << 20);
  const { peakBytes } = torch.memory();
  const shared = new Float32Array(new SharedArrayBuffer(4));
  torch.frombuffer(shared).fill_(4);
  return { sum, peakBytes, shared };
}

function start(): Promise<Found> {
  return new Promise((resolve, reject) => {
    let found: Found;
    const worker = new Worker(__filename);
    worker.on('message', (message) => {
      found = message;
    });
    worker.on('error', reject);
    worker.on('exit', () => resolve(found));
  });
}

function liveTensors(): number {
  collectGarbage(true);
  return torch.memory().tensors;
}

async function main(count: number): Promise<void> {
  const { sum } = compute();
  const before = liveTensors();
  const found = await Promise.all(Array.from({ length: count }, start));
  const after = liveTensors();
  console.log(
    JSON.stringify({
      sums: [sum, ...found.map((one) => one.sum)],
      tensorsOfMain: [before, after],
      gradMode: torch.isGradEnabled(),
      collected: found.every((one) => one.peakBytes < 200 * 2 ** 20),
      received: found.map((one) => one.shared[0]),
    }),
  );
}

if (isMainThread) main(Number(process.argv[2]));
else {
  const found = compute();
  torch.noGrad();
  torch.inferenceMode();
  parentPort?.postMessage(found);
}
