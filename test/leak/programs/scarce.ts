/** Makes garbage without ever collecting by budget, in an address space that soon has no room: only a retry can help. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import torch from '../../../lib';

/** Six large tensors, and what a collection itself takes. */
const ELEMENTS = 2 ** 26;
const ROOM = 6 * 4 * ELEMENTS + 128 * 2 ** 20;

torch.setNumThreads(1);
torch.memory.setBudget(2 ** 50);
torch.ones(1);
const used = Number(/VmSize:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]) * 1024;
execFileSync('prlimit', ['--pid', String(process.pid), `--as=${used + ROOM}`]);

let made = 0;
for (let i = 0; i < 100; i++) made += torch.empty(ELEMENTS).dim();
let failure = '';
const held: torch.Tensor[] = [];
try {
  for (;;) held.push(torch.empty(ELEMENTS));
} catch (error) {
  failure = (error as Error).name;
}
held.length = 0;
console.log(
  JSON.stringify({
    made,
    failure,
    after: torch
      .ones(2 ** 20)
      .sum()
      .item(),
  }),
);
