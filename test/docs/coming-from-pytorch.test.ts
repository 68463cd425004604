/** Runs every pair of snippets of docs/coming-from-pytorch.md in its language, and compares what they print. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { formatWithOptions } from 'node:util';
import * as ts from 'typescript';
import * as torch from '../../lib';
import { evaluate } from '../oracle/oracle';
import { root } from '../oracle/python';

const PAGE = 'docs/coming-from-pytorch.md';

/** A snippet in both languages, under its title. */
interface Pair {
  readonly title: string;
  readonly python: string;
  readonly typescript: string;
}

/** What the page says is imported, and its pairs. */
function readPage(): { imports: Pair; pairs: Pair[] } {
  const text = readFileSync(join(root, PAGE), 'utf8');
  const found = [...text.matchAll(/(?:\*\*(.*)\*\*)?\n\n```python\n([^`]*)```\n\n```ts\n((?:[^`]|`(?!``))*)```/g)];
  const all = found.map(([, title, python, typescript]) => ({ title, python, typescript }));
  const [imports, ...pairs] = all as [Pair, ...Pair[]];
  return { imports, pairs };
}

const PYTHON = `
import contextlib, io

def printed(code):
    output = io.StringIO()
    torch.manual_seed(0)
    with contextlib.redirect_stdout(output):
        exec(imports + code, {})
    return output.getvalue()

[printed(code) for code in snippets]`;

/** What the imports of the page name, in this checkout. */
const NAMES = { torch, nn: torch.nn, optim: torch.optim, slice: torch.slice, F: torch.nn.functional };

/** What a snippet prints. */
function printed(code: string): string {
  let output = '';
  const print = (...values: unknown[]): void => {
    output += `${formatWithOptions({ colors: false }, ...values)}\n`;
  };
  const { outputText } = ts.transpileModule(code, { compilerOptions: { target: ts.ScriptTarget.ES2022 } });
  torch.manualSeed(0);
  const names = { ...NAMES, console: { log: print } };
  new Function(...Object.keys(names), outputText)(...Object.values(names));
  return output;
}

/** The complaints of the compiler about the snippets, each a function of one module. */
function complaints(imports: Pair, pairs: readonly Pair[]): string[] {
  const file = join(root, 'docs', 'snippets.ts');
  const functions = pairs.map(({ typescript }, i) => `export function snippet${i}(): void {\n${typescript}}\n`);
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

describe(PAGE, () => {
  const { imports, pairs } = readPage();
  let expected: string[];

  before(async () => {
    const snippets = pairs.map(({ python }) => python);
    expected = await evaluate<string[]>(PYTHON, { snippets, imports: imports.python });
  });

  it('has 40 pairs of snippets', () => assert.equal(pairs.length, 40));

  for (const [i, { title, typescript }] of pairs.entries()) {
    it(`prints the same in both languages: ${title}`, () => {
      assert.notEqual(expected[i], '');
      assert.equal(printed(typescript), expected[i]);
    });
  }

  it('has snippets that compile', () => assert.deepEqual(complaints(imports, pairs), []));
});
