/** Recurrent networks over sequences. */
import { type Arguments, type ArgumentsOf, type Signature, signature } from '../../arguments';
import type { DType } from '../../dtype';
import { RuntimeError, ValueError } from '../../errors';
import { gru, lstm, rnnRelu, rnnTanh } from '../../generated/torch';
import { isOptions } from '../../ops';
import type { Tensor } from '../../tensor';
import type { DeviceLike } from '../../types';
import { PackedSequence } from '../utils/packed-sequence';
import { RNNBase } from './rnn-base';

/** What a sequence is given as, and comes as. */
export type Sequence = Tensor | PackedSequence;

/** Output and last state, as the operators give them. */
interface Result {
  readonly 0: Tensor;
  readonly 1: Tensor;
}

/** An input as the operators take it: with a batch, or packed. */
interface Prepared {
  input: Tensor;
  batchSizes: Tensor | null;
  sortedIndices: Tensor | null;
  unsortedIndices: Tensor | null;
  isBatched: boolean;
}

/** The arguments of a call: a sequence and the state before it, by position or by name. */
type Call<Input, State> = Arguments<[input: Input, hx?: State | null], readonly ['input', 'hx?']>;

// biome-ignore lint/correctness/noUnusedVariables: it merges with the class.
interface SingleState {
  (...args: Call<PackedSequence, Tensor>): [output: PackedSequence, hidden: Tensor];
  (...args: Call<Tensor, Tensor>): [output: Tensor, hidden: Tensor];
}

function call<State>(mode: string): Signature<[input: Sequence, hx?: State | null], readonly ['input', 'hx?']> {
  return signature(`${mode}.forward`, 'input', 'hx?').of<[input: Sequence, hx?: State | null]>();
}

const RNN_FORWARD = call<Tensor>('RNN');
const GRU_FORWARD = call<Tensor>('GRU');
const LSTM_FORWARD = call<LSTMState>('LSTM');

/** Networks with one state: RNN and GRU. */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: a call has both forms of forward.
abstract class SingleState extends RNNBase {
  override forward(...args: Call<PackedSequence, Tensor>): [output: PackedSequence, hidden: Tensor];
  override forward(...args: Call<Tensor, Tensor>): [output: Tensor, hidden: Tensor];
  override forward(...args: Call<Sequence, Tensor>): [output: Sequence, hidden: Tensor] {
    const isGated = this.mode === 'GRU';
    const [given, hx = null] = (isGated ? GRU_FORWARD : RNN_FORWARD).bind(args);
    const prepared = prepare(this, given, isGated ? 'GRU' : 'RNN');
    const { input, batchSizes, sortedIndices, unsortedIndices, isBatched } = prepared;
    let state = hx;
    if (state !== null && batchSizes === null) {
      const dims = isBatched ? 3 : 2;
      if (state.dim() !== dims) {
        throw new RuntimeError(
          `For ${isBatched ? 'batched' : 'unbatched'} ${dims}-D input, hx should also be ${dims}-D but got ` +
            `${state.dim()}-D tensor`,
        );
      }
      if (!isBatched) state = state.unsqueeze(1);
    }
    const first = state === null ? this.zeroState(input, batchSizes, this.hiddenSize) : permute(state, sortedIndices);
    this.checkInput(input, batchSizes);
    this.checkState(first, this.getExpectedHiddenSize(input, batchSizes), 'hidden');
    const result = this.run(input, first, batchSizes);
    const hidden = isBatched ? result[1] : result[1].squeeze(1);
    return [restore(this, prepared, result[0]), permute(hidden, unsortedIndices)];
  }

  protected abstract run(input: Tensor, hx: Tensor, batchSizes: Tensor | null): Result;

  /** What the operators take behind input and state. */
  protected options(): [Tensor[], boolean, number, number, boolean, boolean] {
    const { flatWeights, bias, numLayers, dropout, training, bidirectional } = this;
    return [flatWeights, bias, numLayers, dropout, training, bidirectional];
  }
}

const RNN_PARAMETERS = signature(
  'RNNBase.__init__',
  ...(['inputSize', 'hiddenSize', 'numLayers?', 'nonlinearity?', 'bias?', 'batchFirst?'] as const),
  ...(['dropout?', 'bidirectional?', 'device?', 'dtype?'] as const),
).of<
  [
    inputSize: number,
    hiddenSize: number,
    numLayers?: number,
    nonlinearity?: 'tanh' | 'relu',
    bias?: boolean,
    batchFirst?: boolean,
    dropout?: number,
    bidirectional?: boolean,
    device?: DeviceLike | null,
    dtype?: DType | null,
  ]
>();

/**
 * An Elman network of tanh or ReLU: (time, batch, inputSize), with `batchFirst` (batch, time, inputSize), without a
 * batch (time, inputSize), or packed. Gives the outputs of the last layer and the last hidden state,
 * (layers * directions, batch, hiddenSize).
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.RNN.html
 */
export class RNN extends SingleState {
  readonly nonlinearity: 'tanh' | 'relu';

  constructor(...args: ArgumentsOf<typeof RNN_PARAMETERS>) {
    refuseProjections(args);
    const [inputSize, hiddenSize, numLayers, nonlinearity = 'tanh', ...more] = RNN_PARAMETERS.bind(args);
    const [bias, batchFirst, dropout, bidirectional, device, dtype] = more;
    if (nonlinearity !== 'tanh' && nonlinearity !== 'relu') {
      throw new ValueError(`Unknown nonlinearity '${nonlinearity}'. Select from 'tanh' or 'relu'.`);
    }
    const mode = nonlinearity === 'tanh' ? 'RNN_TANH' : 'RNN_RELU';
    super({ mode, inputSize, hiddenSize, numLayers, bias, batchFirst, dropout, bidirectional, device, dtype });
    this.nonlinearity = nonlinearity;
  }

  protected override run(input: Tensor, hx: Tensor, batchSizes: Tensor | null): Result {
    const compute = this.mode === 'RNN_TANH' ? rnnTanh : rnnRelu;
    if (batchSizes !== null) return compute(input, batchSizes, hx, ...this.options());
    return compute(input, hx, ...this.options(), this.batchFirst);
  }
}

const GRU_PARAMETERS = signature(
  'RNNBase.__init__',
  ...(['inputSize', 'hiddenSize', 'numLayers?', 'bias?', 'batchFirst?'] as const),
  ...(['dropout?', 'bidirectional?', 'device?', 'dtype?'] as const),
).of<
  [
    inputSize: number,
    hiddenSize: number,
    numLayers?: number,
    bias?: boolean,
    batchFirst?: boolean,
    dropout?: number,
    bidirectional?: boolean,
    device?: DeviceLike | null,
    dtype?: DType | null,
  ]
>();

/**
 * A network of gated recurrent units; shapes as `RNN`.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.GRU.html
 */
export class GRU extends SingleState {
  constructor(...args: ArgumentsOf<typeof GRU_PARAMETERS>) {
    refuseProjections(args);
    const [inputSize, hiddenSize, numLayers, bias, ...more] = GRU_PARAMETERS.bind(args);
    const [batchFirst, dropout, bidirectional, device, dtype] = more;
    super({ mode: 'GRU', inputSize, hiddenSize, numLayers, bias, batchFirst, dropout, bidirectional, device, dtype });
  }

  protected override run(input: Tensor, hx: Tensor, batchSizes: Tensor | null): Result {
    if (batchSizes !== null) return gru(input, batchSizes, hx, ...this.options());
    return gru(input, hx, ...this.options(), this.batchFirst);
  }
}

const LSTM_PARAMETERS = signature(
  'RNNBase.__init__',
  ...(['inputSize', 'hiddenSize', 'numLayers?', 'bias?', 'batchFirst?'] as const),
  ...(['dropout?', 'bidirectional?', 'projSize?', 'device?', 'dtype?'] as const),
).of<
  [
    inputSize: number,
    hiddenSize: number,
    numLayers?: number,
    bias?: boolean,
    batchFirst?: boolean,
    dropout?: number,
    bidirectional?: boolean,
    projSize?: number,
    device?: DeviceLike | null,
    dtype?: DType | null,
  ]
>();

/** The two states of an LSTM. */
export type LSTMState = readonly [hidden: Tensor, cell: Tensor];

/**
 * A network of long short-term memory; shapes as `RNN`, with a hidden state (projected to `projSize` if that is not 0)
 * and a cell state.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.LSTM.html
 */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: a call has both forms of forward.
export class LSTM extends RNNBase {
  constructor(...args: ArgumentsOf<typeof LSTM_PARAMETERS>) {
    const [inputSize, hiddenSize, numLayers, bias, batchFirst, ...more] = LSTM_PARAMETERS.bind(args);
    const [dropout, bidirectional, projSize, device, dtype] = more;
    const options = { inputSize, hiddenSize, numLayers, bias, batchFirst, dropout, bidirectional, projSize };
    super({ mode: 'LSTM', ...options, device, dtype });
  }

  override forward(...args: Call<PackedSequence, LSTMState>): [output: PackedSequence, state: LSTMState];
  override forward(...args: Call<Tensor, LSTMState>): [output: Tensor, state: LSTMState];
  override forward(...args: Call<Sequence, LSTMState>): [output: Sequence, state: LSTMState] {
    const [given, hx = null] = LSTM_FORWARD.bind(args);
    const prepared = prepare(this, given, 'LSTM');
    const { input, batchSizes, sortedIndices, unsortedIndices, isBatched } = prepared;
    const state = this.firstState(prepared, hx).map((one) => permute(one, sortedIndices));
    const { flatWeights, bias, numLayers, dropout, training, bidirectional, batchFirst } = this;
    const options = [flatWeights, bias, numLayers, dropout, training, bidirectional] as const;
    const [output, hidden, cell] =
      batchSizes === null ? lstm(input, state, ...options, batchFirst) : lstm(input, batchSizes, state, ...options);
    const [h, c] = isBatched ? [hidden, cell] : [hidden.squeeze(1), cell.squeeze(1)];
    return [restore(this, prepared, output), [permute(h, unsortedIndices), permute(c, unsortedIndices)]];
  }

  private firstState({ input, batchSizes, isBatched }: Prepared, hx: LSTMState | null): LSTMState {
    let state = hx;
    if (state === null) {
      const hiddenSize = this.projSize || this.hiddenSize;
      state = [this.zeroState(input, batchSizes, hiddenSize), this.zeroState(input, batchSizes, this.hiddenSize)];
    } else if (batchSizes === null) {
      const dims = isBatched ? 3 : 2;
      if (state[0].dim() !== dims || state[1].dim() !== dims) {
        throw new RuntimeError(
          `For ${isBatched ? 'batched' : 'unbatched'} ${dims}-D input, hx and cx should also be ${dims}-D but got ` +
            `(${state[0].dim()}-D, ${state[1].dim()}-D) tensors`,
        );
      }
      if (!isBatched) state = [state[0].unsqueeze(1), state[1].unsqueeze(1)];
    } else {
      return state;
    }
    if (batchSizes === null) this.checkForwardArgs(input, state, batchSizes);
    return state;
  }

  /** The shape that the cell state has to have. */
  getExpectedCellSize(input: Tensor, batchSizes: Tensor | null): number[] {
    return this.stateShape(input, batchSizes, this.hiddenSize);
  }

  /** Checks the input and both states. */
  checkForwardArgs(input: Tensor, hidden: LSTMState, batchSizes: Tensor | null): void {
    this.checkInput(input, batchSizes);
    this.checkState(hidden[0], this.getExpectedHiddenSize(input, batchSizes), 'hidden[0]');
    this.checkState(hidden[1], this.getExpectedCellSize(input, batchSizes), 'hidden[1]');
  }
}

export interface LSTM {
  (...args: Call<PackedSequence, LSTMState>): [output: PackedSequence, state: LSTMState];
  (...args: Call<Tensor, LSTMState>): [output: Tensor, state: LSTMState];
}

function prepare(module: { batchFirst: boolean }, given: Sequence, name: string): Prepared {
  if (given instanceof PackedSequence) {
    const { data, batchSizes, sortedIndices, unsortedIndices } = given;
    return { input: data, batchSizes, sortedIndices, unsortedIndices, isBatched: true };
  }
  if (given.dim() !== 2 && given.dim() !== 3) {
    const what = name === 'RNN' ? 'D tensor' : 'D';
    throw new ValueError(`${name}: Expected input to be 2D or 3D, got ${given.dim()}${what} instead`);
  }
  const isBatched = given.dim() === 3;
  const input = isBatched ? given : given.unsqueeze(module.batchFirst ? 0 : 1);
  return { input, batchSizes: null, sortedIndices: null, unsortedIndices: null, isBatched };
}

/** The output in the form in which the input came. */
function restore(module: { batchFirst: boolean }, prepared: Prepared, output: Tensor): Sequence {
  const { batchSizes, sortedIndices, unsortedIndices, isBatched } = prepared;
  if (batchSizes !== null) return new PackedSequence(output, batchSizes, sortedIndices, unsortedIndices);
  return isBatched ? output : output.squeeze(module.batchFirst ? 0 : 1);
}

function permute(state: Tensor, permutation: Tensor | null): Tensor {
  return permutation === null ? state : state.indexSelect(1, permutation);
}

function refuseProjections(args: readonly unknown[]): void {
  const options = args.at(-1);
  if (isOptions(options) && 'projSize' in options) {
    throw new ValueError('proj_size argument is only supported for LSTM, not RNN or GRU');
  }
}
