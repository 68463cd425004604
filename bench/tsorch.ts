/** tsorch's side of the benchmark: reads `case threads iterations` lines, answers each with the time of an iteration. */
import { createInterface } from 'node:readline';
import { torch, type Work } from './compiled';
import { modules } from './modules/tsorch';
import { operators } from './operators/tsorch';
import { optim } from './optim/tsorch';
import { training } from './training/tsorch';

console.log(JSON.stringify({ version: torch.version.libtorch }));
const works: Record<string, Work> = {};
for (const family of [operators, modules, training, optim]) {
  torch.manualSeed(0);
  Object.assign(works, family());
}
createInterface({ input: process.stdin }).on('line', (line) => {
  const [name, threads, iterations] = line.split(' ') as [string, string, string];
  torch.setNumThreads(Number(threads));
  const work = works[name] as Work;
  const count = Number(iterations);
  const start = process.hrtime.bigint();
  let result = work();
  for (let i = 1; i < count; i++) result = work();
  const nanoseconds = Number(process.hrtime.bigint() - start) / count;
  console.log(JSON.stringify({ nanoseconds, value: result.sum().item() }));
});
