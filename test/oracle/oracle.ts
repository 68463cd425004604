/** PyTorch itself, in one Python process for the whole test run: `evaluate` runs snippets, `parity` compares. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import * as torch from '../../lib';
import { decodeFrame, encodeFrame, frameLengths, HEADER_BYTES, type PythonError, type Value } from './codec';
import { pythonEnv, pythonPath } from './python';

/** Named values that a snippet sees as variables. */
export type Inputs = Record<string, Value>;

/** What `parity` compares besides the value and the dtype. */
export interface ParityOptions {
  /** Every bit equal, instead of within PyTorch's tolerances of the dtype. */
  exact?: boolean;
  /** Strides equal too. */
  stride?: boolean;
  /** False to compare shapes and dtypes only, where memory is not initialised. */
  values?: boolean;
  /** False where the dtype cannot agree, as JavaScript has no ints. */
  dtype?: boolean;
  /** The seed that both sides get first. */
  seed?: number;
}

interface Reply {
  value?: Value;
  error?: PythonError;
  mismatch?: string | null;
  failure?: string;
}

interface Waiting {
  resolve(reply: Reply): void;
  reject(error: Error): void;
}

class Oracle {
  private readonly process: ChildProcess;
  private readonly waiting: Waiting[] = [];
  private received: Buffer[] = [];
  private receivedBytes = 0;

  constructor() {
    this.process = spawn(pythonPath(), [join(__dirname, 'server.py')], {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: pythonEnv(),
    });
    this.process.stdout?.on('data', (chunk: Buffer) => this.receive(chunk));
    this.process.on('error', (error) => this.fail(error));
    this.process.on('exit', (code, signal) => this.fail(new Error(`PyTorch ended with ${signal ?? code}`)));
    this.process.unref();
    for (const stream of [this.process.stdin, this.process.stdout]) (stream as unknown as { unref(): void }).unref();
  }

  /** Sends two frames, the snippet's inputs and the request, and gives the answer. */
  ask(inputs: Buffer, request: Inputs): Promise<Reply> {
    const frame = encodeFrame(request);
    return new Promise((resolve, reject) => {
      this.waiting.push({ resolve, reject });
      this.process.stdin?.write(inputs);
      this.process.stdin?.write(frame);
      // Only while an answer is due does the oracle keep the test run alive.
      (this.process.stdout as unknown as { ref(): void }).ref();
    });
  }

  close(): void {
    this.process.stdin?.end();
  }

  private receive(chunk: Buffer): void {
    this.received.push(chunk);
    this.receivedBytes += chunk.length;
    for (;;) {
      if (this.receivedBytes < HEADER_BYTES) return;
      const all = this.received.length === 1 ? this.received[0] : Buffer.concat(this.received);
      this.received = [all];
      const [body, data] = frameLengths(all);
      const end = HEADER_BYTES + body + data;
      if (all.length < end) return;
      this.received = [all.subarray(end)];
      this.receivedBytes = all.length - end;
      this.answer(all.subarray(HEADER_BYTES, HEADER_BYTES + body), all.subarray(HEADER_BYTES + body, end));
    }
  }

  private answer(body: Buffer, data: Buffer): void {
    const waiting = this.waiting.shift();
    if (this.waiting.length === 0) (this.process.stdout as unknown as { unref(): void }).unref();
    try {
      const reply = decodeFrame(body, data) as Reply;
      if (reply.failure) throw new Error(`The oracle failed: ${reply.failure}`);
      waiting?.resolve(reply);
    } catch (error) {
      waiting?.reject(error as Error);
    }
  }

  private fail(error: Error): void {
    for (const waiting of this.waiting.splice(0)) waiting.reject(error);
    if (running === this) running = undefined;
  }
}

let running: Oracle | undefined;

function oracle(): Oracle {
  running ??= new Oracle();
  return running;
}

/** Ends the Python process, if one was started. */
export function closeOracle(): void {
  running?.close();
  running = undefined;
}

/**
 * The value of a Python snippet's last expression (statements may come before it) in PyTorch, with `inputs` as
 * variables beside `torch`, `nn`, `F`, `optim`, `math` and `np`. Throws {@link PythonError} where Python raises.
 */
export async function evaluate<T = Value>(code: string, inputs: Inputs = {}, seed?: number): Promise<T> {
  const reply = await oracle().ask(encodeFrame(inputs), { task: 'evaluate', code, seed: seed ?? null });
  if (reply.error) throw reply.error;
  return reply.value as T;
}

/**
 * Checks that `body` gives what the Python snippet `code` gives in PyTorch: value within PyTorch's tolerances, dtype,
 * shape and names; or, where Python raises, that it throws an error of the same class and words.
 *
 * @example await parity('x.sum(1, keepdim=True)', { x }, ({ x }) => x.sum(1, { keepdim: true }));
 */
export async function parity<I extends Inputs>(
  code: string,
  inputs: I,
  body: (inputs: I) => unknown,
  { seed = 0, exact = false, stride = false, values = true, dtype = true }: ParityOptions = {},
): Promise<void> {
  // Encoded before `body` may write into them.
  const before = encodeFrame(inputs);
  torch.manualSeed(seed);
  let got: unknown;
  try {
    got = await body(inputs);
  } catch (error) {
    got = error;
  }
  const request = { task: 'parity', code, seed, got, options: { exact, stride, values, dtype } };
  const { mismatch } = await oracle().ask(before, request);
  if (mismatch) assert.fail(`${code}\n${mismatch}`);
}
