/** Makes what the tests of LibTorch's set-up look for: small directories and archives in LibTorch's layout. */
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pythonPath } from '../oracle/python';

/** Writes files, named by their paths in `folder`. */
export function writeFiles(folder: string, files: Readonly<Record<string, string>>): string {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

/** The files of a LibTorch as a wheel has them; its libraries are not real. */
export function libtorchFiles(version: string, prefix = 'torch'): Record<string, string> {
  return {
    [`${prefix}/version.py`]: `from typing import Optional\n__version__ = '${version}'\n`,
    [`${prefix}/lib/libtorch_cpu.so`]: 'cpu',
    [`${prefix}/lib/libc10.so`]: 'c10',
    [`${prefix}/lib/libgomp.so.1`]: 'gomp',
    [`${prefix}/include/ATen/core/Tensor.h`]: '#pragma once\n',
  };
}

/** The files of a whole wheel: beside LibTorch also Python's part, and for CUDA its libraries and requirements. */
export function wheelFiles(version: string, cuda: boolean): Record<string, string> {
  const requires = cuda ? 'Requires-Dist: cuda-toolkit[cublas,cudart,cupti]==13.0.3; platform_system == "Linux"\n' : '';
  return {
    ...libtorchFiles(version),
    ...(cuda ? { 'torch/lib/libtorch_cuda.so': 'cuda', 'torch/lib/libc10_cuda.so': 'c10 cuda' } : {}),
    'torch/__init__.py': '',
    'torch/lib/libtorch_python.so': 'python',
    [`torch-${version}.dist-info/METADATA`]: `Name: torch\nRequires-Dist: filelock\n${requires}`,
    [`torch-${version}.dist-info/licenses/LICENSE`]: 'a licence',
  };
}

/** Packs files as a zip archive at `path`. */
export function writeZip(path: string, files: Readonly<Record<string, string>>): string {
  const program =
    'import sys, json, zipfile\nz = zipfile.ZipFile(sys.argv[1], "w", zipfile.ZIP_DEFLATED)\n' +
    'for name, text in json.load(sys.stdin).items(): z.writestr(name, text)\nz.close()';
  mkdirSync(dirname(path), { recursive: true });
  const { status, stderr } = spawnSync(pythonPath(), ['-c', program, path], {
    input: JSON.stringify(files),
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stderr);
  return path;
}

/**
 * A `python3` whose pip answers `download` by copying from `shelf` the wheels that the requirements begin with, and
 * logs each request there.
 */
export function fakePip(shelf: string, pause = 0): string {
  const folder = join(shelf, 'bin');
  const script = `#!/bin/sh
case "$*" in
  *--version) echo "pip 99.1 from nowhere"; exit 0;;
esac
echo "$*" >> "${shelf}/log"
[ -e "${shelf}/broken" ] && { echo "ERROR: No matching distribution found for torch" >&2; exit 1; }
/bin/sleep ${pause}
while [ $# -gt 0 ]; do
  case "$1" in
    --dest) shift; dest="$1";;
    torch==*) /bin/cp ${shelf}/torch-*.whl "$dest";;
    cuda-toolkit*) /bin/cp ${shelf}/nvidia_*.whl "$dest";;
  esac
  shift
done
`;
  writeFiles(folder, { python3: script });
  chmodSync(join(folder, 'python3'), 0o755);
  return folder;
}
