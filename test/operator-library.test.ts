/** Operators of a library that is not LibTorch's, loaded and called as `torch.ops`. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as torch from '../lib';
import { findAddons } from '../lib/libtorch/preload';
import { resolveLibTorch } from '../lib/libtorch/resolve';
import { temporaryFolder } from './temporary';

// Narrow headers: the whole library takes a few seconds to compile.
const SOURCE = `
#include <ATen/core/Tensor.h>
#include <torch/library.h>

at::Tensor scale(const at::Tensor& x, double factor, int64_t times) {
  at::Tensor y = x.clone();
  for (int64_t i = 0; i < times; ++i) y = y.mul(factor);
  return y;
}

std::tuple<at::Tensor, std::vector<int64_t>> describe(const std::vector<at::Tensor>& xs, std::optional<std::string> word) {
  std::vector<int64_t> sizes;
  for (const at::Tensor& x : xs) sizes.push_back(x.numel());
  return {xs[0].neg(), word ? sizes : std::vector<int64_t>{}};
}

TORCH_LIBRARY(tsorch_test, m) {
  m.def("scale(Tensor x, float factor=2, *, int times=1) -> Tensor", scale);
  m.def("describe(Tensor[] xs, str? word=None) -> (Tensor, int[])", describe);
  m.def("fail(Tensor x) -> Tensor", [](const at::Tensor& x) -> at::Tensor { TORCH_CHECK_VALUE(false, "on purpose"); return x; });
}
`;

describe('torch.ops.loadLibrary', function () {
  this.timeout(180_000);
  const folder = temporaryFolder();

  before(() => {
    const { libtorch } = resolveLibTorch({ env: process.env, minors: findAddons()?.minors ?? [], headers: true });
    assert.ok(libtorch?.include);
    const library = join(folder, 'library.so');
    writeFileSync(join(folder, 'library.cc'), SOURCE);
    const include = ['-isystem', libtorch.include, '-isystem', join(libtorch.include, 'torch/csrc/api/include')];
    const link = [`-L${join(libtorch.root, 'lib')}`, '-ltorch_cpu', '-lc10'];
    const flags = ['-std=c++20', '-O0', '-shared', '-fPIC', ...include, join(folder, 'library.cc'), '-o', library];
    execFileSync(process.env.CXX ?? 'c++', [...flags, ...link], { stdio: 'inherit' });
    torch.ops.loadLibrary(library);
  });

  const x = torch.tensor([1, 2]);

  it('calls them with positions, names and defaults', () => {
    assert.deepEqual(torch.ops.tsorch_test.scale(x).tolist(), [2, 4]);
    assert.deepEqual(torch.ops.tsorch_test.scale(x, 3, { times: 2 }).tolist(), [9, 18]);
    assert.deepEqual(torch.ops.tsorch_test.scale.default(x, { factor: 0.5 }).tolist(), [0.5, 1]);
  });

  it('converts lists, options and several results', () => {
    const [negated, sizes] = torch.ops.tsorch_test.describe<[torch.Tensor, number[]]>([x, torch.ones(3)], 'sizes');
    assert.deepEqual(
      [negated.tolist(), sizes],
      [
        [-1, -2],
        [2, 3],
      ],
    );
    const [, none] = torch.ops.tsorch_test.describe<[torch.Tensor, number[]]>([x]);
    assert.deepEqual(none, []);
  });

  it('records them in autograd', () => {
    const w = torch.tensor([1, 2], { requiresGrad: true });
    torch.ops.tsorch_test.scale(w, 3).sum().backward();
    assert.deepEqual(w.grad?.tolist(), [3, 3]);
  });

  it('raises their errors and refuses wrong calls', () => {
    assert.throws(() => torch.ops.tsorch_test.fail(x), { name: 'ValueError', message: 'on purpose' });
    assert.throws(() => torch.ops.tsorch_test.scale('a'), TypeError);
    assert.throws(() => torch.ops.tsorch_test.scale(x, { nothing: 1 }), TypeError);
    assert.throws(() => torch.ops.tsorch_test.missing, { name: 'AttributeError' });
  });
});
