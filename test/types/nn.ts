/** How modules, optimizers and data loaders are typed. */

import type { Tensor } from '../../lib';
import * as torch from '../../lib';
import { nn, optim, utils } from '../../lib';
import { any, type Equal, expectTrue, expectType } from './expect';

const x = any<Tensor>();
const F = nn.functional;

class Net extends nn.Module {
  layers = new nn.ModuleList([new nn.Linear(2, 3), new nn.Linear(3, 1)]);

  override forward(input: Tensor, flag = false): [output: Tensor, flag: boolean] {
    return [(this.layers[0] as nn.Linear)(input), flag];
  }
}

// A call is typed from forward.
const net = new Net();
expectTrue<Equal<ReturnType<typeof net.forward>, [output: Tensor, flag: boolean]>>();
expectType<[Tensor, boolean]>(net(x));
expectType<[Tensor, boolean]>(net(x, true));
// @ts-expect-error a string is no Tensor
net('x');
// @ts-expect-error there is no third argument
net(x, true, 1);
expectType<Tensor>(new nn.Linear(2, 3)(x));
expectType<nn.Linear>(net.layers.at(0));

// Constructors take arguments by position and by name.
new nn.Conv2d(1, 2, 3, { padding: 'same', paddingMode: 'reflect' });
new nn.Conv2d(1, 2, [3, 4], 1, 'valid', 1, 1, true, 'zeros', { dtype: torch.float64 });
new nn.Conv2d({ inChannels: 1, outChannels: 2, kernelSize: 3, groups: 1 });
new nn.CrossEntropyLoss({ weight: x, reduction: 'sum' });
// @ts-expect-error no such padding
new nn.Conv2d(1, 2, 3, { padding: 'some' });
// @ts-expect-error no such option
new nn.Linear(1, 2, { biass: true });
// @ts-expect-error outFeatures is missing
new nn.Linear(1);

// Functionals, too.
expectType<Tensor>(F.crossEntropy(x, x, { labelSmoothing: 0.1 }));
expectType<Tensor>(F.dropout(x, 0.5, { training: false }));
expectType<Tensor>(F.maxPool2d(x, 2, { stride: 2 }));
expectType<[Tensor, Tensor]>(F.maxPool2d(x, 2, { returnIndices: true }));
// @ts-expect-error no such reduction
F.mseLoss(x, x, { reduction: 'average' });

// Options are literal types, and results follow them.
new nn.Upsample({ scaleFactor: 2, mode: 'bilinear' });
new nn.LazyConv2d(4, 3, { paddingMode: 'circular' });
new nn.KLDivLoss({ reduction: 'batchmean' });
expectType<nn.Embedding>(nn.Embedding.fromPretrained(x, { freeze: false }));
expectType<Tensor>(new nn.AdaptiveLogSoftmaxWithLoss(8, 20, [5])(x, x).loss);
expectType<[Tensor, Tensor]>(F.adaptiveMaxPool2d(x, [2, null], { returnIndices: true }));
expectType<Tensor>(F.interpolate(x, { size: [2, 3], mode: 'nearest-exact' }));
// @ts-expect-error no such mode
F.interpolate(x, 2, { mode: 'cubic' });
// @ts-expect-error no such reduction
new nn.MSELoss({ reduction: 'batchmean' });
// @ts-expect-error bags have other modes
new nn.EmbeddingBag(3, 2, { mode: 'min' });

// Optimizers know their options, in groups as well.
const sgd = new optim.SGD(net.parameters(), { lr: 0.1, momentum: 0.9 });
new optim.SGD([{ params: net.parameters(), lr: 0.1 }, { params: [x] }], { weightDecay: 0.1 });
new optim.SGD(net.namedParameters(), 0.1, 0.9);
expectType<Tensor>(sgd.step(() => x));
expectType<null>(sgd.step());
expectType<number>(sgd.paramGroups[0]?.momentum ?? 0);
// @ts-expect-error no such option
new optim.SGD(net.parameters(), { momentun: 0.9 });

// Loaders are typed by what they collate.
for (const [images, labels] of new utils.data.DataLoader(new utils.data.TensorDataset(x, x), { batchSize: 2 })) {
  expectType<Tensor>(images);
  expectType<Tensor>(labels);
}
for (const { text, value } of new utils.data.DataLoader([{ text: 'a', value: 1 }], 2)) {
  expectType<string[]>(text);
  expectType<Tensor>(value);
}
for (const sum of new utils.data.DataLoader([1, 2], { collateFn: (items: number[]) => items.length })) {
  expectType<number>(sum);
}
