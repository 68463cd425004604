/** What computes a tensor of a module from the originals that the module has in its place. */
import { noGrad } from '../../autograd/grad-mode';
import { NotImplementedError, RuntimeError, ValueError } from '../../errors';
import { typename } from '../../python-repr';
import { Tensor } from '../../tensor';
import type { Module } from '../module';
import { ModuleList } from '../modules/container';
import { Parameter } from '../parameter';

/** A module that computes a tensor from one or several others, and may know the way back. */
export interface Parametrization extends Module {
  /** The tensors, or the tensor, that it gives this one for. */
  rightInverse?(value: Tensor): Tensor | readonly Tensor[];
}

/** Registers a parameter as such, and any other tensor as a buffer. */
export function registerMember(module: Module, name: string, tensor: Tensor): void {
  if (tensor instanceof Parameter) module.registerParameter(name, tensor);
  else module.registerBuffer(name, tensor);
}

/**
 * Parametrizations that are applied one after the other, with the tensors to which the first of them is applied: in
 * `original`, or if its `rightInverse` gives several, in `original0`, `original1`, ... It is what
 * `module.parametrizations.get(name)` gives, and is made by `registerParametrization` alone.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.utils.parametrize.ParametrizationList.html
 * @throws ValueError if what the parametrizations give differs from the tensor in shape or dtype, unless `unsafe`.
 */
export class ParametrizationList extends ModuleList<Parametrization> {
  /** What the first parametrization is applied to, if that is one tensor. */
  declare original: Tensor;
  /** Whether dtype and shape may differ from the original's. */
  unsafe: boolean;
  /** Whether the first parametrization is applied to one tensor. */
  readonly isTensor: boolean;
  /** To how many it is applied. */
  readonly ntensors: number;

  constructor(modules: readonly Parametrization[], original: Tensor, unsafe = false) {
    if (modules.length === 0) throw new ValueError('ParametrizationList requires one or more modules.');
    super(modules);
    this.unsafe = unsafe;
    const { shape, dtype } = original;
    const inverse = noGrad(() => this.inverseIfKnown(original));
    this.isTensor = inverse instanceof Tensor;
    this.ntensors = inverse instanceof Tensor ? 1 : inverse.length;
    if (inverse instanceof Tensor) this.takeOriginal(original, inverse);
    else this.takeOriginals(original, inverse);
    if (!unsafe) this.checkResult(shape, dtype);
  }

  /** The originals, in order. */
  private get originals(): Tensor[] {
    if (this.isTensor) return [this.original];
    const members = this as unknown as Record<string, Tensor>;
    return Array.from({ length: this.ntensors }, (_, i) => members[`original${i}`] as Tensor);
  }

  /** What all right inverses that there are make of a tensor. */
  private inverseIfKnown(original: Tensor): Tensor | readonly Tensor[] {
    let value: Tensor | readonly Tensor[] = original;
    for (const module of [...this].reverse()) {
      if (module.rightInverse === undefined) continue;
      try {
        value = module.rightInverse(value as Tensor);
      } catch (error) {
        if (!(error instanceof NotImplementedError)) throw error;
      }
    }
    if (value instanceof Tensor || Array.isArray(value)) return value;
    throw new ValueError(
      `'right_inverse' must return a Tensor or a Sequence of tensors (list, tuple...). Got ${typename(value)}`,
    );
  }

  private takeOriginal(original: Tensor, inverse: Tensor): void {
    for (const property of ['dtype', 'device'] as const) {
      if (String(original[property]) === String(inverse[property])) continue;
      throw new ValueError(
        `When \`right_inverse\` outputs one tensor, it may not change the ${property}.\n` +
          `original.${property}: ${original[property]}\nright_inverse(original).${property}: ${inverse[property]}`,
      );
    }
    noGrad(() => original.set_(inverse));
    registerMember(this, 'original', original);
  }

  private takeOriginals(original: Tensor, inverse: readonly Tensor[]): void {
    for (const [i, value] of inverse.entries()) {
      if (!(value instanceof Tensor)) {
        throw new ValueError(
          "'right_inverse' must return a Tensor or a Sequence of tensors (list, tuple...). " +
            `Got element ${i} of the sequence with type ${typename(value)}.`,
        );
      }
      const { requiresGrad } = original;
      const member = original instanceof Parameter ? new Parameter(value, requiresGrad) : value;
      registerMember(this, `original${i}`, member.requiresGrad_(requiresGrad));
    }
  }

  private checkResult(shape: readonly number[], dtype: Tensor['dtype']): void {
    const result: Tensor = (this as Module)();
    if (!(result instanceof Tensor)) {
      throw new ValueError(`A parametrization must return a tensor. Got ${typename(result)}.`);
    }
    const [before, after] = [{ dtype, shape }, result];
    for (const property of ['dtype', 'shape'] as const) {
      if (String(before[property]) === String(after[property])) continue;
      throw new ValueError(
        `Registering a parametrization may not change the ${property} of the tensor, unless \`unsafe\` flag is ` +
          `enabled.\nunparametrized ${property}: ${before[property]}\nparametrized ${property}: ${after[property]}`,
      );
    }
  }

  /**
   * Makes the originals those that give a tensor, by the right inverses of the parametrizations, the last one first.
   *
   * @throws RuntimeError if one has none; ValueError if what it gives does not fit the originals.
   */
  rightInverse(value: Tensor): void {
    noGrad(() => {
      let inverse: Tensor | readonly Tensor[] = value;
      for (const module of [...this].reverse()) {
        if (module.rightInverse === undefined) {
          throw new RuntimeError(`parametrization ${module.constructor.name} does not implement right_inverse.`);
        }
        inverse = module.rightInverse(inverse as Tensor);
      }
      if (this.isTensor) this.setOriginal(inverse as Tensor);
      else this.setOriginals(inverse as readonly Tensor[]);
    });
  }

  private setOriginal(value: Tensor): void {
    if (!(value instanceof Tensor)) {
      throw new ValueError(`\`right_inverse\` should return a tensor. Got ${typename(value)}`);
    }
    if (value.dtype !== this.original.dtype) {
      throw new ValueError(
        `The tensor returned by \`right_inverse\` has dtype ${value.dtype} while \`original\` has dtype ` +
          `${this.original.dtype}`,
      );
    }
    this.original.set_(value);
  }

  private setOriginals(values: readonly Tensor[]): void {
    if (!Array.isArray(values)) {
      throw new ValueError(`'right_inverse' must return a sequence of tensors. Got ${typename(values)}.`);
    }
    if (values.length !== this.ntensors) {
      throw new ValueError(
        `'right_inverse' must return a sequence of tensors of length ${this.ntensors}. Got a sequence of length ` +
          `${values.length}.`,
      );
    }
    for (const [i, original] of this.originals.entries()) {
      const value = values[i];
      if (!(value instanceof Tensor)) {
        throw new ValueError(
          "'right_inverse' must return a sequence of tensors or reference-type opaques. Got element " +
            `${i} of type ${typename(value)}.`,
        );
      }
      if (original.dtype !== value.dtype) {
        throw new ValueError(
          `Tensor ${i} returned by \`right_inverse\` has dtype ${value.dtype} while \`original${i}\` has dtype ` +
            `${original.dtype}`,
        );
      }
      original.set_(value);
    }
  }

  override forward(): Tensor {
    const [first, ...others] = this;
    let result: Tensor = (first as Module)(...this.originals);
    for (const module of others) result = (module as Module)(result);
    return result;
  }
}
