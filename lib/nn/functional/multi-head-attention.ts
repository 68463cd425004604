/** Attention of several heads, with its projections. */
import { python } from '../../arguments';
import type { DType } from '../../dtype';
import { bool } from '../../dtype';
import { AssertionError, RuntimeError } from '../../errors';
import { linear, scaledDotProductAttention } from '../../generated/nn';
import { baddbmm, bmm, cat, zeros, zerosLike } from '../../generated/torch';
import { tupleRepr } from '../../python-repr';
import type { Tensor } from '../../tensor';
import { dropout } from './dropout';
import { pad } from './padding';
import { softmax } from './softmax';

function assert(condition: boolean, message: () => string): asserts condition {
  if (!condition) throw new AssertionError(message());
}

function hasShape(tensor: Tensor, expected: readonly number[]): boolean {
  const { shape } = tensor;
  return shape.length === expected.length && expected.every((size, i) => size === shape[i]);
}

/** Query, key and value with their packed projection: Python's `_in_projection_packed`. */
function projectPacked(q: Tensor, k: Tensor, v: Tensor, w: Tensor, b: Tensor | null): [Tensor, Tensor, Tensor] {
  const size = q.size(-1);
  if (k !== v) {
    const [wq, wk, wv] = w.chunk(3) as [Tensor, Tensor, Tensor];
    const [bq, bk, bv] = b === null ? [null, null, null] : (b.chunk(3) as [Tensor, Tensor, Tensor]);
    return [linear(q, wq, bq), linear(k, wk, bk), linear(v, wv, bv)];
  }
  if (q === k) {
    const all = unpack(linear(q, w, b), 3, size);
    return [all.at(0), all.at(1), all.at(2)];
  }
  const [wq, wkv] = w.splitWithSizes([size, size * 2]) as [Tensor, Tensor];
  const [bq, bkv] = b === null ? [null, null] : (b.splitWithSizes([size, size * 2]) as [Tensor, Tensor]);
  const query = linear(q, wq, bq);
  const both = unpack(linear(k, wkv, bkv), 2, size);
  return [query, both.at(0), both.at(1)];
}

function unpack(projected: Tensor, count: number, size: number): Tensor {
  const sizes = [...projected.shape.slice(0, -1), count, size];
  return projected.view(sizes).unsqueeze(0).transpose(0, -2).squeeze(-2).contiguous();
}

type Weights = readonly [q: Tensor | null, k: Tensor | null, v: Tensor | null];

/** Query, key and value with a projection each: Python's `_in_projection`. */
function project(inputs: readonly [Tensor, Tensor, Tensor], weights: Weights, bias: Tensor | null): Tensor[] {
  const names = ['query', 'key', 'value'];
  const size = inputs[0].size(-1);
  const biases = bias === null ? [null, null, null] : bias.chunk(3);
  weights.forEach((weight, i) => {
    const name = `${'qkv'[i]}_proj_weight`;
    assert(weight !== null, () => `use_separate_proj_weight is True but ${name} is None`);
  });
  const given = weights as readonly Tensor[];
  given.forEach((weight, i) => {
    const expected = [size, (inputs[i] as Tensor).size(-1)];
    assert(
      hasShape(weight, expected),
      () => `expecting ${names[i]} weights shape of ${tupleRepr(expected)}, but got ${weight.shape}`,
    );
  });
  return inputs.map((input, i) => linear(input, given[i] as Tensor, biases[i] ?? null));
}

/** @internal A mask to add: one of booleans becomes zeros and negative infinities. Python's `_canonical_mask`. */
export function _canonicalMask(
  mask: Tensor | null,
  maskName: string,
  otherType: DType | null,
  otherName: string,
  targetType: DType,
  checkOther = true,
): Tensor | null {
  if (mask === null) return null;
  const isFloat = mask.isFloatingPoint();
  assert(mask.dtype === bool || isFloat, () => `only bool and floating types of ${maskName} are supported`);
  if (checkOther && otherType !== null && mask.dtype !== otherType) {
    process.emitWarning(
      `Support for mismatched ${maskName} and ${otherName} is deprecated. Use same type for both instead.`,
    );
  }
  return isFloat ? mask : zerosLike(mask, { dtype: targetType }).maskedFill_(mask, -Infinity);
}

/** Whether the inputs have a batch; throws where the dimensions do not go together. Python's `_mha_shape_check`. */
function checkShapes(
  query: Tensor,
  key: Tensor,
  value: Tensor,
  keyPaddingMask: Tensor | null,
  attnMask: Tensor | null,
  numHeads: number,
): boolean {
  const dims = query.dim();
  assert(
    dims === 2 || dims === 3,
    () => `query should be unbatched 2D or batched 3D tensor but received ${dims}-D query tensor`,
  );
  const what = `For ${dims === 3 ? 'batched (3-D)' : 'unbatched (2-D)'} \`query\`, expected`;
  assert(
    key.dim() === dims && value.dim() === dims,
    () =>
      `${what} \`key\` and \`value\` to be ${dims}-D but found ${key.dim()}-D and ${value.dim()}-D tensors respectively`,
  );
  assert(
    keyPaddingMask === null || keyPaddingMask.dim() === dims - 1,
    () =>
      `${what} \`key_padding_mask\` to be \`None\` or ${dims - 1}-D but found ${keyPaddingMask?.dim()}-D tensor instead`,
  );
  if (attnMask === null) return dims === 3;
  assert(
    attnMask.dim() === 2 || attnMask.dim() === 3,
    () => `${what} \`attn_mask\` to be \`None\`, 2-D or 3-D but found ${attnMask.dim()}-D tensor instead`,
  );
  const expected = [numHeads, query.size(0), key.size(0)];
  assert(
    dims === 3 || attnMask.dim() === 2 || hasShape(attnMask, expected),
    () => `Expected \`attn_mask\` shape to be ${tupleRepr(expected)} but got ${attnMask.shape}`,
  );
  return dims === 3;
}

function checkMask(mask: Tensor, dims: 2 | 3, expected: readonly number[]): void {
  if (hasShape(mask, expected)) return;
  throw new RuntimeError(`The shape of the ${dims}D attn_mask is ${mask.shape}, but should be ${tupleRepr(expected)}.`);
}

/** The heads of a projection as a batch: (batch * heads, length, head size). */
function heads(projected: Tensor, batch: number, numHeads: number, headDim: number): Tensor {
  return projected.view(projected.size(0), batch * numHeads, headDim).transpose(0, 1);
}

function checkStatic(name: string, given: Tensor, batch: number, headDim: number): Tensor {
  assert(given.size(0) === batch, () => `expecting ${name}.size(0) of ${batch}, but got ${given.size(0)}`);
  assert(given.size(2) === headDim, () => `expecting ${name}.size(2) of ${headDim}, but got ${given.size(2)}`);
  return given;
}

/**
 * Multi-head attention of query (length, batch, embedding), key and value, or without the batch: the projected outputs,
 * and the weights of the attention if they are needed.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.MultiheadAttention.html
 * @throws AssertionError where shapes do not go together.
 */
export const multiHeadAttentionForward = python(
  'multi_head_attention_forward',
  [
    ...(['query', 'key', 'value', 'embedDimToCheck', 'numHeads', 'inProjWeight', 'inProjBias', 'biasK'] as const),
    ...(['biasV', 'addZeroAttn', 'dropoutP', 'outProjWeight', 'outProjBias', 'training?'] as const),
    ...(['keyPaddingMask?', 'needWeights?', 'attnMask?', 'useSeparateProjWeight?', 'qProjWeight?'] as const),
    ...(['kProjWeight?', 'vProjWeight?', 'staticK?', 'staticV?', 'averageAttnWeights?', 'isCausal?'] as const),
  ],
  (
    query: Tensor,
    key: Tensor,
    value: Tensor,
    embedDimToCheck: number,
    numHeads: number,
    inProjWeight: Tensor | null,
    inProjBias: Tensor | null,
    biasK: Tensor | null,
    biasV: Tensor | null,
    addZeroAttn: boolean,
    dropoutP: number,
    outProjWeight: Tensor,
    outProjBias: Tensor | null,
    training = true,
    keyPaddingMask: Tensor | null = null,
    needWeights = true,
    attnMask: Tensor | null = null,
    useSeparateProjWeight = false,
    qProjWeight: Tensor | null = null,
    kProjWeight: Tensor | null = null,
    vProjWeight: Tensor | null = null,
    staticK: Tensor | null = null,
    staticV: Tensor | null = null,
    averageAttnWeights = true,
    isCausal = false,
  ): [output: Tensor, weights: Tensor | null] => {
    const isBatched = checkShapes(query, key, value, keyPaddingMask, attnMask, numHeads);
    let [q, k, v] = isBatched ? [query, key, value] : unsqueezed(query, key, value);
    let padding = keyPaddingMask !== null && !isBatched ? keyPaddingMask.unsqueeze(0) : keyPaddingMask;
    const [length, batch, embedDim] = q.shape as unknown as [number, number, number];
    let sourceLength = k.size(0);
    padding = _canonicalMask(padding, 'key_padding_mask', attnMask?.dtype ?? null, 'attn_mask', q.dtype);
    if (isCausal && attnMask === null) {
      throw new RuntimeError(
        'Need attn_mask if specifying the is_causal hint. You may use the Transformer module method ' +
          '`generate_square_subsequent_mask` to create this mask.',
      );
    }
    let mask: Tensor | null = null;
    let causal = isCausal;
    if (!isCausal || padding !== null || needWeights) {
      mask = _canonicalMask(attnMask, 'attn_mask', null, '', q.dtype, false);
      if (padding !== null) causal = false;
    }
    assert(
      embedDim === embedDimToCheck,
      () => `was expecting embedding dimension of ${embedDimToCheck}, but got ${embedDim}`,
    );
    const headDim = Math.floor(embedDim / numHeads);
    assert(headDim * numHeads === embedDim, () => `embed_dim ${embedDim} not divisible by num_heads ${numHeads}`);
    checkKeys(k, v, useSeparateProjWeight);
    if (useSeparateProjWeight) {
      [q, k, v] = project([q, k, v], [qProjWeight, kProjWeight, vProjWeight], inProjBias) as [Tensor, Tensor, Tensor];
    } else {
      assert(inProjWeight !== null, () => 'use_separate_proj_weight is False but in_proj_weight is None');
      [q, k, v] = projectPacked(q, k, v, inProjWeight, inProjBias);
    }
    if (mask?.dim() === 2) {
      checkMask(mask, 2, [length, sourceLength]);
      mask = mask.unsqueeze(0);
    } else if (mask !== null) {
      checkMask(mask, 3, [batch * numHeads, length, sourceLength]);
    }
    const widen = (): void => {
      if (mask !== null) mask = pad(mask, [0, 1]);
      if (padding !== null) padding = pad(padding, [0, 1]);
    };
    assert(biasK === null || biasV !== null, () => 'bias_k is set but bias_v is None');
    assert(biasV === null || biasK !== null, () => 'bias_v is set but bias_k is None');
    if (biasK !== null && biasV !== null) {
      assert(staticK === null, () => 'bias cannot be added to static key.');
      assert(staticV === null, () => 'bias cannot be added to static value.');
      k = cat([k, biasK.repeat([1, batch, 1])]);
      v = cat([v, biasV.repeat([1, batch, 1])]);
      widen();
    }
    const rows = batch * numHeads;
    q = heads(q, batch, numHeads, headDim);
    k = staticK === null ? heads(k, batch, numHeads, headDim) : checkStatic('static_k', staticK, rows, headDim);
    v = staticV === null ? heads(v, batch, numHeads, headDim) : checkStatic('static_v', staticV, rows, headDim);
    if (addZeroAttn) {
      const shape = [rows, 1, headDim];
      k = cat([k, zeros(shape, { dtype: k.dtype, device: k.device })], 1);
      v = cat([v, zeros(shape, { dtype: v.dtype, device: v.device })], 1);
      widen();
    }
    sourceLength = k.size(1);
    if (padding !== null) {
      const merged = spreadPadding(padding, batch, sourceLength, numHeads);
      mask = mask === null ? merged : (mask as Tensor).add(merged);
    }
    const p = training ? dropoutP : 0;
    if (!needWeights) {
      if (mask !== null) {
        const shared: boolean = mask.size(0) === 1 && mask.dim() === 3;
        mask = shared ? mask.unsqueeze(0) : (mask as Tensor).view(batch, numHeads, -1, sourceLength);
      }
      q = q.view(batch, numHeads, length, headDim);
      k = k.view(batch, numHeads, sourceLength, headDim);
      v = v.view(batch, numHeads, sourceLength, headDim);
      const attended = scaledDotProductAttention(q, k, v, mask, p, causal);
      const flat = linear(attended.permute(2, 0, 1, 3).reshape(batch * length, embedDim), outProjWeight, outProjBias);
      const output = flat.view(length, batch, flat.size(1));
      return [isBatched ? output : output.squeeze(1), null];
    }
    const scaled = q.mul(Math.sqrt(1 / q.size(-1)));
    assert(!causal || mask !== null, () => 'FIXME: is_causal not implemented for need_weights');
    const scores = mask === null ? bmm(scaled, k.transpose(-2, -1)) : baddbmm(mask, scaled, k.transpose(-2, -1));
    let weights = softmax(scores, { dim: -1 });
    if (p > 0) weights = dropout(weights, { p });
    const flat = linear(
      bmm(weights, v)
        .transpose(0, 1)
        .reshape(length * batch, embedDim),
      outProjWeight,
      outProjBias,
    );
    const output = flat.view(length, batch, flat.size(1));
    weights = weights.view(batch, numHeads, length, sourceLength);
    if (averageAttnWeights) weights = weights.mean(1);
    return isBatched ? [output, weights] : [output.squeeze(1), weights.squeeze(0)];
  },
);

/** The same tensor stays the same tensor: what is attended to itself is projected in one. */
function unsqueezed(query: Tensor, key: Tensor, value: Tensor): [Tensor, Tensor, Tensor] {
  return [query.unsqueeze(1), key.unsqueeze(1), value.unsqueeze(1)];
}

function checkKeys(key: Tensor, value: Tensor, separately: boolean): void {
  if (separately) {
    const [a, b] = [key, value].map(({ shape }) => shape.slice(0, 2));
    assert(String(a) === String(b), () => `key's sequence and batch dims ${a} do not match value's ${b}`);
    return;
  }
  assert(hasShape(key, value.shape), () => `key shape ${key.shape} does not match value shape ${value.shape}`);
}

function spreadPadding(padding: Tensor, batch: number, length: number, numHeads: number): Tensor {
  [batch, length].forEach((size, dim) => {
    assert(
      padding.size(dim) === size,
      () => `Expected key_padded_mask.shape[${dim}] to be ${size}, but got ${padding.size(dim)}`,
    );
  });
  return padding
    .view(batch, 1, 1, length)
    .expand(-1, numHeads, -1, -1)
    .reshape(batch * numHeads, 1, length);
}
