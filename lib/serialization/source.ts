/** Where files are read from: a path or bytes in memory, at once or without blocking the event loop. */
import { closeSync, fstatSync, openSync, read, readSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { RuntimeError } from '../errors';
import { native } from '../native';
import { wrap } from '../ops';
import type { Tensor } from '../tensor';
import { emptyPieces } from './memory';

/** What can be read: a path or file URL, or the bytes of a file. */
export type Readable = string | URL | Uint8Array | ArrayBuffer;

/** A wish for bytes of a file. */
export interface ReadRequest {
  readonly position: number;
  /** Where the bytes go: all of it is filled. */
  readonly buffer: Uint8Array;
}

/** Steps towards a value, with pauses for bytes. */
export type Reading<T> = Generator<ReadRequest, T, void>;

/** A file, or its bytes in memory. */
export class Source {
  readonly path: string | null;
  readonly size: number;
  private readonly memory: Uint8Array | null;
  private readonly descriptor: number;

  constructor(from: Readable) {
    const path = typeof from === 'string' ? from : from instanceof URL ? fileURLToPath(from) : null;
    this.path = path;
    this.memory = path === null ? asBytes(from) : null;
    this.descriptor = path === null ? -1 : openSync(path, 'r');
    this.size = this.memory?.length ?? fstatSync(this.descriptor).size;
  }

  /** @internal The bytes at a position: in a file a copy, of bytes in memory a part. Throws a RuntimeError if there are fewer. */
  read(position: number, length: number): Buffer {
    this.check(position, length);
    if (this.memory !== null) {
      return Buffer.from(this.memory.buffer, this.memory.byteOffset + position, length);
    }
    const buffer = Buffer.allocUnsafe(length);
    this.fillSync({ position, buffer });
    return buffer;
  }

  /** Reads as many bytes as a contiguous uint8 tensor has; reports how many have come each time. */
  *readInto(position: number, bytes: Tensor, report: (count: number) => void = () => {}): Reading<void> {
    const length = bytes.numel();
    this.check(position, length);
    let at = position;
    for (const piece of emptyPieces(bytes)) {
      if (this.memory === null) yield { position: at, buffer: piece };
      else piece.set(this.memory.subarray(at, at + piece.length));
      at += piece.length;
      report(piece.length);
    }
  }

  /** The whole file as a 1-d uint8 tensor whose pages are read when they are touched. */
  map(): Tensor {
    return wrap(native.mapFile(this.path as string, this.descriptor, this.size));
  }

  /** The bytes in memory as they are; null for a file. */
  get bytes(): Uint8Array | null {
    return this.memory;
  }

  /** @internal */
  fillSync({ position, buffer }: ReadRequest): void {
    for (let done = 0; done < buffer.length; ) {
      const count = readSync(this.descriptor, buffer, done, buffer.length - done, position + done);
      if (count === 0) throw endedEarly();
      done += count;
    }
  }

  /** @internal */
  async fill({ position, buffer }: ReadRequest): Promise<void> {
    for (let done = 0; done < buffer.length; ) {
      const { bytesRead } = await readAsync(this.descriptor, buffer, done, buffer.length - done, position + done);
      if (bytesRead === 0) throw endedEarly();
      done += bytesRead;
    }
  }

  close(): void {
    if (this.descriptor >= 0) closeSync(this.descriptor);
  }

  private check(position: number, length: number): void {
    if (position < 0 || length < 0 || position + length > this.size) throw endedEarly();
  }
}

const readAsync = promisify(read);

function endedEarly(): RuntimeError {
  return new RuntimeError('the file is truncated or damaged: it refers to bytes beyond its end');
}

function asBytes(from: Readable): Uint8Array {
  if (from instanceof Uint8Array) return from;
  if (from instanceof ArrayBuffer) return new Uint8Array(from);
  throw new TypeError('expected a path, a URL, a Buffer or an ArrayBuffer to load from');
}

/** Takes all steps of a reading at once. */
export function readNow<T>(from: Readable, steps: (source: Source) => Reading<T>): T {
  const source = new Source(from);
  const reading = steps(source);
  try {
    for (;;) {
      const step = reading.next();
      if (step.done) return step.value;
      source.fillSync(step.value);
    }
  } finally {
    end(source, reading);
  }
}

/** Takes all steps of a reading and lets the event loop run while bytes are fetched. */
export async function readLater<T>(from: Readable, steps: (source: Source) => Reading<T>): Promise<T> {
  const source = new Source(from);
  const reading = steps(source);
  try {
    for (;;) {
      const step = reading.next();
      if (step.done) return step.value;
      await source.fill(step.value);
    }
  } finally {
    end(source, reading);
  }
}

/** Where bytes could not be fetched, the reading lets go of the memory that they were for. */
function end(source: Source, reading: Reading<unknown>): void {
  reading.return(undefined);
  source.close();
}
