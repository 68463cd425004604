/** What loading and saving does to memory and to the event loop, and how little of a killed save is seen. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import torch from '../../lib';
import { native } from '../../lib/native';
import { root } from '../oracle/python';
import { temporaryFolder } from '../temporary';

const { safetensors, npy } = torch;

const MEGABYTE = 2 ** 20;
const MEGABYTES = 96;

let folder: string;
const file = (name: string): string => join(folder, name);
const state = () => ({ w: torch.arange((MEGABYTES * MEGABYTE) / 4, { dtype: torch.float32 }) });

/** How many megabytes of this process are in memory, without those of mapped files where the system tells. */
function resident(): number {
  if (process.platform !== 'linux') return process.memoryUsage().rss / MEGABYTE;
  const kilobytes = /^RssAnon:\s+(\d+)/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
  return Number(kilobytes) / 1024;
}

/** Stands in for a runtime that allows no buffers over foreign memory, such as Electron's. */
function withoutLoans<T>(body: () => T): T {
  const { lendMemory } = native;
  native.lendMemory = () => null;
  try {
    return body();
  } finally {
    native.lendMemory = lendMemory;
  }
}

describe('the memory of checkpoints', () => {
  before(() => {
    folder = temporaryFolder();
    torch.save(state(), file('big.pt'));
    safetensors.saveFile(state(), file('big.safetensors'));
    npy.save(file('big.npy'), state().w);
  });

  it('is the file itself where it is mapped, and read once where not', () => {
    const loads: Record<string, () => torch.Tensor> = {
      pt: () => torch.load(file('big.pt'), { mmap: true }).w,
      safetensors: () => safetensors.loadFile(file('big.safetensors')).w as torch.Tensor,
      npy: () => npy.load(file('big.npy'), { mmap: true }),
    };
    const last = state().w.at(-1).item();
    for (const [format, load] of Object.entries(loads)) {
      const before = resident();
      const tensors = Array.from({ length: 5 }, load);
      // All pages are touched.
      for (const tensor of tensors) assert.equal(tensor.max().item(), last);
      assert.ok(resident() - before < MEGABYTES / 2, `${format}: ${resident() - before} MB`);
    }
    const before = resident();
    const { w } = torch.load(file('big.pt'));
    assert.equal(w.at(-1).item(), last);
    assert.ok(resident() - before < MEGABYTES * 1.5, `${resident() - before} MB`);
  });

  it('is not needed again to save it', () => {
    const value = state();
    const before = process.resourceUsage().maxRSS;
    torch.save(value, file('again.pt'));
    safetensors.saveFile(value, file('again.safetensors'));
    assert.ok((process.resourceUsage().maxRSS - before) / 1024 < MEGABYTES / 2);
    assert.ok(readFileSync(file('again.pt')).length > MEGABYTES * MEGABYTE);
  });

  it('stays where it is while it is lent to Node, and is free afterwards', async () => {
    const x = torch.ones(MEGABYTE);
    const bytes = x.view(torch.uint8).handle;
    const lend = (): ArrayBuffer => native.lendMemory(bytes, 4, 8) as ArrayBuffer;
    const [first, second] = [lend(), lend()];
    assert.deepEqual([...new Float32Array(first)], [1, 1]);
    native.endLoan(first);
    assert.equal(first.byteLength, 0);
    assert.throws(() => native.endLoan(first));
    assert.throws(() => x.resize_(2 * MEGABYTE), /not resizable/);
    native.endLoan(second);
    assert.equal(x.resize_(2 * MEGABYTE).numel(), 2 * MEGABYTE);
    assert.throws(() => native.lendMemory(bytes, 8, 2 ** 40), /there are not/);
    assert.throws(() => native.lendMemory(x.handle, 0, 8), /expected a contiguous uint8 tensor/);
    // What JavaScript has for good stays where it is, also when a loan ends.
    const third = lend();
    const array = x.toTypedArray();
    native.endLoan(third);
    assert.throws(() => x.resize_(4 * MEGABYTE), /not resizable/);
    assert.equal(array[0], 1);
    await torch.saveAsync([x], file('one.pt'));
    const [loaded] = torch.load(file('one.pt'));
    assert.equal(loaded.resize_(4 * MEGABYTE).numel(), 4 * MEGABYTE);
  });

  it('is copied where it cannot be lent', () => {
    const value = { x: torch.randn(MEGABYTE), e: torch.zeros(0), v: torch.arange(10).at('3:5') };
    const saved = torch.save(value);
    assert.deepEqual(
      withoutLoans(() => torch.save(value)),
      saved,
    );
    torch.save(value, file('copied.pt'));
    const loaded = withoutLoans(() => torch.load(file('copied.pt')));
    assert.ok(torch.equal(loaded.x, value.x) && torch.equal(loaded.v, value.v));
  });
});

/** The longest time in milliseconds for which the event loop did not turn. */
async function longestPause(body: () => Promise<unknown>): Promise<number> {
  let [longest, last] = [0, performance.now()];
  let isRunning = true;
  const turn = (): void => {
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
    if (isRunning) setImmediate(turn);
  };
  setImmediate(turn);
  await body();
  isRunning = false;
  return longest;
}

describe('the event loop', () => {
  it('turns while large checkpoints are loaded and saved', async () => {
    const value = state();
    const path = file('async.safetensors');
    const steps: Record<string, () => Promise<unknown>> = {
      'torch.saveAsync': () => torch.saveAsync(value, file('async.pt')),
      'torch.loadAsync': () => torch.loadAsync(file('async.pt')),
      'safetensors.saveFileAsync': () => safetensors.saveFileAsync(value, path),
      'safetensors.loadFileAsync': () => safetensors.loadFileAsync(path),
      'npy.saveAsync': () => npy.saveAsync(file('async.npy'), value.w),
      'npy.loadAsync': () => npy.loadAsync(file('async.npy')),
    };
    for (const [name, step] of Object.entries(steps)) {
      let turns = 0;
      const counted = setInterval(() => turns++, 0);
      const pause = await longestPause(step);
      clearInterval(counted);
      // At once, each takes some hundred milliseconds on an idle machine; on a busy one all is slow.
      assert.ok(turns > 5, `${name}: ${turns} turns, the longest pause ${pause} ms`);
    }
  });
});

const KILLED = `
require('ts-node/register/transpile-only');
const torch = require('./lib');
torch.save([torch.ones(2 ** 22)], process.argv[1], {
  onProgress: (done, total) => { if (done * 2 > total) process.kill(process.pid, 'SIGKILL'); },
});
`;

describe('a process that is killed while it saves', () => {
  it('leaves the old file', () => {
    const path = file('killed.pt');
    torch.save(['old'], path);
    const { signal } = spawnSync(process.execPath, ['-e', KILLED, path], { cwd: root });
    assert.equal(signal, 'SIGKILL');
    assert.deepEqual([...torch.load(path)], ['old']);
    const [part] = readdirSync(folder).filter((name) => name.startsWith('killed.pt.'));
    assert.ok(statSync(file(part as string)).size > 2 ** 20);
  });
});
