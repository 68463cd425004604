/** Functionals check their arguments as PyTorch's do, with its sentences. */
import * as torch from '../../lib';
import { input } from '../oracle/inputs';
import { parity } from '../oracle/oracle';

const F = torch.nn.functional;

const inputs = {
  x: input([4, 3]),
  z: input([4, 3], { seed: 5 }),
  sequence: input([2, 3, 8]),
  image: input([2, 3, 8, 8]),
  volume: input([1, 2, 3, 4, 5]),
  table: input([10, 3]),
  ids: input([6], { dtype: torch.int64, high: 10 }),
  rows: input([3, 2], { dtype: torch.int64, high: 10 }),
  grid: input([2, 4, 4, 2], { low: -1, high: 1 }),
  theta: input([2, 2, 3]),
  one: torch.ones(1, 3),
};

// biome-ignore lint/suspicious/noExplicitAny: the calls are wrong on purpose
type Loose = any;

const WRONG: [python: string, body: (given: Record<keyof typeof inputs, Loose>) => unknown][] = [
  ['F.max_pool2d(image)', ({ image }) => (F.maxPool2d as Loose)(image)],
  ['F.fractional_max_pool2d(image, 2)', ({ image }) => F.fractionalMaxPool2d(image, 2)],
  ['F.fractional_max_pool3d(volume, 2)', ({ volume }) => F.fractionalMaxPool3d(volume, 2)],
  [
    'F.fractional_max_pool2d(image, 2, output_ratio=(0.5, 0.5, 0.5))',
    ({ image }) => F.fractionalMaxPool2d(image, 2, { outputRatio: [0.5, 0.5, 0.5] }),
  ],
  ['F.adaptive_avg_pool2d(x[0], (2, 2))', ({ x }) => F.adaptiveAvgPool2d(x.at(0), [2, 2])],
  ['F.adaptive_max_pool3d(x, (2, None, 2))', ({ x }) => F.adaptiveMaxPool3d(x, [2, null, 2])],
  [
    'F.max_unpool1d(sequence, sequence.long().abs(), 2, output_size=[2, 3, 20, 1])',
    ({ sequence }) => F.maxUnpool1d(sequence, sequence.long().abs(), 2, { outputSize: [2, 3, 20, 1] }),
  ],
  [
    'F.max_unpool2d(image, image.long().abs(), 2, output_size=[20, 16])',
    ({ image }) => F.maxUnpool2d(image, image.long().abs(), 2, { outputSize: [20, 16] }),
  ],
  [
    'F.max_unpool2d(image[:, :, :1], image.long().abs()[:, :, :1], 1, 1, 2)',
    ({ image }) => F.maxUnpool2d(image.at(':', ':', ':1'), image.long().abs().at(':', ':', ':1'), 1, 1, 2),
  ],
  ['F.embedding(ids, table, 10)', ({ ids, table }) => F.embedding(ids, table, 10)],
  ['F.embedding(ids, table, padding_idx=-11)', ({ ids, table }) => F.embedding(ids, table, { paddingIdx: -11 })],
  ['F.embedding(x, table)', ({ x, table }) => F.embedding(x, table)],
  ['F.embedding_bag(ids, table)', ({ ids, table }) => F.embeddingBag(ids, table)],
  ['F.embedding_bag(ids, table[0], rows)', ({ ids, table, rows }) => F.embeddingBag(ids, table.at(0), rows)],
  ['F.embedding_bag(ids, table, rows)', ({ ids, table, rows }) => F.embeddingBag(ids, table, rows)],
  ['F.embedding_bag(rows, table, ids)', ({ ids, table, rows }) => F.embeddingBag(rows, table, ids)],
  ['F.embedding_bag(rows[None], table)', ({ table, rows }) => F.embeddingBag(rows.at(null), table)],
  [
    "F.embedding_bag(rows, table, mode='min')",
    ({ table, rows }) => F.embeddingBag(rows, table, { mode: 'min' as Loose }),
  ],
  [
    "F.embedding_bag(rows, table, mode='max', sparse=True)",
    ({ table, rows }) => F.embeddingBag(rows, table, { mode: 'max', sparse: true }),
  ],
  [
    "F.embedding_bag(rows, table, mode='max', scale_grad_by_freq=True)",
    ({ table, rows }) => F.embeddingBag(rows, table, { mode: 'max', scaleGradByFreq: true }),
  ],
  [
    'F.embedding_bag(rows, table, per_sample_weights=x)',
    ({ table, rows, x }) => F.embeddingBag(rows, table, { perSampleWeights: x }),
  ],
  [
    'F.embedding_bag(rows, table, per_sample_weights=rows.float())',
    ({ table, rows }) => F.embeddingBag(rows, table, { perSampleWeights: rows.float() }),
  ],
  ['F.batch_norm(one, None, None, training=True)', ({ one }) => F.batchNorm(one, null, null, { training: true })],
  [
    'F.batch_norm(x, None, None, training=True, eps=0)',
    ({ x }) => F.batchNorm(x, null, null, { training: true, eps: 0 }),
  ],
  ['F.batch_norm(x, x[0], x[0], eps=-1)', ({ x }) => F.batchNorm(x, x.at(0), x.at(0), { eps: -1 })],
  ['F.instance_norm(sequence[:, :, :1])', ({ sequence }) => F.instanceNorm(sequence.at(':', ':', ':1'))],
  ['F.group_norm(x[0], 3)', ({ x }) => F.groupNorm(x.at(0), 3)],
  ['F.group_norm(one, 3)', ({ one }) => F.groupNorm(one, 3)],
  ['F.layer_norm(x, [4])', ({ x }) => F.layerNorm(x, [4])],
  ['F.local_response_norm(x, 2)', ({ x }) => F.localResponseNorm(x, 2)],
  ['F.interpolate(image)', ({ image }) => F.interpolate(image)],
  ['F.interpolate(image, 4, 2.)', ({ image }) => F.interpolate(image, 4, 2)],
  ['F.interpolate(image, (4, 4, 4))', ({ image }) => F.interpolate(image, [4, 4, 4])],
  ['F.interpolate(image, (4, 4.5))', ({ image }) => F.interpolate(image, [4, 4.5])],
  ['F.interpolate(image, scale_factor=(2.5,))', ({ image }) => F.interpolate(image, { scaleFactor: [2.5] })],
  ['F.interpolate(image, 4, align_corners=True)', ({ image }) => F.interpolate(image, 4, { alignCorners: true })],
  [
    'F.interpolate(image, 4, recompute_scale_factor=True)',
    ({ image }) => F.interpolate(image, 4, { recomputeScaleFactor: true }),
  ],
  ['F.interpolate(image, 4, antialias=True)', ({ image }) => F.interpolate(image, 4, { antialias: true })],
  ...(['linear', 'bilinear', 'trilinear', 'bicubic', 'lanczos'] as const).flatMap((mode) =>
    (['sequence', 'image', 'volume', 'x'] as const).map((name): (typeof WRONG)[number] => [
      `F.interpolate(${name}, scale_factor=2., mode='${mode}')`,
      (given) => F.interpolate(given[name], { scaleFactor: 2, mode }),
    ]),
  ),
  [
    "F.interpolate(image, 4, mode='lanczos', antialias=True, align_corners=True)",
    ({ image }) => F.interpolate(image, 4, { mode: 'lanczos', antialias: true, alignCorners: true }),
  ],
  ["F.grid_sample(image, grid, 'linear')", ({ image, grid }) => F.gridSample(image, grid, 'linear' as Loose)],
  [
    "F.grid_sample(image, grid, padding_mode='wrap')",
    ({ image, grid }) => F.gridSample(image, grid, { paddingMode: 'wrap' as Loose }),
  ],
  ['F.affine_grid(theta.long(), [2, 3, 4, 4])', ({ theta }) => F.affineGrid(theta.long(), [2, 3, 4, 4])],
  ['F.affine_grid(theta, [2, 3, 4])', ({ theta }) => F.affineGrid(theta, [2, 3, 4])],
  ['F.affine_grid(theta, [2, 3, 4, 4, 4])', ({ theta }) => F.affineGrid(theta, [2, 3, 4, 4, 4])],
  ['F.affine_grid(theta[0], [2, 3, 4, 4])', ({ theta }) => F.affineGrid(theta.at(0), [2, 3, 4, 4])],
  ['F.affine_grid(theta, [2, 3, 4, 0])', ({ theta }) => F.affineGrid(theta, [2, 3, 4, 0])],
  ["F.poisson_nll_loss(x, z, reduction='max')", ({ x, z }) => F.poissonNllLoss(x, z, { reduction: 'max' as Loose })],
  ['F.gaussian_nll_loss(x, z, z)', ({ x, z }) => F.gaussianNllLoss(x, z, z)],
  ['F.gaussian_nll_loss(x, z, -1.5)', ({ x, z }) => F.gaussianNllLoss(x, z, -1.5)],
  ['F.gaussian_nll_loss(x, z, x[:2].abs())', ({ x, z }) => F.gaussianNllLoss(x, z, x.at(':2').abs())],
  [
    "F.gaussian_nll_loss(x, z, x.abs(), reduction='max')",
    ({ x, z }) => F.gaussianNllLoss(x, z, x.abs(), { reduction: 'max' as Loose }),
  ],
  ["F.kl_div(x, z, reduction='max')", ({ x, z }) => F.klDiv(x, z, { reduction: 'max' as Loose })],
  [
    "F.multilabel_soft_margin_loss(x, z, reduction='max')",
    ({ x, z }) => F.multilabelSoftMarginLoss(x, z, { reduction: 'max' as Loose }),
  ],
  ['F.margin_ranking_loss(x, z, z[0])', ({ x, z }) => F.marginRankingLoss(x, z, z.at(0))],
  ['F.multi_margin_loss(x, ids[:4], p=3)', ({ x, ids }) => F.multiMarginLoss(x, ids.at(':4'), { p: 3 as Loose })],
  ['F.multi_margin_loss(x, ids[:4], weight=x)', ({ x, ids }) => F.multiMarginLoss(x, ids.at(':4'), { weight: x })],
  ['F.triplet_margin_loss(x, z, x, margin=0)', ({ x, z }) => F.tripletMarginLoss(x, z, x, { margin: 0 })],
  ['F.triplet_margin_with_distance_loss(x, z, x[0])', ({ x, z }) => F.tripletMarginWithDistanceLoss(x, z, x.at(0))],
  [
    "F.triplet_margin_with_distance_loss(x, z, x, reduction='max')",
    ({ x, z }) => F.tripletMarginWithDistanceLoss(x, z, x, { reduction: 'max' as Loose }),
  ],
  [
    'F.triplet_margin_with_distance_loss(x, z, x, None)',
    ({ x, z }) => (F.tripletMarginWithDistanceLoss as Loose)(x, z, x, null),
  ],
  ['F.linear_cross_entropy(image, x, ids)', ({ image, x, ids }) => F.linearCrossEntropy(image, x, ids)],
  ['F.linear_cross_entropy(x, x[0], ids)', ({ x, ids }) => F.linearCrossEntropy(x, x.at(0), ids)],
  ['F.linear_cross_entropy(x, x.t(), ids)', ({ x, ids }) => F.linearCrossEntropy(x, x.t(), ids)],
  [
    'F.linear_cross_entropy(x, z, ids, linear_bias=x)',
    ({ x, z, ids }) => F.linearCrossEntropy(x, z, ids, { linearBias: x }),
  ],
  [
    'F.linear_cross_entropy(x, z, torch.ones(4, 4), ignore_index=1)',
    ({ x, z }) => F.linearCrossEntropy(x, z, torch.ones(4, 4), { ignoreIndex: 1 }),
  ],
  ['F.pad(x, (1, 2, 3))', ({ x }) => F.pad(x, [1, 2, 3])],
  ["F.pad(x, (1, 2), 'mirror')", ({ x }) => F.pad(x, [1, 2], 'mirror' as Loose)],
  ['F.one_hot(ids + 3, 3)', ({ ids }) => F.oneHot(ids.add(3), 3)],
  ['F.pixel_shuffle(image, 2)', ({ image }) => F.pixelShuffle(image, 2)],
  ['F.channel_shuffle(image, 2)', ({ image }) => F.channelShuffle(image, 2)],
  ['F.unfold(x, 2)', ({ x }) => F.unfold(x, 2)],
  ['F.fold(sequence, (4, 4), 2)', ({ sequence }) => F.fold(sequence, [4, 4], 2)],
  ['F.glu(x, 5)', ({ x }) => F.glu(x, 5)],
  ['F.softmax(x, dim=3)', ({ x }) => F.softmax(x, { dim: 3 })],
  ['F.scaled_dot_product_attention(x, z, image)', ({ x, z, image }) => F.scaledDotProductAttention(x, z, image)],
];

describe('functionals called wrongly', () => {
  // Some warn before they throw.
  const printers = process.listeners('warning');
  before(() => process.removeAllListeners('warning'));
  after(() => {
    for (const print of printers) process.on('warning', print);
  });

  for (const [python, body] of WRONG) it(python, () => parity(python, inputs, body as Loose));
});
