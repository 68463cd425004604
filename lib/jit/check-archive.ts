/** Looks a TorchScript file over before LibTorch reads it, which trusts what it reads. */
import { crc32 } from 'node:zlib';
import { RuntimeError } from '../errors';
import type { Source } from '../serialization/source';
import { type Entry, ZipArchive } from '../serialization/zip/reader';

// Note [TorchScript files]
// LibTorch is built without the checks of what is in an archive, and its unpickler trusts the bytes. So that a damaged
// file is an error and no crash, the archive is read by our own reader first and each record is compared with its
// checksum. A file that was made to do harm has the right checksums: a program must be trusted anyway.

/** More than any text or pickle that PyTorch packs needs. */
const MAX_UNPACKED_BYTES = 2 ** 31;
const CHUNK_BYTES = 2 ** 24;

/** @internal Throws a RuntimeError if the archive is damaged or holds no program. */
export function checkArchive(source: Source): void {
  const archive = new ZipArchive(source, MAX_UNPACKED_BYTES);
  const roots = new Set([...archive.entries.keys()].map((name) => name.split('/')[0]));
  const [root] = roots;
  if (roots.size !== 1 || !archive.entries.has(`${root}/constants.pkl`) || !archive.entries.has(`${root}/data.pkl`)) {
    throw new RuntimeError(
      `expected a TorchScript archive: a zip file with one folder that holds data.pkl and constants.pkl. PyTorch's "torch.save" writes others`,
    );
  }
  for (const entry of archive.entries.values()) checkRecord(archive, source, entry);
}

function checkRecord(archive: ZipArchive, source: Source, entry: Entry): void {
  let sum = 0;
  if (entry.isPacked) {
    sum = crc32(archive.bytes(entry));
  } else {
    const start = archive.position(entry);
    for (let done = 0; done < entry.size; done += CHUNK_BYTES) {
      sum = crc32(source.read(start + done, Math.min(CHUNK_BYTES, entry.size - done)), sum);
    }
  }
  if (sum !== entry.crc32) {
    throw new RuntimeError(
      `PytorchStreamReader failed reading file ${entry.name}: the checksum is wrong, so the file is damaged`,
    );
  }
}
