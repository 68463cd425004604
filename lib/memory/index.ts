/** What native memory JavaScript's tensors hold. */
import { native } from '../native';

export { keep, tidy } from './scope';

/** The native memory that this thread's live tensor handles keep from being freed. */
export interface MemoryUse {
  /** Live tensor handles. */
  readonly tensors: number;
  /** The bytes that they keep alive, storages that are shared counted once. */
  readonly bytes: number;
  /** The most bytes since the start, or since `resetPeak`. */
  readonly peakBytes: number;
}

/** Counts live tensors and their bytes. No function of PyTorch, whose Python counts references. */
export function memory(): MemoryUse {
  const [tensors, bytes, peakBytes] = native.memory();
  return { tensors, bytes, peakBytes };
}

/** Lets `peakBytes` begin again at the present bytes. */
memory.resetPeak = (): void => native.resetPeakMemory();

/** The bytes past which V8's garbage collector is run to free dead tensors; 64 MiB at first. */
memory.budget = (): number => native.memoryBudget();

/** Sets that number of bytes: more saves collections, less saves memory. */
memory.setBudget = (bytes: number): void => {
  native.memoryBudget(bytes);
};
