/** What the fuzz test calls: every function and method of tsorch, with its signatures where the table has them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as torch from '../../lib';

/** One parameter of a signature. */
export interface Parameter {
  type: string;
  name: string;
  keywordOnly: boolean;
  optional: boolean;
}

/** Something to call. */
export interface Target {
  label: string;
  /** Whether it is called on a tensor. */
  method: boolean;
  signatures: Parameter[][];
  // biome-ignore lint/suspicious/noExplicitAny: called with anything
  call: (...args: any[]) => unknown;
}

const GENERATED = join(__dirname, '..', '..', 'lib', 'generated');

/**
 * What a fuzz test must not call: it ends or stops the process, writes files, starts threads or processes, or changes
 * what later calls do; or it runs for as long as a number says, in Python as here (a polynomial's degree).
 */
const LEFT_OUT =
  /^(set|load|save|_set|use|init|exit|compile|fork|wait|install|manualSeed$|seed$|_initialize|_enable|_disable|_push|_pop|_enter|_exit|tidy|memory)|(Polynomial[A-Z]|chooseQparamsOptimized)/;

/** Everything to call, in a fixed order. */
export function targets(): Target[] {
  const found: Target[] = [];
  for (const space of ['torch', 'vf', 'nn', 'linalg', 'fft', 'special', 'sparse', 'nested']) {
    const members = require(join(GENERATED, space));
    add(found, space, members, signaturesIn(space));
  }
  const methods = signaturesIn('tensor');
  for (const name of Object.getOwnPropertyNames(torch.Tensor.prototype).sort()) {
    const { value } = Object.getOwnPropertyDescriptor(torch.Tensor.prototype, name) as PropertyDescriptor;
    if (typeof value !== 'function' || name === 'constructor' || LEFT_OUT.test(name)) continue;
    found.push({ label: `Tensor.${name}`, method: true, signatures: methods.get(name) ?? [], call: value });
  }
  const known = new Set(found.map(({ call }) => call));
  for (const [space, members] of Object.entries({ torch, F: torch.nn.functional })) {
    add(found, space, members as Record<string, unknown>, new Map(), known);
  }
  return found;
}

function add(
  found: Target[],
  space: string,
  members: Record<string, unknown>,
  signatures: Map<string, Parameter[][]>,
  known = new Set<unknown>(),
): void {
  for (const name of Object.keys(members).sort()) {
    const value = members[name];
    const isClass = typeof value === 'function' && /^class\b/.test(Function.prototype.toString.call(value));
    if (typeof value !== 'function' || isClass || LEFT_OUT.test(name) || known.has(value)) continue;
    const call = value as Target['call'];
    found.push({ label: `${space}.${name}`, method: false, signatures: signatures.get(name) ?? [], call });
  }
}

/** The signatures of a generated file, by tsorch's name. */
function signaturesIn(space: string): Map<string, Parameter[][]> {
  const text = readFileSync(join(GENERATED, `${space}.ts`), 'utf8');
  const found = new Map<string, Parameter[][]>();
  // A name, as an export or as a key of the table of methods, or a signature.
  for (const match of text.matchAll(/^export const (\w+)|^ {2}(\w+): \[|'(\w+)\(([^']*)\)\|[^']*'/gm)) {
    const name = match[1] ?? match[2];
    if (name) found.set(name === 'var_' ? 'var' : name, []);
    else [...found.values()].at(-1)?.push(parameters(match[4]));
  }
  return found;
}

function parameters(text: string): Parameter[] {
  let keywordOnly = false;
  const found: Parameter[] = [];
  for (const part of text.split(/, (?![^{(]*[})])/).filter(Boolean)) {
    if (part === '*') {
      keywordOnly = true;
      continue;
    }
    const match = /^(\S+) (\w+)(=.*)?$/.exec(part);
    if (match) found.push({ type: match[1], name: camel(match[2]), keywordOnly, optional: match[3] !== undefined });
  }
  return found;
}

function camel(name: string): string {
  return name.replace(/(?<=[A-Za-z0-9])_([A-Za-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}
