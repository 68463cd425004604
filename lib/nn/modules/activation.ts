/** Activations. */
import { type ArgumentsOf, signature } from '../../arguments';
import type { DType } from '../../dtype';
import { AssertionError } from '../../errors';
import { empty, sigmoid, tanh } from '../../generated/torch';
import { repr } from '../../python-repr';
import type { Tensor } from '../../tensor';
import type { DeviceLike } from '../../types';
import * as F from '../functional';
import { constant_ } from '../init';
import { Module } from '../module';
import { Parameter } from '../parameter';
import { float, inplaceText } from './utils';

/** Activations whose only option is to overwrite their input. */
abstract class InplaceActivation extends Module {
  inplace: boolean;

  constructor(inplace: boolean | { inplace?: boolean } = false) {
    super();
    this.inplace = typeof inplace === 'object' ? (inplace.inplace ?? false) : inplace;
  }

  override extraRepr(): string {
    return inplaceText(this.inplace);
  }
}

/** `max(0, x)`. @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.ReLU.html */
export class ReLU extends InplaceActivation {
  override forward(input: Tensor): Tensor {
    return F.relu(input, this.inplace);
  }
}

/** The scaled exponential linear unit. @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.SELU.html */
export class SELU extends InplaceActivation {
  override forward(input: Tensor): Tensor {
    return F.selu(input, this.inplace);
  }
}

/** The sigmoid linear unit, `x * sigmoid(x)`. @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.SiLU.html */
export class SiLU extends InplaceActivation {
  override forward(input: Tensor): Tensor {
    return F.silu(input, this.inplace);
  }
}

/** `x * tanh(softplus(x))`. @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.Mish.html */
export class Mish extends InplaceActivation {
  override forward(input: Tensor): Tensor {
    return F.mish(input, this.inplace);
  }
}

/** The hard swish. @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.Hardswish.html */
export class Hardswish extends InplaceActivation {
  override forward(input: Tensor): Tensor {
    return F.hardswish(input, this.inplace);
  }

  // PyTorch's text does not say it.
  override extraRepr(): string {
    return '';
  }
}

/** The hard sigmoid. @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.Hardsigmoid.html */
export class Hardsigmoid extends InplaceActivation {
  override forward(input: Tensor): Tensor {
    return F.hardsigmoid(input, this.inplace);
  }

  override extraRepr(): string {
    return '';
  }
}

/** `1 / (1 + exp(-x))`. @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.Sigmoid.html */
export class Sigmoid extends Module {
  override forward(input: Tensor): Tensor {
    return sigmoid(input);
  }
}

/** The hyperbolic tangent. @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.Tanh.html */
export class Tanh extends Module {
  override forward(input: Tensor): Tensor {
    return tanh(input);
  }
}

/** The logarithm of the sigmoid. @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.LogSigmoid.html */
export class LogSigmoid extends Module {
  override forward(input: Tensor): Tensor {
    return F.logsigmoid(input);
  }
}

/** `x / (1 + |x|)`. @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.Softsign.html */
export class Softsign extends Module {
  override forward(input: Tensor): Tensor {
    return F.softsign(input);
  }
}

/** `x - tanh(x)`. @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.Tanhshrink.html */
export class Tanhshrink extends Module {
  override forward(input: Tensor): Tensor {
    return F.tanhshrink(input);
  }
}

const THRESHOLD_PARAMETERS = signature('Threshold.__init__', 'threshold', 'value', 'inplace?').of<
  [threshold: number, value: number, inplace?: boolean]
>();

/**
 * `value` where an element is at most `threshold`.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.Threshold.html
 */
export class Threshold extends Module {
  threshold: number;
  value: number;
  inplace: boolean;

  constructor(...args: ArgumentsOf<typeof THRESHOLD_PARAMETERS>) {
    super();
    const [threshold, value, inplace = false] = THRESHOLD_PARAMETERS.bind(args);
    this.threshold = threshold;
    this.value = value;
    this.inplace = inplace;
  }

  override forward(input: Tensor): Tensor {
    return F.threshold(input, this.threshold, this.value, this.inplace);
  }

  override extraRepr(): string {
    return `threshold=${float(this.threshold)}, value=${float(this.value)}${inplaceText(this.inplace, ', ')}`;
  }
}

const RRELU_PARAMETERS = signature('RReLU.__init__', 'lower?', 'upper?', 'inplace?').of<
  [lower?: number, upper?: number, inplace?: boolean]
>();

/**
 * `x` where positive, else `x` times a slope: one drawn evenly from [lower, upper] for each in training, else the middle.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.RReLU.html
 */
export class RReLU extends Module {
  lower: number;
  upper: number;
  inplace: boolean;

  constructor(...args: ArgumentsOf<typeof RRELU_PARAMETERS>) {
    super();
    const [lower = 1 / 8, upper = 1 / 3, inplace = false] = RRELU_PARAMETERS.bind(args);
    this.lower = lower;
    this.upper = upper;
    this.inplace = inplace;
  }

  override forward(input: Tensor): Tensor {
    return F.rrelu(input, this.lower, this.upper, this.training, this.inplace);
  }

  override extraRepr(): string {
    return `lower=${float(this.lower)}, upper=${float(this.upper)}${inplaceText(this.inplace, ', ')}`;
  }
}

const GLU_PARAMETERS = signature('GLU.__init__', 'dim?').of<[dim?: number]>();

/**
 * The first half along a dimension, gated by the sigmoid of the second.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.GLU.html
 */
export class GLU extends Module {
  dim: number;

  constructor(...args: ArgumentsOf<typeof GLU_PARAMETERS>) {
    super();
    const [dim = -1] = GLU_PARAMETERS.bind(args);
    this.dim = dim;
  }

  override forward(input: Tensor): Tensor {
    return F.glu(input, this.dim);
  }

  override extraRepr(): string {
    return `dim=${this.dim}`;
  }
}

const HARDSHRINK_PARAMETERS = signature('Hardshrink.__init__', 'lambd?').of<[lambd?: number]>();

/**
 * Zero where an element is within [-lambd, lambd].
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.Hardshrink.html
 */
export class Hardshrink extends Module {
  lambd: number;

  constructor(...args: ArgumentsOf<typeof HARDSHRINK_PARAMETERS>) {
    super();
    const [lambd = 0.5] = HARDSHRINK_PARAMETERS.bind(args);
    this.lambd = lambd;
  }

  override forward(input: Tensor): Tensor {
    return F.hardshrink(input, this.lambd);
  }

  override extraRepr(): string {
    return float(this.lambd);
  }
}

const SOFTSHRINK_PARAMETERS = signature('Softshrink.__init__', 'lambd?').of<[lambd?: number]>();

/**
 * Moves elements towards zero by `lambd`, and not beyond.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.Softshrink.html
 */
export class Softshrink extends Module {
  lambd: number;

  constructor(...args: ArgumentsOf<typeof SOFTSHRINK_PARAMETERS>) {
    super();
    const [lambd = 0.5] = SOFTSHRINK_PARAMETERS.bind(args);
    this.lambd = lambd;
  }

  override forward(input: Tensor): Tensor {
    return F.softshrink(input, this.lambd);
  }

  override extraRepr(): string {
    return float(this.lambd);
  }
}

const PRELU_PARAMETERS = signature('PReLU.__init__', 'numParameters?', 'init?', 'device?', 'dtype?').of<
  [numParameters?: number, init?: number, device?: DeviceLike | null, dtype?: DType | null]
>();

/**
 * `x` where positive, else a learned slope times `x`: one slope, or one for each channel.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.PReLU.html
 */
export class PReLU extends Module {
  readonly numParameters: number;
  readonly init: number;
  /** (numParameters) */
  weight: Parameter;

  constructor(...args: ArgumentsOf<typeof PRELU_PARAMETERS>) {
    super();
    const [numParameters = 1, init = 0.25, device = null, dtype = null] = PRELU_PARAMETERS.bind(args);
    this.numParameters = numParameters;
    this.init = init;
    this.weight = new Parameter(empty([numParameters], { device, dtype }));
    this.resetParameters();
  }

  /** Sets the slopes to their initial value. */
  resetParameters(): void {
    constant_(this.weight, this.init);
  }

  override forward(input: Tensor): Tensor {
    return F.prelu(input, this.weight);
  }

  override extraRepr(): string {
    return `num_parameters=${this.numParameters}`;
  }
}

const ELU_PARAMETERS = signature('ELU.__init__', 'alpha?', 'inplace?').of<[alpha?: number, inplace?: boolean]>();

/**
 * `x` where positive, else `alpha * (exp(x) - 1)`.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.ELU.html
 */
export class ELU extends Module {
  alpha: number;
  inplace: boolean;

  constructor(...args: ArgumentsOf<typeof ELU_PARAMETERS>) {
    super();
    const [alpha = 1, inplace = false] = ELU_PARAMETERS.bind(args);
    this.alpha = alpha;
    this.inplace = inplace;
  }

  override forward(input: Tensor): Tensor {
    return F.elu(input, this.alpha, this.inplace);
  }

  override extraRepr(): string {
    return `alpha=${float(this.alpha)}${inplaceText(this.inplace, ', ')}`;
  }
}

const CELU_PARAMETERS = signature('CELU.__init__', 'alpha?', 'inplace?').of<[alpha?: number, inplace?: boolean]>();

/**
 * `max(0, x) + min(0, alpha * (exp(x / alpha) - 1))`.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.CELU.html
 */
export class CELU extends Module {
  alpha: number;
  inplace: boolean;

  constructor(...args: ArgumentsOf<typeof CELU_PARAMETERS>) {
    super();
    const [alpha = 1, inplace = false] = CELU_PARAMETERS.bind(args);
    this.alpha = alpha;
    this.inplace = inplace;
  }

  override forward(input: Tensor): Tensor {
    return F.celu(input, this.alpha, this.inplace);
  }

  override extraRepr(): string {
    return `alpha=${float(this.alpha)}${inplaceText(this.inplace, ', ')}`;
  }
}

const LEAKY_RELU_PARAMETERS = signature('LeakyReLU.__init__', 'negativeSlope?', 'inplace?').of<
  [negativeSlope?: number, inplace?: boolean]
>();

/**
 * `x` where positive, else `negativeSlope * x`.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.LeakyReLU.html
 */
export class LeakyReLU extends Module {
  negativeSlope: number;
  inplace: boolean;

  constructor(...args: ArgumentsOf<typeof LEAKY_RELU_PARAMETERS>) {
    super();
    const [negativeSlope = 0.01, inplace = false] = LEAKY_RELU_PARAMETERS.bind(args);
    this.negativeSlope = negativeSlope;
    this.inplace = inplace;
  }

  override forward(input: Tensor): Tensor {
    return F.leakyRelu(input, this.negativeSlope, this.inplace);
  }

  override extraRepr(): string {
    return `negative_slope=${float(this.negativeSlope)}${inplaceText(this.inplace, ', ')}`;
  }
}

const SOFTPLUS_PARAMETERS = signature('Softplus.__init__', 'beta?', 'threshold?').of<
  [beta?: number, threshold?: number]
>();

/**
 * `log(1 + exp(beta * x)) / beta`, and `x` where `beta * x` is above the threshold.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.Softplus.html
 */
export class Softplus extends Module {
  beta: number;
  threshold: number;

  constructor(...args: ArgumentsOf<typeof SOFTPLUS_PARAMETERS>) {
    super();
    const [beta = 1, threshold = 20] = SOFTPLUS_PARAMETERS.bind(args);
    this.beta = beta;
    this.threshold = threshold;
  }

  override forward(input: Tensor): Tensor {
    return F.softplus(input, this.beta, this.threshold);
  }

  override extraRepr(): string {
    return `beta=${float(this.beta)}, threshold=${float(this.threshold)}`;
  }
}

const GELU_PARAMETERS = signature('GELU.__init__', 'approximate?').of<[approximate?: 'none' | 'tanh']>();

/**
 * The Gaussian error linear unit, exact or by `tanh`.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.GELU.html
 */
export class GELU extends Module {
  approximate: 'none' | 'tanh';

  constructor(...args: ArgumentsOf<typeof GELU_PARAMETERS>) {
    super();
    const [approximate = 'none'] = GELU_PARAMETERS.bind(args);
    this.approximate = approximate;
  }

  override forward(input: Tensor): Tensor {
    return F.gelu(input, { approximate: this.approximate });
  }

  override extraRepr(): string {
    return `approximate=${repr(this.approximate)}`;
  }
}

const HARDTANH_PARAMETERS = signature('Hardtanh.__init__', 'minVal?', 'maxVal?', 'inplace?').of<
  [minVal?: number, maxVal?: number, inplace?: boolean]
>();

/**
 * Clamps to [minVal, maxVal].
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.Hardtanh.html
 * @throws AssertionError if `maxVal` is not greater than `minVal`.
 */
export class Hardtanh extends Module {
  minVal: number;
  maxVal: number;
  inplace: boolean;

  constructor(...args: ArgumentsOf<typeof HARDTANH_PARAMETERS>) {
    super();
    const [minVal = -1, maxVal = 1, inplace = false] = HARDTANH_PARAMETERS.bind(args);
    if (maxVal <= minVal) throw new AssertionError(`max_val (${maxVal}) must be greater than min_val (${minVal})`);
    this.minVal = minVal;
    this.maxVal = maxVal;
    this.inplace = inplace;
  }

  override forward(input: Tensor): Tensor {
    return F.hardtanh(input, this.minVal, this.maxVal, this.inplace);
  }

  override extraRepr(): string {
    return `min_val=${float(this.minVal)}, max_val=${float(this.maxVal)}${inplaceText(this.inplace, ', ')}`;
  }
}

/** Clamps to [0, 6]. @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.ReLU6.html */
export class ReLU6 extends Hardtanh {
  constructor(inplace: boolean | { inplace?: boolean } = false) {
    super(0, 6, typeof inplace === 'object' ? (inplace.inplace ?? false) : inplace);
  }

  override extraRepr(): string {
    return inplaceText(this.inplace);
  }
}
