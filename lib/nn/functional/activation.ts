/** Activations. */
import { python } from '../../arguments';
import { RuntimeError, ValueError } from '../../errors';
import * as nn from '../../generated/nn';
import * as torch from '../../generated/torch';
import type { Tensor } from '../../tensor';

export { elu_, gelu, hardtanh_, leakyRelu_, logSigmoid as logsigmoid, softplus, softshrink } from '../../generated/nn';
export { celu_, hardshrink, prelu, relu_, rrelu_, selu_, threshold_ } from '../../generated/torch';

type Unary = (input: Tensor) => Tensor;

function unary(name: string, operator: Unary, inPlace: Unary) {
  return python(
    name,
    ['input', 'inplace?'],
    (input: Tensor, inplace = false): Tensor => (inplace ? inPlace(input) : operator(input)),
  );
}

/**
 * Sets negative elements to zero.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.relu.html
 */
export const relu = unary('relu', torch.relu, torch.relu_);

/**
 * Clamps elements to [0, 6].
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.relu6.html
 */
export const relu6 = unary('relu6', nn.relu6, nn.relu6_);

/**
 * The scaled exponential linear unit.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.selu.html
 */
export const selu = unary('selu', torch.selu, torch.selu_);

/**
 * The sigmoid linear unit, `x * sigmoid(x)`.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.silu.html
 */
export const silu = unary('silu', nn.silu, nn.silu_);

/**
 * `x * tanh(softplus(x))`.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.mish.html
 */
export const mish = unary('mish', nn.mish, nn.mish_);

/**
 * The hard swish.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.hardswish.html
 */
export const hardswish = unary('hardswish', nn.hardswish, nn.hardswish_);

/**
 * The hard sigmoid.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.hardsigmoid.html
 */
export const hardsigmoid = unary('hardsigmoid', nn.hardsigmoid, nn.hardsigmoid_);

/**
 * `x` where positive, else `alpha * (exp(x) - 1)`.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.elu.html
 */
export const elu = python(
  'elu',
  ['input', 'alpha?', 'inplace?'],
  (input: Tensor, alpha = 1, inplace = false): Tensor => (inplace ? nn.elu_(input, alpha) : nn.elu(input, alpha)),
);

/**
 * `max(0, x) + min(0, alpha * (exp(x / alpha) - 1))`.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.celu.html
 */
export const celu = python(
  'celu',
  ['input', 'alpha?', 'inplace?'],
  (input: Tensor, alpha = 1, inplace = false): Tensor =>
    inplace ? torch.celu_(input, alpha) : torch.celu(input, alpha),
);

/**
 * `x` where positive, else `negativeSlope * x`.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.leaky_relu.html
 */
export const leakyRelu = python(
  'leaky_relu',
  ['input', 'negativeSlope?', 'inplace?'],
  (input: Tensor, negativeSlope = 0.01, inplace = false): Tensor =>
    inplace ? nn.leakyRelu_(input, negativeSlope) : nn.leakyRelu(input, negativeSlope),
);

/**
 * `x` where positive, else `x` times a slope: one drawn evenly from [lower, upper] for each in training, else the middle.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.rrelu.html
 */
export const rrelu = python(
  'rrelu',
  ['input', 'lower?', 'upper?', 'training?', 'inplace?'],
  (input: Tensor, lower = 1 / 8, upper = 1 / 3, training = false, inplace = false): Tensor =>
    (inplace ? torch.rrelu_ : torch.rrelu)(input, lower, upper, training),
);

/**
 * Clamps elements to [minVal, maxVal].
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.hardtanh.html
 * @throws ValueError if `minVal` is greater than `maxVal`.
 */
export const hardtanh = python(
  'hardtanh',
  ['input', 'minVal?', 'maxVal?', 'inplace?'],
  (input: Tensor, minVal = -1, maxVal = 1, inplace = false): Tensor => {
    if (minVal > maxVal) throw new ValueError('min_val cannot be greater than max_val');
    return inplace ? nn.hardtanh_(input, minVal, maxVal) : nn.hardtanh(input, minVal, maxVal);
  },
);

/**
 * `value` where an element is at most `threshold`.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.threshold.html
 */
export const threshold = python(
  'threshold',
  ['input', 'threshold', 'value', 'inplace?'],
  (input: Tensor, threshold: number, value: number, inplace = false): Tensor =>
    inplace ? torch.threshold_(input, threshold, value) : torch.threshold(input, threshold, value),
);

/**
 * The first half along a dimension, gated by the sigmoid of the second.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.glu.html
 * @throws RuntimeError for a 0-d tensor.
 */
export const glu = python('glu', ['input', 'dim?'], (input: Tensor, dim = -1): Tensor => {
  if (input.dim() === 0) throw new RuntimeError('glu does not support scalars because halving size must be even');
  return nn.glu(input, dim);
});

/** The hyperbolic tangent. @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.tanh.html */
export const tanh = python('tanh', ['input'], (input: Tensor): Tensor => input.tanh());

/** `1 / (1 + exp(-x))`. @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.sigmoid.html */
export const sigmoid = python('sigmoid', ['input'], (input: Tensor): Tensor => input.sigmoid());

/** `x - tanh(x)`. @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.tanhshrink.html */
export const tanhshrink = python('tanhshrink', ['input'], (input: Tensor): Tensor => input.sub(input.tanh()));

/** `x / (1 + |x|)`. @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.softsign.html */
export const softsign = python('softsign', ['input'], (input: Tensor): Tensor => input.div(input.abs().add(1)));
