/** Warnings of LibTorch and of what PyTorch writes in Python, as Node's: `process.on('warning', ...)` hears them. */
import { isOwnFrame, withPythonTypes } from './errors';

/** Deep enough to find who called, through modules within modules. */
const FRAMES = 100;

/** What was said, and where: see `warn`. */
const said = new Set<string>();

/**
 * @internal Emits a warning, once for each text and place, as Python's `warnings` do; the place is the caller's line.
 * Never throws: a warning may come from deep inside a call.
 *
 * @param category Python's name of the class of warnings, Node's name of the warning.
 */
export function warn(message: string, category = 'UserWarning'): void {
  const text = withPythonTypes(message);
  const key = `${category}: ${text}\n${callingLine()}`;
  if (said.has(key)) return;
  said.add(key);
  process.emitWarning(text, category);
}

/** The first line of the stack that is not tsorch's own; an empty text where all are. */
function callingLine(): string {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = FRAMES;
  const lines = new Error().stack?.split('\n').slice(1) ?? [];
  Error.stackTraceLimit = limit;
  return lines.find((line) => !isOwnFrame(line)) ?? '';
}
