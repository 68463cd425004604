/** The packed package, installed where there is no compiler and no install script runs, as npm 12 does it. */
import assert from 'node:assert/strict';
import { execFileSync, type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, realpathSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, it } from 'mocha';
import { findAddons } from '../../lib/libtorch/preload';
import { resolveLibTorch } from '../../lib/libtorch/resolve';
import { fakePip, wheelFiles, writeFiles, writeZip } from '../libtorch/fixtures';
import { root } from '../oracle/python';
import { temporaryFolder } from '../temporary';
import { SCRIPTS } from './scripts';

const MISSING =
  /^Error: LibTorch 2\.13 was not found: run `npx tsorch install` to download it, or `npx tsorch doctor` to see/m;

/** An empty project on a machine with Node and nothing else. */
const project = temporaryFolder();
const bin = join(project, 'bin');
const bare: NodeJS.ProcessEnv = { PATH: bin, HOME: join(project, 'home') };
let ready: NodeJS.ProcessEnv;

function node(args: readonly string[], env: NodeJS.ProcessEnv): SpawnSyncReturns<string> {
  return spawnSync(join(bin, 'node'), args, { cwd: project, env, encoding: 'utf8' });
}

function tsorch(args: readonly string[], env: NodeJS.ProcessEnv): SpawnSyncReturns<string> {
  return node([join('node_modules', '.bin', 'tsorch'), ...args], env);
}

/** npm as a script, so that it can be run without the shell and the tools that the PATH would bring. */
function npmCli(): string {
  const named = process.env.npm_execpath;
  if (named?.endsWith('npm-cli.js')) return named;
  return realpathSync(execFileSync('which', ['npm'], { encoding: 'utf8' }).trim());
}

describe('the published package', function () {
  this.timeout(300_000);

  before(() => {
    const { libtorch } = resolveLibTorch({ env: process.env, minors: findAddons()?.minors ?? [], headers: false });
    assert.ok(libtorch);
    ready = { ...bare, TSORCH_LIBTORCH: libtorch.root };
    const npm = (args: readonly string[], cwd: string, env = process.env) => {
      const { status, stdout, stderr } = spawnSync(process.execPath, [npmCli(), ...args], {
        cwd,
        env,
        encoding: 'utf8',
      });
      assert.equal(status, 0, stdout + stderr);
    };
    npm(['run', 'prebuild'], root);
    npm(['pack', '--ignore-scripts', '--pack-destination', project], root);
    const tarball = readdirSync(project).find((name) => name.endsWith('.tgz')) ?? '';
    mkdirSync(bin);
    symlinkSync(process.execPath, join(bin, 'node'));
    writeFiles(project, { 'package.json': JSON.stringify({ name: 'project', private: true }), ...SCRIPTS });
    const settings = { ...process.env, PATH: bin };
    npm(['install', '--ignore-scripts', '--no-audit', '--no-fund', join(project, tarball)], project, settings);
  });

  it('carries the compiled library and the addons, and no sources', () => {
    const installed = join(project, 'node_modules', 'tsorch');
    const names = readdirSync(installed).filter((name) => name !== 'package.json');
    assert.deepEqual(names.filter((name) => !/^(README|CHANGELOG|LICENSE)/.test(name)).sort(), ['dist', 'prebuilds']);
    const manifest = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'));
    for (const name of ['preinstall', 'install', 'postinstall']) assert.equal(manifest.scripts[name], undefined);
    assert.deepEqual(readdirSync(join(installed, 'prebuilds', `${process.platform}-${process.arch}`)).length, 2);
  });

  for (const name of ['train.cjs', 'train.mjs']) {
    it(`trains a step in ${name}`, () => {
      const { status, stdout, stderr } = node([name], ready);
      assert.equal(status, 0, stderr);
      assert.equal(stdout, 'trained\n');
    });
  }

  it('trains a step in TypeScript, with types', () => {
    const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
    const compiled = node([tsc, '-p', 'tsconfig.json'], bare);
    assert.equal(compiled.status, 0, compiled.stdout);
    const { status, stdout, stderr } = node(['train.js'], ready);
    assert.equal(status, 0, stderr);
    assert.equal(stdout, 'trained\n');
  });

  it('has a subpath for every namespace', () => {
    const { status, stdout, stderr } = node(['subpaths.cjs'], ready);
    assert.equal(status, 0, stderr);
    assert.match(stdout, /^\d+ subpaths\n$/);
  });

  it('says in one sentence what to do without LibTorch', () => {
    for (const name of ['train.cjs', 'train.mjs']) {
      const { status, stderr } = node([name], bare);
      assert.equal(status, 1);
      assert.match(stderr, MISSING);
    }
  });

  it('fetches LibTorch on import where TSORCH_AUTO_INSTALL=1', () => {
    const shelf = join(project, 'shelf');
    writeZip(join(shelf, 'torch-2.13.0+cpu-cp311-cp311-linux_x86_64.whl'), wheelFiles('2.13.0+cpu', false));
    const env = { ...bare, HOME: join(project, 'home2'), PATH: fakePip(shelf), TSORCH_AUTO_INSTALL: '1' };
    const { status, stdout, stderr } = node(['train.cjs'], env);
    // The libraries of that wheel are a few letters, so that loading them is where it ends.
    assert.equal(status, 1);
    assert.equal(stdout, '');
    assert.match(
      stderr,
      /fetching LibTorch 2\.13\.0 \(cpu\) through pip 99\.1[\s\S]*libc10\.so: (file too short|invalid ELF header)/,
    );
  });

  it('installs LibTorch with `tsorch install`, once', () => {
    const shelf = join(project, 'shelf-of-install');
    writeZip(join(shelf, 'torch-2.13.0+cpu-cp311-cp311-linux_x86_64.whl'), wheelFiles('2.13.0+cpu', false));
    const env = { ...bare, HOME: join(project, 'home3'), PATH: fakePip(shelf) };
    const first = tsorch(['install'], env);
    assert.match(first.stdout, /^LibTorch 2\.13\.0\+cpu is ready: /);
    const second = tsorch(['install'], env);
    assert.match(second.stdout, /^LibTorch 2\.13\.0\+cpu is here already: /);
    assert.equal(second.stderr, '');
  });

  it('examines itself with `tsorch doctor`', () => {
    const well = tsorch(['doctor'], ready);
    assert.equal(well.status, 0, well.stdout);
    assert.match(well.stdout, /\nLibTorch: 2\.13\.0\S*, (CPU only|with CUDA)\n[\s\S]*\nloading: works/);
    const ill = tsorch(['doctor'], bare);
    assert.equal(ill.status, 1);
    assert.match(
      ill.stdout,
      /\n {2}TSORCH_LIBTORCH: not set\n[\s\S]*\nLibTorch: none\n[\s\S]*`npx tsorch install` would fetch/,
    );
  });

  it('explains its command line', () => {
    const { status, stdout } = tsorch(['frobnicate'], bare);
    assert.equal(status, 2);
    assert.match(stdout, /^Usage: npx tsorch <command>/);
    assert.equal(
      tsorch(['--version'], bare).stdout,
      `${JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).version}\n`,
    );
  });
});
