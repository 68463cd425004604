/** Reads files of the IDX format, in which MNIST comes. */
import { readFileSync } from 'node:fs';
import * as torch from '../lib';

const UNSIGNED_BYTES = 0x08;

/**
 * The tensor of an IDX file of bytes: two zeros, the element type, the number of dimensions, each dimension's size as a
 * big-endian number, then the elements.
 */
export function readIdx(path: string): torch.Tensor {
  const file = readFileSync(path);
  const [, , type, dims] = file as unknown as [number, number, number, number];
  if (file.readUInt16BE(0) !== 0 || type !== UNSIGNED_BYTES) throw new Error(`${path} is no IDX file of bytes`);
  const shape = Array.from({ length: dims }, (_, i) => file.readUInt32BE(4 + 4 * i));
  return torch.frombuffer(file, { dtype: torch.uint8, offset: 4 + 4 * dims }).reshape(shape);
}
