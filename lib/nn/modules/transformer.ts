/** Transformers: stacks of layers, and both stacks together. */
import { type ArgumentsOf, signature } from '../../arguments';
import { full } from '../../creation';
import { deepcopy } from '../../deepcopy';
import type { DType } from '../../dtype';
import { RuntimeError } from '../../errors';
import { triu } from '../../generated/torch';
import type { Tensor } from '../../tensor';
import type { DeviceLike } from '../../types';
import { _canonicalMask } from '../functional/multi-head-attention';
import { xavierUniform_ } from '../init';
import { Module } from '../module';
import { ModuleList } from './container';
import { LayerNorm } from './normalization';
import { type Activation, TransformerDecoderLayer, TransformerEncoderLayer } from './transformer-layers';

/** A mask that lets each position see those up to itself: negative infinity above the diagonal. */
function causalMask(size: number, device?: DeviceLike | null, dtype?: DType | null): Tensor {
  return triu(full([size, size], -Infinity, { dtype: dtype ?? null, device: device ?? null }), 1);
}

/** Whether a mask is the causal one, where nobody says so. Python's `_detect_is_causal_mask`. */
function isCausalMask(mask: Tensor | null, isCausal: boolean | null, size: number): boolean {
  if (isCausal !== null || mask === null) return isCausal === true;
  const causal = causalMask(size, mask.device, mask.dtype);
  return String(mask.size()) === String(causal.size()) && mask.eq(causal).all().item<boolean>();
}

function lengthOf(sequence: Tensor, batchFirst: boolean): number {
  return sequence.size(sequence.dim() === 3 && batchFirst ? 1 : 0);
}

function clones<M extends Module>(module: M, count: number): ModuleList<M> {
  return new ModuleList(Array.from({ length: count }, () => deepcopy(module)));
}

/** The batch comes first in the layers of a stack, if they say so. */
function batchFirstOf(layers: ModuleList): boolean {
  const [first] = layers as Iterable<Module & { self_attn?: { batchFirst: boolean } }>;
  return first?.self_attn?.batchFirst ?? false;
}

const ENCODER = signature(
  'TransformerEncoder.__init__',
  ...(['encoderLayer', 'numLayers', 'norm?', 'enableNestedTensor?', 'maskCheck?'] as const),
).of<
  [encoderLayer: Module, numLayers: number, norm?: Module | null, enableNestedTensor?: boolean, maskCheck?: boolean]
>();
const ENCODE = signature('TransformerEncoder.forward', 'src', 'mask?', 'srcKeyPaddingMask?', 'isCausal?').of<
  [src: Tensor, mask?: Tensor | null, srcKeyPaddingMask?: Tensor | null, isCausal?: boolean | null]
>();

/**
 * A stack of encoder layers, copies of one. Nested tensors, to which Python converts padded input in inference, are not
 * used: `enableNestedTensor` and `maskCheck` change nothing.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.TransformerEncoder.html
 */
export class TransformerEncoder extends Module {
  layers: ModuleList;
  readonly numLayers: number;
  norm: Module | null;

  constructor(...args: ArgumentsOf<typeof ENCODER>) {
    super();
    const [encoderLayer, numLayers, norm = null] = ENCODER.bind(args);
    this.layers = clones(encoderLayer, numLayers);
    this.numLayers = numLayers;
    this.norm = norm;
  }

  override forward(...args: ArgumentsOf<typeof ENCODE>): Tensor {
    const [src, mask = null, srcKeyPaddingMask = null, isCausal = null] = ENCODE.bind(args);
    const other = mask?.dtype ?? null;
    const padding = _canonicalMask(srcKeyPaddingMask, 'src_key_padding_mask', other, 'mask', src.dtype);
    const srcMask = _canonicalMask(mask, 'mask', null, '', src.dtype, false);
    const causal = isCausalMask(srcMask, isCausal, lengthOf(src, batchFirstOf(this.layers)));
    let output = src;
    for (const layer of this.layers) {
      output = layer(output, { srcMask, isCausal: causal, srcKeyPaddingMask: padding });
    }
    return this.norm === null ? output : this.norm(output);
  }
}

const DECODER = signature('TransformerDecoder.__init__', 'decoderLayer', 'numLayers', 'norm?').of<
  [decoderLayer: Module, numLayers: number, norm?: Module | null]
>();
const DECODE = signature(
  'TransformerDecoder.forward',
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
    tgtIsCausal?: boolean | null,
    memoryIsCausal?: boolean,
  ]
>();

/**
 * A stack of decoder layers, copies of one.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.TransformerDecoder.html
 */
export class TransformerDecoder extends Module {
  layers: ModuleList;
  readonly numLayers: number;
  norm: Module | null;

  constructor(...args: ArgumentsOf<typeof DECODER>) {
    super();
    const [decoderLayer, numLayers, norm = null] = DECODER.bind(args);
    this.layers = clones(decoderLayer, numLayers);
    this.numLayers = numLayers;
    this.norm = norm;
  }

  override forward(...args: ArgumentsOf<typeof DECODE>): Tensor {
    const [tgt, memory, tgtMask = null, memoryMask = null, ...more] = DECODE.bind(args);
    const [tgtKeyPaddingMask = null, memoryKeyPaddingMask = null, tgtIsCausal = null, memoryIsCausal = false] = more;
    const causal = isCausalMask(tgtMask, tgtIsCausal, lengthOf(tgt, batchFirstOf(this.layers)));
    const options = { tgtMask, memoryMask, tgtKeyPaddingMask, memoryKeyPaddingMask, memoryIsCausal };
    let output = tgt;
    for (const layer of this.layers) output = layer(output, memory, { ...options, tgtIsCausal: causal });
    return this.norm === null ? output : this.norm(output);
  }
}

const TRANSFORMER = signature(
  'Transformer.__init__',
  ...(['dModel?', 'nhead?', 'numEncoderLayers?', 'numDecoderLayers?', 'dimFeedforward?', 'dropout?'] as const),
  ...(['activation?', 'customEncoder?', 'customDecoder?', 'layerNormEps?', 'batchFirst?', 'normFirst?'] as const),
  ...(['bias?', 'device?', 'dtype?'] as const),
).of<
  [
    dModel?: number,
    nhead?: number,
    numEncoderLayers?: number,
    numDecoderLayers?: number,
    dimFeedforward?: number,
    dropout?: number,
    activation?: Activation,
    customEncoder?: Module | null,
    customDecoder?: Module | null,
    layerNormEps?: number,
    batchFirst?: boolean,
    normFirst?: boolean,
    bias?: boolean,
    device?: DeviceLike | null,
    dtype?: DType | null,
  ]
>();
const TRANSFORM = signature(
  'Transformer.forward',
  ...(['src', 'tgt', 'srcMask?', 'tgtMask?', 'memoryMask?', 'srcKeyPaddingMask?', 'tgtKeyPaddingMask?'] as const),
  ...(['memoryKeyPaddingMask?', 'srcIsCausal?', 'tgtIsCausal?', 'memoryIsCausal?'] as const),
).of<
  [
    src: Tensor,
    tgt: Tensor,
    srcMask?: Tensor | null,
    tgtMask?: Tensor | null,
    memoryMask?: Tensor | null,
    srcKeyPaddingMask?: Tensor | null,
    tgtKeyPaddingMask?: Tensor | null,
    memoryKeyPaddingMask?: Tensor | null,
    srcIsCausal?: boolean | null,
    tgtIsCausal?: boolean | null,
    memoryIsCausal?: boolean,
  ]
>();

/**
 * An encoder and a decoder: from (length, batch, dModel) and (other length, batch, dModel) to what the second is.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.Transformer.html
 */
export class Transformer extends Module {
  encoder: Module;
  decoder: Module;
  readonly dModel: number;
  readonly nhead: number;
  readonly batchFirst: boolean;

  constructor(...args: ArgumentsOf<typeof TRANSFORMER>) {
    super();
    const [dModel = 512, nhead = 8, encoderLayers = 6, decoderLayers = 6, ...more] = TRANSFORMER.bind(args);
    const [dimFeedforward, dropout, activation, customEncoder = null, customDecoder = null, ...options] = more;
    const [eps = 1e-5, batchFirst = false, normFirst, bias = true, device = null, dtype = null] = options;
    const factory = { bias, device, dtype };
    const layer = { dimFeedforward, dropout, activation, layerNormEps: eps, batchFirst, normFirst, ...factory };
    const norm = () => new LayerNorm(dModel, { eps, ...factory });
    this.encoder =
      customEncoder ?? new TransformerEncoder(new TransformerEncoderLayer(dModel, nhead, layer), encoderLayers, norm());
    this.decoder =
      customDecoder ?? new TransformerDecoder(new TransformerDecoderLayer(dModel, nhead, layer), decoderLayers, norm());
    this._resetParameters();
    this.dModel = dModel;
    this.nhead = nhead;
    this.batchFirst = batchFirst;
  }

  /** @throws RuntimeError if the batches or the numbers of features do not agree. */
  override forward(...args: ArgumentsOf<typeof TRANSFORM>): Tensor {
    const [src, tgt, srcMask = null, tgtMask = null, memoryMask = null, ...more] = TRANSFORM.bind(args);
    const [srcKeyPaddingMask = null, tgtKeyPaddingMask = null, memoryKeyPaddingMask = null, ...causal] = more;
    const [srcIsCausal = null, tgtIsCausal = null, memoryIsCausal = false] = causal;
    const batchDim = this.batchFirst ? 0 : 1;
    if (src.dim() === 3 && src.size(batchDim) !== tgt.size(batchDim)) {
      throw new RuntimeError('the batch number of src and tgt must be equal');
    }
    if (src.size(-1) !== this.dModel || tgt.size(-1) !== this.dModel) {
      throw new RuntimeError('the feature number of src and tgt must be equal to d_model');
    }
    const memory = this.encoder(src, { mask: srcMask, srcKeyPaddingMask, isCausal: srcIsCausal });
    const masks = { tgtMask, memoryMask, tgtKeyPaddingMask, memoryKeyPaddingMask };
    return this.decoder(tgt, memory, { ...masks, tgtIsCausal, memoryIsCausal });
  }

  /** A mask that lets each position see those up to itself. */
  static generateSquareSubsequentMask(
    size: number,
    { device = null, dtype = null }: { device?: DeviceLike | null; dtype?: DType | null } = {},
  ): Tensor {
    return causalMask(size, device, dtype);
  }

  /** Draws the matrices anew. */
  _resetParameters(): void {
    for (const parameter of this.parameters()) if (parameter.dim() > 1) xavierUniform_(parameter);
  }
}
