/** Functionals: arguments by position and by name, options and errors as in Python. */
import * as torch from '../../lib';
import { input } from '../oracle/inputs';
import { parity } from '../oracle/oracle';

const F = torch.nn.functional;

const inputs = {
  x: input([4, 3]),
  z: input([4, 3], { seed: 5 }),
  image: input([2, 3, 8, 8]),
  w: input([6, 3, 3, 3], { seed: 2 }),
  b: input([6], { seed: 3 }),
  classes: input([4], { dtype: torch.int64, high: 3, seed: 4 }),
  weight: input([4, 3], { low: 0.1, high: 1, seed: 6 }),
};

// biome-ignore lint/suspicious/noExplicitAny: some calls are wrong on purpose
type Loose = any;

const SAME: [python: string, body: (given: Record<keyof typeof inputs, Loose>) => unknown][] = [
  ['F.conv2d(image, w, b, 2, padding=1)', ({ image, w, b }) => F.conv2d(image, w, b, 2, { padding: 1 })],
  ["F.conv2d(image, w, padding='same')", ({ image, w }) => F.conv2d(image, w, { padding: 'same' })],
  ['F.max_pool2d(image, 2)', ({ image }) => F.maxPool2d(image, 2)],
  ['F.max_pool2d(image, 3, stride=2, padding=1)', ({ image }) => F.maxPool2d(image, 3, { stride: 2, padding: 1 })],
  ['F.max_pool2d(image, kernel_size=3)', ({ image }) => F.maxPool2d(image, { kernelSize: 3 })],
  ['F.max_pool2d(image, 2, return_indices=True)', ({ image }) => F.maxPool2d(image, 2, { returnIndices: true })],
  [
    'F.max_pool1d(image[0], 2, return_indices=True)',
    ({ image }) => F.maxPool1d(image.at(0), 2, { returnIndices: true }),
  ],
  ['F.max_pool3d(image[None], 2)', ({ image }) => F.maxPool3d(image.at(null), 2)],
  ['F.avg_pool2d(image, 2)', ({ image }) => F.avgPool2d(image, 2)],
  ['F.pad(image, (1, 2), value=3.)', ({ image }) => F.pad(image, [1, 2], { value: 3 })],
  ["F.pad(image, (1, 2, 0, 1), 'reflect')", ({ image }) => F.pad(image, [1, 2, 0, 1], 'reflect')],
  [
    'F.relu(x), F.relu(x.clone(), inplace=True), F.relu(x.clone(), True)',
    ({ x }) => [F.relu(x), F.relu(x.clone(), { inplace: true }), F.relu(x.clone(), true)],
  ],
  [
    'F.elu(x, 0.5), F.leaky_relu(x, 0.3), F.celu(x), F.selu(x)',
    ({ x }) => [F.elu(x, 0.5), F.leakyRelu(x, 0.3), F.celu(x), F.selu(x)],
  ],
  [
    'F.threshold(x, 0.5, -1.), F.glu(x.t()), F.hardtanh(x), F.softplus(x, beta=2)',
    ({ x }) => [F.threshold(x, 0.5, -1), F.glu(x.t()), F.hardtanh(x), F.softplus(x, { beta: 2 })],
  ],
  [
    'F.softmax(x, 1), F.softmax(x, dim=0, dtype=torch.float64), F.softmin(x, -1), F.log_softmax(x, 0)',
    ({ x }) => [F.softmax(x, 1), F.softmax(x, { dim: 0, dtype: torch.float64 }), F.softmin(x, -1), F.logSoftmax(x, 0)],
  ],
  [
    'F.dropout(x), F.dropout(x, 0.2), F.dropout(x, training=False), F.dropout(x.clone(), 0.3, True, True)',
    ({ x }) => [
      F.dropout(x),
      F.dropout(x, 0.2),
      F.dropout(x, { training: false }),
      F.dropout(x.clone(), 0.3, true, true),
    ],
  ],
  [
    'F.dropout1d(x, 0.5), F.dropout2d(image, 0.5), F.dropout3d(image, 0.5), F.alpha_dropout(x, 0.5, True)',
    ({ x, image }) => [
      F.dropout1d(x, 0.5),
      F.dropout2d(image, 0.5),
      F.dropout3d(image, 0.5),
      F.alphaDropout(x, 0.5, true),
    ],
  ],
  [
    "F.cross_entropy(x, classes), F.cross_entropy(x, classes, reduction='none'), F.cross_entropy(x, weight), F.cross_entropy(x, classes, b[:3].abs())",
    ({ x, classes, weight, b }) => [
      F.crossEntropy(x, classes),
      F.crossEntropy(x, classes, { reduction: 'none' }),
      F.crossEntropy(x, weight),
      F.crossEntropy(x, classes, b.at(':3').abs()),
    ],
  ],
  ["F.nll_loss(x, classes, reduction='sum')", ({ x, classes }) => F.nllLoss(x, classes, { reduction: 'sum' })],
  [
    "F.mse_loss(x, z), F.mse_loss(x, z, reduction='none'), F.mse_loss(x, z, weight=weight), F.mse_loss(x, z, weight=weight, reduction='sum')",
    ({ x, z, weight }) => [
      F.mseLoss(x, z),
      F.mseLoss(x, z, { reduction: 'none' }),
      F.mseLoss(x, z, { weight }),
      F.mseLoss(x, z, { weight, reduction: 'sum' }),
    ],
  ],
  [
    'F.l1_loss(x, z), F.l1_loss(x, z, weight=weight), F.smooth_l1_loss(x, z, beta=0.), F.huber_loss(x, z, weight=weight)',
    ({ x, z, weight }) => [
      F.l1Loss(x, z),
      F.l1Loss(x, z, { weight }),
      F.smoothL1Loss(x, z, { beta: 0 }),
      F.huberLoss(x, z, { weight }),
    ],
  ],
  [
    'F.binary_cross_entropy(weight, weight, weight[0])',
    ({ weight }) => F.binaryCrossEntropy(weight, weight, weight.at(0)),
  ],
  [
    'F.binary_cross_entropy_with_logits(x, weight, pos_weight=weight[0])',
    ({ x, weight }) => F.binaryCrossEntropyWithLogits(x, weight, { posWeight: weight.at(0) }),
  ],
  [
    "F.cross_entropy(x, classes, reduction='average')",
    ({ x, classes }) => F.crossEntropy(x, classes, { reduction: 'average' as Loose }),
  ],
  ['F.cross_entropy(x)', ({ x }) => (F.crossEntropy as Loose)(x)],
  ['F.cross_entropy()', () => (F.crossEntropy as Loose)()],
  [
    'F.cross_entropy(x, classes, smoothing=1)',
    ({ x, classes }) => (F.crossEntropy as Loose)(x, classes, { smoothing: 1 }),
  ],
  [
    'F.cross_entropy(x, classes, target=classes)',
    ({ x, classes }) => (F.crossEntropy as Loose)(x, classes, { target: classes }),
  ],
  ['F.relu(x, False, 1, 2)', ({ x }) => (F.relu as Loose)(x, false, 1, 2)],
  ['F.dropout(x, 2.5)', ({ x }) => F.dropout(x, 2.5)],
  ['F.hardtanh(x, 2, 1)', ({ x }) => F.hardtanh(x, 2, 1)],
  ['F.glu(torch.tensor(1.))', () => F.glu(torch.tensor(1))],
  ['F.dropout1d(image)', ({ image }) => F.dropout1d(image)],
  ['F.binary_cross_entropy(x, z[0])', ({ x, z }) => F.binaryCrossEntropy(x, z.at(0))],
  ['F.binary_cross_entropy_with_logits(x, z[0])', ({ x, z }) => F.binaryCrossEntropyWithLogits(x, z.at(0))],
  ['F.mse_loss(x, z, weight=weight[0])', ({ x, z, weight }) => F.mseLoss(x, z, { weight: weight.at(0) })],
  ['F.conv2d(x, w)', ({ x, w }) => F.conv2d(x, w)],
  ['F.linear(x, z.t())', ({ x, z }) => F.linear(x, z.t())],
];

describe('functionals', () => {
  for (const [python, body] of SAME) it(python, () => parity(python, inputs, body as Loose));
});
