/** Extreme eigenpairs of large symmetric matrices: `torch.lobpcg`. */
import { python } from '../arguments';
import { type DType, float16, float32, float64 } from '../dtype';
import { AssertionError, KeyError, ValueError } from '../errors';
import * as linalg from '../generated/linalg';
import { diagEmbed, diagonal, eye, randn, stack } from '../generated/torch';
import { tupleRepr } from '../python-repr';
import type { Tensor } from '../tensor';
import { Lobpcg, type LobpcgMethod, type LobpcgOptions, type LobpcgTracker } from './lobpcg-worker';

export type { LobpcgMethod, LobpcgTracker } from './lobpcg-worker';

/** The options of the iteration with an orthogonal basis that are whole numbers, under Python's names. */
export type LobpcgIntegers = Partial<Pick<LobpcgOptions, 'ortho_i_max' | 'ortho_j_max' | 'niter'>>;
/** Those that are tolerances. */
export type LobpcgFloats = Partial<Pick<LobpcgOptions, 'tol' | 'ortho_tol' | 'ortho_tol_drop' | 'ortho_tol_replace'>>;
/** Those that are flags. */
export type LobpcgFlags = Partial<Pick<LobpcgOptions, 'largest' | 'ortho_use_drop'>>;

function floatingDtype({ dtype }: Tensor): DType {
  return dtype === float16 || dtype === float32 || dtype === float64 ? dtype : float32;
}

function defaultTolerance(dtype: DType): number {
  if (dtype === float16) throw new KeyError(String(dtype));
  return Math.sqrt(dtype === float32 ? 1.2e-7 : 2.23e-16);
}

/** The eigenpairs of one matrix. */
function run(
  A: Tensor,
  B: Tensor | null,
  X: Tensor | null,
  iK: Tensor | null,
  dtype: DType,
  options: LobpcgOptions,
  method: string,
  tracker: LobpcgTracker | null,
): [E: Tensor, X: Tensor] {
  const { m, n, k } = options;
  const start = X ?? randn([m, n], { dtype, device: A.device });
  if (start.dim() !== 2 || start.shape[0] !== m || start.shape[1] !== n) {
    throw new AssertionError(`X shape mismatch: got ${start.shape}, expected ${tupleRepr([m, n])}`);
  }
  const worker = new Lobpcg(A, B, start, iK, options, method, tracker);
  worker.run();
  return [worker.E.narrow(0, 0, k), worker.X.narrow(1, 0, k)];
}

/**
 * Eigenpairs through which the gradients of the matrix flow. They are the given ones plus their first-order change by a
 * change of the matrix that is zero: what PyTorch computes in the backward pass, here as operators that autograd knows.
 */
function differentiable(A: Tensor, D: Tensor, U: Tensor): [D: Tensor, U: Tensor] {
  const fixed = A.detach();
  const change = A.sub(fixed).matmul(U);
  const inside = U.mT.matmul(change);
  const differences = D.unsqueeze(-2).sub(D.unsqueeze(-1));
  const factors = differences.add(eye(D.size(-1), { dtype: D.dtype, device: D.device })).reciprocal();
  const off = inside.mul(factors).sub(diagEmbed(diagonal(inside, 0, -2, -1)));
  const within = U.matmul(off);
  const outer = eye(fixed.size(-1), { dtype: fixed.dtype, device: fixed.device }).sub(U.matmul(U.mT));
  // On the span of the eigenvectors the system is made the identity, so that it has one solution, in the complement.
  const systems = stack(
    D.unbind(-1).map((value) => {
      const shifted = fixed.sub(eyeLike(fixed).mul(value.unsqueeze(-1).unsqueeze(-1)));
      return outer.matmul(shifted).matmul(outer).add(U.matmul(U.mT));
    }),
    -3,
  );
  const right = outer.matmul(change).mT.unsqueeze(-1);
  const outside = linalg.solve(systems, right).squeeze(-1).mT.neg();
  return [D.add(diagonal(inside, 0, -2, -1)), U.add(within).add(outside)];
}

function eyeLike(A: Tensor): Tensor {
  return eye(A.size(-1), { dtype: A.dtype, device: A.device });
}

function checkDifferentiable(A: Tensor, B: Tensor | null): void {
  const limits = 'Note that lobpcg.forward does though.';
  if (A.isSparse || (B?.isSparse && B.requiresGrad)) {
    throw new ValueError(`lobpcg.backward does not support sparse input yet. ${limits}`);
  }
  if (A.dtype.isComplex || B?.dtype.isComplex) {
    throw new ValueError(`lobpcg.backward does not support complex input yet. ${limits}`);
  }
  if (B !== null) throw new ValueError('lobpcg.backward does not support backward with B != I yet.');
}

function solve(
  A: Tensor,
  k: number | null,
  B: Tensor | null,
  X: Tensor | null,
  n: number | null,
  iK: Tensor | null,
  niter: number,
  tol: number | null,
  largest: boolean,
  method: string,
  tracker: LobpcgTracker | null,
  more: LobpcgIntegers & LobpcgFloats & LobpcgFlags,
): [E: Tensor, X: Tensor] {
  if (A.size(-2) !== A.size(-1)) throw new AssertionError(`A must be square, got shape ${A.shape}`);
  if (B !== null && String(A.shape) !== String(B.shape)) {
    throw new AssertionError(`A and B must have same shape, got ${A.shape} vs ${B.shape}`);
  }
  const dtype = floatingDtype(A);
  const tolerance = tol ?? defaultTolerance(dtype);
  const m = A.size(-1);
  const pairs = k ?? (X === null ? 1 : X.size(-1));
  const columns = X === null ? (n ?? pairs) : X.size(-1);
  if (m < 3 * columns) {
    throw new ValueError(
      `LOBPCG algorithm is not applicable when the number of A rows (=${m}) is smaller than 3 x the number of requested eigenpairs (=${columns})`,
    );
  }
  const options: LobpcgOptions = {
    m,
    n: columns,
    k: pairs,
    niter,
    tol: tolerance,
    largest,
    ortho_i_max: 3,
    ortho_j_max: 3,
    ortho_tol: tolerance,
    ortho_tol_drop: tolerance,
    ortho_tol_replace: tolerance,
    ortho_use_drop: false,
    ...(method === 'ortho' && more),
  };
  if (A.dim() === 2) return run(A, B, X, iK, dtype, options, method, tracker);
  const batch = A.shape.slice(0, -2);
  const each = (tensor: Tensor | null): readonly Tensor[] | null =>
    tensor === null ? null : tensor.reshape([-1, ...tensor.shape.slice(-2)]).unbind();
  const [Bs, Xs] = [each(B), each(X)];
  const found = (each(A) as readonly Tensor[]).map((matrix, i) =>
    run(matrix, Bs?.[i] ?? null, Xs?.[i] ?? null, iK, dtype, options, method, tracker),
  );
  return [
    stack(found.map(([E]) => E)).reshape([...batch, pairs]),
    stack(found.map(([, vectors]) => vectors)).reshape([...batch, m, pairs]),
  ];
}

/**
 * The `k` largest (or smallest) eigenvalues, (*, k), of symmetric matrices A, (*, m, m), and their vectors, (*, m, k): of
 * `A x = e B x` where B is given. The locally optimal block preconditioned conjugate gradient method, which only
 * multiplies by A, B and the preconditioner `iK`; these may be sparse.
 *
 * Differs from PyTorch where A requires gradients: what has none in PyTorch (sparse and complex matrices, B) throws here at
 * the call, not in the backward pass.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.lobpcg.html
 * @throws ValueError where A has less than `3 n` rows. AssertionError for shapes that do not fit.
 */
export const lobpcg = python(
  'lobpcg',
  [
    'A',
    'k?',
    'B?',
    'X?',
    'n?',
    'iK?',
    'niter?',
    'tol?',
    'largest?',
    'method?',
    'tracker?',
    'orthoIparams?',
    'orthoFparams?',
    'orthoBparams?',
  ],
  (
    A: Tensor,
    k: number | null = null,
    B: Tensor | null = null,
    X: Tensor | null = null,
    n: number | null = null,
    iK: Tensor | null = null,
    niter: number | null = null,
    tol: number | null = null,
    largest: boolean | null = null,
    method: LobpcgMethod | null = null,
    tracker: LobpcgTracker | null = null,
    orthoIparams: LobpcgIntegers | null = null,
    orthoFparams: LobpcgFloats | null = null,
    orthoBparams: LobpcgFlags | null = null,
  ): [E: Tensor, X: Tensor] => {
    const more = { ...orthoIparams, ...orthoFparams, ...orthoBparams };
    const needsGradient = A.requiresGrad || B?.requiresGrad === true;
    if (needsGradient) checkDifferentiable(A, B);
    // An even A of which the gradient is symmetric, as steps along it need.
    const given = needsGradient ? A.add(A.mT).div(2) : A;
    const [D, U] = solve(
      given.detach(),
      k,
      B,
      X,
      n,
      iK,
      niter ?? 1000,
      tol,
      largest ?? true,
      method ?? 'ortho',
      tracker,
      more,
    );
    return needsGradient ? differentiable(given, D, U) : [D, U];
  },
);
