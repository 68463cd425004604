/** Runs V8's garbage collector when native memory asks for it: see Note [Collection] in binding/memory.h. */
import { totalmem } from 'node:os';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

type Collector = (options?: { type: 'minor' }) => void;

/** Flags belong to the process: another worker may take the flag back between the two lines that need it. */
const ATTEMPTS = 100;

let collect: Collector | undefined;

/** `gc` as `node --expose-gc` has it, without the flag: it is in every context that is made once the flag is set. */
function collector(): Collector {
  if (typeof globalThis.gc === 'function') return globalThis.gc as Collector;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    setFlagsFromString('--expose-gc');
    const gc = runInNewContext('globalThis.gc') as Collector | undefined;
    setFlagsFromString('--no-expose-gc');
    if (gc !== undefined) return gc;
  }
  return () => {};
}

/** Collects garbage now: the young generation, or all of it. */
export function collectGarbage(full: boolean): void {
  collect ??= collector();
  // Node 20 takes any argument whatever for a wish to collect the young generation only.
  if (full) collect();
  else collect({ type: 'minor' });
}

/** The bytes of memory that this process may use: the machine's, or its container's. */
export function memoryLimit(): number {
  const constrained = process.constrainedMemory?.() ?? 0;
  return constrained > 0 && constrained < totalmem() ? constrained : totalmem();
}
