/** The layers of transformers. */
import { type ArgumentsOf, signature } from '../../arguments';
import type { DType } from '../../dtype';
import { RuntimeError } from '../../errors';
import type { Tensor } from '../../tensor';
import type { DeviceLike } from '../../types';
import { gelu, relu } from '../functional/activation';
import { _canonicalMask } from '../functional/multi-head-attention';
import { Module } from '../module';
import { Dropout } from './dropout';
import { Linear } from './linear';
import { MultiheadAttention } from './multihead-attention';
import { LayerNorm } from './normalization';

/** What stands between the two linear maps of a layer: a name, a function or a module. */
export type Activation = 'relu' | 'gelu' | ((input: Tensor) => Tensor) | Module;

/** The types of the parameters of both layers. */
export type LayerParameters = [
  dModel: number,
  nhead: number,
  dimFeedforward?: number | undefined,
  dropout?: number | undefined,
  activation?: Activation | undefined,
  layerNormEps?: number | undefined,
  batchFirst?: boolean | undefined,
  normFirst?: boolean | undefined,
  bias?: boolean | undefined,
  device?: DeviceLike | null | undefined,
  dtype?: DType | null | undefined,
];

const NAMES = [
  ...(['dModel', 'nhead', 'dimFeedforward?', 'dropout?', 'activation?', 'layerNormEps?'] as const),
  ...(['batchFirst?', 'normFirst?', 'bias?', 'device?', 'dtype?'] as const),
] as const;

function activationOf(activation: Activation): Activation {
  if (typeof activation !== 'string') return activation;
  if (activation === 'relu') return relu;
  if (activation === 'gelu') return gelu;
  throw new RuntimeError(`activation should be relu/gelu, not ${activation}`);
}

/** What both layers have: self-attention and two linear maps. */
abstract class Layer extends Module {
  self_attn!: MultiheadAttention;
  linear1!: Linear;
  dropout!: Dropout;
  linear2!: Linear;
  readonly normFirst!: boolean;
  norm1!: LayerNorm;
  norm2!: LayerNorm;
  dropout1!: Dropout;
  dropout2!: Dropout;
  activation!: Activation;

  /** Attention of the input to itself. */
  protected attendToSelf(x: Tensor, mask: Tensor | null, padding: Tensor | null, isCausal: boolean): Tensor {
    const options = { attnMask: mask, keyPaddingMask: padding, needWeights: false, isCausal };
    return this.dropout1(this.self_attn(x, x, x, options)[0]);
  }

  /** The two linear maps, with `last` behind them. */
  protected feedForward(x: Tensor, last: Dropout): Tensor {
    const activation = this.activation as (input: Tensor) => Tensor;
    return last(this.linear2(this.dropout(activation(this.linear1(x)))));
  }
}

const ENCODER = signature('TransformerEncoderLayer.__init__', ...NAMES).of<LayerParameters>();
const ENCODE = signature(
  'TransformerEncoderLayer.forward',
  ...(['src', 'srcMask?', 'srcKeyPaddingMask?', 'isCausal?'] as const),
).of<[src: Tensor, srcMask?: Tensor | null, srcKeyPaddingMask?: Tensor | null, isCausal?: boolean]>();

/**
 * Self-attention and a network of two linear maps, with normalisations after or, with `normFirst`, before them. Takes
 * and gives (length, batch, dModel). Python's fast path of inference, whose digits differ slightly, is not taken.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.TransformerEncoderLayer.html
 */
export class TransformerEncoderLayer extends Layer {
  constructor(...args: ArgumentsOf<typeof ENCODER>) {
    super();
    const [dModel, nhead, dimFeedforward = 2048, dropout = 0.1, activation = relu, ...more] = ENCODER.bind(args);
    const [eps = 1e-5, batchFirst = false, normFirst = false, bias = true, device = null, dtype = null] = more;
    const factory = { bias, device, dtype };
    this.self_attn = new MultiheadAttention(dModel, nhead, { dropout, batchFirst, ...factory });
    this.linear1 = new Linear(dModel, dimFeedforward, factory);
    this.dropout = new Dropout(dropout);
    this.linear2 = new Linear(dimFeedforward, dModel, factory);
    Object.assign(this, { normFirst });
    this.norm1 = new LayerNorm(dModel, { eps, ...factory });
    this.norm2 = new LayerNorm(dModel, { eps, ...factory });
    this.dropout1 = new Dropout(dropout);
    this.dropout2 = new Dropout(dropout);
    this.activation = activationOf(activation);
  }

  override forward(...args: ArgumentsOf<typeof ENCODE>): Tensor {
    const [src, srcMask = null, srcKeyPaddingMask = null, isCausal = false] = ENCODE.bind(args);
    const other = srcMask?.dtype ?? null;
    const padding = _canonicalMask(srcKeyPaddingMask, 'src_key_padding_mask', other, 'src_mask', src.dtype);
    const mask = _canonicalMask(srcMask, 'src_mask', null, '', src.dtype, false);
    if (this.normFirst) {
      const x = src.add(this.attendToSelf(this.norm1(src), mask, padding, isCausal));
      return x.add(this.feedForward(this.norm2(x), this.dropout2));
    }
    const x = this.norm1(src.add(this.attendToSelf(src, mask, padding, isCausal)));
    return this.norm2(x.add(this.feedForward(x, this.dropout2)));
  }
}

const DECODER = signature('TransformerDecoderLayer.__init__', ...NAMES).of<LayerParameters>();
const DECODE = signature(
  'TransformerDecoderLayer.forward',
  ...(['tgt', 'memory', 'tgtMask?', 'memoryMask?', 'tgtKeyPaddingMask?', 'memoryKeyPaddingMask?'] as const),
  ...(['tgtIsCausal?', 'memoryIsCausal?'] as const),
).of<
  [
    tgt: Tensor,
    memory: Tensor,
    tgtMask?: Tensor | null,
    memoryMask?: Tensor | null,
    tgtKeyPaddingMask?: Tensor | null,
    memoryKeyPaddingMask?: Tensor | null,
    tgtIsCausal?: boolean,
    memoryIsCausal?: boolean,
  ]
>();

/**
 * Self-attention, attention to what an encoder gave, and a network of two linear maps. Takes (length, batch, dModel)
 * and a memory (other length, batch, dModel), and gives what the first is.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.TransformerDecoderLayer.html
 */
export class TransformerDecoderLayer extends Layer {
  multihead_attn!: MultiheadAttention;
  norm3!: LayerNorm;
  dropout3!: Dropout;

  constructor(...args: ArgumentsOf<typeof DECODER>) {
    super();
    const [dModel, nhead, dimFeedforward = 2048, dropout = 0.1, activation = relu, ...more] = DECODER.bind(args);
    const [eps = 1e-5, batchFirst = false, normFirst = false, bias = true, device = null, dtype = null] = more;
    const factory = { bias, device, dtype };
    this.self_attn = new MultiheadAttention(dModel, nhead, { dropout, batchFirst, ...factory });
    this.multihead_attn = new MultiheadAttention(dModel, nhead, { dropout, batchFirst, ...factory });
    this.linear1 = new Linear(dModel, dimFeedforward, factory);
    this.dropout = new Dropout(dropout);
    this.linear2 = new Linear(dimFeedforward, dModel, factory);
    Object.assign(this, { normFirst });
    this.norm1 = new LayerNorm(dModel, { eps, ...factory });
    this.norm2 = new LayerNorm(dModel, { eps, ...factory });
    this.norm3 = new LayerNorm(dModel, { eps, ...factory });
    this.dropout1 = new Dropout(dropout);
    this.dropout2 = new Dropout(dropout);
    this.dropout3 = new Dropout(dropout);
    this.activation = activationOf(activation);
  }

  override forward(...args: ArgumentsOf<typeof DECODE>): Tensor {
    const [tgt, memory, tgtMask = null, memoryMask = null, tgtPadding = null, memoryPadding = null, ...more] =
      DECODE.bind(args);
    const [tgtIsCausal = false, memoryIsCausal = false] = more;
    const attend = (x: Tensor): Tensor => {
      const options = { attnMask: memoryMask, keyPaddingMask: memoryPadding, needWeights: false };
      return this.dropout2(this.multihead_attn(x, memory, memory, { ...options, isCausal: memoryIsCausal })[0]);
    };
    if (this.normFirst) {
      let x = tgt.add(this.attendToSelf(this.norm1(tgt), tgtMask, tgtPadding, tgtIsCausal));
      x = x.add(attend(this.norm2(x)));
      return x.add(this.feedForward(this.norm3(x), this.dropout3));
    }
    let x = this.norm1(tgt.add(this.attendToSelf(tgt, tgtMask, tgtPadding, tgtIsCausal)));
    x = this.norm2(x.add(attend(x)));
    return this.norm3(x.add(this.feedForward(x, this.dropout3)));
  }
}
