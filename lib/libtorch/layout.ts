/** Reads what a directory with a LibTorch holds: its libraries, headers and version. */
import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { minorOf } from './versions';

/** A LibTorch on this machine. */
export interface LibTorch {
  /** The directory that holds `lib/`: `torch/` of a Python package, `libtorch/` of an archive. */
  readonly root: string;
  /** Its headers, or null where only the libraries are there. */
  readonly include: string | null;
  /** Its version with the build it names, such as `2.13.0+cpu`. */
  readonly version: string;
  /** The first two numbers of the version. */
  readonly minor: string;
  /** Whether the CUDA libraries are there. */
  readonly cuda: boolean;
}

/** What a directory holds, or why it is no LibTorch. */
export type Inspection = { readonly found: LibTorch } | { readonly reason: string };

/** The file name of a shared library on this platform: `torch_cpu` gives `libtorch_cpu.so`. */
export function libraryName(name: string): string {
  return process.platform === 'darwin' ? `lib${name}.dylib` : `lib${name}.so`;
}

/** The absolute path of one of LibTorch's own libraries. */
export function libraryPath(libtorch: LibTorch, name: string): string {
  return join(libtorch.root, 'lib', libraryName(name));
}

/** Inspects `directory`, or the `torch` or `libtorch` folder in it. */
export function inspect(directory: string): Inspection {
  if (!existsSync(directory)) return { reason: 'no such directory' };
  const root = [directory, join(directory, 'torch'), join(directory, 'libtorch')]
    .map((path) => resolve(path))
    .find((path) => existsSync(join(path, 'lib', libraryName('torch_cpu'))));
  if (root === undefined) return { reason: `no lib/${libraryName('torch_cpu')} in it` };
  if (!existsSync(join(root, 'lib', libraryName('c10')))) {
    return { reason: `incomplete: lib/${libraryName('c10')} is missing` };
  }
  const version = readVersion(root);
  if (version === null) return { reason: 'it does not say its version (no version.py, build-version or version.h)' };
  const include = join(root, 'include');
  return {
    found: {
      root,
      include: existsSync(join(include, 'ATen', 'core', 'Tensor.h')) ? include : null,
      version,
      minor: minorOf(version),
      cuda: existsSync(join(root, 'lib', libraryName('torch_cuda'))),
    },
  };
}

/** The Python package says its version in version.py, the archive in build-version, a source build in its headers. */
function readVersion(root: string): string | null {
  const python = read(join(root, 'version.py'))?.match(/^__version__\s*=\s*['"]([^'"]+)/m)?.[1];
  const archive = read(join(root, 'build-version'))?.trim();
  return python || archive || readHeaderVersion(root);
}

function readHeaderVersion(root: string): string | null {
  for (const path of ['torch/headeronly/version.h', 'torch/csrc/api/include/torch/version.h']) {
    const header = read(join(root, 'include', path));
    const part = (name: string) => header?.match(new RegExp(`define TORCH_VERSION_${name} (\\d+)`))?.[1];
    if (part('MAJOR') !== undefined) return [part('MAJOR'), part('MINOR'), part('PATCH')].join('.');
  }
  return null;
}

function read(path: string): string | null {
  return existsSync(path) ? readFileSync(path, 'utf8') : null;
}

/**
 * Where NVIDIA's Python packages lie beside a LibTorch. A wheel's libraries look for them there by themselves
 * (their run path is `$ORIGIN/../../nvidia/...`), as long as the package is called `torch`.
 */
export function nvidiaBeside(libtorch: LibTorch): string | null {
  const nvidia = join(dirname(libtorch.root), 'nvidia');
  return basename(libtorch.root) === 'torch' && existsSync(nvidia) ? nvidia : null;
}
