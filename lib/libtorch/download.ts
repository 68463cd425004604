/** Downloads a file over HTTP: goes on where an interrupted download stopped, and checks what came. */
import { createHash } from 'node:crypto';
import {
  createReadStream,
  createWriteStream,
  existsSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Archive } from './archives';

/** Called with the bytes that are there, of those that there will be (0 where the server does not say). */
export type Progress = (received: number, total: number) => void;

/** Times of a download in milliseconds; shorter in tests. */
export interface Patience {
  /** A connection that brings nothing for so long is given up. */
  readonly silence: number;
  /** The wait before the first new try; it doubles. */
  readonly pause: number;
  /** How many tries in a row may bring nothing new. */
  readonly tries: number;
}

const PATIENCE: Patience = { silence: 60_000, pause: 1_000, tries: 4 };

/** What a new try may not change: a status or a checksum. */
class FinalError extends Error {}

/**
 * Downloads `archive` to `target`. What an earlier, interrupted run left in `<target>.part` is gone on with if the
 * server still has the same file; a lost connection is taken up again.
 *
 * @throws Error that names the address and what went wrong.
 */
export async function download(
  archive: Archive,
  target: string,
  progress: Progress,
  patience = PATIENCE,
): Promise<void> {
  const part = `${target}.part`;
  let failures = 0;
  let progressed = false;
  for (;;) {
    const before = sizeOf(part);
    try {
      await receive(archive.url, part, progress, patience);
      break;
    } catch (error) {
      const gained = sizeOf(part) > before;
      progressed ||= gained;
      failures = gained ? 0 : failures + 1;
      const hopeless = error instanceof FinalError || (!progressed && isUnreachable(error));
      if (hopeless || failures >= patience.tries) throw named(archive.url, error);
      await sleep(patience.pause * 2 ** failures);
    }
  }
  await verify(archive, part);
  renameSync(part, target);
  rmSync(`${part}.validator`, { force: true });
}

/** One request, for what is missing in `part`. */
async function receive(url: string, part: string, progress: Progress, patience: Patience): Promise<void> {
  const abort = new AbortController();
  const silence = setTimeout(() => abort.abort(new Error('the server went silent')), patience.silence);
  try {
    const response = await fetch(url, { headers: resumption(part), signal: abort.signal });
    if (response.status === 416) {
      rmSync(part, { force: true });
      throw new Error('the server has another file than the one that was begun');
    }
    if (!response.ok || response.body === null) throw new FinalError(`HTTP ${response.status} ${response.statusText}`);
    const start = startOf(response);
    if (start !== 0 && start !== sizeOf(part)) throw new FinalError('the server sent another range than was asked for');
    const total = start + Number(response.headers.get('content-length') ?? 0);
    writeFileSync(`${part}.validator`, response.headers.get('etag') ?? response.headers.get('last-modified') ?? '');
    let received = start;
    const watch = async function* (chunks: AsyncIterable<Uint8Array>) {
      for await (const chunk of chunks) {
        silence.refresh();
        received += chunk.byteLength;
        progress(received, total);
        yield chunk;
      }
    };
    const body = Readable.fromWeb(response.body as ReadableStream<Uint8Array>);
    await pipeline(body, watch, createWriteStream(part, { flags: start === 0 ? 'w' : 'a' }));
    if (total > start && received < total) throw new Error(`the connection ended after ${received} of ${total} bytes`);
  } finally {
    clearTimeout(silence);
  }
}

/** Asks for the rest of a file that was begun, on condition that it is still the same. */
function resumption(part: string): Record<string, string> {
  const validator = existsSync(`${part}.validator`) ? readFileSync(`${part}.validator`, 'utf8') : '';
  // A weak validator may not be used for ranges; without any, only the whole file is safe.
  const plain = { 'accept-encoding': 'identity' };
  if (sizeOf(part) === 0 || validator === '' || validator.startsWith('W/')) return plain;
  return { ...plain, range: `bytes=${sizeOf(part)}-`, 'if-range': validator };
}

/** A server without ranges, or with another file by now, answers 200 and sends all of it. */
function startOf(response: Response): number {
  if (response.status !== 206) return 0;
  return Number(response.headers.get('content-range')?.match(/^bytes (\d+)-/)?.[1] ?? Number.NaN);
}

async function verify(archive: Archive, part: string): Promise<void> {
  if (archive.sha256 === null) return;
  const hash = createHash('sha256');
  await pipeline(createReadStream(part), hash);
  const actual = hash.digest('hex');
  if (actual === archive.sha256) return;
  rmSync(part, { force: true });
  rmSync(`${part}.validator`, { force: true });
  throw named(archive.url, new Error(`its SHA-256 is ${actual}, expected ${archive.sha256}; it was deleted`));
}

function sizeOf(path: string): number {
  return existsSync(path) ? statSync(path).size : 0;
}

/** A machine without a network is told so at once; a network that was there a moment ago is waited for. */
function isUnreachable(error: unknown): boolean {
  const { code } = ((error as Error).cause ?? {}) as NodeJS.ErrnoException;
  return code === 'ENOTFOUND' || code === 'EAI_AGAIN' || code === 'ECONNREFUSED';
}

/** What fetch throws says `fetch failed`, and the reason in its cause. */
function named(url: string, error: unknown): Error {
  const { message, cause } = error as Error;
  const reason =
    cause instanceof Error ? `${message}: ${cause.message || (cause as NodeJS.ErrnoException).code}` : message;
  return new Error(`${url}: ${reason}`, { cause: error });
}
