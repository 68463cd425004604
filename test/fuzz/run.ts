/** Runs the fuzz test's calls in processes of their own, so that a crash or a hang is known by its call. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { temporaryFolder } from '../temporary';

/** A call that ended its process, or that took too long. */
export interface Casualty {
  number: number;
  call: string;
  how: string;
}

/** What came of all calls. */
export interface Result {
  casualties: Casualty[];
  returned: number;
  raised: number;
}

/** The address space a process may use, so that an absurd size fails as an allocation does where memory is short. */
const LIMIT_KB = 8_000_000;
const FOLDER = temporaryFolder();
/** How long one call may take. */
const PATIENCE_MS = 60_000;

interface Run {
  next: number;
  how: string | null;
  call: string;
  tally: { returned: number; raised: number };
}

/** Makes the calls `first` to `last`, going on after each that ends the process. */
export async function fuzz(
  first: number,
  last: number,
  seed: number,
  { most = 20, onCasualty }: { most?: number; onCasualty?: (casualty: Casualty) => void } = {},
): Promise<Result> {
  const result: Result = { casualties: [], returned: 0, raised: 0 };
  for (let next = first; next < last && result.casualties.length < most; ) {
    const run = await runFrom(next, last, seed);
    result.returned += run.tally.returned;
    result.raised += run.tally.raised;
    if (run.how === null) break;
    const casualty = { number: run.next, call: run.call, how: run.how };
    result.casualties.push(casualty);
    onCasualty?.(casualty);
    next = run.next + 1;
  }
  return result;
}

function runFrom(first: number, last: number, seed: number): Promise<Run> {
  const register = require.resolve('ts-node/register/transpile-only');
  const script = [process.execPath, '-r', register, join(__dirname, 'worker.ts')];
  const command = [...script, first, last, seed].map((part) => `'${part}'`).join(' ');
  const child = spawn('sh', ['-c', `ulimit -v ${LIMIT_KB}; ulimit -c 0; exec ${command}`], {
    stdio: ['ignore', 'pipe', 'pipe'],
    // Some operators make files of the names that they are given.
    cwd: FOLDER,
    env: { ...process.env, TS_NODE_PROJECT: join(__dirname, '..', '..', 'tsconfig.json') },
  });
  const run: Run = { next: first, how: null, call: '', tally: { returned: 0, raised: 0 } };
  let rest = '';
  let errors = '';
  let finished = false;
  return new Promise((resolve, reject) => {
    let watchdog = setTimeout(stop, PATIENCE_MS);
    function stop(): void {
      run.how = `did not return within ${PATIENCE_MS / 1000} s`;
      child.kill('SIGKILL');
    }
    child.stderr.on('data', (chunk: Buffer) => {
      errors = (errors + chunk).slice(-2_000);
    });
    child.stdout.on('data', (chunk: Buffer) => {
      clearTimeout(watchdog);
      watchdog = setTimeout(stop, PATIENCE_MS);
      const lines = (rest + chunk).split('\n');
      rest = lines.pop() as string;
      for (const line of lines) {
        const space = line.indexOf(' ');
        const head = line.slice(0, space);
        if (head === 'done') {
          finished = true;
          run.tally = JSON.parse(line.slice(space));
        } else {
          run.next = Number(head);
          run.call = line.slice(space + 1);
        }
      }
    });
    child.on('error', reject);
    child.on('close', (code, signal) => {
      clearTimeout(watchdog);
      if (!finished || code !== 0) run.how ??= `${signal ?? `exit ${code}`} ${errors.trim()}`;
      resolve(run);
    });
  });
}
