/** Packages that AOTInductor compiled run here as in Python. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import torch from '../lib';
import { input } from './oracle/inputs';
import { evaluate, parity } from './oracle/oracle';

const { AOTIModelPackageLoader } = torch.inductor;

const hasCompiler = spawnSync(process.env.CXX ?? 'g++', ['--version']).status === 0;

describe('inductor', function () {
  this.timeout(300_000);
  let folder: string;
  const file = (): string => join(folder, 'model.pt2');

  before(async function () {
    folder = mkdtempSync(join(tmpdir(), 'tsorch-aoti-'));
    if (!hasCompiler) {
      console.warn('      no C++ compiler: AOTInductor packages are not tested');
      this.skip();
    }
    await evaluate(
      `import os, torch._inductor
torch.manual_seed(0)
net = nn.Sequential(nn.Linear(4, 3), nn.Tanh())
ep = torch.export.export(net, (torch.ones(2, 4),), dynamic_shapes=({0: torch.export.Dim('b', min=2, max=32)},))
torch._inductor.aoti_compile_and_package(ep, package_path=path)
None`,
      { path: file() },
    );
  });
  after(() => rmSync(folder, { recursive: true }));

  it('runs a package', () =>
    parity(
      'm = torch._inductor.aoti_load_package(path); [m(x), sorted(m.get_constant_fqns()), m.loader.get_call_spec()]',
      { path: file(), x: input([5, 4]) },
      ({ path, x }) => {
        const model = new AOTIModelPackageLoader(path, { numRunners: 2 });
        assert.ok(Object.keys(model.getMetadata()).length > 0);
        assert.deepEqual(AOTIModelPackageLoader.loadMetadataFromPackage(path), model.getMetadata());
        const inputs = [x];
        const [boxed] = model.boxedRun(inputs);
        assert.equal(inputs.length, 0);
        const [out] = model.run([x]);
        assert.ok(torch.equal(out as torch.Tensor, boxed as torch.Tensor));
        return [out, model.getConstantFqns().sort(), model.getCallSpec()];
      },
    ));

  it('takes other constants', () =>
    parity(
      'm = torch._inductor.aoti_load_package(path); m.load_constants({"0.weight": w}, check_full_update=True); m(x)',
      { path: file(), x: input([5, 4]), w: torch.ones(3, 4) },
      ({ path, x, w }) => {
        const model = new AOTIModelPackageLoader(path);
        model.loadConstants({ '0.weight': w }, { checkFullUpdate: true });
        assert.throws(() => model.loadConstants({ none: w }), /Constant not found: none/);
        return model.run([x])[0];
      },
    ));

  it('refuses what is no package', () => {
    assert.throws(() => new AOTIModelPackageLoader(join(folder, 'none.pt2')), /does not exist/);
    const path = join(folder, 'bad.pt2');
    writeFileSync(path, 'PK no zip');
    assert.throws(() => new AOTIModelPackageLoader(path), torch.RuntimeError);
    assert.throws(() => new AOTIModelPackageLoader(file(), { modelName: 'other' }), torch.RuntimeError);
    assert.throws(() => new AOTIModelPackageLoader(file(), { numRunners: 0 }), /at least 1/);
  });
});
