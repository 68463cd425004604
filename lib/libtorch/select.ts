/** Chooses the files of a wheel or an archive that LibTorch needs to run and to be built against. */
import type { Variant } from './cache';
import type { Select } from './unzip';

/** Libraries for Python, for tests or for other tools: nothing that runs here links them. */
const UNUSED =
  /^lib(torch_python|torch_global_deps|shm|shm_windows|aoti_custom_ops|backend_with_compiler|jitbackend_test|torchbind_test)\./;

/** Libraries that only CUDA needs. */
const CUDA = /^lib(torch_cuda|torch_cuda_linalg|c10_cuda|torch_nvshmem|caffe2_nvrtc)\./;

/** Maps `torch/` of a wheel, or `libtorch/` of an archive, to `torch/`: libraries, headers, version and licences. */
export function selectLibTorch(variant: Variant): Select {
  return (name) => {
    const licence = name.match(/^torch-[^/]*\.dist-info\/licenses\/(.+)$/)?.[1];
    if (licence !== undefined) return `torch/licenses/${licence}`;
    const path = name.match(/^(?:lib)?torch\/(.+)$/)?.[1];
    if (path === undefined) return null;
    if (/^(version\.py|build-version)$/.test(path) || path.startsWith('include/')) return `torch/${path}`;
    const library = path.match(/^lib\/([^/]+\.(?:so|dylib)(?:\.[\d.]+)?)$/)?.[1];
    if (library === undefined || UNUSED.test(library) || (variant === 'cpu' && CUDA.test(library))) return null;
    return `torch/${path}`;
  };
}

/** Keeps NVIDIA's shared libraries: for the CPU only the two that LibTorch's CPU library is linked against. */
export function selectNvidia(variant: Variant): Select {
  return (name) => {
    if (!/^nvidia\/.+\/lib\/[^/]+\.so[^/]*$/.test(name)) return null;
    return variant === 'cuda' || /\/lib(cudart|cupti)\.so/.test(name) ? name : null;
  };
}
