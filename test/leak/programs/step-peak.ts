/** Steps an optimizer over one large parameter and prints the bytes that this took at most: `step-peak NAME OPTIONS ELEMENTS`. */
import { readFileSync } from 'node:fs';
import torch from '../../../lib';

const { nn, optim } = torch;
const [name, options, elements] = process.argv.slice(2) as ['SGD' | 'AdamW', string, string];

function kilobytes(key: string): number {
  const lines = readFileSync('/proc/self/status', 'utf8').split('\n');
  return Number(lines.find((line) => line.startsWith(key))?.split(/\s+/)[1]);
}

function run(count: number): void {
  const p = new nn.Parameter(torch.zeros(count));
  p.grad = torch.fullLike(p, 0.5);
  const o = new optim[name]([p], JSON.parse(options));
  for (let i = 0; i < 3; i++) o.step();
}

// Code is loaded and threads are started before memory counts.
run(100_000);
const before = kilobytes('VmRSS:');
run(Number(elements));
console.log((kilobytes('VmHWM:') - before) * 1024);
