/** Tables of vectors. */
import { type ArgumentsOf, signature } from '../../arguments';
import { noGrad } from '../../autograd/grad-mode';
import type { DType } from '../../dtype';
import { AssertionError } from '../../errors';
import { empty } from '../../generated/torch';
import { repr } from '../../python-repr';
import type { Tensor } from '../../tensor';
import type { DeviceLike } from '../../types';
import { type EmbeddingBagMode, embedding, embeddingBag } from '../functional';
import { normal_ } from '../init';
import { Module } from '../module';
import { Parameter } from '../parameter';
import { float } from './utils';

/** The row from the start, or null. Throws an AssertionError with the words `sentence` if it is none. */
function paddingRow(paddingIdx: number | null, rows: number, sentence: string): number | null {
  if (paddingIdx === null) return null;
  if (paddingIdx >= rows || paddingIdx < -rows) throw new AssertionError(sentence);
  return paddingIdx < 0 ? rows + paddingIdx : paddingIdx;
}

function checkedWeight(weight: Tensor, rows: number, columns: number): Tensor {
  if (weight.dim() !== 2 || weight.size(0) !== rows || weight.size(1) !== columns) {
    throw new AssertionError('Shape of weight does not match num_embeddings and embedding_dim');
  }
  return weight;
}

/** The base class of tables. */
abstract class Table extends Module {
  readonly numEmbeddings: number;
  readonly embeddingDim: number;
  readonly paddingIdx: number | null;
  maxNorm: number | null;
  normType: number;
  scaleGradByFreq: boolean;
  sparse: boolean;
  /** (numEmbeddings, embeddingDim) */
  weight!: Parameter;

  constructor(
    numEmbeddings: number,
    embeddingDim: number,
    paddingIdx: number | null,
    maxNorm: number | null,
    normType: number,
    scaleGradByFreq: boolean,
    sparse: boolean,
  ) {
    super();
    this.numEmbeddings = numEmbeddings;
    this.embeddingDim = embeddingDim;
    this.paddingIdx = paddingIdx;
    this.maxNorm = maxNorm;
    this.normType = normType;
    this.scaleGradByFreq = scaleGradByFreq;
    this.sparse = sparse;
  }

  /** Takes the weight that is given, or draws one. */
  protected setWeight(given: Tensor | null, freeze: boolean, device: DeviceLike | null, dtype: DType | null): void {
    const { numEmbeddings: rows, embeddingDim: columns } = this;
    if (given !== null) {
      this.weight = new Parameter(checkedWeight(given, rows, columns), !freeze);
    } else {
      this.weight = new Parameter(empty([rows, columns], { device, dtype }), !freeze);
      this.resetParameters();
    }
  }

  /** Draws the rows anew; that of the padding is zero. */
  resetParameters(): void {
    normal_(this.weight);
    const { paddingIdx } = this;
    if (paddingIdx !== null) noGrad(() => this.weight.select(0, paddingIdx).fill_(0));
  }

  /** The options that both kinds of table print. */
  protected get optionText(): string {
    const { maxNorm, normType, scaleGradByFreq } = this;
    const parts: string[] = [];
    if (maxNorm !== null) parts.push(`max_norm=${float(maxNorm)}`);
    if (normType !== 2) parts.push(`norm_type=${float(normType)}`);
    if (scaleGradByFreq) parts.push('scale_grad_by_freq=True');
    return parts.map((part) => `, ${part}`).join('');
  }
}

type EmbeddingParameters = [
  numEmbeddings: number,
  embeddingDim: number,
  paddingIdx?: number | null,
  maxNorm?: number | null,
  normType?: number,
  scaleGradByFreq?: boolean,
  sparse?: boolean,
  _weight?: Tensor | null,
  _freeze?: boolean,
  device?: DeviceLike | null,
  dtype?: DType | null,
];

const EMBEDDING = signature(
  'Embedding.__init__',
  'numEmbeddings',
  'embeddingDim',
  'paddingIdx?',
  'maxNorm?',
  'normType?',
  'scaleGradByFreq?',
  'sparse?',
  '_weight?',
  '_freeze?',
  'device?',
  'dtype?',
).of<EmbeddingParameters>();

const FROM_PRETRAINED = signature(
  'Embedding.from_pretrained',
  'embeddings',
  'freeze?',
  'paddingIdx?',
  'maxNorm?',
  'normType?',
  'scaleGradByFreq?',
  'sparse?',
).of<
  [
    embeddings: Tensor,
    freeze?: boolean,
    paddingIdx?: number | null,
    maxNorm?: number | null,
    normType?: number,
    scaleGradByFreq?: boolean,
    sparse?: boolean,
  ]
>();

function checkMatrix(embeddings: Tensor): [rows: number, columns: number] {
  if (embeddings.dim() !== 2) throw new AssertionError('Embeddings parameter is expected to be 2-dimensional');
  return [embeddings.size(0), embeddings.size(1)];
}

/**
 * A table of vectors: from int64 indices (*) to (*, embeddingDim).
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.Embedding.html
 * @throws AssertionError if `paddingIdx` is no row.
 */
export class Embedding extends Table {
  constructor(...args: ArgumentsOf<typeof EMBEDDING>) {
    const [rows, columns, paddingIdx = null, maxNorm = null, normType = 2, scaleGradByFreq = false, sparse = false] =
      EMBEDDING.bind(args);
    const [weight = null, freeze = false, device = null, dtype = null] = EMBEDDING.bind(args).slice(7) as [
      (Tensor | null)?,
      boolean?,
      (DeviceLike | null)?,
      (DType | null)?,
    ];
    const padding = paddingRow(paddingIdx, rows, 'Padding_idx must be within num_embeddings');
    super(rows, columns, padding, maxNorm, normType, scaleGradByFreq, sparse);
    this.setWeight(weight, freeze, device, dtype);
  }

  /** A table of given vectors (rows, columns), frozen unless `freeze` is false. Throws an AssertionError for no matrix. */
  static fromPretrained(...args: ArgumentsOf<typeof FROM_PRETRAINED>): Embedding {
    const [embeddings, freeze = true, paddingIdx, maxNorm, normType, scaleGradByFreq, sparse] =
      FROM_PRETRAINED.bind(args);
    const [rows, columns] = checkMatrix(embeddings);
    return new Embedding(rows, columns, paddingIdx, maxNorm, normType, scaleGradByFreq, sparse, embeddings, freeze);
  }

  override forward(input: Tensor): Tensor {
    const { weight, paddingIdx, maxNorm, normType, scaleGradByFreq, sparse } = this;
    return embedding(input, weight, paddingIdx, maxNorm, normType, scaleGradByFreq, sparse);
  }

  override extraRepr(): string {
    const { numEmbeddings, embeddingDim, paddingIdx, sparse } = this;
    const padding = paddingIdx === null ? '' : `, padding_idx=${paddingIdx}`;
    return `${numEmbeddings}, ${embeddingDim}${padding}${this.optionText}${sparse ? ', sparse=True' : ''}`;
  }
}

const BAG = signature(
  'EmbeddingBag.__init__',
  'numEmbeddings',
  'embeddingDim',
  'maxNorm?',
  'normType?',
  'scaleGradByFreq?',
  'mode?',
  'sparse?',
  '_weight?',
  'includeLastOffset?',
  'paddingIdx?',
  'device?',
  'dtype?',
).of<
  [
    numEmbeddings: number,
    embeddingDim: number,
    maxNorm?: number | null,
    normType?: number,
    scaleGradByFreq?: boolean,
    mode?: EmbeddingBagMode,
    sparse?: boolean,
    _weight?: Tensor | null,
    includeLastOffset?: boolean,
    paddingIdx?: number | null,
    device?: DeviceLike | null,
    dtype?: DType | null,
  ]
>();

const BAG_FROM_PRETRAINED = signature(
  'EmbeddingBag.from_pretrained',
  'embeddings',
  'freeze?',
  'maxNorm?',
  'normType?',
  'scaleGradByFreq?',
  'mode?',
  'sparse?',
  'includeLastOffset?',
  'paddingIdx?',
).of<
  [
    embeddings: Tensor,
    freeze?: boolean,
    maxNorm?: number | null,
    normType?: number,
    scaleGradByFreq?: boolean,
    mode?: EmbeddingBagMode,
    sparse?: boolean,
    includeLastOffset?: boolean,
    paddingIdx?: number | null,
  ]
>();

const EMBEDDING_BAG_FORWARD = signature('EmbeddingBag.forward', 'input', 'offsets?', 'perSampleWeights?').of<
  [input: Tensor, offsets?: Tensor | null, perSampleWeights?: Tensor | null]
>();

/**
 * Sums, means or maxima of bags of a table's vectors: from int64 indices (bags, size), or a list of them with offsets,
 * to (bags, embeddingDim).
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.EmbeddingBag.html
 * @throws AssertionError if `paddingIdx` is no row.
 */
export class EmbeddingBag extends Table {
  mode: EmbeddingBagMode;
  includeLastOffset: boolean;

  constructor(...args: ArgumentsOf<typeof BAG>) {
    const [rows, columns, maxNorm = null, normType = 2, scaleGradByFreq = false, mode = 'mean', sparse = false] =
      BAG.bind(args);
    const [weight = null, includeLastOffset = false, paddingIdx = null, device = null, dtype = null] = BAG.bind(
      args,
    ).slice(7) as [(Tensor | null)?, boolean?, (number | null)?, (DeviceLike | null)?, (DType | null)?];
    const padding = paddingRow(paddingIdx, rows, 'padding_idx must be within num_embeddings');
    super(rows, columns, padding, maxNorm, normType, scaleGradByFreq, sparse);
    this.mode = mode;
    this.includeLastOffset = includeLastOffset;
    this.setWeight(weight, false, device, dtype);
  }

  /** A table of given vectors (rows, columns), frozen unless `freeze` is false. Throws an AssertionError for no matrix. */
  static fromPretrained(...args: ArgumentsOf<typeof BAG_FROM_PRETRAINED>): EmbeddingBag {
    const [embeddings, freeze = true, maxNorm, normType, scaleGradByFreq, mode, sparse, includeLastOffset, paddingIdx] =
      BAG_FROM_PRETRAINED.bind(args);
    const [rows, columns] = checkMatrix(embeddings);
    const bag = new EmbeddingBag(rows, columns, {
      maxNorm,
      normType,
      scaleGradByFreq,
      mode,
      sparse,
      _weight: embeddings,
      includeLastOffset,
      paddingIdx,
    });
    bag.weight.requiresGrad = !freeze;
    return bag;
  }

  override forward(...args: ArgumentsOf<typeof EMBEDDING_BAG_FORWARD>): Tensor {
    const [input, offsets = null, perSampleWeights = null] = EMBEDDING_BAG_FORWARD.bind(args);
    const { weight, maxNorm, normType, scaleGradByFreq, mode, sparse, includeLastOffset, paddingIdx } = this;
    return embeddingBag(
      input,
      weight,
      offsets,
      maxNorm,
      normType,
      scaleGradByFreq,
      mode,
      sparse,
      perSampleWeights,
      includeLastOffset,
      paddingIdx,
    );
  }

  override extraRepr(): string {
    const { numEmbeddings, embeddingDim, paddingIdx, mode } = this;
    const padding = paddingIdx === null ? '' : `, padding_idx=${paddingIdx}`;
    return `${numEmbeddings}, ${embeddingDim}${this.optionText}, mode=${repr(mode)}${padding}`;
  }
}
