/** Writes zip archives as PyTorch does: stored, aligned so that they can be mapped, of any size. */
import { crc32 } from 'node:zlib';
import type { Parts } from '../sink';
import * as zip from './format';

// The packages that write zip archives cannot align what they store.

/** The bytes of one entry, whose number is known beforehand. */
export interface Content {
  readonly size: number;
  parts(): Iterable<Uint8Array>;
}

/** What an entry's place in the directory is made of. */
interface Written {
  readonly name: Buffer;
  readonly size: number;
  readonly crc: number;
  readonly position: number;
}

const UTF8_NAME = 0x0800;
const HAS_DESCRIPTOR = 0x0008;
/** PyTorch's tag of the extra field that fills up to the alignment. */
const PADDING_TAG = 0x4246;

/** Content that is at hand. */
export function contentOf(bytes: Uint8Array): Content {
  return { size: bytes.length, parts: () => [bytes] };
}

/** One archive: its entries, then its directory. */
export class ZipWriter {
  private readonly written: Written[] = [];
  private position = 0;

  constructor(private readonly alignment = 64) {}

  /** An entry whose bytes begin at a multiple of the alignment. */
  *entry(fileName: string, content: Content): Parts {
    const name = Buffer.from(fileName, 'utf8');
    const { size } = content;
    const position = this.position;
    const wide = size >= zip.FULL32 || position >= zip.FULL32;
    yield* this.count([localHeader(name, size, position, this.alignment)]);
    let crc = 0;
    for (const part of content.parts()) {
      crc = crc32(part, crc);
      yield* this.count([part]);
    }
    if (size > 0) yield* this.count([descriptor(crc, size, wide)]);
    this.written.push({ name, size, crc, position });
  }

  /** The directory, with which an archive ends. */
  *finish(): Parts {
    const position = this.position;
    yield* this.count(this.written.map(centralHeader));
    yield end(this.written.length, position, this.position);
  }

  /** The checksum over all entries. */
  get checksum(): number {
    return this.written.reduce((sum, { crc }) => (Math.imul(sum, 31) + crc) >>> 0, 0);
  }

  private *count(parts: Iterable<Uint8Array>): Parts {
    for (const part of parts) {
      this.position += part.length;
      yield part;
    }
  }
}

/** Numbers of 64 bits for those that are too large, as an extra field. */
function wideNumbers(...numbers: readonly number[]): Buffer {
  const wide = numbers.filter((number) => number >= zip.FULL32);
  if (wide.length === 0) return Buffer.alloc(0);
  const field = Buffer.alloc(4 + 8 * wide.length);
  field.writeUInt16LE(zip.EXTRA64, 0);
  field.writeUInt16LE(8 * wide.length, 2);
  wide.forEach((number, i) => {
    field.writeBigUInt64LE(BigInt(number), 4 + 8 * i);
  });
  return field;
}

function localHeader(name: Buffer, size: number, position: number, alignment: number): Buffer {
  // The sizes follow the bytes, in the descriptor; PyTorch notes large ones here too, packed and unpacked.
  const wide = wideNumbers(size, size, position);
  const start = position + zip.LOCAL_HEADER_BYTES + name.length + wide.length + 4;
  const padding = (alignment - (start % alignment)) % alignment;
  const header = Buffer.alloc(zip.LOCAL_HEADER_BYTES);
  header.writeUInt32LE(zip.LOCAL_HEADER, 0);
  header.writeUInt16LE(size > 0 ? UTF8_NAME | HAS_DESCRIPTOR : UTF8_NAME, 6);
  header.writeUInt16LE(name.length, 26);
  header.writeUInt16LE(wide.length + 4 + padding, 28);
  const filler = Buffer.alloc(4 + padding, 'Z');
  filler.writeUInt16LE(PADDING_TAG, 0);
  filler.writeUInt16LE(padding, 2);
  return Buffer.concat([header, name, wide, filler]);
}

function descriptor(crc: number, size: number, wide: boolean): Buffer {
  const bytes = Buffer.alloc(wide ? 24 : 16);
  bytes.writeUInt32LE(zip.DESCRIPTOR, 0);
  bytes.writeUInt32LE(crc, 4);
  if (wide) {
    bytes.writeBigUInt64LE(BigInt(size), 8);
    bytes.writeBigUInt64LE(BigInt(size), 16);
  } else {
    bytes.writeUInt32LE(size, 8);
    bytes.writeUInt32LE(size, 12);
  }
  return bytes;
}

function centralHeader({ name, size, crc, position }: Written): Buffer {
  const wide = wideNumbers(size, size, position);
  const header = Buffer.alloc(zip.CENTRAL_HEADER_BYTES);
  header.writeUInt32LE(zip.CENTRAL_HEADER, 0);
  header.writeUInt16LE(size > 0 ? UTF8_NAME | HAS_DESCRIPTOR : UTF8_NAME, 8);
  header.writeUInt32LE(crc, 16);
  header.writeUInt32LE(Math.min(size, zip.FULL32), 20);
  header.writeUInt32LE(Math.min(size, zip.FULL32), 24);
  header.writeUInt16LE(name.length, 28);
  header.writeUInt16LE(wide.length, 30);
  header.writeUInt32LE(Math.min(position, zip.FULL32), 42);
  return Buffer.concat([header, name, wide]);
}

const MADE_BY = 0x031e;
const NEEDED = 0x2d;

function end(count: number, position: number, directoryEnd: number): Buffer {
  const size = directoryEnd - position;
  const bytes = Buffer.alloc(zip.END64_BYTES + zip.END64_LOCATOR_BYTES + zip.END_BYTES);
  bytes.writeUInt32LE(zip.END64, 0);
  bytes.writeBigUInt64LE(BigInt(zip.END64_BYTES - 12), 4);
  bytes.writeUInt16LE(MADE_BY, 12);
  bytes.writeUInt16LE(NEEDED, 14);
  [count, count, size, position].forEach((number, i) => {
    bytes.writeBigUInt64LE(BigInt(number), 24 + 8 * i);
  });
  const locator = zip.END64_BYTES;
  bytes.writeUInt32LE(zip.END64_LOCATOR, locator);
  bytes.writeBigUInt64LE(BigInt(directoryEnd), locator + 8);
  bytes.writeUInt32LE(1, locator + 16);
  const last = locator + zip.END64_LOCATOR_BYTES;
  bytes.writeUInt32LE(zip.END, last);
  bytes.writeUInt16LE(Math.min(count, zip.FULL16), last + 8);
  bytes.writeUInt16LE(Math.min(count, zip.FULL16), last + 10);
  bytes.writeUInt32LE(Math.min(size, zip.FULL32), last + 12);
  bytes.writeUInt32LE(Math.min(position, zip.FULL32), last + 16);
  return bytes;
}
