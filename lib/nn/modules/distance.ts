/** Distances. */
import { type ArgumentsOf, signature } from '../../arguments';
import type { Tensor } from '../../tensor';
import { cosineSimilarity, pairwiseDistance } from '../functional';
import { Module } from '../module';

const PAIRWISE = signature('PairwiseDistance.__init__', 'p?', 'eps?', 'keepdim?').of<
  [p?: number, eps?: number, keepdim?: boolean]
>();

const PAIRWISE_DISTANCE_FORWARD = signature('PairwiseDistance.forward', 'x1', 'x2').of<[x1: Tensor, x2: Tensor]>();

/**
 * The p-norm of the difference of vectors (*, D): (*).
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.PairwiseDistance.html
 */
export class PairwiseDistance extends Module {
  readonly norm: number;
  readonly eps: number;
  readonly keepdim: boolean;

  constructor(...args: ArgumentsOf<typeof PAIRWISE>) {
    super();
    const [p = 2, eps = 1e-6, keepdim = false] = PAIRWISE.bind(args);
    this.norm = p;
    this.eps = eps;
    this.keepdim = keepdim;
  }

  override forward(...args: ArgumentsOf<typeof PAIRWISE_DISTANCE_FORWARD>): Tensor {
    const [x1, x2] = PAIRWISE_DISTANCE_FORWARD.bind(args);
    return pairwiseDistance(x1, x2, this.norm, this.eps, this.keepdim);
  }
}

const COSINE = signature('CosineSimilarity.__init__', 'dim?', 'eps?').of<[dim?: number, eps?: number]>();

const COSINE_SIMILARITY_FORWARD = signature('CosineSimilarity.forward', 'x1', 'x2').of<[x1: Tensor, x2: Tensor]>();

/**
 * The cosine of the angle between vectors along a dimension.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.CosineSimilarity.html
 */
export class CosineSimilarity extends Module {
  readonly dim: number;
  readonly eps: number;

  constructor(...args: ArgumentsOf<typeof COSINE>) {
    super();
    const [dim = 1, eps = 1e-8] = COSINE.bind(args);
    this.dim = dim;
    this.eps = eps;
  }

  override forward(...args: ArgumentsOf<typeof COSINE_SIMILARITY_FORWARD>): Tensor {
    const [x1, x2] = COSINE_SIMILARITY_FORWARD.bind(args);
    return cosineSimilarity(x1, x2, this.dim, this.eps);
  }
}
