/** tsorch's side of the benchmark of checkpoints: `tsorch.ts work file megabytes` prints the time of the work. */
import type * as tsorch from '../../lib';
import { torch } from '../compiled';

const COUNT = 16;

function state(megabytes: number): Record<string, tsorch.Tensor> {
  const size = (megabytes * 2 ** 18) / COUNT;
  return Object.fromEntries(Array.from({ length: COUNT }, (_, i) => [`w${i}`, torch.full([size], i)]));
}

function touched(loaded: Record<string, tsorch.Tensor>): void {
  for (const tensor of Object.values(loaded)) tensor.sum().item();
}

const LOADS: Readonly<Record<string, (file: string) => Record<string, tsorch.Tensor>>> = {
  'load-pt': (file) => torch.load(file),
  'load-pt-mapped': (file) => torch.load(file, { mmap: true }),
  'load-safetensors': (file) => torch.safetensors.loadFile(file),
};
const SAVES: Readonly<Record<string, (value: Record<string, tsorch.Tensor>, file: string) => void>> = {
  'save-pt': (value, file) => torch.save(value, file),
  'save-safetensors': (value, file) => torch.safetensors.saveFile(value, file),
};

function bodyOf(work: string, file: string, megabytes: number): () => void {
  const [save, load] = [SAVES[work], LOADS[work]];
  if (save === undefined) return () => touched((load as NonNullable<typeof load>)(file));
  const value = state(megabytes);
  return () => save(value, file);
}

const [work, file, megabytes] = process.argv.slice(2) as [string, string, string];
const body = bodyOf(work, file, Number(megabytes));
const [start, startCpu] = [performance.now(), process.cpuUsage()];
body();
const { user, system } = process.cpuUsage(startCpu);
console.log(JSON.stringify({ wall: (performance.now() - start) / 1e3, cpu: (user + system) / 1e6 }));
