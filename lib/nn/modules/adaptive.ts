/** Softmax over many classes, most of which are rare. */
import { type ArgumentsOf, signature } from '../../arguments';
import type { DType } from '../../dtype';
import { RuntimeError, ValueError } from '../../errors';
import { argmax } from '../../generated/torch';
import { slice } from '../../indexing';
import { namedTuple } from '../../named-tuple';
import type { Tensor } from '../../tensor';
import type { DeviceLike, NamedTuple as Named } from '../../types';
import { logSoftmax } from '../functional';
import { Module } from '../module';
import { ModuleList, Sequential } from './container';
import { Linear } from './linear';

const ADAPTIVE = signature(
  'AdaptiveLogSoftmaxWithLoss.__init__',
  'inFeatures',
  'nClasses',
  'cutoffs',
  'divValue?',
  'headBias?',
  'device?',
  'dtype?',
).of<
  [
    inFeatures: number,
    nClasses: number,
    cutoffs: readonly number[],
    divValue?: number,
    headBias?: boolean,
    device?: DeviceLike | null,
    dtype?: DType | null,
  ]
>();

/** Each sample's log-probability of its target, and the mean of their negatives. */
export type AdaptiveLogSoftmaxOutput = Named<['output', 'loss']>;

function checkCutoffs(cutoffs: readonly number[], classes: number): void {
  if (cutoffs.length === 0) throw new ValueError('cutoffs should be a sequence of length larger than 0');
  const fits = cutoffs.every(
    (cutoff, i) =>
      Number.isInteger(cutoff) &&
      cutoff > 0 &&
      cutoff <= classes - 1 &&
      (i === 0 || cutoff > (cutoffs[i - 1] as number)),
  );
  if (fits) return;
  throw new ValueError(
    'cutoffs should be a sequence of unique, positive integers sorted in an increasing order, where each value is ' +
      'between 1 and n_classes-1',
  );
}

function checkTargets(input: Tensor, target: Tensor): void {
  const dims = target.dim();
  if (dims > 1) throw new RuntimeError('0D or 1D target tensor expected, multi-target not supported');
  if (dims === 1 && input.size(0) !== target.size(0)) {
    throw new RuntimeError('Input and target should have the same size in the batch dimension.');
  }
  if (input.dim() !== dims + 1) {
    throw new RuntimeError(
      `${dims}D target tensor expects ${dims + 1}D input tensors, but found inputs with size ${input.shape}`,
    );
  }
}

const ADAPTIVE_LOG_SOFTMAX_WITH_LOSS_FORWARD = signature('AdaptiveLogSoftmaxWithLoss.forward', 'input_', 'target_').of<
  [input_: Tensor, target_: Tensor]
>();

/**
 * The softmax over `nClasses` classes, sorted by frequency: the most frequent ones, up to the first cutoff, and clusters
 * of the others, each with a smaller projection. Calls take inputs (N, inFeatures) and int64 targets (N).
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.AdaptiveLogSoftmaxWithLoss.html
 * @throws ValueError for cutoffs that do not increase between 1 and `nClasses - 1`; RuntimeError in a call for shapes
 * or targets that do not fit.
 */
export class AdaptiveLogSoftmaxWithLoss extends Module {
  readonly inFeatures: number;
  readonly nClasses: number;
  /** The ends of the clusters, `nClasses` the last. */
  readonly cutoffs: readonly number[];
  readonly divValue: number;
  readonly headBias: boolean;
  readonly shortlistSize: number;
  readonly nClusters: number;
  readonly headSize: number;
  head: Linear;
  tail: ModuleList<Sequential>;

  constructor(...args: ArgumentsOf<typeof ADAPTIVE>) {
    super();
    const [inFeatures, nClasses, cutoffs, divValue = 4, headBias = false, device = null, dtype = null] =
      ADAPTIVE.bind(args);
    checkCutoffs(cutoffs, nClasses);
    this.inFeatures = inFeatures;
    this.nClasses = nClasses;
    this.cutoffs = [...cutoffs, nClasses];
    this.divValue = divValue;
    this.headBias = headBias;
    this.shortlistSize = cutoffs[0] as number;
    this.nClusters = cutoffs.length;
    this.headSize = this.shortlistSize + this.nClusters;
    this.head = new Linear(inFeatures, this.headSize, headBias, device, dtype);
    this.tail = new ModuleList();
    for (let i = 0; i < this.nClusters; i++) {
      const hidden = Math.floor(inFeatures / divValue ** (i + 1));
      const size = (this.cutoffs[i + 1] as number) - (this.cutoffs[i] as number);
      const project = new Linear(inFeatures, hidden, false, device, dtype);
      this.tail.append(new Sequential(project, new Linear(hidden, size, false, device, dtype)));
    }
  }

  /** Draws the parameters anew. */
  resetParameters(): void {
    this.head.resetParameters();
    for (const cluster of this.tail) {
      for (const layer of cluster as Iterable<Module>) (layer as Linear).resetParameters();
    }
  }

  override forward(...args: ArgumentsOf<typeof ADAPTIVE_LOG_SOFTMAX_WITH_LOSS_FORWARD>): AdaptiveLogSoftmaxOutput {
    const [input, target] = ADAPTIVE_LOG_SOFTMAX_WITH_LOSS_FORWARD.bind(args);
    checkTargets(input, target);
    const batched = target.dim() > 0;
    const output = this.logProbsOf(batched ? input : input.unsqueeze(0), batched ? target : target.unsqueeze(0));
    const loss = output.neg().mean();
    return namedTuple(
      ['output', 'loss'],
      [batched ? output : output.squeeze(0), loss],
    ) as unknown as AdaptiveLogSoftmaxOutput;
  }

  private logProbsOf(input: Tensor, target: Tensor): Tensor {
    const size = target.size(0);
    const output = input.newZeros([size]);
    const headIndices = target.newEmpty([size]);
    let found = 0;
    this.cutoffs.forEach((high, i) => {
      const low = i === 0 ? 0 : (this.cutoffs[i - 1] as number);
      const mask = target.ge(low).bitwiseAnd(target.lt(high));
      const rows = mask.nonzero().squeeze();
      if (rows.numel() === 0) return;
      if (i === 0) {
        headIndices.indexCopy_(0, rows, target.at(mask));
      } else {
        const relative = target.at(mask).sub(low);
        const clusterOutput = (this.tail.at(i - 1) as Sequential)(input.indexSelect(0, rows)) as Tensor;
        headIndices.indexFill_(0, rows, this.shortlistSize + i - 1);
        const local = logSoftmax(clusterOutput, 1).gather(1, relative.unsqueeze(1));
        output.indexCopy_(0, rows, local.squeeze(1));
      }
      found += rows.numel();
    });
    if (found !== size) throw this.outside(target);
    const head = logSoftmax(this.head(input), 1);
    return output.add_(head.gather(1, headIndices.unsqueeze(1)).squeeze());
  }

  private outside(target: Tensor): RuntimeError {
    return new RuntimeError(
      `Target values should be in [0, ${this.nClasses - 1}], but values in range [${target.min().item()}, ` +
        `${target.max().item()}] were found. `,
    );
  }

  private fullLogProb(input: Tensor, headOutput: Tensor): Tensor {
    const out = input.newEmpty([headOutput.size(0), this.nClasses]);
    const head = logSoftmax(headOutput, 1);
    out.set(':', slice(this.shortlistSize), head.at(':', slice(this.shortlistSize)));
    for (let i = 0; i < this.nClusters; i++) {
      const cluster = logSoftmax((this.tail.at(i) as Sequential)(input) as Tensor, 1);
      const logProb = cluster.add(head.at(':', this.shortlistSize + i).unsqueeze(1));
      out.set(':', slice(this.cutoffs[i] as number, this.cutoffs[i + 1] as number), logProb);
    }
    return out;
  }

  /** The log-probabilities of all classes: from (N, inFeatures) to (N, nClasses). */
  logProb(input: Tensor): Tensor {
    return this.fullLogProb(input, this.head(input));
  }

  /** The most probable class of each sample: from (N, inFeatures) to int64 (N). */
  predict(input: Tensor): Tensor {
    const headOutput = this.head(input);
    const output = argmax(headOutput, { dim: 1 });
    const rare = output.ge(this.shortlistSize);
    if (!rare.any().item<boolean>()) return output;
    if (rare.all().item<boolean>()) return argmax(this.fullLogProb(input, headOutput), { dim: 1 });
    output.set(rare, argmax(this.fullLogProb(input.at(rare), headOutput.at(rare)), { dim: 1 }));
    return output;
  }
}
