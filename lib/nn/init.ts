/** `torch.nn.init`: fills tensors with initial values, and gives them back. */
import { python } from '../arguments';
import { noGrad } from '../autograd/grad-mode';
import { tensor as makeTensor } from '../creation';
import { float64 } from '../dtype';
import { ValueError } from '../errors';
import * as linalg from '../generated/linalg';
import { diag, emptyLike, eye as makeEye, randperm, where } from '../generated/torch';
import type { Tensor } from '../tensor';
import type { Generator } from '../types';
import { warn } from '../warnings';

/** The activation that follows, by PyTorch's name, for which `calculateGain` knows a factor. */
export type Nonlinearity =
  | 'linear'
  | 'conv1d'
  | 'conv2d'
  | 'conv3d'
  | 'conv_transpose1d'
  | 'conv_transpose2d'
  | 'conv_transpose3d'
  | 'sigmoid'
  | 'tanh'
  | 'relu'
  | 'leaky_relu'
  | 'selu';

/** Whether variance is kept forwards or backwards. */
export type FanMode = 'fan_in' | 'fan_out';

type Source = Generator | null;

const LINEAR = /^(linear|sigmoid|conv(_transpose)?[123]d)$/;

/**
 * The factor by which to scale weights for an activation.
 *
 * @see https://docs.pytorch.org/docs/2.13/nn.init.html#torch.nn.init.calculate_gain
 * @throws ValueError for an unknown activation.
 */
export const calculateGain = python(
  'calculate_gain',
  ['nonlinearity', 'param?'],
  (nonlinearity: Nonlinearity, param: number | null = null): number => {
    if (LINEAR.test(nonlinearity)) return 1;
    if (nonlinearity === 'tanh') return 5 / 3;
    if (nonlinearity === 'relu') return Math.sqrt(2);
    if (nonlinearity === 'selu') return 3 / 4;
    if (nonlinearity !== 'leaky_relu') throw new ValueError(`Unsupported nonlinearity ${nonlinearity}`);
    const slope = param ?? 0.01;
    if (typeof slope !== 'number') throw new ValueError(`negative_slope ${slope} not a valid number`);
    return Math.sqrt(2 / (1 + slope * slope));
  },
);

/** The number of inputs and of outputs of a weight's units. Throws a ValueError for less than two dimensions. */
export function _calculateFanInAndFanOut(tensor: Tensor): [fanIn: number, fanOut: number] {
  if (tensor.dim() < 2) {
    throw new ValueError('Fan in and fan out can not be computed for tensor with fewer than 2 dimensions');
  }
  const [outputs, inputs, ...field] = tensor.shape as readonly number[] as [number, number, ...number[]];
  const receptive = field.reduce((product, size) => product * size, 1);
  return [inputs * receptive, outputs * receptive];
}

function fanOf(tensor: Tensor, mode: string): number {
  const modes = ['fan_in', 'fan_out'];
  const which = modes.indexOf(mode.toLowerCase());
  if (which < 0)
    throw new ValueError(`Mode ${mode.toLowerCase()} not supported, please use one of ['fan_in', 'fan_out']`);
  return _calculateFanInAndFanOut(tensor)[which] as number;
}

function uniformly(tensor: Tensor, a: number, b: number, generator: Source): Tensor {
  return noGrad(() => tensor.uniform_(a, b, { generator }));
}

function normally(tensor: Tensor, mean: number, std: number, generator: Source): Tensor {
  return noGrad(() => tensor.normal_(mean, std, { generator }));
}

/** Evenly spread in [a, b). @see https://docs.pytorch.org/docs/2.13/nn.init.html#torch.nn.init.uniform_ */
export const uniform_ = python(
  'uniform_',
  ['tensor', 'a?', 'b?', 'generator?'],
  (tensor: Tensor, a = 0, b = 1, generator: Source = null): Tensor => uniformly(tensor, a, b, generator),
);

/** Normally distributed. @see https://docs.pytorch.org/docs/2.13/nn.init.html#torch.nn.init.normal_ */
export const normal_ = python(
  'normal_',
  ['tensor', 'mean?', 'std?', 'generator?'],
  (tensor: Tensor, mean = 0, std = 1, generator: Source = null): Tensor => normally(tensor, mean, std, generator),
);

/** One value. @see https://docs.pytorch.org/docs/2.13/nn.init.html#torch.nn.init.constant_ */
export const constant_ = python(
  'constant_',
  ['tensor', 'val'],
  (tensor: Tensor, val: number): Tensor => noGrad(() => tensor.fill_(val)),
);

/** Ones. @see https://docs.pytorch.org/docs/2.13/nn.init.html#torch.nn.init.ones_ */
export const ones_ = python('ones_', ['tensor'], (tensor: Tensor): Tensor => noGrad(() => tensor.fill_(1)));

/** Zeros. @see https://docs.pytorch.org/docs/2.13/nn.init.html#torch.nn.init.zeros_ */
export const zeros_ = python('zeros_', ['tensor'], (tensor: Tensor): Tensor => noGrad(() => tensor.zero_()));

/**
 * The identity matrix.
 *
 * @see https://docs.pytorch.org/docs/2.13/nn.init.html#torch.nn.init.eye_
 * @throws ValueError for what is no matrix.
 */
export const eye_ = python('eye_', ['tensor'], (tensor: Tensor): Tensor => {
  if (tensor.dim() !== 2) throw new ValueError('Only tensors with 2 dimensions are supported');
  const [rows, columns] = tensor.shape as readonly number[] as [number, number];
  noGrad(() => makeEye(rows, columns, { out: tensor, requiresGrad: tensor.requiresGrad }));
  return tensor;
});

/**
 * The Dirac delta: a convolution that keeps as many channels as it can.
 *
 * @see https://docs.pytorch.org/docs/2.13/nn.init.html#torch.nn.init.dirac_
 * @throws ValueError for other than 3 to 5 dimensions, or groups that do not divide the first.
 */
export const dirac_ = python('dirac_', ['tensor', 'groups?'], (tensor: Tensor, groups = 1): Tensor => {
  const dims = tensor.dim();
  if (dims < 3 || dims > 5) throw new ValueError('Only tensors with 3, 4, or 5 dimensions are supported');
  const [outputs, inputs, ...field] = tensor.shape as readonly number[] as [number, number, ...number[]];
  if (outputs % groups !== 0) throw new ValueError('dim 0 must be divisible by groups');
  if (tensor.isMeta) return tensor;
  const perGroup = outputs / groups;
  const centre = field.map((size) => Math.floor(size / 2));
  noGrad(() => {
    tensor.zero_();
    for (let group = 0; group < groups; group++) {
      for (let d = 0; d < Math.min(perGroup, inputs); d++) tensor.set(group * perGroup + d, d, ...centre, 1);
    }
  });
  return tensor;
});

/** Glorot's uniform values. @see https://docs.pytorch.org/docs/2.13/nn.init.html#torch.nn.init.xavier_uniform_ */
export const xavierUniform_ = python(
  'xavier_uniform_',
  ['tensor', 'gain?', 'generator?'],
  (tensor: Tensor, gain = 1, generator: Source = null): Tensor => {
    const [fanIn, fanOut] = _calculateFanInAndFanOut(tensor);
    const bound = Math.sqrt(3) * (gain * Math.sqrt(2 / (fanIn + fanOut)));
    return uniformly(tensor, -bound, bound, generator);
  },
);

/** Glorot's normal values. @see https://docs.pytorch.org/docs/2.13/nn.init.html#torch.nn.init.xavier_normal_ */
export const xavierNormal_ = python(
  'xavier_normal_',
  ['tensor', 'gain?', 'generator?'],
  (tensor: Tensor, gain = 1, generator: Source = null): Tensor => {
    const [fanIn, fanOut] = _calculateFanInAndFanOut(tensor);
    return normally(tensor, 0, gain * Math.sqrt(2 / (fanIn + fanOut)), generator);
  },
);

const KAIMING = ['tensor', 'a?', 'mode?', 'nonlinearity?', 'generator?'] as const;

/** The standard deviation of He's values; null, with PyTorch's warning, where there is nothing to fill. */
function kaimingStd(tensor: Tensor, a: number, mode: FanMode, nonlinearity: Nonlinearity): number | null {
  if (tensor.shape.includes(0)) {
    warn('Initializing zero-element tensors is a no-op');
    return null;
  }
  return calculateGain(nonlinearity, a) / Math.sqrt(fanOf(tensor, mode));
}

/** He's uniform values. @see https://docs.pytorch.org/docs/2.13/nn.init.html#torch.nn.init.kaiming_uniform_ */
export const kaimingUniform_ = python(
  'kaiming_uniform_',
  KAIMING,
  (
    tensor: Tensor,
    a = 0,
    mode: FanMode = 'fan_in',
    nonlinearity: Nonlinearity = 'leaky_relu',
    generator: Source = null,
  ): Tensor => {
    const std = kaimingStd(tensor, a, mode, nonlinearity);
    if (std === null) return tensor;
    const bound = Math.sqrt(3) * std;
    return uniformly(tensor, -bound, bound, generator);
  },
);

/** He's normal values. @see https://docs.pytorch.org/docs/2.13/nn.init.html#torch.nn.init.kaiming_normal_ */
export const kaimingNormal_ = python(
  'kaiming_normal_',
  KAIMING,
  (
    tensor: Tensor,
    a = 0,
    mode: FanMode = 'fan_in',
    nonlinearity: Nonlinearity = 'leaky_relu',
    generator: Source = null,
  ): Tensor => {
    const std = kaimingStd(tensor, a, mode, nonlinearity);
    return std === null ? tensor : normally(tensor, 0, std, generator);
  },
);

/**
 * A (semi-)orthogonal matrix.
 *
 * @see https://docs.pytorch.org/docs/2.13/nn.init.html#torch.nn.init.orthogonal_
 * @throws ValueError for less than two dimensions.
 */
export const orthogonal_ = python(
  'orthogonal_',
  ['tensor', 'gain?', 'generator?'],
  (tensor: Tensor, gain = 1, generator: Source = null): Tensor => {
    if (tensor.dim() < 2) throw new ValueError('Only tensors with 2 or more dimensions are supported');
    if (tensor.numel() === 0 || tensor.isMeta) return tensor;
    const rows = tensor.shape[0] as number;
    const columns = tensor.numel() / rows;
    const flattened = tensor.newEmpty([rows, columns]).normal_(0, 1, { generator });
    if (rows < columns) flattened.t_();
    const [q, r] = linalg.qr(flattened);
    q.mul_(diag(r, 0).sign());
    if (rows < columns) q.t_();
    noGrad(() => {
      tensor.viewAs(q).copy_(q);
      tensor.mul_(gain);
    });
    return tensor;
  },
);

/**
 * Normally distributed, with a share `sparsity` of each column zero.
 *
 * @see https://docs.pytorch.org/docs/2.13/nn.init.html#torch.nn.init.sparse_
 * @throws ValueError for what is no matrix.
 */
export const sparse_ = python(
  'sparse_',
  ['tensor', 'sparsity', 'std?', 'generator?'],
  (tensor: Tensor, sparsity: number, std = 0.01, generator: Source = null): Tensor => {
    if (tensor.dim() !== 2) throw new ValueError('Only tensors with 2 dimensions are supported');
    if (tensor.isMeta) return tensor;
    const [rows, columns] = tensor.shape as readonly number[] as [number, number];
    const zeros = Math.ceil(sparsity * rows);
    noGrad(() => {
      tensor.normal_(0, std, { generator });
      for (let column = 0; column < columns; column++) {
        tensor.set(randperm(rows).narrow(0, 0, zeros), column, 0);
      }
    });
    return tensor;
  },
);

function normalCdf(x: number): number {
  return (
    (1 +
      makeTensor(x / Math.sqrt(2), { dtype: float64 })
        .erf()
        .item()) /
    2
  );
}

/** Draws again what lies outside of [a, b], which is little. */
function redrawOutside(tensor: Tensor, mean: number, std: number, a: number, b: number, generator: Source): void {
  // The bounds as the dtype rounds them, so that a value on a rounded bound counts as inside.
  const [low, high] = [a, b].map((bound) => makeTensor(bound, { dtype: tensor.dtype }).item()) as [number, number];
  let result = tensor.normal_(mean, std, { generator });
  for (;;) {
    const outside = result.lt(low).bitwiseOr(result.gt(high));
    if (!outside.any().item<boolean>()) break;
    result = where(outside, emptyLike(result).normal_(mean, std, { generator }), result);
  }
  if (result !== tensor) tensor.copy_(result);
}

/** Draws evenly from [a, b] and accepts with the density's probability. */
function drawByRejection(tensor: Tensor, mean: number, std: number, a: number, b: number, generator: Source): void {
  const mode = Math.max(a, Math.min(mean, b));
  const deviation = (mode - mean) / std;
  const logPeak = -0.5 * (deviation * deviation);
  const candidates = emptyLike(tensor);
  const chances = emptyLike(tensor);
  const scores = (): Tensor => candidates.sub_(mean).div_(std).pow_(2).mul_(-0.5).sub_(logPeak);
  tensor.uniform_(a, b, { generator });
  candidates.copy_(tensor);
  scores();
  let pending = chances.uniform_({ generator }).log_().gt(candidates);
  let result = tensor;
  while (pending.any().item<boolean>()) {
    candidates.uniform_(a, b, { generator });
    result = where(pending, candidates, result);
    scores();
    pending = where(pending, chances.uniform_({ generator }).log_().gt(candidates), pending);
  }
  if (result !== tensor) tensor.copy_(result);
}

/**
 * Normally distributed within [a, b].
 *
 * @see https://docs.pytorch.org/docs/2.13/nn.init.html#torch.nn.init.trunc_normal_
 */
export const truncNormal_ = python(
  'trunc_normal_',
  ['tensor', 'mean?', 'std?', 'a?', 'b?', 'generator?'],
  (tensor: Tensor, mean = 0, std = 1, a = -2, b = 2, generator: Source = null): Tensor => {
    if (tensor.isMeta) return tensor;
    if (mean < a - 2 * std || mean > b + 2 * std) {
      warn(
        'mean is more than 2 std from [a, b] in nn.init.trunc_normal_. The distribution of values may be incorrect.',
      );
    }
    noGrad(() => {
      const inside = normalCdf((b - mean) / std) - normalCdf((a - mean) / std);
      (inside > 0.3 ? redrawOutside : drawByRejection)(tensor, mean, std, a, b, generator);
    });
    return tensor;
  },
);

/** A function of PyTorch's older name, which warns. */
function deprecated<Args extends unknown[]>(
  oldName: string,
  fill: (...args: Args) => Tensor,
): (...args: Args) => Tensor {
  return (...args) => {
    warn(`\`nn.init.${oldName}\` is now deprecated in favor of \`nn.init.${oldName}_\`.`, 'FutureWarning');
    return fill(...args);
  };
}

/** @deprecated PyTorch's older name of `uniform_`. */
export const uniform = deprecated('uniform', uniform_);
/** @deprecated PyTorch's older name of `normal_`. */
export const normal = deprecated('normal', normal_);
/** @deprecated PyTorch's older name of `constant_`. */
export const constant = deprecated('constant', constant_);
/** @deprecated PyTorch's older name of `eye_`. */
export const eye = deprecated('eye', eye_);
/** @deprecated PyTorch's older name of `dirac_`. */
export const dirac = deprecated('dirac', dirac_);
/** @deprecated PyTorch's older name of `xavierUniform_`. */
export const xavierUniform = deprecated('xavier_uniform', xavierUniform_);
/** @deprecated PyTorch's older name of `xavierNormal_`. */
export const xavierNormal = deprecated('xavier_normal', xavierNormal_);
/** @deprecated PyTorch's older name of `kaimingUniform_`. */
export const kaimingUniform = deprecated('kaiming_uniform', kaimingUniform_);
/** @deprecated PyTorch's older name of `kaimingNormal_`. */
export const kaimingNormal = deprecated('kaiming_normal', kaimingNormal_);
/** @deprecated PyTorch's older name of `orthogonal_`. */
export const orthogonal = deprecated('orthogonal', orthogonal_);
/** @deprecated PyTorch's older name of `sparse_`. */
export const sparse = deprecated('sparse', sparse_);
