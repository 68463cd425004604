/** Where files are written to: a path, in whose place they step only when they are complete, a stream, or memory. */
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  openSync,
  realpathSync,
  renameSync,
  statSync,
  unlinkSync,
  write,
  writeSync,
} from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/** What takes bytes: a stream, or anything else with a `write`. */
export interface Writer {
  write(bytes: Uint8Array): unknown;
}

/** What can be written to: a path or file URL, a stream or another object with `write`. */
export type Writable = string | URL | Writer;

/** The bytes of a file, one part after another; a part is good until the next is asked for. */
export type Parts = Generator<Uint8Array, void, void>;

const writeAsync = promisify(write);

// Note [Atomic saving]
// Bytes go to a new file beside the path, which takes the path's name when it is complete. A crash or an error leaves
// the old file as it was. A path that is no regular file, such as /dev/stdout, is written to directly.
class PendingFile {
  private readonly target: string;
  private readonly written: string;
  private readonly descriptor: number;

  constructor(path: string) {
    const old = statSync(path, { throwIfNoEntry: false });
    this.target = old === undefined ? path : realpathSync(path);
    const isDirect = old !== undefined && !old.isFile();
    this.written = isDirect ? this.target : `${this.target}.${randomBytes(6).toString('hex')}.tmp`;
    this.descriptor = openSync(this.written, isDirect ? 'w' : 'wx');
    if (old?.isFile()) chmodSync(this.written, old.mode);
  }

  writeSync(bytes: Uint8Array): void {
    for (let done = 0; done < bytes.length; ) done += writeSync(this.descriptor, bytes, done);
  }

  async write(bytes: Uint8Array): Promise<void> {
    for (let done = 0; done < bytes.length; ) {
      done += (await writeAsync(this.descriptor, bytes, done)).bytesWritten;
    }
  }

  finish(): void {
    closeSync(this.descriptor);
    if (this.written !== this.target) renameSync(this.written, this.target);
  }

  abandon(): void {
    closeSync(this.descriptor);
    if (this.written !== this.target) unlinkSync(this.written);
  }
}

function pathOf(to: Writable): string | null {
  if (typeof to === 'string') return to;
  if (to instanceof URL) return fileURLToPath(to);
  if (typeof (to as Writer | null)?.write === 'function') return null;
  throw new TypeError("expected a path, a URL, or an object with a 'write' method to save to");
}

/** The name of the file that is written, for formats that note it; null where there is none. */
export function nameOf(to: Writable | undefined): string | null {
  return to === undefined ? null : pathOf(to);
}

/** @internal All parts in one Buffer. */
export function collect(parts: Parts): Buffer {
  return Buffer.concat([...copies(parts)]);
}

function* copies(parts: Parts): Iterable<Buffer> {
  for (const part of parts) yield Buffer.from(part);
}

/** A path and the bytes that are to be written there. */
export type PendingParts = readonly [path: string, parts: Parts];

/** Writes all parts at once. */
export function writeNow(to: Writable, parts: Parts): void {
  const path = pathOf(to);
  if (path !== null) writeFilesNow([[path, parts]]);
  else for (const part of copies(parts)) (to as Writer).write(part);
}

/** Writes files one after another, which take their places in the same order when all are complete. */
export function writeFilesNow(files: readonly PendingParts[]): void {
  const pending = new PendingFiles();
  try {
    for (const [path, parts] of files) {
      const file = pending.add(path);
      for (const part of parts) file.writeSync(part);
    }
  } catch (error) {
    pending.abandon();
    throw error;
  }
  pending.finish();
}

/** Writes all parts and lets the event loop run meanwhile; waits for a stream that is full. */
export async function writeLater(to: Writable, parts: Parts): Promise<void> {
  const path = pathOf(to);
  if (path !== null) {
    await writeFilesLater([[path, parts]]);
    return;
  }
  for (const part of copies(parts)) {
    if ((to as Writer).write(part) === false) await drained(to as NodeJS.WritableStream);
  }
}

/** As `writeFilesNow`, but lets the event loop run meanwhile. */
export async function writeFilesLater(files: readonly PendingParts[]): Promise<void> {
  const pending = new PendingFiles();
  try {
    for (const [path, parts] of files) {
      const file = pending.add(path);
      for (const part of parts) await file.write(part);
    }
  } catch (error) {
    pending.abandon();
    throw error;
  }
  pending.finish();
}

class PendingFiles {
  private readonly files: PendingFile[] = [];

  add(path: string): PendingFile {
    const file = new PendingFile(path);
    this.files.push(file);
    return file;
  }

  finish(): void {
    for (const file of this.files) file.finish();
  }

  abandon(): void {
    for (const file of this.files) file.abandon();
  }
}

function drained(stream: NodeJS.WritableStream): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (error?: Error): void => {
      stream.off('drain', settle).off('error', settle).off('close', settle);
      if (error instanceof Error) reject(error);
      else resolve();
    };
    stream.on('drain', settle).on('error', settle).on('close', settle);
  });
}
