/** The iteration of `torch.lobpcg`, over one matrix. */
import { AssertionError, ValueError } from '../errors';
import * as linalg from '../generated/linalg';
import * as sparse from '../generated/sparse';
import { diagEmbed, eye, zeros } from '../generated/torch';
import { sparseCoo } from '../layout';
import type { Tensor } from '../tensor';

/** How the basis of the search is kept: `ortho` orthogonalizes it, which is robust; `basic` may fail, but costs less. */
export type LobpcgMethod = 'basic' | 'ortho';

/** Called after each iteration; sets `forceStop` of what it is given to end them. */
export type LobpcgTracker = (worker: Lobpcg) => void;

/** The parameters of the iteration, under Python's names. */
export interface LobpcgOptions {
  /** Rows, columns of X, and eigenpairs that are wanted. */
  m: number;
  n: number;
  k: number;
  /** Iterations at most. */
  niter: number;
  /** The relative residual of a pair that has converged. */
  tol: number;
  largest: boolean;
  ortho_i_max: number;
  ortho_j_max: number;
  ortho_tol: number;
  ortho_tol_drop: number;
  ortho_tol_replace: number;
  /** Whether columns that add little to the basis are dropped. */
  ortho_use_drop: boolean;
}

/** A product with a matrix that may be sparse, or the identity where there is none. */
export function multiply(A: Tensor | null, B: Tensor): Tensor {
  if (A === null) return B;
  return A.layout === sparseCoo ? sparse.mm(A, B) : A.matmul(B);
}

/** `S^T A S` */
function quadratic(A: Tensor | null, S: Tensor): Tensor {
  return multiply(S.mT, multiply(A, S));
}

function eigenpairs(A: Tensor, largest = false): [E: Tensor, Z: Tensor] {
  const [E, Z] = linalg.eigh(A, 'U');
  return largest ? [E.flip([-1]), Z.flip([-1])] : [E, Z];
}

/** Columns from one index to another. */
function columns(A: Tensor, from: number, to: number): Tensor {
  return A.narrow(1, from, to - from);
}

function norm(A: Tensor): number {
  return A.norm().item<number>();
}

/** One run of the method: what it has found so far, for itself and for a tracker. */
export class Lobpcg {
  /** The eigenvalues, (n), and their vectors, (m, n). */
  E: Tensor;
  X: Tensor;
  /** The residuals, (m, n). */
  R: Tensor;
  /** The basis of the search, (m, 3 n). */
  S: Tensor;
  /** The iterations made. */
  istep = 0;
  convergedCount = 0;
  /** Set by a tracker to end the iterations. */
  forceStop = false;
  private iterationsLeft: number;
  private convergedEnd = 0;
  private readonly normA: number;
  private readonly normB: number;

  constructor(
    readonly A: Tensor,
    readonly B: Tensor | null,
    X: Tensor,
    readonly iK: Tensor | null,
    readonly options: LobpcgOptions,
    readonly method: string,
    private readonly tracker: LobpcgTracker | null,
  ) {
    const { m, n, niter } = options;
    const like = { dtype: X.dtype, device: X.device };
    this.X = X;
    this.E = zeros([n], like);
    this.R = zeros([m, n], like);
    this.S = zeros([m, 3 * n], like);
    const inverse = 1 / norm(X);
    this.normA = norm(multiply(A, X)) * inverse;
    this.normB = norm(multiply(B, X)) * inverse;
    this.iterationsLeft = niter;
  }

  /** Iterates until the pairs have converged, or the iterations are used up. */
  run(): void {
    do {
      if (this.method === 'ortho') this.updateOrtho();
      else this.updateBasic();
      this.iterationsLeft--;
      this.istep++;
      this.tracker?.(this);
    } while (!this.forceStop && this.iterationsLeft !== 0 && this.convergedCount < this.options.k);
  }

  private updateResidual(): void {
    this.R = multiply(this.A, this.X).sub(multiply(this.B, this.X).mul(this.E));
  }

  /** Counts the pairs that have converged, before the first that has not. */
  private countConverged(): number {
    const { E, X, R } = this;
    const scale = E.narrow(0, 0, X.size(1)).abs().mul(this.normB).add(this.normA);
    const errors = R.norm(2, [0]).div(X.norm(2, [0]).mul(scale));
    const first = errors.lt(this.options.tol).tolist<boolean[]>().indexOf(false);
    const count = first < 0 ? X.size(1) : first;
    if (count < this.convergedCount) {
      throw new AssertionError(
        `the number of converged eigenpairs (was ${this.convergedCount}, got ${count}) cannot decrease`,
      );
    }
    this.convergedCount = count;
    return count;
  }

  /** The basis anew: the vectors, the directions P of the last step, and W. */
  private setBasis(P: Tensor | null, W: Tensor): void {
    const { n } = this.options;
    const place = n + (P?.size(1) ?? 0);
    this.convergedEnd = place + W.size(1);
    columns(this.S, place, this.convergedEnd).copy_(W);
  }

  private updateBasic(): void {
    const { n, largest } = this.options;
    let P: Tensor | null = null;
    if (this.istep === 0) {
      const Ri = this.rayleighRitz(this.X);
      const [E, Z] = eigenpairs(quadratic(quadratic(this.A, this.X), Ri), largest);
      this.X.copy_(this.X.matmul(Ri.matmul(Z)));
      this.E.copy_(E);
    } else {
      const nc = this.convergedCount;
      const S = columns(this.S, nc, this.convergedEnd);
      const Ri = this.rayleighRitz(S);
      const [E, Z] = eigenpairs(quadratic(quadratic(this.A, S), Ri), largest);
      columns(this.X, nc, n).copy_(S.matmul(Ri.matmul(columns(Z, 0, n - nc))));
      this.E.narrow(0, nc, n - nc).copy_(E.narrow(0, 0, n - nc));
      P = S.matmul(Ri.matmul(columns(Z, n, Math.min(2 * n - nc, Z.size(1)))));
    }
    this.updateResidual();
    const nc = this.countConverged();
    columns(this.S, 0, n).copy_(this.X);
    if (P !== null) columns(this.S, n, n + P.size(1)).copy_(P);
    this.setBasis(P, multiply(this.iK, P === null ? this.R : columns(this.R, nc, n)));
  }

  private updateOrtho(): void {
    const { n, largest } = this.options;
    let P: Tensor | null = null;
    if (this.istep === 0) {
      const Ri = this.rayleighRitz(this.X);
      const [, Z] = eigenpairs(quadratic(quadratic(this.A, this.X), Ri), largest);
      this.X = this.X.matmul(Ri.matmul(Z));
    } else {
      const nc = this.convergedCount;
      const S = columns(this.S, nc, this.convergedEnd);
      const [E, Z] = eigenpairs(quadratic(this.A, S), largest);
      columns(this.X, nc, n).copy_(S.matmul(columns(Z, 0, n - nc)));
      this.E.narrow(0, nc, n - nc).copy_(E.narrow(0, 0, n - nc));
      const rest = columns(Z, n - nc, Z.size(1));
      P = S.matmul(rest.matmul(linalg.qr(rest.narrow(0, 0, n - nc).mT).Q));
    }
    this.updateResidual();
    const nc = this.countConverged();
    columns(this.S, 0, n).copy_(this.X);
    if (P === null) {
      this.setBasis(P, this.orthogonal(this.R, this.X));
      return;
    }
    const end = n + P.size(1);
    columns(this.S, n, end).copy_(P);
    this.setBasis(P, this.orthogonal(columns(this.R, nc, n), columns(this.S, 0, end)));
  }

  /** What makes the generalized problem in the span of S an ordinary one: an upper triangular matrix. */
  private rayleighRitz(S: Tensor): Tensor {
    const SBS = quadratic(this.B, S);
    const row = SBS.diagonal(0, -2, -1).pow(-0.5);
    const R = linalg.cholesky(SBS.mul(row).mul(row.reshape([-1, 1])), { upper: true });
    return linalg.solveTriangular(R, diagEmbed(row), { upper: true, left: false });
  }

  /** U with B-orthonormal columns; with `drop`, without those that add less than `tau` to its span. */
  private orthonormal(U: Tensor, drop: boolean, tau: number): Tensor {
    if (U.numel() === 0) return U;
    let kept = U;
    let UBU = quadratic(this.B, kept);
    let d = UBU.diagonal(0, -2, -1);
    const isThere = d.abs().ne(0);
    if (!isThere.all().item<boolean>()) {
      // A column of zeros would become one of infinities.
      kept = kept.at(':', isThere);
      if (kept.numel() === 0) return kept;
      UBU = quadratic(this.B, kept);
      d = UBU.diagonal(0, -2, -1);
    }
    let scale = d.pow(-0.5).reshape([-1, 1]);
    let [E, Z] = eigenpairs(UBU.mul(scale).mul(scale.mT));
    const least = E.abs().max().mul(tau);
    if (drop) {
      const large = E.gt(least);
      [E, Z, scale] = [E.at(large), Z.at(':', large), scale.at(large)];
    } else {
      E.set(E.lt(least), least);
    }
    return kept.mul(scale.mT).matmul(Z.mul(E.pow(-0.5)));
  }

  /** U with B-orthonormal columns that are B-orthogonal to those of V; empty where U is in the span of V. */
  private orthogonal(given: Tensor, V: Tensor): Tensor {
    const { options, B } = this;
    const drops = options.ortho_use_drop;
    const normBV = multiply(B, V).norm();
    let U = given;
    let BU = multiply(B, U);
    let VBU = V.mT.matmul(BU);
    for (let i = 0; i < options.ortho_i_max; i++) {
      U = U.sub(V.matmul(VBU));
      for (let j = 0; j < options.ortho_j_max; j++) {
        const tau = drops && j === 0 ? options.ortho_tol_drop : options.ortho_tol_replace;
        U = this.orthonormal(U, drops && j > 0, tau);
        if (U.numel() === 0) return U;
        BU = multiply(B, U);
        const UBU = U.mT.matmul(BU);
        const R = UBU.sub(eye(UBU.size(-1), { dtype: UBU.dtype, device: UBU.device }));
        if (norm(R) / BU.norm().mul(U.norm()).item<number>() < options.ortho_tol) break;
      }
      VBU = V.mT.matmul(BU);
      if (norm(VBU) / normBV.mul(U.norm()).item<number>() < options.ortho_tol) break;
      if (options.m < U.size(-1) + V.size(-1)) {
        if (B === null) throw new AssertionError('B must not be None');
        throw new ValueError(
          `Overdetermined shape of U: #B-cols(=${B.size(-1)}) >= #U-cols(=${U.size(-1)}) + #V-cols(=${V.size(-1)}) must hold`,
        );
      }
    }
    return U;
  }
}
