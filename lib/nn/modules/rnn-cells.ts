/** Single steps of recurrent networks. */
import { type ArgumentsOf, signature } from '../../arguments';
import type { DType } from '../../dtype';
import { RuntimeError, ValueError } from '../../errors';
import { empty, gruCell, lstmCell, rnnReluCell, rnnTanhCell, zeros } from '../../generated/torch';
import { repr } from '../../python-repr';
import type { Tensor } from '../../tensor';
import type { DeviceLike } from '../../types';
import { uniform_ } from '../init';
import { Module } from '../module';
import { Parameter } from '../parameter';
import type { LSTMState } from './rnn';

const CELL = signature(
  'RNNCellBase.__init__',
  ...(['inputSize', 'hiddenSize', 'bias', 'numChunks', 'device?', 'dtype?'] as const),
).of<
  [
    inputSize: number,
    hiddenSize: number,
    bias: boolean,
    numChunks: number,
    device?: DeviceLike | null,
    dtype?: DType | null,
  ]
>();

/**
 * The base of the cells: their parameters.
 *
 * @see https://docs.pytorch.org/docs/2.13/nn.html#recurrent-layers
 */
export class RNNCellBase extends Module {
  readonly inputSize: number;
  readonly hiddenSize: number;
  readonly bias: boolean;
  /** (chunks * hiddenSize, inputSize) */
  weight_ih: Parameter;
  /** (chunks * hiddenSize, hiddenSize) */
  weight_hh: Parameter;
  /** (chunks * hiddenSize), or null */
  bias_ih!: Parameter | null;
  /** (chunks * hiddenSize), or null */
  bias_hh!: Parameter | null;

  constructor(...args: ArgumentsOf<typeof CELL>) {
    super();
    const [inputSize, hiddenSize, bias, numChunks, device = null, dtype = null] = CELL.bind(args);
    const factory = { device, dtype };
    this.inputSize = inputSize;
    this.hiddenSize = hiddenSize;
    this.bias = bias;
    const size = numChunks * hiddenSize;
    this.weight_ih = new Parameter(empty([size, inputSize], factory));
    this.weight_hh = new Parameter(empty([size, hiddenSize], factory));
    for (const name of ['bias_ih', 'bias_hh']) {
      this.registerParameter(name, bias ? new Parameter(empty([size], factory)) : null);
    }
    this.resetParameters();
  }

  /** Draws the parameters anew. */
  resetParameters(): void {
    const bound = this.hiddenSize > 0 ? 1 / Math.sqrt(this.hiddenSize) : 0;
    for (const weight of this.parameters()) uniform_(weight, -bound, bound);
  }

  override extraRepr(): string {
    const { inputSize, hiddenSize, bias } = this;
    return `${inputSize}, ${hiddenSize}${bias ? '' : `, bias=${repr(bias)}`}`;
  }

  /** The input as rows. */
  protected rows(input: Tensor): Tensor {
    if (input.dim() !== 1 && input.dim() !== 2) {
      const name = this._getName();
      throw new ValueError(`${name}: Expected input to be 1D or 2D, got ${input.dim()}D instead`);
    }
    return input.dim() === 2 ? input : input.unsqueeze(0);
  }

  /** A state of zeros for these rows. */
  protected zeroState(rows: Tensor): Tensor {
    return zeros([rows.size(0), this.hiddenSize], { dtype: rows.dtype, device: rows.device });
  }

  /** The one state of the cell as rows. */
  protected stateRows(input: Tensor, rows: Tensor, hx: Tensor | null): Tensor {
    if (hx !== null && hx.dim() !== 1 && hx.dim() !== 2) {
      throw new ValueError(`${this._getName()}: Expected hidden to be 1D or 2D, got ${hx.dim()}D instead`);
    }
    if (hx === null) return this.zeroState(rows);
    return input.dim() === 2 ? hx : hx.unsqueeze(0);
  }

  /** The parameters as the operators take them. */
  protected get weights(): [Tensor, Tensor, Tensor | null, Tensor | null] {
    return [this.weight_ih, this.weight_hh, this.bias_ih, this.bias_hh];
  }
}

const RNN_CELL = signature(
  'RNNCell.__init__',
  ...(['inputSize', 'hiddenSize', 'bias?', 'nonlinearity?', 'device?', 'dtype?'] as const),
).of<
  [
    inputSize: number,
    hiddenSize: number,
    bias?: boolean,
    nonlinearity?: 'tanh' | 'relu',
    device?: DeviceLike | null,
    dtype?: DType | null,
  ]
>();

const RNN_CELL_FORWARD = signature('RNNCell.forward', 'input', 'hx?').of<[input: Tensor, hx?: Tensor | null]>();

/**
 * A step of an Elman network: from (batch, inputSize) and (batch, hiddenSize) to (batch, hiddenSize), or without a batch.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.RNNCell.html
 */
export class RNNCell extends RNNCellBase {
  readonly nonlinearity: 'tanh' | 'relu';

  constructor(...args: ArgumentsOf<typeof RNN_CELL>) {
    const [inputSize, hiddenSize, bias = true, nonlinearity = 'tanh', device = null, dtype = null] =
      RNN_CELL.bind(args);
    super(inputSize, hiddenSize, bias, 1, { device, dtype });
    this.nonlinearity = nonlinearity;
  }

  override forward(...args: ArgumentsOf<typeof RNN_CELL_FORWARD>): Tensor {
    const [input, hx = null] = RNN_CELL_FORWARD.bind(args);
    const rows = this.rows(input);
    const state = this.stateRows(input, rows, hx);
    const { nonlinearity } = this;
    if (nonlinearity !== 'tanh' && nonlinearity !== 'relu') {
      throw new RuntimeError(`Unknown nonlinearity: ${nonlinearity}`);
    }
    const step = nonlinearity === 'tanh' ? rnnTanhCell : rnnReluCell;
    const result = step(rows, state, ...this.weights);
    return input.dim() === 2 ? result : result.squeeze(0);
  }

  override extraRepr(): string {
    const { nonlinearity } = this;
    return super.extraRepr() + (nonlinearity === 'tanh' ? '' : `, nonlinearity=${nonlinearity}`);
  }
}

const LSTM_CELL = signature('LSTMCell.__init__', 'inputSize', 'hiddenSize', 'bias?', 'device?', 'dtype?').of<
  [inputSize: number, hiddenSize: number, bias?: boolean, device?: DeviceLike | null, dtype?: DType | null]
>();

const LSTM_CELL_FORWARD = signature('LSTMCell.forward', 'input', 'hx?').of<[input: Tensor, hx?: LSTMState | null]>();

/**
 * A step of a long short-term memory; shapes as `RNNCell`, with a hidden and a cell state.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.LSTMCell.html
 */
export class LSTMCell extends RNNCellBase {
  constructor(...args: ArgumentsOf<typeof LSTM_CELL>) {
    const [inputSize, hiddenSize, bias = true, device = null, dtype = null] = LSTM_CELL.bind(args);
    super(inputSize, hiddenSize, bias, 4, { device, dtype });
  }

  override forward(...args: ArgumentsOf<typeof LSTM_CELL_FORWARD>): LSTMState {
    const [input, hx = null] = LSTM_CELL_FORWARD.bind(args);
    const rows = this.rows(input);
    hx?.forEach((state, i) => {
      if (state.dim() === 1 || state.dim() === 2) return;
      throw new ValueError(`LSTMCell: Expected hx[${i}] to be 1D or 2D, got ${state.dim()}D instead`);
    });
    const isBatched = input.dim() === 2;
    let state = hx;
    if (state === null) {
      const none = this.zeroState(rows);
      state = [none, none];
    } else if (!isBatched) {
      state = [state[0].unsqueeze(0), state[1].unsqueeze(0)];
    }
    const [hidden, cell] = lstmCell(rows, [...state], ...this.weights);
    return isBatched ? [hidden, cell] : [hidden.squeeze(0), cell.squeeze(0)];
  }
}

const GRU_CELL = signature('GRUCell.__init__', 'inputSize', 'hiddenSize', 'bias?', 'device?', 'dtype?').of<
  [inputSize: number, hiddenSize: number, bias?: boolean, device?: DeviceLike | null, dtype?: DType | null]
>();

const GRU_CELL_FORWARD = signature('GRUCell.forward', 'input', 'hx?').of<[input: Tensor, hx?: Tensor | null]>();

/**
 * A step of a gated recurrent unit; shapes as `RNNCell`.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.GRUCell.html
 */
export class GRUCell extends RNNCellBase {
  constructor(...args: ArgumentsOf<typeof GRU_CELL>) {
    const [inputSize, hiddenSize, bias = true, device = null, dtype = null] = GRU_CELL.bind(args);
    super(inputSize, hiddenSize, bias, 3, { device, dtype });
  }

  override forward(...args: ArgumentsOf<typeof GRU_CELL_FORWARD>): Tensor {
    const [input, hx = null] = GRU_CELL_FORWARD.bind(args);
    const rows = this.rows(input);
    const result = gruCell(rows, this.stateRows(input, rows, hx), ...this.weights);
    return input.dim() === 2 ? result : result.squeeze(0);
  }
}
