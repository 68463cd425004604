/** Pooling. */
import { type Arguments, Signature } from '../../arguments';
import * as nn from '../../generated/nn';
import * as torch from '../../generated/torch';
import type { Tensor } from '../../tensor';
import type { IntOrList } from '../../types';

export { avgPool2d, avgPool3d } from '../../generated/nn';
export { adaptiveAvgPool1d, avgPool1d } from '../../generated/torch';

type Operands = [
  input: Tensor,
  kernelSize: IntOrList,
  stride: IntOrList,
  padding: IntOrList,
  dilation: IntOrList,
  ceilMode: boolean,
];

type Positional = [
  input: Tensor,
  kernelSize: IntOrList,
  stride?: IntOrList | null,
  padding?: IntOrList,
  dilation?: IntOrList,
  ceilMode?: boolean,
  returnIndices?: boolean,
];

const NAMES = ['input', 'kernelSize', 'stride?', 'padding?', 'dilation?', 'ceilMode?', 'returnIndices?'] as const;

/** Max pooling: the largest elements, or with `returnIndices` also where they are. */
export interface MaxPool {
  (input: Tensor, options: { kernelSize: IntOrList; returnIndices: true } & MaxPoolOptions): MaxPoolResult;
  (input: Tensor, kernelSize: IntOrList, options: { returnIndices: true } & MaxPoolOptions): MaxPoolResult;
  (...args: Arguments<Positional, typeof NAMES>): Tensor;
}

/** What may be left out of a max pooling. */
export interface MaxPoolOptions {
  stride?: IntOrList | null;
  padding?: IntOrList;
  dilation?: IntOrList;
  ceilMode?: boolean;
}

/** The largest elements and where they are. */
export type MaxPoolResult = [output: Tensor, indices: Tensor];

function maxPool(
  name: string,
  pool: (...operands: Operands) => Tensor,
  poolWithIndices: (...operands: Operands) => Iterable<Tensor>,
): MaxPool {
  const signature = new Signature<Positional, typeof NAMES>(name, NAMES);
  const call = (...args: Arguments<Positional, typeof NAMES>): Tensor | Tensor[] => {
    const [input, kernelSize, stride, padding = 0, dilation = 1, ceilMode = false, indices] = signature.bind(args);
    if (indices) return [...poolWithIndices(input, kernelSize, stride ?? [], padding, dilation, ceilMode)];
    return pool(input, kernelSize, stride ?? [], padding, dilation, ceilMode);
  };
  return call as MaxPool;
}

/**
 * The largest element under each place of a 1-d window.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.max_pool1d.html
 */
export const maxPool1d = maxPool('max_pool1d', torch.maxPool1d, torch.maxPool1dWithIndices);

/**
 * The largest element under each place of a 2-d window.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.max_pool2d.html
 */
export const maxPool2d = maxPool('max_pool2d', torch.maxPool2d, nn.maxPool2dWithIndices);

/**
 * The largest element under each place of a 3-d window.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.max_pool3d.html
 */
export const maxPool3d = maxPool('max_pool3d', torch.maxPool3d, nn.maxPool3dWithIndices);
