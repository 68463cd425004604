/** Compiles lib/ and the programs beside this file, so that child processes and workers start in a tenth of ts-node's time. */
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { ModuleKind, ScriptTarget, transpileModule } from 'typescript';
import { PACKAGE_ROOT } from '../../lib/libtorch/resolve';

const OUTPUT = join(PACKAGE_ROOT, 'build', 'leak');
const FOLDERS = ['lib', 'test/leak/programs'];

/** What the compiled lib/ looks for beside itself. */
const SHARED = ['package.json', join('build', 'Release'), '.venv'];

const compilerOptions = {
  target: ScriptTarget.ES2022,
  module: ModuleKind.CommonJS,
  esModuleInterop: true,
};

function compile(source: string, output: string): void {
  if (existsSync(output) && statSync(output).mtimeMs > statSync(source).mtimeMs) return;
  mkdirSync(dirname(output), { recursive: true });
  const { outputText } = transpileModule(readFileSync(source, 'utf8'), { compilerOptions, fileName: source });
  writeFileSync(output, outputText);
}

function filesOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' });
}

/** Compiles what changed since the last time; gives the path of a program's JavaScript. */
export function compiledProgram(name: string): string {
  for (const folder of FOLDERS) {
    const sources = filesOf(join(PACKAGE_ROOT, folder)).filter((file) => file.endsWith('.ts'));
    const outputs = sources.map((file) => `${file.slice(0, -2)}js`);
    for (const [i, file] of sources.entries()) {
      compile(join(PACKAGE_ROOT, folder, file), join(OUTPUT, folder, outputs[i] as string));
    }
    // What a source that is gone left would be loaded in the place of what came after it.
    for (const file of filesOf(join(OUTPUT, folder))) {
      if (file.endsWith('.js') && !outputs.includes(file)) rmSync(join(OUTPUT, folder, file));
    }
  }
  for (const path of SHARED) {
    const link = join(OUTPUT, path);
    if (existsSync(link) || !existsSync(join(PACKAGE_ROOT, path))) continue;
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(join(PACKAGE_ROOT, path), link, 'junction');
  }
  return join(OUTPUT, 'test', 'leak', 'programs', `${name}.js`);
}
