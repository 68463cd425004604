/** Runs every pair of snippets of a page in its language, compares what they print, and compiles them. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { formatWithOptions } from 'node:util';
import * as ts from 'typescript';
import * as torch from '../../lib';
import { evaluate } from '../oracle/oracle';
import { root } from '../oracle/python';
import { temporaryFolder } from '../temporary';

/** A snippet in both languages, under its title. */
interface Pair {
  readonly title: string;
  readonly python: string;
  readonly typescript: string;
}

/** What a page says is imported, and its pairs. */
function readPage(page: string): { imports: Pair; pairs: Pair[] } {
  const text = readFileSync(join(root, page), 'utf8');
  const found = [...text.matchAll(/(?:\*\*(.*)\*\*)?\n\n```python\n([^`]*)```\n\n```ts\n((?:[^`]|`(?!``))*)```/g)];
  const all = found.map(([, title, python, typescript]) => ({ title, python, typescript }));
  const [imports, ...pairs] = all as [Pair, ...Pair[]];
  return { imports, pairs };
}

const PYTHON = `
import contextlib, io, os

def printed(code):
    output = io.StringIO()
    torch.manual_seed(0)
    with contextlib.redirect_stdout(output):
        exec(imports + code, {})
    return output.getvalue()

here = os.getcwd()
os.chdir(folder)
try:
    result = [printed(code) for code in snippets]
finally:
    os.chdir(here)
result`;

type Body = (...values: unknown[]) => Promise<void>;
const AsyncFunction = Object.getPrototypeOf(async () => {}).constructor as new (...parameters: string[]) => Body;

/** What a snippet prints, in a folder for its files. */
async function printed(code: string, names: Readonly<Record<string, unknown>>, folder: string): Promise<string> {
  let output = '';
  const print = (...values: unknown[]): void => {
    output += `${formatWithOptions({ colors: false }, ...values)}\n`;
  };
  const text = `export async function snippet() {\n${code}\n}`;
  const { outputText } = ts.transpileModule(text, { compilerOptions: { target: ts.ScriptTarget.ES2022 } });
  const all = { ...names, console: { log: print } };
  const body = `${outputText.replace('export async function', 'async function')}\nawait snippet();`;
  const here = process.cwd();
  process.chdir(folder);
  try {
    torch.manualSeed(0);
    await new AsyncFunction(...Object.keys(all), body)(...Object.values(all));
  } finally {
    process.chdir(here);
  }
  return output;
}

/** The complaints of the compiler about the snippets, each a function of one module. */
function complaints(imports: Pair, pairs: readonly Pair[]): string[] {
  const file = join(root, 'docs', 'snippets.ts');
  const functions = pairs.map(
    ({ typescript }, i) => `export async function snippet${i}(): Promise<void> {\n${typescript}}\n`,
  );
  const text = imports.typescript.replaceAll("'tsorch", "'../lib") + functions.join('');
  const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent({ ...config, include: [], files: [] }, ts.sys, root);
  const host = ts.createCompilerHost(options);
  const { getSourceFile } = host;
  host.getSourceFile = (name, ...rest) =>
    name === file ? ts.createSourceFile(name, text, ts.ScriptTarget.ES2022) : getSourceFile.call(host, name, ...rest);
  const program = ts.createProgram([file], options, host);
  const source = program.getSourceFile(file);
  return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)].map(
    ({ messageText, start = 0 }) =>
      `${ts.flattenDiagnosticMessageText(messageText, '\n')}: ${text.slice(start).split('\n')[0]}`,
  );
}

/**
 * Describes the tests of a page.
 *
 * @param count How many pairs it has, so that none is overlooked.
 * @param names What the imports of the page name.
 */
export function describePage(page: string, count: number, names: Readonly<Record<string, unknown>>): void {
  describe(page, () => {
    const { imports, pairs } = readPage(page);
    let expected: string[];
    let folder: string;

    before(async () => {
      folder = temporaryFolder();
      const snippets = pairs.map(({ python }) => python);
      expected = await evaluate<string[]>(PYTHON, { snippets, imports: imports.python, folder });
    });

    it(`has ${count} pairs of snippets`, () => assert.equal(pairs.length, count));

    for (const [i, { title, typescript }] of pairs.entries()) {
      it(`prints the same in both languages: ${title}`, async () => {
        assert.notEqual(expected[i], '');
        assert.equal(await printed(typescript, names, folder), expected[i]);
      });
    }

    it('has snippets that compile', () => assert.deepEqual(complaints(imports, pairs), []));
  });
}
