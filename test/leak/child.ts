/** Runs a program of this folder in a process of its own. */
import { spawn } from 'node:child_process';
import { compiledProgram } from './compiled';

/** How a program ended. */
export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `programs/<name>.ts` with the arguments, under the given Node. */
export function runProgram(name: string, args: readonly (string | number)[], node = process.execPath): Promise<Ended> {
  const program = compiledProgram(name);
  return new Promise((resolve, reject) => {
    const child = spawn(node, [program, ...args.map(String)], { stdio: ['ignore', 'pipe', 'pipe'] });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (data) => {
      stdout += data;
    });
    child.stderr.on('data', (data) => {
      stderr += data;
    });
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
}

/** The object that a program prints as JSON; throws if it does not end well. */
export async function measure<T>(name: string, args: readonly (string | number)[], node?: string): Promise<T> {
  const { code, signal, stdout, stderr } = await runProgram(name, args, node);
  if (code !== 0) throw new Error(`${name} ${args.join(' ')} ended with ${signal ?? code}:\n${stdout}${stderr}`);
  return JSON.parse(stdout) as T;
}
