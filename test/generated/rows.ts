/** Reads the rows of lib/generated from its sources, which hold them as string literals. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The modules of lib/generated. */
export const SPACES = ['torch', 'vf', 'tensor', 'nn', 'linalg', 'fft', 'special', 'sparse', 'nested'] as const;

/** One name of a module: the one that PyTorch's errors give, and its rows. */
export interface Entry {
  errorName: string;
  rows: string[];
}

/** The entries of a module by tsorch's name. */
export function entries(space: string): Map<string, Entry> {
  const text = readFileSync(join(__dirname, '..', '..', 'lib', 'generated', `${space}.ts`), 'utf8');
  const found = new Map<string, Entry>();
  let last: Entry | undefined;
  // A name, as a constant or as a key of the table of methods, or a string.
  const names = space === 'tensor' ? /^ {2}(\w+): \[/ : /^(?:export )?const (\w+):.*? = operator\(/;
  for (const match of text.matchAll(new RegExp(`${names.source}|'((?:\\\\.|[^'\\\\\\n])*)'`, 'gm'))) {
    const [, name, literal] = match;
    if (name) {
      last = { errorName: '', rows: [] };
      found.set(name.replace(/^(var)_$/, '$1'), last);
    } else if (last && literal !== undefined) {
      const value = literal.replace(/\\(.)/g, '$1');
      if (value.includes('|')) last.rows.push(value);
      else if (last.rows.length === 0) last.errorName = value;
    }
  }
  return found;
}
