/** Settings of the whole process: threads, determinism, what was built. */
import { native } from './native';

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

/** How LibTorch was built, and how it works in parallel. */
export const config = { show: (): string => native.showConfig(), parallelInfo: (): string => native.parallelInfo() };

/** The versions of tsorch and of LibTorch. */
export const version = {
  tsorch: (require('../package.json') as { version: string }).version,
  libtorch: native.libtorchVersion(),
};
