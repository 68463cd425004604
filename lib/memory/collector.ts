/** Runs V8's garbage collector when native memory asks for it: see Note [Collection] in binding/memory.h. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

type Collector = (options?: { type: 'minor' | 'major' }) => void;

let collect: Collector | undefined;

/** `gc` as `node --expose-gc` has it, without the flag: it is in every context that is made once the flag is set. */
function collector(): Collector {
  setFlagsFromString('--expose-gc');
  const gc = runInNewContext('gc') as Collector;
  setFlagsFromString('--no-expose-gc');
  return gc;
}

/** Collects garbage now: the young generation, or all of it. */
export function collectGarbage(full: boolean): void {
  collect ??= collector();
  collect({ type: full ? 'major' : 'minor' });
}
