/** The three programs that are compared: how each is built, started and asked. */
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { LibTorch } from '../lib/libtorch/layout';
import { PACKAGE_ROOT } from '../lib/libtorch/resolve';

/** The rivals, by the names that the table has. */
export type Name = 'cpp' | 'python' | 'tsorch';

/** A command with its arguments. */
type Command = readonly [program: string, ...args: string[]];

/** The answer to one turn. */
export interface Turn {
  /** The time of an iteration. */
  readonly nanoseconds: number;
  /** The sum of the last result: every side must get the same. */
  readonly value: number;
}

/** One program that waits for turns. */
export class Side {
  private readonly process: ChildProcess;
  private readonly lines: AsyncIterator<string>;

  constructor(
    readonly name: Name,
    command: Command,
    /** A process that loads LibTorch and ends. */
    private readonly importing: Command,
  ) {
    const [program, ...args] = command;
    this.process = spawn(program, args, { cwd: PACKAGE_ROOT, stdio: ['pipe', 'pipe', 'inherit'] });
    this.lines = createInterface({ input: this.process.stdout as NodeJS.ReadableStream })[Symbol.asyncIterator]();
  }

  /** The version of LibTorch, which a side says first. */
  async version(): Promise<string> {
    return (await this.answer<{ version: string }>()).version;
  }

  /** Does the work of a case `iterations` times. */
  async turn(name: string, threads: number, iterations: number): Promise<Turn> {
    this.process.stdin?.write(`${name} ${threads} ${iterations}\n`);
    return this.answer<Turn>();
  }

  /** The nanoseconds from the start to the end of a process that only loads the library. */
  timeImport(): number {
    const [program, ...args] = this.importing;
    const start = process.hrtime.bigint();
    const { status } = spawnSync(program, args, { cwd: PACKAGE_ROOT, stdio: ['ignore', 'ignore', 'inherit'] });
    if (status !== 0) throw new Error(`${program} ${args.join(' ')} failed`);
    return Number(process.hrtime.bigint() - start);
  }

  /** Ends the process. */
  close(): void {
    this.process.stdin?.end();
  }

  private async answer<T>(): Promise<T> {
    const { value, done } = await this.lines.next();
    if (done) throw new Error(`the ${this.name} side of the benchmark ended early`);
    return JSON.parse(value) as T;
  }
}

/** Starts the three sides, all on the given LibTorch. */
export function startSides(libtorch: LibTorch): readonly Side[] {
  const bench = (file: string) => join(PACKAGE_ROOT, 'bench', file);
  const python = join(PACKAGE_ROOT, '.venv', 'bin', 'python');
  const cpp = compile(libtorch, bench(''));
  const tsNode = ['-r', require.resolve('ts-node/register/transpile-only')];
  return [
    new Side(
      'tsorch',
      [process.execPath, ...tsNode, bench('tsorch.ts')],
      [process.execPath, '-e', "require('./dist')"],
    ),
    new Side('python', [python, bench('pytorch.py')], [python, '-c', 'import torch']),
    new Side('cpp', [cpp], [cpp]),
  ];
}

/** Compiles the C++ side once for its sources, a compiler and a LibTorch; returns the program. */
function compile(libtorch: LibTorch, bench: string): string {
  const { root, include } = libtorch;
  if (include === null) throw new Error(`${root} has no headers to compile the C++ side with`);
  const lib = join(root, 'lib');
  const compiler = process.env.CXX ?? 'c++';
  const flags = ['-std=c++20', '-O2', '-DNDEBUG', '-isystem', include];
  flags.push('-isystem', join(include, 'torch', 'csrc', 'api', 'include'));
  const libraries = [`-L${lib}`, '-ltorch_cpu', '-lc10', `-Wl,-rpath,${lib}`];
  // A CUDA build's CPU library needs NVIDIA's, which it finds by itself at run time.
  if (process.platform === 'linux') libraries.push('-Wl,--allow-shlib-undefined');
  const files = (readdirSync(bench, { recursive: true }) as string[]).filter((name) => /\.(cc|h)$/.test(name)).sort();
  const texts = files.map((name) => readFileSync(join(bench, name), 'utf8'));
  const key = [compiler, ...flags, ...libraries, libtorch.version, ...texts].join('\0');
  const folder = join(PACKAGE_ROOT, 'build', 'bench');
  const program = join(folder, `libtorch-${createHash('sha256').update(key).digest('hex').slice(0, 16)}`);
  if (!existsSync(program)) {
    console.error('tsorch: compiling the C++ side of the benchmark');
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    const sources = files.filter((name) => name.endsWith('.cc')).map((name) => join(bench, name));
    execFileSync(compiler, [...flags, ...sources, '-o', program, ...libraries], { stdio: 'inherit' });
  }
  return program;
}
