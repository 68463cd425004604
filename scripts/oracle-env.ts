/**
 * Makes the Python environment `.venv` in which PyTorch is the tests' oracle and torchgen the generator's source: the
 * version of LibTorch that tsorch uses, and what PyTorch's own test suite needs.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { findAddons } from '../lib/libtorch/preload';
import { PACKAGE_ROOT, resolveLibTorch } from '../lib/libtorch/resolve';
import { DEFAULT_VERSION, SOURCE_MINORS } from '../lib/libtorch/versions';
import { run } from './run';

/** What torch.testing and torchgen import, and the judge of safetensors files. */
const PACKAGES = ['numpy', 'expecttest', 'hypothesis', 'pyyaml', 'safetensors'];

const VENV = join(PACKAGE_ROOT, '.venv');
const PYTHON = join(VENV, 'bin', 'python');
const STAMP = join(VENV, 'tsorch-oracle.json');

/** Prints the version of the torch that imports with all that the tests need, or fails. */
const PROBE =
  'import torch, numpy, expecttest, hypothesis, yaml, safetensors, torchgen; print(torch.__version__.split("+")[0])';

run(async () => {
  const minors = findAddons()?.minors ?? SOURCE_MINORS;
  const { libtorch } = resolveLibTorch({ env: process.env, minors, headers: false });
  const version = libtorch?.version.split('+')[0] ?? DEFAULT_VERSION;
  const wanted = JSON.stringify({ torch: version, packages: PACKAGES });
  if (existsSync(PYTHON) && existsSync(STAMP) && readFileSync(STAMP, 'utf8') === wanted) return;
  if (!existsSync(PYTHON)) createEnvironment();
  if (libtorch !== null) lendTorch(dirname(libtorch.root));
  if (probe() !== version) {
    console.error(`tsorch: installing PyTorch ${version} for the tests into ${VENV}`);
    pip('install', `torch==${version}`, ...PACKAGES);
    const found = probe();
    if (found !== version) throw new Error(`${PYTHON} imports torch ${found ?? 'not at all'}, ${version} is needed`);
  }
  writeFileSync(STAMP, wanted);
});

function createEnvironment(): void {
  const python = process.env.PYTHON ?? 'python3';
  if (spawnSync(python, ['-m', 'venv', VENV], { stdio: 'inherit' }).status === 0) return;
  throw new Error(
    `the tests compare with PyTorch and need Python 3 with venv and pip: \`${python} -m venv ${VENV}\` failed; install them (apt install python3-venv python3-pip) or name another Python in PYTHON`,
  );
}

/** The torch of a Python environment of the same version, complete with Python's part, need not be installed twice. */
function lendTorch(site: string): void {
  const own = execFileSync(PYTHON, ['-c', 'import sysconfig; print(sysconfig.get_path("purelib"))'], {
    encoding: 'utf8',
  });
  const complete = existsSync(join(site, 'torch', '__init__.py')) && existsSync(join(site, 'torchgen'));
  if (!complete || site === own.trim() || site.match(/python3\.\d+/)?.[0] !== own.match(/python3\.\d+/)?.[0]) return;
  console.error(`tsorch: the tests use PyTorch of ${site}`);
  writeFileSync(join(own.trim(), 'tsorch-oracle.pth'), `${site}\n`);
  pip('install', ...PACKAGES);
}

function probe(): string | null {
  const { status, stdout } = spawnSync(PYTHON, ['-c', PROBE], { encoding: 'utf8' });
  return status === 0 ? stdout.trim() : null;
}

function pip(...args: string[]): void {
  execFileSync(PYTHON, ['-m', 'pip', '--disable-pip-version-check', ...args], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
}
