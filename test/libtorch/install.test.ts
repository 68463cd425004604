/** Installing LibTorch into the cache, from a pip and a server that are not real. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'mocha';
import type { Variant } from '../../lib/libtorch/cache';
import { installLibTorch } from '../../lib/libtorch/install';
import { temporaryFolder } from '../temporary';
import { fakePip, libtorchFiles, wheelFiles, writeFiles, writeZip } from './fixtures';
import { serve, sha256 } from './server';

const NVIDIA = 'nvidia/cu13/lib';
const NVIDIA_FILES = {
  [`${NVIDIA}/libcudart.so.13`]: '',
  [`${NVIDIA}/libcupti.so.13`]: '',
  [`${NVIDIA}/libnvperf.so`]: '',
};

/** A user with a cache and, in `shelf`, the wheels that pip would bring. */
class User {
  readonly folder = temporaryFolder();
  readonly shelf = join(this.folder, 'shelf');
  readonly cache = join(this.folder, 'cache', 'tsorch');
  readonly said: string[] = [];
  readonly env: NodeJS.ProcessEnv = { XDG_CACHE_HOME: join(this.folder, 'cache'), PATH: '' };

  hasPip(pause = 0): this {
    this.env.PATH = fakePip(this.shelf, pause);
    return this;
  }

  hasWheel(local: string, cuda: boolean): this {
    writeZip(join(this.shelf, `torch-2.13.0${local}-cp311-cp311-linux_x86_64.whl`), wheelFiles(`2.13.0${local}`, cuda));
    writeZip(join(this.shelf, 'nvidia_cuda-13.0.3-py3-none-any.whl'), {
      ...NVIDIA_FILES,
      'nvidia/cu13/include/cuda.h': '',
    });
    return this;
  }

  install(variant: Variant = 'cpu') {
    return installLibTorch({ env: this.env, variant, say: (line) => this.said.push(line) });
  }

  /** What pip was asked for. */
  requests(): string[] {
    return readFileSync(join(this.shelf, 'log'), 'utf8').trim().split('\n');
  }
}

function tree(folder: string): string[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((e) => e.isFile())
    .map((e) => join(e.parentPath, e.name).slice(folder.length + 1))
    .sort();
}

const CPU_FILES = [
  'torch/include/ATen/core/Tensor.h',
  'torch/lib/libc10.so',
  'torch/lib/libgomp.so.1',
  'torch/lib/libtorch_cpu.so',
  'torch/licenses/LICENSE',
  'torch/version.py',
];

describe('installing LibTorch', () => {
  it("takes from pip's CPU wheel the libraries, the headers and the licences", async () => {
    const user = new User().hasPip().hasWheel('+cpu', false);
    const { root, version } = await user.install();
    assert.equal(version, '2.13.0+cpu');
    assert.deepEqual(tree(join(root, '..')), CPU_FILES);
    assert.equal(user.requests().length, 1);
    assert.match(user.requests()[0] ?? '', /--no-deps torch==2\.13\.0$/);
    assert.deepEqual(readdirSync(user.cache), [`libtorch-2.13.0-cpu-${process.platform}-${process.arch}`]);
  });

  it("takes from pip's CUDA wheel the CPU part, and the two NVIDIA libraries that it needs", async () => {
    const user = new User().hasPip().hasWheel('', true);
    const { root, cuda } = await user.install();
    assert.equal(cuda, false);
    const nvidia = [`${NVIDIA}/libcudart.so.13`, `${NVIDIA}/libcupti.so.13`];
    assert.deepEqual(tree(join(root, '..')), [...nvidia, ...CPU_FILES]);
    assert.match(user.requests()[1] ?? '', / cuda-toolkit\[cudart,cupti\]==13\.0\.3$/);
  });

  it('takes all of it for CUDA', async () => {
    const user = new User().hasPip().hasWheel('', true);
    const { root, cuda } = await user.install('cuda');
    assert.equal(cuda, true);
    assert.ok(tree(join(root, '..')).includes(`${NVIDIA}/libnvperf.so`));
    assert.match(user.requests()[1] ?? '', / cuda-toolkit\[cublas,cudart,cupti\]==13\.0\.3$/);
  });

  it('says that pip has no CUDA build, where it has none', async () => {
    const user = new User().hasPip().hasWheel('+cpu', false);
    await assert.rejects(user.install('cuda'), /torch-2\.13\.0\+cpu-\S+\.whl, which has no CUDA[\s\S]*CUDA needs pip/);
  });

  it('downloads the archive where there is no pip, or where pip fails', async () => {
    const user = new User();
    const zip = readFileSync(writeZip(join(user.folder, 'a.zip'), { ...libtorchFiles('2.13.0+cpu', 'libtorch') }));
    const server = await serve(zip);
    try {
      user.env.TSORCH_LIBTORCH_URL = `${server.url}#sha256=${sha256(zip)}`;
      const { root } = await user.install();
      assert.deepEqual(
        tree(join(root, '..')),
        CPU_FILES.filter((name) => !name.includes('licenses')),
      );
      assert.equal(readdirSync(user.cache).length, 1);

      rmSync(user.cache, { recursive: true });
      writeFiles(user.hasPip().shelf, { broken: '' });
      await user.install();
      assert.ok(user.said.includes('that did not work: No matching distribution found for torch'));

      rmSync(user.cache, { recursive: true });
      user.env.TSORCH_LIBTORCH_URL = `${server.url}#sha256=${'0'.repeat(64)}`;
      await assert.rejects(user.install(), /its SHA-256 is/);
      assert.deepEqual(readdirSync(user.cache), []);
    } finally {
      server.close();
    }
  });

  it('rejects a damaged archive', async () => {
    const user = new User();
    const zip = readFileSync(writeZip(join(user.folder, 'a.zip'), libtorchFiles('2.13.0+cpu', 'libtorch')));
    zip[zip.indexOf('libtorch/version.py') + 30] ^= 0xff;
    const servers = [
      await serve(zip),
      await serve(zip.subarray(0, zip.length - 40)),
      await serve(Buffer.from('<html>')),
    ];
    try {
      for (const server of servers) {
        user.env.TSORCH_LIBTORCH_URL = server.url;
        await assert.rejects(user.install(), /could not be fetched/);
        assert.deepEqual(readdirSync(user.cache), []);
      }
    } finally {
      for (const server of servers) server.close();
    }
  });

  it('rejects an archive of another version', async () => {
    const user = new User();
    const server = await serve(
      readFileSync(writeZip(join(user.folder, 'a.zip'), libtorchFiles('2.9.1+cpu', 'libtorch'))),
    );
    try {
      user.env.TSORCH_LIBTORCH_URL = server.url;
      await assert.rejects(user.install(), /what came is LibTorch 2\.9\.1\+cpu, not 2\.13\.0/);
    } finally {
      server.close();
    }
  });

  it('lists all that was tried and what helps, where nothing works', async () => {
    const user = new User().hasPip();
    writeFiles(user.shelf, { broken: '' });
    const server = await serve(Buffer.from(''));
    server.close();
    user.env.TSORCH_LIBTORCH_URL = server.url;
    await assert.rejects(user.install(), (error: Error) => {
      assert.match(
        error.message,
        /^LibTorch 2\.13\.0 \(cpu\) could not be fetched\. Tried:\n {2}pip 99\.1 \(python3 -m pip\): No matching/,
      );
      assert.match(
        error.message,
        /\n {2}the archive of TSORCH_LIBTORCH_URL: http:\/\/127\.0\.0\.1:\d+\/libtorch\.zip: fetch failed: .*\nAny of these helps:\n(.*\n)*.*TSORCH_LIBTORCH/,
      );
      return true;
    });
  });

  it('downloads once for two who ask at once', async () => {
    const user = new User().hasPip(0.5).hasWheel('+cpu', false);
    const made = await Promise.all([user.install(), user.install()]);
    assert.deepEqual(made[0], made[1]);
    assert.equal(user.requests().length, 1);
    assert.ok(user.said.includes('another process is downloading LibTorch; waiting for it'));
  });

  it('starts cleanly after a run that was killed', async () => {
    const user = new User().hasPip().hasWheel('+cpu', false);
    const target = `libtorch-2.13.0-cpu-${process.platform}-${process.arch}`;
    writeFiles(user.cache, {
      [`${target}.partial-1/torch/lib/libc10.so`]: 'half',
      [`${target}/torch/lib/libtorch_cpu.so`]: 'half',
    });
    const { root } = await user.install();
    assert.deepEqual(tree(join(root, '..')), CPU_FILES);
    assert.deepEqual(readdirSync(user.cache), [target]);
    writeFileSync(join(user.shelf, 'broken'), '');
    assert.equal((await user.install()).root, root);
  });
});
