/** What RNN, LSTM and GRU have in common. */
import { type ArgumentsOf, signature } from '../../arguments';
import type { DType } from '../../dtype';
import { RuntimeError, ValueError } from '../../errors';
import { empty, zeros } from '../../generated/torch';
import { listRepr, repr, tupleRepr, typename } from '../../python-repr';
import type { Tensor } from '../../tensor';
import type { DeviceLike } from '../../types';
import { uniform_ } from '../init';
import { Module } from '../module';
import { Parameter } from '../parameter';
import { float } from './utils';

/** What a recurrent network computes. */
export type RNNMode = 'RNN_TANH' | 'RNN_RELU' | 'LSTM' | 'GRU';

const GATES: Readonly<Record<RNNMode, number>> = { LSTM: 4, GRU: 3, RNN_TANH: 1, RNN_RELU: 1 };

const PARAMETERS = signature(
  'RNNBase.__init__',
  ...(['mode', 'inputSize', 'hiddenSize', 'numLayers?', 'bias?', 'batchFirst?'] as const),
  ...(['dropout?', 'bidirectional?', 'projSize?', 'device?', 'dtype?'] as const),
).of<
  [
    mode: RNNMode,
    inputSize: number,
    hiddenSize: number,
    numLayers?: number | undefined,
    bias?: boolean | undefined,
    batchFirst?: boolean | undefined,
    dropout?: number | undefined,
    bidirectional?: boolean | undefined,
    projSize?: number | undefined,
    device?: DeviceLike | null | undefined,
    dtype?: DType | null | undefined,
  ]
>();

/**
 * The base of RNN, LSTM and GRU: their parameters and checks.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.RNNBase.html
 */
export class RNNBase extends Module {
  readonly mode: RNNMode;
  readonly inputSize: number;
  readonly hiddenSize: number;
  readonly numLayers: number;
  readonly bias: boolean;
  readonly batchFirst: boolean;
  dropout: number;
  readonly bidirectional: boolean;
  /** 0 without projections. */
  readonly projSize: number;
  private readonly parameterNames: readonly (readonly string[])[];

  /** @throws ValueError for sizes that cannot be; TypeError for what is no size or no flag. */
  constructor(...args: ArgumentsOf<typeof PARAMETERS>) {
    super();
    const [mode, inputSize, hiddenSize, numLayers = 1, bias = true, batchFirst = false, ...more] =
      PARAMETERS.bind(args);
    const [dropout = 0, bidirectional = false, projSize = 0, device = null, dtype = null] = more;
    check({ bias, batchFirst, inputSize, hiddenSize, numLayers, projSize, dropout });
    if (!(mode in GATES)) throw new ValueError(`Unrecognized RNN mode: ${mode}`);
    this.mode = mode;
    this.inputSize = inputSize;
    this.hiddenSize = hiddenSize;
    this.numLayers = numLayers;
    this.bias = bias;
    this.batchFirst = batchFirst;
    this.dropout = dropout;
    this.bidirectional = bidirectional;
    this.projSize = projSize;
    this.parameterNames = this.makeParameters({ device, dtype });
    this.resetParameters();
  }

  private makeParameters(factory: { device: DeviceLike | null; dtype: DType | null }): string[][] {
    const { hiddenSize, projSize, numLayers, directions } = this;
    const gates = GATES[this.mode] * hiddenSize;
    const outputSize = projSize || hiddenSize;
    const names: string[][] = [];
    for (let layer = 0; layer < numLayers; layer++) {
      for (const suffix of ['', '_reverse'].slice(0, directions)) {
        const inputSize = layer === 0 ? this.inputSize : outputSize * directions;
        const shapes: Record<string, number[]> = { weight_ih: [gates, inputSize], weight_hh: [gates, outputSize] };
        if (this.bias) Object.assign(shapes, { bias_ih: [gates], bias_hh: [gates] });
        if (projSize > 0) shapes.weight_hr = [projSize, hiddenSize];
        const members = Object.entries(shapes).map(([name, shape]) => [`${name}_l${layer}${suffix}`, shape] as const);
        for (const [name, shape] of members) {
          (this as unknown as Record<string, Parameter>)[name] = new Parameter(empty(shape, factory));
        }
        names.push(members.map(([name]) => name));
      }
    }
    return names;
  }

  private get directions(): number {
    return this.bidirectional ? 2 : 1;
  }

  /** The parameters of each layer and direction. */
  get allWeights(): Parameter[][] {
    const members = this as unknown as Record<string, Parameter>;
    return this.parameterNames.map((names) => names.map((name) => members[name] as Parameter));
  }

  /** All parameters in the order in which the operators take them. */
  protected get flatWeights(): Parameter[] {
    return this.allWeights.flat();
  }

  /** Does nothing: cuDNN, for which Python lays the parameters out in one block, copies them where they are not. */
  flattenParameters(): void {}

  /** Draws the parameters anew. */
  resetParameters(): void {
    const bound = this.hiddenSize > 0 ? 1 / Math.sqrt(this.hiddenSize) : 0;
    for (const weight of this.parameters()) uniform_(weight, -bound, bound);
  }

  /** Checks the dtype and the size of an input. */
  checkInput(input: Tensor, batchSizes: Tensor | null): void {
    const { dtype } = this.flatWeights[0] as Parameter;
    if (input.dtype !== dtype) {
      throw new ValueError(
        `RNN input dtype (${input.dtype}) does not match weight dtype (${dtype}). Convert input: input.to(${dtype}), ` +
          `or convert model: model.to(${input.dtype})`,
      );
    }
    const dims = batchSizes === null ? 3 : 2;
    if (input.dim() !== dims) throw new RuntimeError(`input must have ${dims} dimensions, got ${input.dim()}`);
    if (this.inputSize !== input.size(-1)) {
      throw new RuntimeError(
        `input.size(-1) must be equal to input_size. Expected ${this.inputSize}, got ${input.size(-1)}`,
      );
    }
  }

  /** The shape of a state whose elements are `size` long. */
  protected stateShape(input: Tensor, batchSizes: Tensor | null, size: number): number[] {
    const batch = batchSizes === null ? input.size(this.batchFirst ? 0 : 1) : batchSizes.at(0).item();
    return [this.numLayers * this.directions, batch, size];
  }

  /** The shape that the hidden state has to have. */
  getExpectedHiddenSize(input: Tensor, batchSizes: Tensor | null): number[] {
    return this.stateShape(input, batchSizes, this.projSize || this.hiddenSize);
  }

  /** A state of zeros. */
  protected zeroState(input: Tensor, batchSizes: Tensor | null, size: number): Tensor {
    return zeros(this.stateShape(input, batchSizes, size), { dtype: input.dtype, device: input.device });
  }

  /** Checks the shape of a state. */
  protected checkState(state: Tensor, expected: readonly number[], what: string): void {
    if (String(state.size()) === `torch.Size(${listRepr(expected)})`) return;
    throw new RuntimeError(`Expected ${what} size ${tupleRepr(expected)}, got ${listRepr([...state.size()])}`);
  }

  override extraRepr(): string {
    const { inputSize, hiddenSize, projSize, numLayers, bias, batchFirst, dropout, bidirectional } = this;
    return [
      `${inputSize}, ${hiddenSize}`,
      projSize !== 0 && `proj_size=${projSize}`,
      numLayers !== 1 && `num_layers=${numLayers}`,
      !bias && `bias=${repr(bias)}`,
      batchFirst && `batch_first=${repr(batchFirst)}`,
      dropout !== 0 && `dropout=${float(dropout)}`,
      bidirectional && `bidirectional=${repr(bidirectional)}`,
    ]
      .filter(Boolean)
      .join(', ');
  }
}

function check({ bias, batchFirst, inputSize, hiddenSize, numLayers, projSize, dropout }: Checked): void {
  if (typeof dropout !== 'number' || !(dropout >= 0 && dropout <= 1)) {
    throw new ValueError(
      'dropout should be a number in range [0, 1] representing the probability of an element being zeroed',
    );
  }
  if (dropout > 0 && numLayers === 1) {
    process.emitWarning(
      'dropout option adds dropout after all but last recurrent layer, so non-zero dropout expects num_layers greater ' +
        `than 1, but got dropout=${dropout} and num_layers=${numLayers}`,
    );
  }
  checkType('bias', bias, 'bool');
  checkType('batch_first', batchFirst, 'bool');
  checkType('input_size', inputSize, 'int');
  if (inputSize <= 0) throw new ValueError('input_size must be greater than zero');
  checkType('hidden_size', hiddenSize, 'int');
  if (hiddenSize <= 0) throw new ValueError('hidden_size must be greater than zero');
  if (numLayers <= 0) throw new ValueError('num_layers must be greater than zero');
  if (projSize < 0) throw new ValueError('proj_size should be a positive integer or zero to disable projections');
  if (projSize >= hiddenSize) throw new ValueError('proj_size has to be smaller than hidden_size');
}

/** What the constructor checks. */
interface Checked {
  bias: boolean;
  batchFirst: boolean;
  inputSize: number;
  hiddenSize: number;
  numLayers: number;
  projSize: number;
  dropout: number;
}

function checkType(name: string, value: unknown, type: 'bool' | 'int'): void {
  if (typename(value) !== type) throw new TypeError(`${name} should be of type ${type}, got: ${typename(value)}`);
}
