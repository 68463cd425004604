/** Looks a TorchScript file over before LibTorch reads it, which trusts what it reads. */
import { RuntimeError } from '../errors';
import type { Source } from '../serialization/source';
import { ZipArchive } from '../serialization/zip/reader';

// Note [TorchScript files]
// LibTorch is built without the checks of what is in an archive, and its unpickler trusts the bytes. So that a damaged
// file is an error and no crash, the archive is read by our own reader first and each record is compared with its
// checksum. A file that was made to do harm has the right checksums: a program must be trusted anyway.

/** More than any text or pickle that PyTorch packs needs. */
const MAX_UNPACKED_BYTES = 2 ** 31;

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
  for (const entry of archive.entries.values()) archive.verify(entry);
}
