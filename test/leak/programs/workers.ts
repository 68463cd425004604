/** Starts and stops workers that use tensors, one after the other, and prints what is left: `workers COUNT KIND`. */
import { readdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import torch from '../../../lib';

/** What each worker does with its tensors before it ends. */
const KINDS: Readonly<Record<string, () => void>> = {
  ends: () => {},
  exits: () => process.exit(0),
  throws: () => {
    throw new Error('thrown');
  },
  terminated: () => {
    parentPort?.postMessage('computing');
    const weight = torch.randn([128, 128], { requiresGrad: true });
    for (;;) {
      weight.matmul(weight).relu().sum().backward();
      torch.frombuffer(new Float32Array(1000)).add(1).toTypedArray();
    }
  },
};

function work(): void {
  const weight = torch.randn([64, 64], { requiresGrad: true });
  weight.matmul(weight).sum().backward();
  // Enough for LibTorch to start threads of its own, and for the collector to run.
  for (let i = 0; i < 20; i++) torch.ones(1 << 20).exp();
  const array = new Float32Array(1000);
  Object.assign(globalThis, {
    kept: [weight, weight.grad, weight.mul(2), torch.frombuffer(array), array, torch.ones(1000).toTypedArray()],
  });
  (KINDS[workerData] as () => void)();
}

async function runOne(kind: string, number: number): Promise<void> {
  const worker = new Worker(__filename, { workerData: kind });
  const ended = new Promise<void>((resolve, reject) => {
    let failure: Error | undefined;
    worker.on('error', (error) => {
      failure = error;
    });
    worker.on('exit', () => (failure && failure.message !== 'thrown' ? reject(failure) : resolve()));
  });
  if (kind === 'terminated') {
    await new Promise((resolve) => worker.once('message', resolve));
    await sleep(number % 7);
    await worker.terminate();
  }
  await ended;
}

function openFiles(): number {
  return process.platform === 'linux' ? readdirSync('/proc/self/fd').length : 0;
}

function threads(): number {
  return process.platform === 'linux' ? readdirSync('/proc/self/task').length : 0;
}

/** Waits for the threads that the last worker's left behind: they end by themselves, a moment after it. */
async function settle(before: number): Promise<void> {
  for (let i = 0; i < 100 && threads() > before; i++) await sleep(20);
}

async function main(count: number, kind: string): Promise<void> {
  torch.ones(1 << 20).exp();
  const samples: { rss: number; files: number; threads: number }[] = [];
  for (let i = 1; i <= count; i++) {
    await runOne(kind, i);
    if (i % (count / 10) === 0) {
      await settle(samples[0]?.threads ?? Number.POSITIVE_INFINITY);
      samples.push({ rss: process.memoryUsage().rss, files: openFiles(), threads: threads() });
    }
  }
  console.log(JSON.stringify({ samples, sum: torch.ones(2).sum().item() }));
}

if (isMainThread) main(Number(process.argv[2]), process.argv[3] as string);
else work();
