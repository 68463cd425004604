/** Reads single tensors of a safetensors file. */
import type { Tensor } from '../../tensor';
import { type RangeReader, rangeReader } from '../ranges';
import { Source } from '../source';
import { type Header, readHeader, SafetensorError, type TensorInfo } from './header';
import { type LoadOptions, tensorAt } from './load';

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
 * Opens a file, to read single tensors or parts of them: with `mmap`, which is the default, `getTensor(name).at('2:5')`
 * reads no more than these rows.
 *
 * @example using file = safetensors.safeOpen('model.safetensors');
 * @see https://huggingface.co/docs/safetensors/api/torch#safetensors.safe_open
 * @throws SafetensorError if the file is damaged.
 */
export function safeOpen(filename: string | URL, options: LoadOptions = {}): SafeFile {
  const source = new Source(filename);
  let header: Header;
  try {
    header = readHeader(source);
  } catch (error) {
    source.close();
    throw error;
  }
  return new OpenFile(source, header, options);
}

class OpenFile implements SafeFile {
  private readonly read: RangeReader;
  private isOpen = true;

  constructor(
    private readonly source: Source,
    private readonly header: Header,
    private readonly options: LoadOptions,
  ) {
    this.read = rangeReader(source, options.mmap ?? true);
  }

  keys(): string[] {
    return [...this.header.tensors.keys()].sort();
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
