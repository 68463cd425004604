/** The same training step as a user of the package writes it: CommonJS, an ES module, TypeScript. */

const STEP = `
torch.manualSeed(0);
const model = new nn.Sequential(new nn.Linear(4, 8), new nn.ReLU(), new nn.Linear(8, 2));
const optimizer = new optim.SGD(model.parameters(), { lr: 0.1 });
const before = model.parameters().map((p) => p.detach().clone());
const loss = new nn.CrossEntropyLoss()(model(torch.randn(16, 4)), torch.randint(2, [16]));
loss.backward();
optimizer.step();
const moved = model.parameters().every((p, i) => !torch.equal(p, before[i]TYPED));
console.log(moved && Number.isFinite(loss.item()) ? 'trained' : 'did not train');
`;

const JAVASCRIPT = STEP.replace('TYPED', '');

/** Every namespace is also a subpath, and the same object whichever way it is reached; the subpaths come first here. */
const SUBPATHS = `
const names = Object.keys(require('tsorch/package.json').exports).filter((name) => !/^\\.($|\\/package)/.test(name));
const direct = new Map(names.map((name) => [name.slice(2), require('tsorch/' + name.slice(2))]));
const torch = require('tsorch');
const isNamespace = (value) => typeof value === 'object' && value !== null && value.__esModule === true;
const walk = (object, path) =>
  Object.keys(object)
    .filter((name) => name !== 'default' && isNamespace(object[name]))
    .flatMap((name) => [[path + name, object[name]], ...walk(object[name], path + name + '/')]);
for (const [path, value] of walk(torch, '')) if (direct.get(path) !== value) console.log(path, 'is no subpath');
console.log(direct.size, 'subpaths');
`;

/** The files of an empty project that uses tsorch. */
export const SCRIPTS: Readonly<Record<string, string>> = {
  'train.cjs': `const torch = require('tsorch');\nconst { nn, optim } = torch;\n${JAVASCRIPT}`,
  'train.mjs': `import * as torch from 'tsorch';\nimport torchDefault, { nn, optim } from 'tsorch';\nif (torchDefault.nn !== nn) throw new Error('the default export is another module');\n${JAVASCRIPT}`,
  'train.ts': `import * as torch from 'tsorch';\nimport { nn } from 'tsorch';\nimport * as optim from 'tsorch/optim';\n${STEP.replace('TYPED', ' as torch.Tensor')}`,
  'subpaths.cjs': SUBPATHS,
  'tsconfig.json': JSON.stringify({
    compilerOptions: { target: 'es2022', module: 'node16', strict: true, skipLibCheck: false, types: [] },
    files: ['train.ts'],
  }),
};
