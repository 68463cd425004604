/** Reads zip archives by their central directory, which nothing in them may contradict. */
import { crc32, inflateRawSync } from 'node:zlib';
import { RuntimeError } from '../../errors';
import type { Source } from '../source';
import * as zip from './format';

// Synchronous access at random, which PyTorch's `load` needs, is what the packages for zip archives lack.

/** A file in an archive. */
export interface Entry {
  readonly name: string;
  readonly size: number;
  readonly packedSize: number;
  /** The checksum of the unpacked bytes. */
  readonly crc32: number;
  readonly isPacked: boolean;
  readonly headerPosition: number;
  /** Where the next entry or the directory begins: the bytes end before. */
  readonly limit: number;
}

interface Directory {
  readonly position: number;
  readonly size: number;
  readonly count: number;
}

/** How many bytes packed entries may unpack to in all, unless more is asked for: what a zip bomb is stopped at. */
const MAX_UNPACKED_BYTES = 2 ** 30;
const CHUNK_BYTES = 2 ** 24;
const MAX_COMMENT_BYTES = 0xffff;

/** The entries of an archive by name. */
export class ZipArchive {
  readonly entries: ReadonlyMap<string, Entry>;
  private unpackedBytes = 0;

  /** Throws a RuntimeError if the archive is damaged. */
  constructor(
    private readonly source: Source,
    private readonly maxUnpackedBytes = MAX_UNPACKED_BYTES,
  ) {
    this.entries = readEntries(source);
  }

  /** Where the bytes of an entry begin. */
  position(entry: Entry): number {
    const header = this.source.read(entry.headerPosition, zip.LOCAL_HEADER_BYTES);
    if (header.readUInt32LE(0) !== zip.LOCAL_HEADER) throw damaged('failed locating a local header');
    const position = entry.headerPosition + zip.LOCAL_HEADER_BYTES + header.readUInt16LE(26) + header.readUInt16LE(28);
    if (position + entry.packedSize > entry.limit)
      throw damaged(`the bytes of ${entry.name} reach into the next entry`);
    return position;
  }

  /** Compares the bytes of an entry with its checksum. Throws a RuntimeError if they are others. */
  verify(entry: Entry): void {
    let sum = 0;
    if (entry.isPacked) {
      sum = crc32(this.bytes(entry));
    } else {
      const start = this.position(entry);
      for (let done = 0; done < entry.size; done += CHUNK_BYTES) {
        sum = crc32(this.source.read(start + done, Math.min(CHUNK_BYTES, entry.size - done)), sum);
      }
    }
    if (sum !== entry.crc32) throw damaged(`the checksum of ${entry.name} is wrong`);
  }

  /** The bytes of an entry, unpacked. */
  bytes(entry: Entry): Buffer {
    const packed = this.source.read(this.position(entry), entry.packedSize);
    if (!entry.isPacked) return packed;
    this.unpackedBytes += entry.size;
    if (this.unpackedBytes > this.maxUnpackedBytes) {
      throw new RuntimeError(
        `the archive unpacks to more than ${this.maxUnpackedBytes} bytes: pass maxUnpackedBytes if you trust it`,
      );
    }
    return unpack(packed, entry);
  }
}

function unpack(packed: Buffer, { name, size }: Entry): Buffer {
  let unpacked: Buffer;
  try {
    unpacked = inflateRawSync(packed, { maxOutputLength: Math.max(size, 1) });
  } catch (error) {
    throw damaged(`failed unpacking ${name} (${(error as Error).message})`);
  }
  if (unpacked.length !== size) throw damaged(`${name} unpacks to ${unpacked.length} bytes instead of ${size}`);
  return unpacked;
}

/** PyTorch's sentence. */
function damaged(what: string): RuntimeError {
  return new RuntimeError(`PytorchStreamReader failed reading zip archive: ${what}`);
}

function readEntries(source: Source): Map<string, Entry> {
  const directory = findDirectory(source);
  const bytes = source.read(directory.position, directory.size);
  const raw: Omit<Entry, 'limit'>[] = [];
  let at = 0;
  for (let i = 0; i < directory.count; i++) {
    if (at + zip.CENTRAL_HEADER_BYTES > bytes.length || bytes.readUInt32LE(at) !== zip.CENTRAL_HEADER) {
      throw damaged('invalid central directory');
    }
    const [nameBytes, extraBytes, commentBytes] = [28, 30, 32].map((field) => bytes.readUInt16LE(at + field)) as [
      number,
      number,
      number,
    ];
    const end = at + zip.CENTRAL_HEADER_BYTES + nameBytes + extraBytes + commentBytes;
    if (end > bytes.length) throw damaged('invalid central directory');
    raw.push(readEntry(bytes.subarray(at, end), nameBytes, extraBytes));
    at = end;
  }
  return withLimits(raw, directory.position);
}

function readEntry(header: Buffer, nameBytes: number, extraBytes: number): Omit<Entry, 'limit'> {
  const nameEnd = zip.CENTRAL_HEADER_BYTES + nameBytes;
  const name = header.toString('utf8', zip.CENTRAL_HEADER_BYTES, nameEnd);
  const [flags, method] = [header.readUInt16LE(8), header.readUInt16LE(10)];
  if (flags & 1) throw damaged(`${name} is encrypted`);
  if (method !== zip.STORED && method !== zip.DEFLATED) throw damaged(`unsupported compression method of ${name}`);
  const wide = new WideNumbers(header.subarray(nameEnd, nameEnd + extraBytes), name);
  const size = wide.number(header.readUInt32LE(24));
  const packedSize = wide.number(header.readUInt32LE(20));
  const headerPosition = wide.number(header.readUInt32LE(42));
  const isPacked = method === zip.DEFLATED;
  if (!isPacked && size !== packedSize) throw damaged(`the sizes of ${name} contradict each other`);
  return { name, size, packedSize, crc32: header.readUInt32LE(16), isPacked, headerPosition };
}

/** The numbers of 64 bits among an entry's extra fields, in the order in which they are missed. */
class WideNumbers {
  private readonly field: Buffer;
  private at = 0;

  constructor(
    extra: Buffer,
    private readonly name: string,
  ) {
    this.field = extra.subarray(0, 0);
    for (let at = 0; at + 4 <= extra.length; ) {
      const end = at + 4 + extra.readUInt16LE(at + 2);
      if (extra.readUInt16LE(at) === zip.EXTRA64) this.field = extra.subarray(at + 4, end);
      at = end;
    }
  }

  number(narrow: number): number {
    if (narrow !== zip.FULL32) return narrow;
    if (this.at + 8 > this.field.length) throw damaged(`the sizes of ${this.name} are missing`);
    this.at += 8;
    return wideNumber(this.field, this.at - 8);
  }
}

function wideNumber(bytes: Buffer, at: number): number {
  const number = Number(bytes.readBigUInt64LE(at));
  if (!Number.isSafeInteger(number)) throw damaged('absurd sizes');
  return number;
}

/** Entries end where the next one begins: none shares bytes with another, as those of some zip bombs do. */
function withLimits(raw: readonly Omit<Entry, 'limit'>[], end: number): Map<string, Entry> {
  const entries = new Map<string, Entry>();
  const sorted = [...raw].sort((a, b) => a.headerPosition - b.headerPosition);
  const limits = new Map(sorted.map((entry, i) => [entry, sorted[i + 1]?.headerPosition ?? end]));
  for (const entry of raw) {
    const limit = limits.get(entry) as number;
    if (entry.headerPosition + entry.packedSize > limit) throw damaged(`${entry.name} reaches into the next entry`);
    if (entries.has(entry.name)) throw damaged(`${entry.name} is there twice`);
    entries.set(entry.name, { ...entry, limit });
  }
  return entries;
}

function findDirectory(source: Source): Directory {
  const tailBytes = Math.min(source.size, zip.END_BYTES + MAX_COMMENT_BYTES);
  const tail = source.read(source.size - tailBytes, tailBytes);
  for (let at = tail.length - zip.END_BYTES; at >= 0; at--) {
    if (tail.readUInt32LE(at) !== zip.END) continue;
    if (at + zip.END_BYTES + tail.readUInt16LE(at + 20) !== tail.length) continue;
    const position = source.size - tailBytes + at;
    return checked(wideDirectory(source, position) ?? narrowDirectory(tail, at), position);
  }
  throw damaged('failed finding central directory');
}

function narrowDirectory(tail: Buffer, at: number): Directory {
  return { position: tail.readUInt32LE(at + 16), size: tail.readUInt32LE(at + 12), count: tail.readUInt16LE(at + 10) };
}

function wideDirectory(source: Source, endPosition: number): Directory | null {
  const locatorPosition = endPosition - zip.END64_LOCATOR_BYTES;
  if (locatorPosition < 0) return null;
  const locator = source.read(locatorPosition, zip.END64_LOCATOR_BYTES);
  if (locator.readUInt32LE(0) !== zip.END64_LOCATOR) return null;
  const end64 = source.read(wideNumber(locator, 8), zip.END64_BYTES);
  if (end64.readUInt32LE(0) !== zip.END64) throw damaged('invalid end of central directory');
  return { position: wideNumber(end64, 48), size: wideNumber(end64, 40), count: wideNumber(end64, 32) };
}

function checked(directory: Directory, end: number): Directory {
  const { position, size, count } = directory;
  if (position + size > end || count * zip.CENTRAL_HEADER_BYTES > size) throw damaged('invalid central directory');
  return directory;
}
