/** Reads chosen files out of zip archives, which wheels are too, and checks each one's checksum. */
import { createWriteStream, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { crc32, inflateRawSync } from 'node:zlib';
import { type Entry, openPromise, type ZipFile } from 'yauzl';

const SMALL = 2 ** 20;

/** Says where a file of an archive goes, or null for nowhere. */
export type Select = (name: string) => string | null;

/** Extracts the selected files into `folder` and returns how many there were. */
export async function extract(archive: string, select: Select, folder: string): Promise<number> {
  let count = 0;
  await forEachEntry(archive, async (zip, entry) => {
    const place = entry.fileName.endsWith('/') ? null : select(entry.fileName);
    if (place === null) return;
    const path = join(folder, place);
    mkdirSync(dirname(path), { recursive: true });
    if (entry.uncompressedSize < SMALL) writeFileSync(path, await contents(zip, entry));
    else await pipeline(await zip.openReadStreamPromise(entry), checked(entry), createWriteStream(path));
    count += 1;
  });
  return count;
}

/** The names of an archive's files. */
export async function entryNames(archive: string): Promise<string[]> {
  const names: string[] = [];
  await forEachEntry(archive, async (_zip, entry) => void names.push(entry.fileName));
  return names;
}

/** The text of the first file whose name matches; null where none does. */
export async function readEntry(archive: string, name: RegExp): Promise<string | null> {
  let text: string | null = null;
  await forEachEntry(archive, async (zip, entry) => {
    if (text !== null || !name.test(entry.fileName)) return;
    text = (await contents(zip, entry)).toString('utf8');
  });
  return text;
}

async function forEachEntry(archive: string, visit: (zip: ZipFile, entry: Entry) => Promise<void>): Promise<void> {
  const zip = await openPromise(archive);
  for await (const entry of zip.eachEntry()) await visit(zip, entry);
}

/** An entry's bytes. There are thousands of small headers, for which streams cost far more than the bytes. */
async function contents(zip: ZipFile, entry: Entry): Promise<Buffer> {
  const packed = await buffer(await zip.openReadStreamPromise(entry, { decodeFileData: false }));
  const bytes = entry.compressionMethod === 0 ? packed : inflateRawSync(packed);
  check(entry, crc32(bytes));
  return bytes;
}

/** Passes a large entry's bytes on and fails at their end if they are not those that were packed. */
function checked(entry: Entry) {
  return async function* (chunks: AsyncIterable<Buffer>) {
    let sum = 0;
    for await (const chunk of chunks) {
      sum = crc32(chunk, sum);
      yield chunk;
    }
    check(entry, sum);
  };
}

function check(entry: Entry, sum: number): void {
  if (sum !== entry.crc32) throw new Error(`${entry.fileName} is damaged (CRC-32 ${sum}, expected ${entry.crc32})`);
}
