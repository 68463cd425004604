/** Writes TorchScript programs to files. */
import { type Handle, native } from '../native';
import { type Parts, type Writable, writeNow } from '../serialization/sink';

/** Files that are saved beside a program, by name. */
export type ExtraFiles = Readonly<Record<string, string | Uint8Array>> | ReadonlyMap<string, string | Uint8Array>;

/** @internal The bytes of a native module's file. */
export function bytesOf(module: Handle, extra: ExtraFiles): Uint8Array {
  const entries: [string, string | Uint8Array][] = extra instanceof Map ? [...extra] : Object.entries(extra);
  const flat = entries.flatMap(([name, content]) => [
    name,
    typeof content === 'string' ? Buffer.from(content) : content,
  ]);
  return native.jitSave(module, flat);
}

/** @internal Writes a native module, whose file takes its place when it is complete. */
export function write(module: Handle, f: Writable, extra: ExtraFiles): void {
  writeNow(f, inOnePart(bytesOf(module, extra)));
}

function* inOnePart(bytes: Uint8Array): Parts {
  yield bytes;
}
