/** The inverse of max pooling. */
import { python } from '../../arguments';
import { ValueError } from '../../errors';
import * as nn from '../../generated/nn';
import { listRepr } from '../../python-repr';
import type { Tensor } from '../../tensor';
import type { IntOrList } from '../../types';
import { tuple } from './sizes';

const NAMES = ['input', 'indices', 'kernelSize', 'stride?', 'padding?', 'outputSize?'] as const;

type Unpool = (input: Tensor, indices: Tensor, size: number[], stride: number[], padding: number[]) => Tensor;

/** The size that was pooled: as given, if it can have been, else the least. */
function unpooledSize(
  input: Tensor,
  kernelSize: number[],
  stride: number[],
  padding: number[],
  outputSize: readonly number[] | null,
): number[] {
  const dims = kernelSize.length;
  const least = kernelSize.map(
    (kernel, d) => (input.size(d - dims) - 1) * (stride[d] as number) + kernel - 2 * (padding[d] as number),
  );
  const size = outputSize === null ? least : checkedSize(outputSize, least, stride);
  size.forEach((length, d) => {
    if (length >= 0) return;
    throw new ValueError(
      `max_unpooling: output_size must contain non-negative spatial dimensions, but got output_size[${d}]=${length}`,
    );
  });
  return size;
}

function checkedSize(outputSize: readonly number[], least: number[], stride: number[]): number[] {
  const dims = least.length;
  const size = outputSize.length === dims + 2 ? outputSize.slice(2) : outputSize;
  if (size.length !== dims) {
    throw new ValueError(
      `output_size should be a sequence containing ${dims} or ${dims + 2} elements, but it has a length of ` +
        `'${size.length}'`,
    );
  }
  size.forEach((length, d) => {
    const [low, high] = [(least[d] as number) - (stride[d] as number), (least[d] as number) + (stride[d] as number)];
    if (low < length && length < high) return;
    throw new ValueError(`invalid output_size "${listRepr(size)}" (dim ${d} must be between ${low} and ${high})`);
  });
  return [...size];
}

function maxUnpool(dims: number, unpool: Unpool) {
  return python(
    `max_unpool${dims}d`,
    NAMES,
    (
      input: Tensor,
      indices: Tensor,
      kernelSize: IntOrList,
      stride: IntOrList | null = null,
      padding: IntOrList = 0,
      outputSize: readonly number[] | null = null,
    ): Tensor => {
      const [kernel, pads] = [tuple(kernelSize, dims), tuple(padding, dims)];
      const steps = tuple(stride ?? kernelSize, dims);
      return unpool(input, indices, unpooledSize(input, kernel, steps, pads, outputSize), steps, pads);
    },
  );
}

/**
 * Puts each element where `maxPool1d` found it, and zeros elsewhere.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.max_unpool1d.html
 * @throws ValueError for an output size that cannot have been.
 */
export const maxUnpool1d = maxUnpool(1, (input, indices, size) =>
  nn.maxUnpool2d(input.unsqueeze(-1), indices.unsqueeze(-1), [...size, 1]).squeeze(-1),
);

/**
 * Puts each element where `maxPool2d` found it, and zeros elsewhere.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.max_unpool2d.html
 * @throws ValueError for an output size that cannot have been.
 */
export const maxUnpool2d = maxUnpool(2, (input, indices, size) => nn.maxUnpool2d(input, indices, size));

/**
 * Puts each element where `maxPool3d` found it, and zeros elsewhere.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.max_unpool3d.html
 * @throws ValueError for an output size that cannot have been.
 */
export const maxUnpool3d = maxUnpool(3, nn.maxUnpool3d);
