/** `MultiheadAttention`. */
import { type ArgumentsOf, signature } from '../../arguments';
import type { DType } from '../../dtype';
import { AssertionError, ValueError } from '../../errors';
import { empty } from '../../generated/torch';
import type { Tensor } from '../../tensor';
import type { DeviceLike } from '../../types';
import { _canonicalMask, multiHeadAttentionForward } from '../functional/multi-head-attention';
import { constant_, xavierNormal_, xavierUniform_ } from '../init';
import { Module } from '../module';
import { Parameter } from '../parameter';
import { Linear } from './linear';

/** @internal A linear map under the name that the text of attention has it by. */
export class NonDynamicallyQuantizableLinear extends Linear {}

const PARAMETERS = signature(
  'MultiheadAttention.__init__',
  ...(['embedDim', 'numHeads', 'dropout?', 'bias?', 'addBiasKv?', 'addZeroAttn?'] as const),
  ...(['kdim?', 'vdim?', 'batchFirst?', 'device?', 'dtype?'] as const),
).of<
  [
    embedDim: number,
    numHeads: number,
    dropout?: number,
    bias?: boolean,
    addBiasKv?: boolean,
    addZeroAttn?: boolean,
    kdim?: number | null,
    vdim?: number | null,
    batchFirst?: boolean,
    device?: DeviceLike | null,
    dtype?: DType | null,
  ]
>();

const FORWARD = signature(
  'MultiheadAttention.forward',
  ...(['query', 'key', 'value', 'keyPaddingMask?', 'needWeights?', 'attnMask?'] as const),
  ...(['averageAttnWeights?', 'isCausal?'] as const),
).of<
  [
    query: Tensor,
    key: Tensor,
    value: Tensor,
    keyPaddingMask?: Tensor | null,
    needWeights?: boolean,
    attnMask?: Tensor | null,
    averageAttnWeights?: boolean,
    isCausal?: boolean,
  ]
>();

/**
 * Attention of several heads: of a query (length, batch, embedDim) to keys and values, with `batchFirst` the batch first,
 * or without one. Gives the output and, unless `needWeights` is false, the weights of the attention. Python's fast path
 * of inference, whose digits differ slightly, is not taken.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.MultiheadAttention.html
 * @throws ValueError for sizes that are not positive; AssertionError if the heads do not divide the embedding.
 */
export class MultiheadAttention extends Module {
  readonly embedDim: number;
  readonly kdim: number;
  readonly vdim: number;
  readonly numHeads: number;
  readonly headDim: number;
  dropout: number;
  readonly batchFirst: boolean;
  readonly addZeroAttn: boolean;
  /** (3 * embedDim, embedDim), or null where key or value have another size. */
  in_proj_weight!: Parameter | null;
  q_proj_weight!: Parameter | null;
  k_proj_weight!: Parameter | null;
  v_proj_weight!: Parameter | null;
  /** (3 * embedDim), or null */
  in_proj_bias!: Parameter | null;
  out_proj: Linear;
  bias_k: Parameter | null;
  bias_v: Parameter | null;

  constructor(...args: ArgumentsOf<typeof PARAMETERS>) {
    const [embedDim, numHeads, dropout = 0, bias = true, addBiasKv = false, addZeroAttn = false, ...more] =
      PARAMETERS.bind(args);
    const [kdim = null, vdim = null, batchFirst = false, device = null, dtype = null] = more;
    if (embedDim <= 0 || numHeads <= 0) {
      throw new ValueError(
        `embed_dim and num_heads must be greater than 0, got embed_dim=${embedDim} and num_heads=${numHeads} instead`,
      );
    }
    super();
    const parameter = (...shape: number[]): Parameter => new Parameter(empty(shape, { device, dtype }));
    this.embedDim = embedDim;
    this.kdim = kdim ?? embedDim;
    this.vdim = vdim ?? embedDim;
    this.numHeads = numHeads;
    this.dropout = dropout;
    this.batchFirst = batchFirst;
    this.headDim = Math.floor(embedDim / numHeads);
    if (this.headDim * numHeads !== embedDim) throw new AssertionError('embed_dim must be divisible by num_heads');
    const same = this.sameSizes;
    const separate = same ? [] : [parameter(embedDim, embedDim), parameter(embedDim, this.kdim)];
    if (!same) separate.push(parameter(embedDim, this.vdim));
    if (same) this.in_proj_weight = parameter(3 * embedDim, embedDim);
    ['q', 'k', 'v'].forEach((name, i) => {
      this.registerParameter(`${name}_proj_weight`, separate[i] ?? null);
    });
    if (!same) this.registerParameter('in_proj_weight', null);
    this.registerParameter('in_proj_bias', bias ? parameter(3 * embedDim) : null);
    this.out_proj = new NonDynamicallyQuantizableLinear(embedDim, embedDim, { bias, device, dtype });
    this.bias_k = addBiasKv ? parameter(1, 1, embedDim) : null;
    this.bias_v = addBiasKv ? parameter(1, 1, embedDim) : null;
    this.addZeroAttn = addZeroAttn;
    this._resetParameters();
  }

  /** Whether query, key and value are of one size, so that one matrix projects them. */
  private get sameSizes(): boolean {
    return this.kdim === this.embedDim && this.vdim === this.embedDim;
  }

  /** Draws the parameters anew. */
  _resetParameters(): void {
    for (const weight of [this.in_proj_weight, this.q_proj_weight, this.k_proj_weight, this.v_proj_weight]) {
      if (weight !== null) xavierUniform_(weight);
    }
    if (this.in_proj_bias !== null) {
      constant_(this.in_proj_bias, 0);
      constant_(this.out_proj.bias as Parameter, 0);
    }
    if (this.bias_k !== null) xavierNormal_(this.bias_k);
    if (this.bias_v !== null) xavierNormal_(this.bias_v);
  }

  override forward(...args: ArgumentsOf<typeof FORWARD>): [output: Tensor, weights: Tensor | null] {
    let [query, key, value, keyPaddingMask = null, needWeights = true, attnMask = null, ...more] = FORWARD.bind(args);
    const [averageAttnWeights = true, isCausal = false] = more;
    const { dtype } = query;
    const padding = _canonicalMask(keyPaddingMask, 'key_padding_mask', attnMask?.dtype ?? null, 'attn_mask', dtype);
    const mask = _canonicalMask(attnMask, 'attn_mask', null, '', dtype, false);
    const swapped = this.batchFirst && query.dim() === 3;
    if (swapped) [query, key, value] = swapBatch(query, key, value);
    const [output, weights] = multiHeadAttentionForward(
      query,
      key,
      value,
      this.embedDim,
      this.numHeads,
      this.in_proj_weight,
      this.in_proj_bias,
      this.bias_k,
      this.bias_v,
      this.addZeroAttn,
      this.dropout,
      this.out_proj.weight,
      this.out_proj.bias,
      this.training,
      padding,
      needWeights,
      mask,
      !this.sameSizes,
      this.q_proj_weight,
      this.k_proj_weight,
      this.v_proj_weight,
      null,
      null,
      averageAttnWeights,
      isCausal,
    );
    return [swapped ? output.transpose(1, 0) : output, weights];
  }
}

/** Batch and length swapped; what is one tensor stays one, and is projected in one. */
function swapBatch(query: Tensor, key: Tensor, value: Tensor): [Tensor, Tensor, Tensor] {
  const swappedQuery = query.transpose(1, 0);
  const swappedKey = key === value && query === key ? swappedQuery : key.transpose(1, 0);
  return [swappedQuery, swappedKey, key === value ? swappedKey : value.transpose(1, 0)];
}
