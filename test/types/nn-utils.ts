/** How arguments of forward, state dictionaries, containers, parametrizations and pruning are typed. */

import type { Tensor } from '../../lib';
import { nn } from '../../lib';
import { any, type Equal, expectTrue, expectType } from './expect';

const x = any<Tensor>();
const { parametrizations, parametrize, prune } = nn.utils;

// Arguments of forward by position and by name.
const attention = new nn.MultiheadAttention(4, 2);
expectType<[Tensor, Tensor | null]>(attention(x, x, x, { needWeights: false, attnMask: x }));
expectType<[Tensor, Tensor | null]>(attention.forward({ query: x, key: x, value: x, isCausal: true }));
// @ts-expect-error no such argument
attention(x, x, x, { needWeight: false });
expectType<Tensor>(new nn.CrossEntropyLoss()(x, { target: x }));
expectType<Tensor>(new nn.GaussianNLLLoss()(x, x, { var: 0.5 }));
expectType<Tensor>(new nn.EmbeddingBag(3, 2)(x, { offsets: x }));
expectType<Tensor>(new nn.ConvTranspose2d(1, 1, 3)(x, { outputSize: [4, 4] }));
// @ts-expect-error the target is missing
new nn.CrossEntropyLoss()(x);
// @ts-expect-error outputSize is a list
new nn.MaxUnpool2d(2)(x, x, { outputSize: 4 });
expectType<[Tensor, readonly [Tensor, Tensor]]>(new nn.LSTM(2, 3)(x, { hx: [x, x] }));
expectType<[Tensor, Tensor]>(new nn.GRU(2, 3)(x, { hx: null }));
expectType<[nn.utils.rnn.PackedSequence, Tensor]>(new nn.RNN(2, 3)(any<nn.utils.rnn.PackedSequence>(), x));

// A state dictionary is a Map of tensors with items and metadata.
const state = attention.stateDict();
expectTrue<Equal<typeof state, nn.StateDict>>();
expectType<Map<string, Tensor>>(state);
expectType<[name: string, value: Tensor][]>(state.items());
expectType<number | undefined>(state._metadata.get('')?.version);
expectType<string[]>(attention.loadStateDict(state, { strict: false, assign: true }).missingKeys);
attention.loadStateDict({ in_proj_weight: x });
// @ts-expect-error a number is no tensor
attention.loadStateDict({ in_proj_weight: 3 });

// Containers know what they hold.
const list = new nn.ModuleList([new nn.Linear(1, 2), new nn.Linear(2, 3)]);
expectType<nn.Linear>(list.at(-1));
expectType<nn.ModuleList<nn.Linear>>(list.slice(1));
for (const layer of list) expectType<number>(layer.outFeatures);
// @ts-expect-error not what it holds
list.append(new nn.ReLU());
const dict = new nn.ModuleDict<nn.Linear>({ a: new nn.Linear(1, 2) });
expectType<nn.Linear>(dict.get('a'));
expectType<[key: string, module: nn.Linear][]>(dict.items());
// @ts-expect-error not what it holds
dict.set('b', new nn.ReLU());

// Parametrizations keep the module's type and name the originals.
const linear = new nn.Linear(2, 2);
class Symmetric extends nn.Module {
  override forward(weight: Tensor): Tensor {
    return weight.triu();
  }
}
const symmetric = parametrize.registerParametrization(linear, 'weight', new Symmetric(), { unsafe: true });
expectType<nn.Linear>(symmetric);
expectType<Tensor>(symmetric.parametrizations.weight.original);
expectType<Tensor>(symmetric.parametrizations.get('weight').original);
// @ts-expect-error only the weight is parametrized
symmetric.parametrizations.bias;
expectType<nn.Linear>(parametrize.removeParametrizations(symmetric, 'weight', { leaveParametrized: false }));
// @ts-expect-error a parametrization is a module
parametrize.registerParametrization(linear, 'weight', (weight: Tensor) => weight);
expectType<nn.Conv2d>(parametrizations.spectralNorm(new nn.Conv2d(1, 1, 3), { nPowerIterations: 2 }));
expectType<Tensor>(parametrizations.weightNorm(linear, 'bias', null).parametrizations.bias.original);
parametrizations.orthogonal(linear, { orthogonalMap: 'cayley', useTrivialization: false });
// @ts-expect-error no such map
parametrizations.orthogonal(linear, { orthogonalMap: 'exp' });
expectType<Tensor>(parametrize.cached(() => linear.weight));
expectType<nn.Linear>(nn.utils.weightNorm(linear, { dim: 1 }));

// Pruning, too.
expectType<nn.Linear>(prune.l1Unstructured(linear, 'weight', { amount: 0.5, importanceScores: x }));
expectType<nn.Linear>(prune.lnStructured(linear, 'weight', 0.5, { n: 'fro', dim: 0 }));
// @ts-expect-error an amount is a number
prune.randomUnstructured(linear, 'weight', 'half');
// @ts-expect-error dim is missing
prune.randomStructured(linear, 'weight', 1);
prune.globalUnstructured([[linear, 'weight']], prune.L1Unstructured, { amount: 3 });
