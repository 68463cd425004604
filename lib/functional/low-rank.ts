/** Decompositions of matrices that are nearly of low rank, by random projection. */
import { python } from '../arguments';
import { type DType, float16, float32, float64 } from '../dtype';
import { ValueError } from '../errors';
import * as linalg from '../generated/linalg';
import * as sparse from '../generated/sparse';
import { _sparseSum, ones, randn, zeros } from '../generated/torch';
import { sparseCoo } from '../layout';
import { sparseCooTensor } from '../sparse/creation';
import type { Tensor } from '../tensor';

function matmul(A: Tensor, B: Tensor): Tensor {
  return A.layout === sparseCoo ? sparse.mm(A, B) : A.matmul(B);
}

function floatingDtype({ dtype }: Tensor): DType {
  return dtype === float16 || dtype === float32 || dtype === float64 ? dtype : float32;
}

/** A matrix with `q` orthonormal columns whose span approximates that of A (less M): algorithm 4.4 of Halko et al. */
function approximateBasis(A: Tensor, q: number, niter: number, M: Tensor | null): Tensor {
  const dtype = A.dtype.isComplex ? A.dtype : floatingDtype(A);
  const project = (by: Tensor, adjoint: boolean): Tensor => {
    const product = matmul(adjoint ? A.mH : A, by);
    return M === null ? product : product.sub(matmul(adjoint ? M.mH : M, by));
  };
  const basis = (X: Tensor): Tensor => linalg.qr(X).Q;
  let Q = basis(project(randn([A.size(-1), q], { dtype, device: A.device }), false));
  for (let i = 0; i < niter; i++) Q = basis(project(basis(project(Q, true)), false));
  return Q;
}

function lowRank(A: Tensor, q: number, niter: number, M: Tensor | null): [U: Tensor, S: Tensor, V: Tensor] {
  const mean = M === null ? null : M.broadcastTo(A.size());
  const isWide = A.size(-2) < A.size(-1);
  const tall = isWide ? A.mH : A;
  const tallMean = isWide && mean !== null ? mean.mH : mean;
  const Q = approximateBasis(tall, q, niter, tallMean);
  const projected = matmul(Q.mH, tall);
  const B = tallMean === null ? projected : projected.sub(matmul(Q.mH, tallMean));
  const { U: inner, S, Vh } = linalg.svd(B, { fullMatrices: false });
  const [U, V] = [Q.matmul(inner), Vh.mH];
  return isWide ? [V, S, U] : [U, S, V];
}

/**
 * The `q` largest singular values of A (less M) and their vectors, approximately: `A ~ U diag(S) V^H`. A may be sparse.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.svd_lowrank.html
 */
export const svdLowrank = python(
  'svd_lowrank',
  ['A', 'q?', 'niter?', 'M?'],
  (A: Tensor, q: number | null = 6, niter: number | null = 2, M: Tensor | null = null): [Tensor, Tensor, Tensor] =>
    lowRank(A, q ?? 6, niter ?? 2, M),
);

/** The mean of the columns of a sparse matrix, as the product that `lowRank` subtracts. */
function sparseMean(A: Tensor): Tensor {
  if (A.dim() !== 2) throw new ValueError('pca_lowrank input is expected to be 2-dimensional tensor');
  const [m, n] = A.shape as number[] as [number, number];
  const dtype = floatingDtype(A);
  const c = _sparseSum(A, [-2]).div(m);
  const columns = c.indices().at(0);
  const indices = zeros([2, columns.length], { dtype: columns.dtype, device: columns.device });
  indices.set(0, columns);
  const transposed = sparseCooTensor(indices, c.values(), [n, 1], { dtype, device: A.device });
  return sparse.mm(transposed, ones([1, m], { dtype, device: A.device })).mT;
}

/**
 * The `q` largest principal components of rows of A, centred unless `center` says no, approximately. A may be sparse.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.pca_lowrank.html
 * @throws ValueError for a `q` that is negative or above min(m, n), a negative `niter`, or sparse batches.
 */
export const pcaLowrank = python(
  'pca_lowrank',
  ['A', 'q?', 'center?', 'niter?'],
  (A: Tensor, q: number | null = null, center = true, niter = 2): [Tensor, Tensor, Tensor] => {
    const most = Math.min(...A.shape.slice(-2));
    const count = q ?? Math.min(6, most);
    if (!(count >= 0 && count <= most)) {
      throw new ValueError(`q(=${count}) must be non-negative integer and not greater than min(m, n)=${most}`);
    }
    if (!(niter >= 0)) throw new ValueError(`niter(=${niter}) must be non-negative integer`);
    if (!center) return lowRank(A, count, niter, null);
    if (A.layout === sparseCoo) return lowRank(A, count, niter, sparseMean(A));
    return lowRank(A.sub(A.mean([-2], true)), count, niter, null);
  },
);
