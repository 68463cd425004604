/** The sweep of PyTorch's operator database: runs it, counts what agrees, and knows which entries are known to fail. */
import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pythonEnv, pythonPath } from '../oracle/python';

/** One call that did not agree. */
export interface Failure {
  kind: 'crash' | 'missing' | 'error' | 'no error' | 'mismatch' | 'python' | 'unsendable';
  dtype: string;
  call: string;
  words: string;
}

/** What came of one entry of the database. */
export interface Outcome {
  entry: string;
  /** By dtype: the number of calls, and of those that agree. */
  counts: Record<string, [all: number, passed: number]>;
  failures: Failure[];
}

/** What to run: samples of each entry and dtype, and which entries. */
export interface SweepOptions {
  limit?: number;
  only?: string[];
  onEntry?: (outcome: Outcome) => void;
}

const KNOWN = join(__dirname, 'opinfo-known-failures.json');

/** The entries that fail, with a reason each. */
export function knownFailures(): Record<string, string> {
  return JSON.parse(readFileSync(KNOWN, 'utf8'));
}

/** Runs the sweep in a Python process that drives a tsorch process. */
export async function sweep({ limit, only, onEntry }: SweepOptions = {}): Promise<Outcome[]> {
  const worker = [process.execPath, '-r', 'ts-node/register/transpile-only', join(__dirname, 'opinfo-worker.ts')];
  const options = [...(limit ? ['--limit', String(limit)] : []), ...(only ? ['--only', ...only] : [])];
  const child = spawn(pythonPath(), [join(__dirname, 'opinfo_sweep.py'), ...options, '--', ...worker], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: pythonEnv(),
  });
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => {
    errors = (errors + chunk).slice(-20_000);
  });
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  const outcomes: Outcome[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    const outcome = JSON.parse(line) as Outcome;
    outcomes.push(outcome);
    onEntry?.(outcome);
  }
  const code = await ended;
  if (code !== 0) throw new Error(`The sweep ended with ${code}:\n${errors}`);
  return outcomes;
}

/** How many entries and calls agree, in a few lines. */
export function summary(outcomes: Outcome[]): string {
  const passing = outcomes.filter((outcome) => outcome.failures.length === 0).length;
  const counts = new Map<string, [number, number]>();
  for (const outcome of outcomes) {
    for (const [dtype, [all, passed]] of Object.entries(outcome.counts)) {
      const sum = counts.get(dtype) ?? [0, 0];
      counts.set(dtype, [sum[0] + all, sum[1] + passed]);
    }
  }
  const lines = [...counts].map(([dtype, [all, passed]]) => `${dtype}: ${passed} of ${all} samples`);
  return [`OpInfo: ${passing} of ${outcomes.length} entries`, ...lines].join('\n  ');
}

/**
 * What of the outcomes the list of known failures does not say, or says wrongly. Where no more than `limit` samples of a
 * dtype were run, an entry that passes may still fail in the others.
 */
export function surprises(outcomes: Outcome[], limit = Number.POSITIVE_INFINITY): string[] {
  const known = knownFailures();
  const found: string[] = [];
  for (const { entry, counts, failures } of outcomes) {
    if (failures.length > 0 && !(entry in known)) found.push(`${entry} fails: ${describe(failures[0])}`);
    const complete = Object.values(counts).every(([all]) => all < limit);
    if (failures.length === 0 && complete && entry in known) {
      found.push(`${entry} passes, but is listed: ${known[entry]}`);
    }
  }
  return found;
}

/** One failure in words. */
export function describe({ kind, call, words }: Failure): string {
  switch (kind) {
    case 'missing':
      return `written in Python: later (torch.${words} is missing)`;
    case 'python':
      return `PyTorch itself raises: ${words}`;
    case 'unsendable':
      return words;
    default:
      return `${kind} in ${call}\n    ${words}`;
  }
}

/** Writes the list anew: reasons stay, entries that pass go, and new ones get the words of their first failure. */
export function updateKnown(outcomes: Outcome[]): void {
  const known = knownFailures();
  const ran = new Set(outcomes.map(({ entry }) => entry));
  const next = Object.fromEntries(Object.entries(known).filter(([entry]) => !ran.has(entry)));
  for (const { entry, failures } of outcomes) {
    if (failures.length > 0) next[entry] = known[entry] ?? describe(failures[0]);
  }
  const sorted = Object.fromEntries(Object.entries(next).sort(([one], [other]) => (one < other ? -1 : 1)));
  writeFileSync(KNOWN, `${JSON.stringify(sorted, null, 2)}\n`);
}
