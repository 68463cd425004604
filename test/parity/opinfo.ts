/** The sweep of PyTorch's operator database: runs it, counts what agrees, and knows which entries are known to fail. */
import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pythonEnv, pythonPath } from '../oracle/python';

/** One call that did not agree. */
export interface Failure {
  /** What was checked: `values`, `out`, `gradients`, ... */
  kind: string;
  /** The kind and the dtype. */
  label: string;
  what: 'crash' | 'missing' | 'error' | 'no error' | 'mismatch' | 'python' | 'unsendable';
  call: string;
  words: string;
}

/** What came of one entry of the database. */
export interface Outcome {
  entry: string;
  /** By kind and dtype: the number of calls, and of those that agree. */
  counts: Record<string, [all: number, passed: number]>;
  failures: Failure[];
}

/** What to run: samples of each entry, kind and dtype; which entries (names, or what is before a dot); which kinds. */
export interface SweepOptions {
  limit?: number;
  only?: string[];
  kinds?: string[];
  onEntry?: (outcome: Outcome) => void;
}

const KNOWN = join(__dirname, 'opinfo-known-failures.json');

/** Why entries fail, by `entry` or by `entry kind`. */
export function knownFailures(): Record<string, string> {
  return JSON.parse(readFileSync(KNOWN, 'utf8'));
}

function optionList(name: string, values?: readonly string[]): string[] {
  return values ? [name, ...values] : [];
}

/** Runs the sweep in a Python process that drives a tsorch process. */
export async function sweep({ limit, only, kinds, onEntry }: SweepOptions = {}): Promise<Outcome[]> {
  const worker = [process.execPath, '-r', 'ts-node/register/transpile-only', join(__dirname, 'opinfo-worker.ts')];
  const options = [
    ...optionList('--limit', limit ? [String(limit)] : undefined),
    ...optionList('--only', only),
    ...optionList('--kinds', kinds),
  ];
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

/** How many entries agree, and how many calls of each kind and dtype, in a few lines. */
export function summary(outcomes: Outcome[]): string {
  const passing = outcomes.filter((outcome) => outcome.failures.length === 0).length;
  const counts = new Map<string, [number, number]>();
  for (const outcome of outcomes) {
    for (const [label, [all, passed]] of Object.entries(outcome.counts)) {
      const sum = counts.get(label) ?? [0, 0];
      counts.set(label, [sum[0] + all, sum[1] + passed]);
    }
  }
  const lines = [...counts].sort().map(([label, [all, passed]]) => `${label}: ${passed} of ${all}`);
  return [`OpInfo: ${passing} of ${outcomes.length} entries`, ...lines].join('\n  ');
}

/**
 * What of the outcomes the list of known failures does not say, or says wrongly: an entry that is listed must fail in
 * every run of all kinds, a kind of an entry where no more than `limit` samples might be left out.
 */
export function surprises(
  outcomes: Outcome[],
  { limit = Number.POSITIVE_INFINITY, kinds }: SweepOptions = {},
): string[] {
  const known = knownFailures();
  const found: string[] = [];
  for (const { entry, counts, failures } of outcomes) {
    const reasons = new Set<string>();
    for (const failure of failures) {
      const key = listedAs(known, entry, failure.kind);
      if (key === undefined) found.push(`${entry} fails: ${describe(failure)}`);
      else reasons.add(key);
    }
    const due = kinds ? [] : [entry];
    for (const kind of kindsOf(counts)) if (isComplete(counts, kind, limit)) due.push(`${entry} ${kind}`);
    for (const key of due) {
      if (key in known && !reasons.has(key)) found.push(`${key} passes, but is listed: ${known[key]}`);
    }
  }
  return found;
}

/** The key under which a kind of failure of an entry is listed. */
function listedAs(known: Record<string, string>, entry: string, kind: string): string | undefined {
  return [`${entry} ${kind}`, entry].find((key) => key in known);
}

function kindsOf(counts: Outcome['counts']): string[] {
  return [...new Set(Object.keys(counts).map((label) => label.split(' ')[0] as string))];
}

function isComplete(counts: Outcome['counts'], kind: string, limit: number): boolean {
  return Object.entries(counts).every(([label, [all]]) => !label.startsWith(kind) || all < limit);
}

/** One failure in words. */
export function describe({ label, what, call, words }: Failure): string {
  switch (what) {
    case 'missing':
      return `written in Python: later (torch.${words} is missing)`;
    case 'python':
      return `PyTorch itself raises: ${words}`;
    case 'unsendable':
      return words;
    default:
      return `${what} (${label}) in ${call}\n    ${words}`;
  }
}

/** Writes the list anew: reasons stay, entries that pass go, and new ones get the words of their first failure. */
export function updateKnown(outcomes: Outcome[]): void {
  const known = knownFailures();
  const ran = new Set(outcomes.map(({ entry }) => entry));
  const next = Object.fromEntries(Object.entries(known).filter(([key]) => !ran.has(key.split(' ')[0] as string)));
  for (const { entry, failures } of outcomes) {
    for (const failure of failures) {
      const missing = failure.what === 'missing' || failure.what === 'unsendable';
      const key = listedAs(known, entry, failure.kind) ?? (missing ? entry : `${entry} ${failure.kind}`);
      next[key] ??= known[key] ?? describe(failure);
    }
  }
  const sorted = Object.fromEntries(Object.entries(next).sort(([one], [other]) => (one < other ? -1 : 1)));
  writeFileSync(KNOWN, `${JSON.stringify(sorted, null, 2)}\n`);
}
