/** The order in which LibTorch is looked for, with fake ones in every place. */
import assert from 'node:assert/strict';
import { chmodSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'mocha';
import { nvidiaLibraries } from '../../lib/libtorch/nvidia';
import { type Resolution, resolveLibTorch } from '../../lib/libtorch/resolve';
import { temporaryFolder } from '../temporary';
import { libtorchFiles, writeFiles } from './fixtures';

const PLATFORM = `${process.platform}-${process.arch}`;

/** A machine with nothing on it but what a test puts there. */
class Machine {
  readonly folder = temporaryFolder();
  readonly root = join(this.folder, 'tsorch');
  readonly env: NodeJS.ProcessEnv = { HOME: join(this.folder, 'home'), PATH: '' };

  put(place: string, files: Record<string, string> = libtorchFiles('2.13.0+cpu')): string {
    return writeFiles(join(this.folder, place), files);
  }

  resolve(wanted: { minors?: string[]; headers?: boolean } = {}): Resolution {
    const { minors = ['2.13'], headers = false } = wanted;
    return resolveLibTorch({ env: this.env, packageRoot: this.root, minors, headers });
  }

  /** Where LibTorch was found, relative to the machine's folder. */
  found(wanted = {}): string | null {
    return this.resolve(wanted).libtorch?.root.slice(this.folder.length + 1) ?? null;
  }
}

describe('resolving LibTorch', () => {
  it('takes the places in order', () => {
    const machine = new Machine();
    assert.equal(machine.found(), null);

    machine.put(`home/.cache/tsorch/libtorch-2.13.0-cpu-${PLATFORM}`);
    assert.equal(machine.found(), `home/.cache/tsorch/libtorch-2.13.0-cpu-${PLATFORM}/torch`);

    machine.put('tsorch/.venv/lib/python3.11/site-packages');
    assert.equal(machine.found(), 'tsorch/.venv/lib/python3.11/site-packages/torch');

    machine.put('env/lib/python3.12/site-packages');
    machine.env.VIRTUAL_ENV = join(machine.folder, 'env');
    assert.equal(machine.found(), 'env/lib/python3.12/site-packages/torch');

    const name = `@tsorch/libtorch-${PLATFORM}-cpu`;
    machine.put(`tsorch/node_modules/${name}`, {
      ...libtorchFiles('2.13.0'),
      'package.json': JSON.stringify({ name }),
    });
    assert.equal(machine.found(), `tsorch/node_modules/${name}/torch`);

    machine.env.TSORCH_LIBTORCH = machine.put('mine', libtorchFiles('2.13.0', 'libtorch'));
    assert.equal(machine.found(), 'mine/libtorch');
  });

  it('prefers a download with CUDA, which was asked for by name', () => {
    const machine = new Machine();
    machine.put(`home/.cache/tsorch/libtorch-2.13.0-cpu-${PLATFORM}`);
    machine.put(`home/.cache/tsorch/libtorch-2.13.0-cuda-${PLATFORM}`, {
      ...libtorchFiles('2.13.0+cu130'),
      'torch/lib/libtorch_cuda.so': '',
    });
    assert.equal(machine.resolve().libtorch?.cuda, true);
  });

  it('passes over versions that do not serve, and says so', () => {
    const machine = new Machine();
    machine.put('env/lib/python3.12/site-packages', libtorchFiles('2.9.1+cu128'));
    machine.env.VIRTUAL_ENV = join(machine.folder, 'env');
    machine.put('tsorch/.venv/lib/python3.11/site-packages');
    const { libtorch, attempts } = machine.resolve();
    assert.equal(libtorch?.version, '2.13.0+cpu');
    const virtual = attempts.find(({ place }) => place.startsWith('the active virtual environment'));
    assert.match(virtual?.result ?? '', /LibTorch 2\.9\.1\+cu128 does not serve, 2\.13 is needed$/);
    assert.equal(machine.found({ minors: ['2.9', '2.13'] }), 'env/lib/python3.12/site-packages/torch');
  });

  it('ends at TSORCH_LIBTORCH, whatever else there is', () => {
    const machine = new Machine();
    machine.put('tsorch/.venv/lib/python3.11/site-packages');
    machine.env.TSORCH_LIBTORCH = join(machine.folder, 'nowhere');
    const { libtorch, attempts } = machine.resolve();
    assert.equal(libtorch, null);
    assert.deepEqual(attempts, [{ place: 'TSORCH_LIBTORCH', result: `${machine.folder}/nowhere: no such directory` }]);
  });

  it('asks for headers only to build', () => {
    const machine = new Machine();
    const { 'torch/include/ATen/core/Tensor.h': _, ...files } = libtorchFiles('2.13.0');
    machine.env.TSORCH_LIBTORCH = machine.put('run-set', files);
    assert.equal(machine.found(), 'run-set/torch');
    assert.equal(machine.found({ headers: true }), null);
  });

  it('reads the version from version.py, build-version or the headers', () => {
    const machine = new Machine();
    const { 'libtorch/version.py': _, ...files } = libtorchFiles('', 'libtorch');
    machine.env.TSORCH_LIBTORCH = machine.put('archive', { ...files, 'libtorch/build-version': '2.13.0+cpu\n' });
    assert.equal(machine.resolve().libtorch?.version, '2.13.0+cpu');
    const header = '#define TORCH_VERSION_MAJOR 2\n#define TORCH_VERSION_MINOR 13\n#define TORCH_VERSION_PATCH 1\n';
    machine.env.TSORCH_LIBTORCH = machine.put('build', {
      ...files,
      'libtorch/include/torch/headeronly/version.h': header,
    });
    assert.equal(machine.resolve().libtorch?.version, '2.13.1');
    machine.env.TSORCH_LIBTORCH = machine.put('mute', files);
    assert.match(machine.resolve().attempts[0]?.result ?? '', /does not say its version/);
  });

  it("finds the PATH's python3: a virtual environment's, pyenv's, a plain one", () => {
    const machine = new Machine();
    const at = (bin: string) =>
      Object.assign(machine.env, { PATH: `${join(machine.folder, 'empty')}:${join(machine.folder, bin)}` });
    machine.put('usr', { 'bin/python3.12': '', ...prefixed('lib/python3.12/site-packages/') });
    symlinkSync('python3.12', join(machine.folder, 'usr/bin/python3'));
    at('usr/bin');
    assert.equal(machine.found(), 'usr/lib/python3.12/site-packages/torch');

    machine.put('venv', { 'pyvenv.cfg': '', 'bin/.keep': '', ...prefixed('lib/python3.12/site-packages/') });
    symlinkSync(join(machine.folder, 'usr/bin/python3'), join(machine.folder, 'venv/bin/python3'));
    at('venv/bin');
    assert.equal(machine.found(), 'venv/lib/python3.12/site-packages/torch');

    machine.put('.pyenv', {
      'shims/python3': '#!/bin/sh\n',
      ...prefixed('versions/3.13.1/lib/python3.13/site-packages/'),
    });
    chmodSync(join(machine.folder, '.pyenv/shims/python3'), 0o755);
    at('.pyenv/shims');
    machine.env.PYENV_VERSION = '3.13.1';
    assert.equal(machine.found(), '.pyenv/versions/3.13.1/lib/python3.13/site-packages/torch');
  });

  it("lists NVIDIA's libraries in the order of their needs, where LibTorch cannot find them itself", () => {
    const machine = new Machine();
    machine.env.TSORCH_LIBTORCH = machine.put('torch-only');
    const { libtorch } = machine.resolve();
    assert.ok(libtorch);
    const site = machine.put('site', {
      'nvidia/cu13/lib/libcublas.so.13': '',
      'nvidia/cu13/lib/libcublasLt.so.13': '',
      'nvidia/cu13/lib/libcudart.so.13': '',
      'nvidia/cudnn/lib/libcudnn.so.9': '',
    });
    const names = nvidiaLibraries(libtorch, [site]).map((path) => path.slice(site.length + 1));
    assert.deepEqual(names, [
      'nvidia/cu13/lib/libcudart.so.13',
      'nvidia/cu13/lib/libcublasLt.so.13',
      'nvidia/cu13/lib/libcublas.so.13',
      'nvidia/cudnn/lib/libcudnn.so.9',
    ]);
    machine.put('torch-only', { 'nvidia/cu13/lib/libcudart.so.13': '' });
    assert.deepEqual(nvidiaLibraries(libtorch, [site]), []);
  });
});

function prefixed(prefix: string): Record<string, string> {
  return Object.fromEntries(Object.entries(libtorchFiles('2.13.0')).map(([name, text]) => [prefix + name, text]));
}
