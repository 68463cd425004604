/** Settings of the whole process: defaults, threads, determinism, precision, what was built. */
import { constructedOn, constructOn, type Device, device } from './device';
import { bfloat16, type DType, float16, float32, float64, setDefaultDtype } from './dtype';
import { RuntimeError } from './errors';
import { empty } from './generated/torch';
import { native } from './native';
import { typename } from './python-repr';
import type { DeviceLike } from './types';

/**
 * Sets the device on which factories (`torch.zeros`, `torch.tensor`, ...) put tensors where none is named; null takes it
 * back. `torch.device('cuda', () => ...)` does so for the run of a function.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.set_default_device.html
 */
export function setDefaultDevice(chosen: DeviceLike | null): void {
  constructOn(chosen === null ? null : device(chosen));
}

/**
 * The device on which factories put tensors where none is named.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.get_default_device.html
 */
export function getDefaultDevice(): Device {
  const chosen = constructedOn(null) ?? device('cpu');
  return chosen.type === 'cuda' && chosen.index === null ? empty([0], { device: chosen }).device : chosen;
}

const TENSOR_TYPES: Readonly<Record<string, DType>> = {
  'torch.HalfTensor': float16,
  'torch.BFloat16Tensor': bfloat16,
  'torch.FloatTensor': float32,
  'torch.DoubleTensor': float64,
};

/**
 * Sets the default dtype by the name of an old tensor type, `'torch.DoubleTensor'`; newer code calls `setDefaultDtype` and
 * `setDefaultDevice`, and types of other devices are refused.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.set_default_tensor_type.html
 * @throws TypeError for any other type.
 */
export function setDefaultTensorType(type: string): void {
  const dtype = TENSOR_TYPES[type];
  if (dtype === undefined) throw new TypeError('only floating-point types are supported as the default type');
  setDefaultDtype(dtype);
}

/** The threads that an operator may use on the CPU. @see https://docs.pytorch.org/docs/2.13/generated/torch.get_num_threads.html */
export function getNumThreads(): number {
  return native.getNumThreads();
}

/** Sets them. @throws RuntimeError unless positive. @see https://docs.pytorch.org/docs/2.13/generated/torch.set_num_threads.html */
export function setNumThreads(threads: number): void {
  native.setNumThreads(threads);
}

/** The threads that run operators beside each other. */
export function getNumInteropThreads(): number {
  return native.getNumInteropThreads();
}

/** Sets them: once, before any is used. @throws RuntimeError afterwards. */
export function setNumInteropThreads(threads: number): void {
  native.setNumInteropThreads(threads);
}

/**
 * Makes operators deterministic, and those that cannot be throw (or warn).
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.use_deterministic_algorithms.html
 */
export function useDeterministicAlgorithms(mode: boolean, { warnOnly = false }: { warnOnly?: boolean } = {}): void {
  native.useDeterministicAlgorithms(mode, warnOnly);
}

/** Whether deterministic algorithms are asked for. */
export function areDeterministicAlgorithmsEnabled(): boolean {
  return native.areDeterministicAlgorithmsEnabled();
}

/**
 * Makes the warnings that LibTorch gives once per process come every time: for tests of them.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.set_warn_always.html
 */
export function setWarnAlways(b: boolean): void {
  native.setWarnAlways(b);
}

/** Whether they come every time. @see https://docs.pytorch.org/docs/2.13/generated/torch.is_warn_always_enabled.html */
export function isWarnAlwaysEnabled(): boolean {
  return native.isWarnAlwaysEnabled();
}

/** Whether operators that cannot be deterministic only warn. @see https://docs.pytorch.org/docs/2.13/generated/torch.is_deterministic_algorithms_warn_only_enabled.html */
export function isDeterministicAlgorithmsWarnOnlyEnabled(): boolean {
  return native.deterministicAlgorithmsWarnOnly();
}

const DEBUG_MODES = ['default', 'warn', 'error'];

/**
 * Sets what happens where an operator is not deterministic: nothing (0 or `'default'`), a warning (1, `'warn'`) or an error
 * (2, `'error'`).
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.set_deterministic_debug_mode.html
 * @throws RuntimeError for any other mode.
 */
export function setDeterministicDebugMode(debugMode: number | 'default' | 'warn' | 'error'): void {
  if (typeof debugMode !== 'number' && typeof debugMode !== 'string') {
    throw new TypeError(`debug_mode must be str or int, but got <class '${typename(debugMode)}'>`);
  }
  const level = typeof debugMode === 'string' ? DEBUG_MODES.indexOf(debugMode) : debugMode;
  if (!(level in DEBUG_MODES)) {
    const expected = typeof debugMode === 'string' ? 'one of `default`, `warn`, `error`' : '0, 1, or 2';
    throw new RuntimeError(`invalid value of debug_mode, expected ${expected}, but got ${debugMode}`);
  }
  native.useDeterministicAlgorithms(level > 0, level === 1);
}

/** The level that `setDeterministicDebugMode` sets: 0, 1 or 2. */
export function getDeterministicDebugMode(): number {
  if (!native.areDeterministicAlgorithmsEnabled()) return 0;
  return native.deterministicAlgorithmsWarnOnly() ? 1 : 2;
}

/**
 * Sets how exactly float32 matrices are multiplied: `'highest'`, `'high'` (TensorFloat32 or two bfloat16) or `'medium'`
 * (bfloat16), where the hardware can gain by it.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.set_float32_matmul_precision.html
 */
export function setFloat32MatmulPrecision(precision: 'highest' | 'high' | 'medium'): void {
  native.setFloat32MatmulPrecision(precision);
}

/** How exactly float32 matrices are multiplied. @see https://docs.pytorch.org/docs/2.13/generated/torch.get_float32_matmul_precision.html */
export function getFloat32MatmulPrecision(): 'highest' | 'high' | 'medium' {
  return native.float32MatmulPrecision();
}

/**
 * Sets whether numbers too small to be normal count as zero on the CPU; gives whether the CPU can do so.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.set_flush_denormal.html
 */
export function setFlushDenormal(mode: boolean): boolean {
  return native.setFlushDenormal(mode);
}

/** Whether LibTorch was built with a part, by its own account. */
function builtWith(part: RegExp): boolean {
  return part.test(native.showConfig());
}

/** Whether LibTorch has Intel's mathematical library. */
export const hasMkl = builtWith(/USE_MKL=(ON|1)/);

/** Whether LibTorch has a library of decompositions. */
export const hasLapack = builtWith(/LAPACK_INFO=\w/);

/** Whether LibTorch works in parallel by OpenMP. */
export const hasOpenmp = builtWith(/USE_OPENMP=(ON|1)/);

/** Whether LibTorch has Fourier transforms: it always does. */
export const hasSpectral = true;

/** How LibTorch was built, and how it works in parallel. */
export const config = { show: (): string => native.showConfig(), parallelInfo: (): string => native.parallelInfo() };

/** The versions of tsorch and of LibTorch. */
export const version = {
  tsorch: (require('../package.json') as { version: string }).version,
  libtorch: native.libtorchVersion(),
};
