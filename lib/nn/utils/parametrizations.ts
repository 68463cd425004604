/** Parametrizations of weights: `torch.nn.utils.parametrizations`. */
import { type Arguments, signature } from '../../arguments';
import { noGrad } from '../../autograd/grad-mode';
import { AssertionError, ValueError } from '../../errors';
import { _weightNorm, mv, normExceptDim, vdot } from '../../generated/torch';
import { contiguousFormat } from '../../layout';
import { Tensor } from '../../tensor';
import { normalize } from '../functional/normalization';
import { Module } from '../module';
import { _Orthogonal, type OrthogonalMap } from './orthogonal';
import { type Parametrized, registerParametrization } from './parametrize';
import { outputDim, weightMatrix } from './weight-matrix';

export type { OrthogonalMap };

/** The tensor of a name. Throws a ValueError if a module has none. */
function namedTensor(module: Module, name: string): Tensor {
  const weight = (module as unknown as Record<string, unknown>)[name];
  if (weight instanceof Tensor) return weight;
  throw new ValueError(`Module '${module}' has no parameter or buffer with name '${name}'`);
}

const ORTHOGONAL = signature('orthogonal', 'module', 'name?', 'orthogonalMap?', 'useTrivialization?');

/**
 * Makes a weight, a matrix or a batch of them, orthogonal or unitary: of orthonormal columns, or rows where they are fewer.
 *
 * `orthogonalMap` says how it is computed from what is trained: as a matrix exponential, the default for square and
 * complex weights, by Cayley's map, or by Householder reflectors. Without `useTrivialization` the first two cannot be
 * given a value.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.utils.parametrizations.orthogonal.html
 * @throws ValueError if there is no such weight, it is no matrix, or the map is unknown or cannot be used.
 */
export function orthogonal<M extends Module, Name extends string = 'weight'>(
  ...args: Arguments<
    [module: M, name?: Name, orthogonalMap?: OrthogonalMap | null, useTrivialization?: boolean],
    readonly ['module', 'name?', 'orthogonalMap?', 'useTrivialization?']
  >
): M & Parametrized<Name> {
  const [module, name = 'weight' as Name, given = null, useTrivialization = true] = ORTHOGONAL.bind(args) as [
    M,
    Name?,
    (OrthogonalMap | null)?,
    boolean?,
  ];
  const weight = namedTensor(module, name);
  if (weight.dim() < 2) {
    throw new ValueError(`Expected a matrix or batch of matrices. Got a tensor of ${weight.dim()} dimensions.`);
  }
  const square = weight.size(-2) === weight.size(-1);
  const map = given ?? (square || weight.isComplex() ? 'matrix_exp' : 'householder');
  return registerParametrization(module, name, new _Orthogonal(weight, map, useTrivialization), { unsafe: true });
}

/** A weight as its length, along all dimensions but one, and its direction. */
class _WeightNorm extends Module {
  readonly dim: number;

  constructor(dim: number | null) {
    super();
    this.dim = dim ?? -1;
  }

  override forward(weightG: Tensor, weightV: Tensor): Tensor {
    return _weightNorm(weightV, weightG, this.dim);
  }

  rightInverse(weight: Tensor): [weightG: Tensor, weightV: Tensor] {
    return [normExceptDim(weight, 2, this.dim), weight];
  }
}

const WEIGHT_NORM = signature('weight_norm', 'module', 'name?', 'dim?');

/**
 * Parts a weight into its lengths, `original0`, and its direction, `original1`: the lengths are taken over all dimensions
 * but `dim`, or over all if it is null. State dictionaries of the older `weightNorm` can be loaded.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.utils.parametrizations.weight_norm.html
 */
export function weightNorm<M extends Module, Name extends string = 'weight'>(
  ...args: Arguments<[module: M, name?: Name, dim?: number | null], readonly ['module', 'name?', 'dim?']>
): M & Parametrized<Name> {
  const [module, name = 'weight' as Name, dim = 0] = WEIGHT_NORM.bind(args) as [M, Name?, (number | null)?];
  const parametrized = registerParametrization(module, name, new _WeightNorm(dim), { unsafe: true });
  module.registerLoadStateDictPreHook((_, stateDict, prefix) => {
    const [length, direction] = ['g', 'v'].map((part) => stateDict.get(`${prefix}${name}_${part}`));
    if (length === undefined || direction === undefined) return;
    for (const part of ['g', 'v']) stateDict.delete(`${prefix}${name}_${part}`);
    stateDict.set(`${prefix}parametrizations.${name}.original0`, length);
    stateDict.set(`${prefix}parametrizations.${name}.original1`, direction);
  });
  return parametrized;
}

/** A weight divided by its largest singular value, which the power method follows. */
class _SpectralNorm extends Module {
  readonly dim: number;
  readonly eps: number;
  readonly nPowerIterations: number;
  declare _u: Tensor;
  declare _v: Tensor;

  constructor(weight: Tensor, nPowerIterations: number, dim: number, eps: number) {
    super();
    const dims = weight.dim();
    if (dim >= dims || dim < -dims) {
      throw new RangeError(
        `Dimension out of range (expected to be in range of [-${dims}, ${dims - 1}] but got ${dim})`,
      );
    }
    if (nPowerIterations <= 0) {
      throw new ValueError(
        `Expected n_power_iterations to be positive, but got n_power_iterations=${nPowerIterations}`,
      );
    }
    this.dim = dim >= 0 ? dim : dim + dims;
    this.eps = eps;
    this.nPowerIterations = nPowerIterations;
    if (dims > 1) this.makeVectors(weight);
  }

  private makeVectors(weight: Tensor): void {
    const matrix = this.matrix(weight);
    const [u, v] = matrix.shape.map((size) => matrix.newEmpty(size).normal_(0, 1)) as [Tensor, Tensor];
    this.registerBuffer('_u', normalize(u, { dim: 0, eps: this.eps }));
    this.registerBuffer('_v', normalize(v, { dim: 0, eps: this.eps }));
    this.iterate(matrix, 15);
  }

  private matrix(weight: Tensor): Tensor {
    if (weight.dim() <= 1) {
      throw new AssertionError(`Expected weight to have more than 1 dimension, got ${weight.dim()}`);
    }
    return weightMatrix(weight, this.dim).flatten(1);
  }

  private iterate(matrix: Tensor, times: number): void {
    noGrad(() => {
      const { _u, _v, eps } = this;
      for (let i = 0; i < times; i++) {
        normalize(mv(matrix, _v), { dim: 0, eps, out: _u });
        normalize(mv(matrix.H, _u), { dim: 0, eps, out: _v });
      }
    });
  }

  override forward(weight: Tensor): Tensor {
    if (weight.dim() === 1) return normalize(weight, { dim: 0, eps: this.eps });
    const matrix = this.matrix(weight);
    if (this.training) this.iterate(matrix, this.nPowerIterations);
    // Copied, as a later call changes them in place, and the backward pass of this one needs them.
    const [u, v] = [this._u, this._v].map((vector) => vector.clone({ memoryFormat: contiguousFormat })) as [
      Tensor,
      Tensor,
    ];
    return weight.div(vdot(u, mv(matrix, v)));
  }

  rightInverse(value: Tensor): Tensor {
    return value;
  }
}

const SPECTRAL_NORM = signature('spectral_norm', 'module', 'name?', 'nPowerIterations?', 'eps?', 'dim?');

/**
 * Divides a weight by its largest singular value, which `nPowerIterations` steps of the power method a call in training
 * approach; the weight is seen as a matrix with a row for each index of `dim`, by default that of the outputs.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.utils.parametrizations.spectral_norm.html
 * @throws ValueError if there is no such weight or no iteration; RangeError for a dimension that is not there.
 */
export function spectralNorm<M extends Module, Name extends string = 'weight'>(
  ...args: Arguments<
    [module: M, name?: Name, nPowerIterations?: number, eps?: number, dim?: number | null],
    readonly ['module', 'name?', 'nPowerIterations?', 'eps?', 'dim?']
  >
): M & Parametrized<Name> {
  const [module, name = 'weight' as Name, nPowerIterations = 1, eps = 1e-12, dim = null] = SPECTRAL_NORM.bind(args) as [
    M,
    Name?,
    number?,
    number?,
    (number | null)?,
  ];
  const weight = namedTensor(module, name);
  return registerParametrization(
    module,
    name,
    new _SpectralNorm(weight, nPowerIterations, dim ?? outputDim(module), eps),
  );
}
