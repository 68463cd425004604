/** The generated table against live PyTorch: every name that it binds is here, with as many overloads, and works. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, it } from 'mocha';
import * as torch from '../../lib';
import { native } from '../../lib/native';
import { pythonEnv, pythonPath } from '../oracle/python';
import { entries, SPACES } from './rows';

// What PyTorch binds by hand-written C++ over Python objects or storages, and tsorch by hand-written TypeScript.
const HANDWRITTEN: Record<string, string[]> = {
  torch: ['_from_blob', 'as_tensor', 'asarray', 'from_numpy', 'frombuffer', 'tensor'].concat(
    ['compressed', 'coo', 'csr', 'csc', 'bsr', 'bsc'].map((layout) => `sparse_${layout}_tensor`),
  ),
  tensor: [
    ...['bfloat16', 'bool', 'byte', 'cdouble', 'cfloat', 'char', 'double', 'float', 'half', 'int', 'long', 'short'],
    ...['cpu', 'cuda', 'ipu', 'mtia', 'xpu', 'to', 'type', 'item', 'numpy', 'tolist', 'new', 'new_tensor'],
    ...['dim', 'element_size', 'get_device', 'is_contiguous', 'ndimension', 'nelement', 'numel', 'size', 'stride'],
    ...['storage_offset', 'untyped_storage', 'data_ptr', 'const_data_ptr', 'nonzero', 'requires_grad_'],
    ...['apply_', 'map_', 'map2_', 'as_subclass', '_is_view', 'istft', 'norm', 'split', 'stft', 'unflatten'],
    // What only Python's own machinery calls.
    ...['_dtensor__new__', '_fix_weakref', '_make_subclass', '_make_wrapper_subclass', '_rev_view_func_unsafe'],
    ...['_use_count', '_view_func', '_view_func_unsafe'],
  ],
  nn: ['_parse_to'],
  nested: ['nested_tensor'],
};

// Names in the table that torchgen knows nothing of, or knows under another name: their overloads are not compared.
const BY_HAND = [
  ...['contiguous', 'copy_', 'set_', 'get_device', 'nonzero', 'numel', 'range'],
  ...['dsmm', 'hsmm', 'saddmm', 'spmm'],
];

const bound: Record<string, Record<string, number>> = JSON.parse(
  execFileSync(pythonPath(), [join(__dirname, 'bound_names.py')], { encoding: 'utf8', env: pythonEnv() }),
);

function camel(name: string): string {
  return name.replace(/(?<=[A-Za-z0-9])_([A-Za-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

/** How a namespace's module calls an operator: linalg_det -> det. */
function nameIn(space: string, name: string): string {
  if (space === 'sparse') return camel(name.replace(/^_(sparse_)?(?!sparse|mm_reduce)|^sparse_/, ''));
  return camel(name.replace(/^(fft|linalg|nested|special)_/, (prefix) => (prefix === `${space}_` ? '' : prefix)));
}

describe('generated table', () => {
  for (const [space, names] of Object.entries(bound)) {
    it(`has every name that PyTorch binds in ${space}`, () => {
      const here = new Map([...entries(space), ...(space === 'torch' ? entries('vf') : [])]);
      const wrong: string[] = [];
      for (const [name, overloads] of Object.entries(names)) {
        const entry = here.get(nameIn(space, name));
        const expected = !HANDWRITTEN[space]?.includes(name);
        if (expected !== (entry !== undefined)) wrong.push(`${name}: ${expected ? 'missing' : 'not expected'}`);
        if (!entry || BY_HAND.includes(name)) continue;
        if (entry.rows.length !== overloads) wrong.push(`${name}: ${entry.rows.length} overloads, not ${overloads}`);
        if (entry.errorName !== name) wrong.push(`${name}: calls itself ${entry.errorName}`);
      }
      assert.deepEqual(wrong, []);
    });
  }

  for (const space of SPACES) {
    it(`names operators that LibTorch has, in ${space}`, () => {
      const rows = [...entries(space).values()].flatMap((entry) => entry.rows);
      assert.deepEqual(native.missingOperators(space === 'tensor', rows), []);
    });
  }

  it('is loaded whole', () => {
    for (const space of SPACES) {
      const names = [...entries(space).keys()];
      const module = require(`../../lib/generated/${space}`);
      if (space === 'tensor') {
        const absent = names.filter((name) => typeof Reflect.get(torch.Tensor.prototype, name) !== 'function');
        assert.deepEqual(absent, []);
        assert.deepEqual(Object.keys(module.tensorMethods), names);
      } else {
        assert.deepEqual(Object.keys(module).sort(), names.sort());
        for (const name of names) assert.equal(typeof module[name], 'function', `${space}.${name}`);
      }
    }
  });

  it('is public where PyTorch makes it so', () => {
    const spaces = { torch, linalg: torch.linalg, fft: torch.fft, special: torch.special, sparse: torch.sparse };
    for (const [space, holder] of Object.entries(spaces)) {
      const absent = [...entries(space).keys()].filter((name) => typeof Reflect.get(holder, name) !== 'function');
      assert.deepEqual(absent, [], space);
    }
  });
});
