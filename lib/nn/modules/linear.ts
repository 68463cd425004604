/** Linear maps. */
import { type ArgumentsOf, signature } from '../../arguments';
import { noGrad } from '../../autograd/grad-mode';
import type { DType } from '../../dtype';
import { AssertionError, ValueError } from '../../errors';
import { empty } from '../../generated/torch';
import { repr } from '../../python-repr';
import type { Tensor } from '../../tensor';
import type { DeviceLike } from '../../types';
import { bilinear, linear } from '../functional/linear';
import { _calculateFanInAndFanOut, kaimingUniform_, uniform_ } from '../init';
import { Module } from '../module';
import { Parameter } from '../parameter';
import { UninitializedParameter } from '../uninitialized';
import { LazyModuleMixin } from './lazy';

/**
 * Gives its input back. Takes any arguments, and ignores them.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.Identity.html
 */
export class Identity extends Module {
  constructor(..._ignored: unknown[]) {
    super();
  }

  override forward(input: Tensor): Tensor {
    return input;
  }
}

const LINEAR = signature('Linear.__init__', 'inFeatures', 'outFeatures', 'bias?', 'device?', 'dtype?').of<
  [inFeatures: number, outFeatures: number, bias?: boolean, device?: DeviceLike | null, dtype?: DType | null]
>();

/**
 * `x Wᵀ + b`: from (*, inFeatures) to (*, outFeatures).
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.Linear.html
 */
export class Linear extends Module {
  inFeatures: number;
  outFeatures: number;
  /** (outFeatures, inFeatures) */
  weight: Parameter;
  /** (outFeatures), or null */
  bias!: Parameter | null;

  constructor(...args: ArgumentsOf<typeof LINEAR>) {
    super();
    const [inFeatures, outFeatures, bias = true, device = null, dtype = null] = LINEAR.bind(args);
    this.inFeatures = inFeatures;
    this.outFeatures = outFeatures;
    this.weight = new Parameter(empty([outFeatures, inFeatures], { device, dtype }));
    if (bias) this.bias = new Parameter(empty([outFeatures], { device, dtype }));
    else this.registerParameter('bias', null);
    this.resetParameters();
  }

  /** Draws the parameters anew. */
  resetParameters(): void {
    resetUniformly(this.weight, this.bias);
  }

  override forward(input: Tensor): Tensor {
    return linear(input, this.weight, this.bias);
  }

  override extraRepr(): string {
    const { inFeatures, outFeatures, bias } = this;
    return `in_features=${inFeatures}, out_features=${outFeatures}, bias=${repr(bias !== null)}`;
  }
}

const BILINEAR = signature(
  'Bilinear.__init__',
  'in1Features',
  'in2Features',
  'outFeatures',
  'bias?',
  'device?',
  'dtype?',
).of<
  [
    in1Features: number,
    in2Features: number,
    outFeatures: number,
    bias?: boolean,
    device?: DeviceLike | null,
    dtype?: DType | null,
  ]
>();

const BILINEAR_FORWARD = signature('Bilinear.forward', 'input1', 'input2').of<[input1: Tensor, input2: Tensor]>();

/**
 * `x1ᵀ A x2 + b`: from (*, in1Features) and (*, in2Features) to (*, outFeatures).
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.Bilinear.html
 * @throws ValueError if `in1Features` is not positive.
 */
export class Bilinear extends Module {
  readonly in1Features: number;
  readonly in2Features: number;
  readonly outFeatures: number;
  /** (outFeatures, in1Features, in2Features) */
  weight: Parameter;
  /** (outFeatures), or null */
  bias!: Parameter | null;

  constructor(...args: ArgumentsOf<typeof BILINEAR>) {
    super();
    const [in1Features, in2Features, outFeatures, bias = true, device = null, dtype = null] = BILINEAR.bind(args);
    this.in1Features = in1Features;
    this.in2Features = in2Features;
    this.outFeatures = outFeatures;
    this.weight = new Parameter(empty([outFeatures, in1Features, in2Features], { device, dtype }));
    if (bias) this.bias = new Parameter(empty([outFeatures], { device, dtype }));
    else this.registerParameter('bias', null);
    this.resetParameters();
  }

  /** Draws the parameters anew. */
  resetParameters(): void {
    if (this.in1Features <= 0) {
      throw new ValueError(`in1_features must be > 0, but got (in1_features=${this.in1Features})`);
    }
    const bound = 1 / Math.sqrt(this.weight.size(1));
    uniform_(this.weight, -bound, bound);
    if (this.bias !== null) uniform_(this.bias, -bound, bound);
  }

  override forward(...args: ArgumentsOf<typeof BILINEAR_FORWARD>): Tensor {
    const [input1, input2] = BILINEAR_FORWARD.bind(args);
    return bilinear(input1, input2, this.weight, this.bias);
  }

  override extraRepr(): string {
    const { in1Features, in2Features, outFeatures, bias } = this;
    return (
      `in1_features=${in1Features}, in2_features=${in2Features}, out_features=${outFeatures}, ` +
      `bias=${repr(bias !== null)}`
    );
  }
}

const LAZY_LINEAR = signature('LazyLinear.__init__', 'outFeatures', 'bias?', 'device?', 'dtype?').of<
  [outFeatures: number, bias?: boolean, device?: DeviceLike | null, dtype?: DType | null]
>();

/**
 * A `Linear` that finds `inFeatures` in its first input.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.LazyLinear.html
 */
export class LazyLinear extends LazyModuleMixin(Linear) {
  static override readonly clsToBecome = Linear;

  constructor(...args: ArgumentsOf<typeof LAZY_LINEAR>) {
    const [outFeatures, bias = true, device = null, dtype = null] = LAZY_LINEAR.bind(args);
    super(0, 0, false);
    this.weight = new UninitializedParameter({ device, dtype });
    this.outFeatures = outFeatures;
    if (bias) this.bias = new UninitializedParameter({ device, dtype });
  }

  override resetParameters(): void {
    if (!this.hasUninitializedParams() && this.inFeatures !== 0) super.resetParameters();
  }

  /** Gives the parameters the shapes that go with the input. */
  override initializeParameters(input: Tensor): void {
    const features = input.shape.at(-1) as number;
    if (this.hasUninitializedParams()) {
      noGrad(() => {
        this.inFeatures = features;
        (this.weight as UninitializedParameter).materialize([this.outFeatures, features]);
        (this.bias as UninitializedParameter | null)?.materialize([this.outFeatures]);
        this.resetParameters();
      });
    }
    if (this.inFeatures !== 0) return;
    const known = this.weight.shape.at(-1);
    if (features !== known) {
      throw new AssertionError(
        `The in_features inferred from input: ${features} is not equal to in_features from self.weight: ${known}`,
      );
    }
    this.inFeatures = features;
  }
}

/** Fills weight and bias as linear maps and convolutions do: evenly, within the inverse root of the fan-in. */
export function resetUniformly(weight: Tensor, bias: Tensor | null): void {
  kaimingUniform_(weight, { a: Math.sqrt(5) });
  if (bias === null) return;
  const [fanIn] = _calculateFanInAndFanOut(weight);
  const bound = fanIn > 0 ? 1 / Math.sqrt(fanIn) : 0;
  uniform_(bias, -bound, bound);
}
