/** Reads single tensors of a safetensors file. */
import type { Tensor } from '../../tensor';
import { type RangeReader, rangeReader } from '../ranges';
import { Source } from '../source';
import { type Header, SafetensorError, type TensorInfo } from './header';
import { type LoadOptions, tensorAt } from './load';
import { readIndex, readShardHeader, type Shard } from './shards';

/** An open file, of which only those tensors are read that are asked for. */
export interface SafeFile extends Disposable {
  /** The names of the tensors, sorted. */
  keys(): string[];
  /** The names of the tensors in the order in which they lie in the file. */
  offsetKeys(): string[];
  /** The text that was saved with the tensors; null if there is none. */
  metadata(): Readonly<Record<string, string>> | null;
  /** A tensor. @throws SafetensorError for a name that is not there. */
  getTensor(name: string): Tensor;
  /** The sizes of a tensor, which is not read. @throws SafetensorError for a name that is not there. */
  getShape(name: string): number[];
  /** Closes the file; tensors that have been read stay. */
  close(): void;
}

/**
 * Opens a file, or the files of an index, to read single tensors or parts of them: with `mmap`, which is the default,
 * `getTensor(name).at('2:5')` reads no more than these rows.
 *
 * @example using file = safetensors.safeOpen('model.safetensors');
 * @see https://huggingface.co/docs/safetensors/api/torch#safetensors.safe_open
 * @throws SafetensorError if a file is damaged, or an index and its files contradict each other.
 */
export function safeOpen(filename: string | URL, options: LoadOptions = {}): SafeFile {
  const { shards, metadata } = readIndex(filename);
  const files: OpenFile[] = [];
  try {
    for (const shard of shards) files.push(openShard(shard, options));
  } catch (error) {
    for (const file of files) file.close();
    throw error;
  }
  return files.length === 1 && metadata === null ? (files[0] as OpenFile) : new OpenFiles(files, metadata);
}

function openShard(shard: Shard, options: LoadOptions): OpenFile {
  const source = new Source(shard.file);
  try {
    return new OpenFile(source, readShardHeader(source, shard), options);
  } catch (error) {
    source.close();
    throw error;
  }
}

class OpenFile implements SafeFile {
  private readonly read: RangeReader;
  private isOpen = true;

  constructor(
    private readonly source: Source,
    private readonly header: Header,
    private readonly options: LoadOptions,
  ) {
    this.read = rangeReader(source, { isMapped: options.mmap ?? true });
  }

  keys(): string[] {
    return this.offsetKeys().sort();
  }

  offsetKeys(): string[] {
    return [...this.header.tensors.keys()];
  }

  metadata(): Readonly<Record<string, string>> | null {
    return this.header.metadata;
  }

  getTensor(name: string): Tensor {
    const info = this.info(name);
    if (!this.isOpen) throw new SafetensorError('File is not open');
    const reading = this.read(info.position, info.size, info.dtype.itemsize);
    for (let step = reading.next(); ; step = reading.next()) {
      if (step.done) return tensorAt(step.value, info, this.options);
      this.source.fillSync(step.value);
    }
  }

  getShape(name: string): number[] {
    return [...this.info(name).shape];
  }

  close(): void {
    if (this.isOpen) this.source.close();
    this.isOpen = false;
  }

  [Symbol.dispose](): void {
    this.close();
  }

  private info(name: string): TensorInfo {
    const info = this.header.tensors.get(name);
    if (info === undefined) throw new SafetensorError(`File does not contain tensor ${name}`);
    return info;
  }
}

/** The files of an index as one. */
class OpenFiles implements SafeFile {
  private readonly byName: ReadonlyMap<string, OpenFile>;

  constructor(
    private readonly files: readonly OpenFile[],
    private readonly about: Readonly<Record<string, string>> | null,
  ) {
    this.byName = new Map(files.flatMap((file) => file.keys().map((name) => [name, file] as const)));
  }

  keys(): string[] {
    return this.offsetKeys().sort();
  }

  offsetKeys(): string[] {
    return this.files.flatMap((file) => file.offsetKeys());
  }

  metadata(): Readonly<Record<string, string>> | null {
    return this.about;
  }

  getTensor(name: string): Tensor {
    return this.file(name).getTensor(name);
  }

  getShape(name: string): number[] {
    return this.file(name).getShape(name);
  }

  close(): void {
    for (const file of this.files) file.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  private file(name: string): OpenFile {
    const file = this.byName.get(name);
    if (file === undefined) throw new SafetensorError(`File does not contain tensor ${name}`);
    return file;
  }
}
