/** The parametrization of orthogonal and unitary matrices. */
import { noGrad } from '../../autograd/grad-mode';
import { NotImplementedError, ValueError } from '../../errors';
import { householderProduct, solve } from '../../generated/linalg';
import { add, allclose, cat, eye, geqrf, matrixExp, randn, zerosLike } from '../../generated/torch';
import { finfo } from '../../numeric-limits';
import type { Size } from '../../size';
import type { Tensor } from '../../tensor';
import { Module } from '../module';

/** How an orthogonal matrix is computed. */
export type OrthogonalMap = 'matrix_exp' | 'cayley' | 'householder';

const MAPS: readonly string[] = ['matrix_exp', 'cayley', 'householder'];

function diagonal(matrix: Tensor): Tensor {
  return matrix.diagonal({ dim1: -2, dim2: -1 });
}

function isOrthogonal(matrix: Tensor): boolean {
  const { dtype, device } = matrix;
  const identity = eye(matrix.size(-1), { dtype, device });
  // A tolerance for matrices from a QR decomposition, which is less precise than a product.
  return allclose(matrix.mH.matmul(matrix), identity, { atol: 10 * matrix.size(-2) * finfo(dtype).eps });
}

/** The orthogonal factor of a matrix: the unique one whose triangular factor has a positive diagonal. */
function makeOrthogonal(matrix: Tensor): Tensor {
  const [factors, tau] = geqrf(matrix);
  return householderProduct(factors, tau).mul_(diagonal(factors).sgn().unsqueeze(-2));
}

/** An orthogonal matrix from a matrix of the same shape. */
export class _Orthogonal extends Module {
  readonly shape: Size;
  readonly orthogonalMap: OrthogonalMap;
  /** What the matrix is a multiple of, so that it can be given a value: null until it is, absent without. */
  declare base?: Tensor | null;

  constructor(weight: Tensor, orthogonalMap: OrthogonalMap, useTrivialization: boolean) {
    super();
    if (!MAPS.includes(orthogonalMap)) {
      throw new ValueError(
        `orthogonal_map has to be one of "matrix_exp", "cayley", "householder". Got: ${orthogonalMap}`,
      );
    }
    if (weight.isComplex() && orthogonalMap === 'householder') {
      throw new ValueError('The householder parametrization does not support complex tensors.');
    }
    this.shape = weight.shape;
    this.orthogonalMap = orthogonalMap;
    if (useTrivialization) this.registerBuffer('base', null);
  }

  override forward(input: Tensor): Tensor {
    const wide = input.size(-2) < input.size(-1);
    const tall = wide ? input.mT : input;
    let result = this.orthogonalMap === 'householder' ? householder(tall) : this.exponential(tall);
    if (this.base !== undefined) result = (this.base as Tensor).matmul(result);
    return wide ? result.mT : result;
  }

  /** By a map from skew-symmetric to orthogonal square matrices. */
  private exponential(input: Tensor): Tensor {
    const [n, k] = [input.size(-2), input.size(-1)];
    let lower = input.tril();
    if (n !== k) {
      const rest = lower.newZeros(n, n - k).expand(...lower.shape.slice(0, -2), -1, -1);
      lower = cat([lower, rest], { dim: -1 });
    }
    const skew = lower.sub(lower.mH);
    const result = this.orthogonalMap === 'cayley' ? cayley(skew) : matrixExp(skew);
    return n === k ? result : result.at('...', `:${k}`);
  }

  /** Python's sentences for what cannot be inverted; else the original that gives the matrix. */
  rightInverse(value: Tensor): Tensor {
    return noGrad(() => {
      if (String(value.shape) !== String(this.shape)) {
        throw new ValueError(
          `Expected a matrix or batch of matrices of shape ${this.shape}. Got a tensor of shape ${value.shape}.`,
        );
      }
      const wide = value.size(-2) < value.size(-1);
      const tall = wide ? value.mT : value;
      if (this.base === undefined) return this.reflectors(tall, wide);
      this.base = completed(tall);
      const original = zerosLike(value);
      diagonal(original).fill_(-1);
      return original;
    });
  }

  private reflectors(matrix: Tensor, wide: boolean): Tensor {
    if (this.orthogonalMap !== 'householder') {
      throw new NotImplementedError(
        'It is not possible to assign to the matrix exponential or the Cayley parametrizations when ' +
          'use_trivialization=False.',
      );
    }
    const [factors, tau] = geqrf(matrix);
    diagonal(factors).sign_();
    // The signs of reflectors that do nothing, which the decomposition of an orthogonal matrix has last.
    const signs = diagonal(factors);
    signs.set(tau.eq(0), signs.at(tau.eq(0)).mul(-1));
    return wide ? factors.mT : factors;
  }
}

function householder(input: Tensor): Tensor {
  const vectors = input.tril({ diagonal: -1 });
  const tau = vectors.mul(vectors).sum({ dim: -2 }).add(1).reciprocal().mul(2);
  const result = householderProduct(vectors, tau);
  // The diagonal holds signs only; as whole numbers, it gets no gradient.
  return result.mul(diagonal(input).int().unsqueeze(-2));
}

function cayley(skew: Tensor): Tensor {
  const identity = eye(skew.size(-1), { dtype: skew.dtype, device: skew.device });
  return solve(add(identity, skew, { alpha: -0.5 }), add(identity, skew, { alpha: 0.5 }));
}

/** A square orthogonal matrix that begins with the columns of a matrix. */
function completed(matrix: Tensor): Tensor {
  const [n, k] = [matrix.size(-2), matrix.size(-1)];
  if (n === k) return isOrthogonal(matrix) ? matrix.clone() : makeOrthogonal(matrix);
  const { dtype, device } = matrix;
  const random = randn([...matrix.shape.slice(0, -2), n, n - k], { dtype, device });
  return makeOrthogonal(cat([matrix, random], { dim: -1 }));
}
