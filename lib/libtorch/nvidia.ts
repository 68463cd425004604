/** Lists NVIDIA's libraries that LibTorch needs where it cannot find them by itself. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type LibTorch, nvidiaBeside } from './layout';

/** The order in which PyTorch itself maps them: cublasLt before cublas, what others need first. */
const ORDER = [
  'cudart',
  'cupti',
  'nvJitLink',
  'cusparse',
  'cublasLt',
  'cublas',
  'cufft',
  'curand',
  'nvrtc',
  'nvrtc-builtins',
  'cusolver',
  'cufile',
  'cudnn',
  'cusparseLt',
  'nccl',
  'nvshmem_host',
];

/**
 * The absolute paths of NVIDIA's libraries in the Python package folders `sites`, in the order in which they must be
 * mapped; none where LibTorch finds them beside itself.
 */
export function nvidiaLibraries(libtorch: LibTorch, sites: readonly string[]): string[] {
  if (nvidiaBeside(libtorch) !== null) return [];
  const found = sites.flatMap((site) => libraryFiles(join(site, 'nvidia')));
  return ORDER.flatMap((name) => found.find((path) => path.includes(`/lib${name}.so.`)) ?? []);
}

/** `nvidia/<package>/lib/*.so.*`: one package for most of CUDA 13, one a library for CUDA 12. */
function libraryFiles(nvidia: string): string[] {
  return entries(nvidia).flatMap((name) => entries(join(nvidia, name, 'lib')).map((f) => join(nvidia, name, 'lib', f)));
}

function entries(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder) : [];
}
