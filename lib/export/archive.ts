/** The zip archive of an exported program. */

import { uint8 } from '../dtype';
import { RuntimeError, ValueError } from '../errors';
import { empty } from '../generated/torch';
import type { Reading, Source } from '../serialization/source';
import { type Entry, ZipArchive } from '../serialization/zip/reader';
import type { Tensor } from '../tensor';
import { viewOfArray } from '../typed-arrays';
import { type Json, parse } from './json';

/** The records of an archive, without the folder that they are in; each is checked against its checksum. */
export class Archive {
  private readonly zip: ZipArchive;
  readonly records: ReadonlyMap<string, Entry>;

  /** Throws a RuntimeError or ValueError for what is no archive of `torch.export.save`. */
  constructor(private readonly source: Source) {
    this.zip = new ZipArchive(source);
    const [first] = this.zip.entries.keys();
    const folder = `${first?.split('/')[0]}/`;
    const inside = [...this.zip.entries].filter(([name]) => name.startsWith(folder));
    this.records = new Map(inside.map(([name, entry]) => [name.slice(folder.length), entry]));
    if (!this.records.has('archive_format') || this.text('archive_format') !== 'pt2') {
      throw new RuntimeError("expected an archive of torch.export.save, which says that its format is 'pt2'");
    }
    const version = this.text('archive_version');
    if (version !== '0') {
      throw new ValueError(`Saved archive version ${version} does not match our current archive version 0.`);
    }
    if (this.records.has('byteorder') && this.text('byteorder') !== 'little') {
      throw new RuntimeError('exported programs are read in little-endian byte order only');
    }
  }

  bytes(name: string): Buffer {
    const entry = this.entry(name);
    this.zip.verify(entry);
    return this.zip.bytes(entry);
  }

  text(name: string): string {
    return this.bytes(name).toString('utf8');
  }

  json(name: string): Json {
    return parse(this.text(name));
  }

  /** A record as a uint8 tensor of its own. */
  *tensor(name: string): Reading<Tensor> {
    const entry = this.entry(name);
    this.zip.verify(entry);
    const bytes = empty([entry.size], { dtype: uint8 });
    if (entry.isPacked) bytes.copy_(viewOfArray(this.zip.bytes(entry)));
    else yield* this.source.readInto(this.zip.position(entry), bytes);
    return bytes;
  }

  private entry(name: string): Entry {
    const entry = this.records.get(name);
    if (entry === undefined) {
      throw new RuntimeError(`PytorchStreamReader failed locating file ${name}: file not found`);
    }
    return entry;
  }
}
