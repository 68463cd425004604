/** Wrong calls raise the class of error that PyTorch raises, in its words; what tsorch adds stands on lines after them. */
import assert from 'node:assert/strict';
import * as torch from '../../lib';
import { input } from '../oracle/inputs';
import { parity } from '../oracle/oracle';

// biome-ignore lint/suspicious/noExplicitAny: the calls are wrong on purpose
type Loose = any;

const t = torch as Loose;
const inputs = {
  x: input([2, 3]),
  y: input([4, 5], { seed: 2 }),
  i: input([3], { dtype: torch.int64 }),
  b: input([2, 3], { dtype: torch.bool }),
  leaf: input([2], { requiresGrad: true }),
} as Record<string, Loose>;

const WRONG: [python: string, body: (inputs: Record<string, Loose>) => unknown][] = [
  ["torch.add(x, 'a')", ({ x }) => t.add(x, 'a')],
  ["x.add('a')", ({ x }) => x.add('a')],
  ['x.add()', ({ x }) => x.add()],
  ['torch.relu()', () => t.relu()],
  ['torch.relu(x, x)', ({ x }) => t.relu(x, x)],
  ['torch.relu(None)', () => t.relu(null)],
  ['x.sum(1, keepdimm=True)', ({ x }) => x.sum(1, { keepdimm: true })],
  ['torch.zeros(2, 3, nodevice=1)', () => t.zeros(2, 3, { nodevice: 1 })],
  ["torch.zeros('a')", () => t.zeros('a')],
  ['torch.zeros(-1)', () => t.zeros(-1)],
  ['x.sum(5)', ({ x }) => x.sum(5)],
  ["x.sum('a')", ({ x }) => x.sum('a')],
  ["x.sum('a', 'b')", ({ x }) => x.sum('a', 'b')],
  ['x.add(1, 2, 3)', ({ x }) => x.add(1, 2, 3)],
  ['torch.add(x, x, 1, 2, 3)', ({ x }) => t.add(x, x, 1, 2, 3)],
  ['x.add(x, beta=1)', ({ x }) => x.add(x, { beta: 1 })],
  ['x.add(foo=1)', ({ x }) => x.add({ foo: 1 })],
  ['x.sum(foo=1)', ({ x }) => x.sum({ foo: 1 })],
  ["x.max('a')", ({ x }) => x.max('a')],
  ["torch.clamp(x, min='a')", ({ x }) => t.clamp(x, { min: 'a' })],
  ['x.std(1, 2, 3)', ({ x }) => x.std(1, 2, 3)],
  ['x.div(2, rounding_mode=3)', ({ x }) => x.div(2, { roundingMode: 3 })],
  ['x.view()', ({ x }) => x.view()],
  ["x.view('a')", ({ x }) => x.view('a')],
  ['x.permute()', ({ x }) => x.permute()],
  ['x.transpose(0)', ({ x }) => x.transpose(0)],
  ["torch.randint('a', 3, [2])", () => t.randint('a', 3, [2])],
  ['x.view(4)', ({ x }) => x.view(4)],
  ['x.view(-1, -1)', ({ x }) => x.view(-1, -1)],
  ['x.reshape(7)', ({ x }) => x.reshape(7)],
  ['x.matmul(y)', ({ x, y }) => x.matmul(y)],
  ['torch.mm(x, x)', ({ x }) => t.mm(x, x)],
  ['torch.mm(x, i)', ({ x, i }) => t.mm(x, i)],
  ['x.add(y)', ({ x, y }) => x.add(y)],
  ['torch.cat([])', () => t.cat([])],
  ['torch.cat([x, y])', ({ x, y }) => t.cat([x, y])],
  ['torch.cat(x)', ({ x }) => t.cat(x)],
  ["torch.cat([x, 'a'])", ({ x }) => t.cat([x, 'a'])],
  ['torch.stack([x, y])', ({ x, y }) => t.stack([x, y])],
  ['x.index_select(0, x)', ({ x }) => x.indexSelect(0, x)],
  ['x.index_select(0, i + 50)', ({ x, i }) => x.indexSelect(0, i.add(50))],
  ['x.gather(0, i)', ({ x, i }) => x.gather(0, i)],
  ['x.transpose(0, 4)', ({ x }) => x.transpose(0, 4)],
  ['x.permute(0, 0)', ({ x }) => x.permute(0, 0)],
  ['x.squeeze(3)', ({ x }) => x.squeeze(3)],
  ['x.expand(3, 3)', ({ x }) => x.expand(3, 3)],
  ['x.add_(i.double(), alpha=1j)', ({ x, i }) => x.add_(i.double(), { alpha: new torch.Complex(0, 1) })],
  ['i.add_(0.5)', ({ i }) => i.add_(0.5)],
  ['b.sub(b)', ({ b }) => b.sub(b)],
  ['i.softmax(0)', ({ i }) => i.softmax(0)],
  ['i.mean()', ({ i }) => i.mean()],
  ['x.item()', ({ x }) => x.item()],
  ['leaf.add_(1)', ({ leaf }) => leaf.add_(1)],
  ['i.requires_grad_()', ({ i }) => i.requiresGrad_()],
  ['x.backward()', ({ x }) => x.backward()],
  ['(leaf * 2).backward()', ({ leaf }) => leaf.mul(2).backward()],
  ['torch.linalg.inv(x)', ({ x }) => t.linalg.inv(x)],
  ['torch.linalg.inv(torch.zeros(2, 2))', () => t.linalg.inv(t.zeros(2, 2))],
  ['torch.linalg.cholesky(-torch.eye(2))', () => t.linalg.cholesky(t.eye(2).neg())],
  ["torch.ones(2, device='nowhere')", () => t.ones(2, { device: 'nowhere' })],
  ['torch.ones(2, dtype=1)', () => t.ones(2, { dtype: 1 })],
  ['torch.arange(0, 5, -1)', () => t.arange(0, 5, -1)],
  ['torch.add(x, x, out=i)', ({ x, i }) => t.add(x, x, { out: i })],
  ['torch.where(x, x, x)', ({ x }) => t.where(x, x, x)],
  ['torch.bincount(x)', ({ x }) => t.bincount(x)],
  ['F.conv2d(x, y)', ({ x, y }) => t.nn.functional.conv2d(x, y)],
  ['torch.randn(2, 2**62, 2**62)', () => t.randn(2, 2n ** 62n, 2n ** 62n)],
  ['x.add(2**64)', ({ x }) => x.add(2n ** 64n)],
  ['x.fill_(-2**63 - 1)', ({ x }) => x.fill_(-(2n ** 63n) - 1n)],
  ['torch.pow(2**65, x)', ({ x }) => t.pow(2n ** 65n, x)],
  ['torch.clamp(x, -2**70)', ({ x }) => t.clamp(x, -(2n ** 70n))],
  ['torch.multinomial(-torch.ones(3), 2)', () => t.multinomial(t.ones(3).neg(), 2)],

  // Arguments: how many, which names, which types.
  ['x.relu(1)', ({ x }) => x.relu(1)],
  ['x.t(1, 2)', ({ x }) => x.t(1, 2)],
  ['x.neg(foo=1)', ({ x }) => x.neg({ foo: 1 })],
  ['x.sqrt_(2)', ({ x }) => x.sqrt_(2)],
  ['torch.zeros_like(x, dtyp=torch.int64)', ({ x }) => t.zerosLike(x, { dtyp: torch.int64 })],
  ['torch.zeros_like()', () => t.zerosLike()],
  ['x.sum(dims=1)', ({ x }) => x.sum({ dims: 1 })],
  [
    "torch.max(x, 'a', zeta=1, alpha=2, out=3, keepdim=4, axis=5)",
    ({ x }) => t.max(x, 'a', { zeta: 1, alpha: 2, out: 3, keepdim: 4, axis: 5 }),
  ],
  ['x.sum(1, dim=1)', ({ x }) => x.sum(1, { dim: 1 })],
  ['torch.linspace(0, 1)', () => t.linspace(0, 1)],
  ['torch.eye()', () => t.eye()],
  ["torch.full((2,), 'a')", () => t.full([2], 'a')],
  ["torch.matmul(x, 'a')", ({ x }) => t.matmul(x, 'a')],
  ['torch.matmul(x, 2)', ({ x }) => t.matmul(x, 2)],
  ["x.reshape('a')", ({ x }) => x.reshape('a')],
  ["torch.where('a', x, x)", ({ x }) => t.where('a', x, x)],
  ["x.masked_fill(x > 0, 'a')", ({ x }) => x.maskedFill(x.gt(0), 'a')],
  ['x.clamp()', ({ x }) => x.clamp()],
  ["x.pow('a')", ({ x }) => x.pow('a')],
  ["x.eq('a')", ({ x }) => x.eq('a')],
  ["torch.dropout(x, 'a', True)", ({ x }) => t.dropout(x, 'a', true)],
  ['torch.dropout(x, 0.5, 1)', ({ x }) => t.dropout(x, 0.5, 1)],
  ["x.div(2, rounding_mode='up')", ({ x }) => x.div(2, { roundingMode: 'up' })],
  ["x.to('a')", ({ x }) => x.to('a')],
  ['F.softmax(x, dims=1)', ({ x }) => t.nn.functional.softmax(x, { dims: 1 })],
  ['F.linear(x)', ({ x }) => t.nn.functional.linear(x)],
  ['nn.Linear(2)', () => new t.nn.Linear(2)],
  ['nn.Linear(2, 3, biass=True)', () => new t.nn.Linear(2, 3, { biass: true })],
  ['nn.Linear(2, 3)(torch.ones(2, 5))', () => new t.nn.Linear(2, 3)(t.ones(2, 5))],
  ['optim.SGD([leaf], lr=-1)', ({ leaf }) => new t.optim.SGD([leaf], { lr: -1 })],
  ['optim.SGD([], lr=1)', () => new t.optim.SGD([], { lr: 1 })],

  // Shapes and dimensions.
  ['torch.bmm(x, x)', ({ x }) => t.bmm(x, x)],
  ['torch.dot(x, x)', ({ x }) => t.dot(x, x)],
  ['torch.addmm(x, x, x)', ({ x }) => t.addmm(x, x, x)],
  ['x.t().view(6)', ({ x }) => x.t().view(6)],
  ['x.unsqueeze(5)', ({ x }) => x.unsqueeze(5)],
  ['x.flatten(1, 0)', ({ x }) => x.flatten(1, 0)],
  ['x.chunk(0)', ({ x }) => x.chunk(0)],
  ['torch.split(x, -1)', ({ x }) => t.split(x, -1)],
  ['torch.split(x, [1, 3])', ({ x }) => t.split(x, [1, 3])],
  ['x.narrow(0, 1, 5)', ({ x }) => x.narrow(0, 1, 5)],
  ['x.select(0, 7)', ({ x }) => x.select(0, 7)],
  ['x.diagonal(0, 1, 1)', ({ x }) => x.diagonal(0, 1, 1)],
  ['x.repeat(1)', ({ x }) => x.repeat(1)],
  ['x.cumsum(4)', ({ x }) => x.cumsum(4)],
  ['x.topk(9)', ({ x }) => x.topk(9)],
  ['x.kthvalue(9)', ({ x }) => x.kthvalue(9)],
  ['x.max(7)', ({ x }) => x.max(7)],
  ['torch.zeros(0).max()', () => t.zeros(0).max()],
  ['torch.zeros(0, 3).argmax(0)', () => t.zeros(0, 3).argmax(0)],
  ['torch.fft.fft(x, 0)', ({ x }) => t.fft.fft(x, 0)],
  ['torch.histc(x, bins=-1)', ({ x }) => t.histc(x, { bins: -1 })],
  ['torch.linalg.det(x)', ({ x }) => t.linalg.det(x)],
  ['torch.linalg.solve(torch.eye(2), torch.ones(3))', () => t.linalg.solve(t.eye(2), t.ones(3))],
  ['F.cross_entropy(x, i)', ({ x, i }) => t.nn.functional.crossEntropy(x, i)],
  ['F.mse_loss(x, y)', ({ x, y }) => t.nn.functional.mseLoss(x, y)],
  ["F.mse_loss(x, x, reduction='all')", ({ x }) => t.nn.functional.mseLoss(x, x, { reduction: 'all' })],

  // Indices.
  ['x[5]', ({ x }) => x.at(5)],
  ['x[0, 0, 0]', ({ x }) => x.at(0, 0, 0)],
  ['x[:, -4]', ({ x }) => x.at(':', -4)],
  ['x[::-1]', ({ x }) => x.at('::-1')],
  ['x[[0, 7]]', ({ x }) => x.at([0, 7])],
  ['x[y > 0]', ({ x, y }) => x.at(y.gt(0))],
  ['x[0] = torch.ones(7)', ({ x }) => x.set(0, t.ones(7))],
  ['torch.ones(())[0]', () => t.ones([]).at(0)],
  ['x.scatter(0, i.double(), x)', ({ x, i }) => x.scatter(0, i.double(), x)],
  ['x.index_fill(0, i + 9, 1)', ({ x, i }) => x.indexFill(0, i.add(9), 1)],
  ['x.take(i + 90)', ({ x, i }) => x.take(i.add(90))],

  // Dtypes and devices.
  ["torch.ones(2, dtype='float')", () => t.ones(2, { dtype: 'float' })],
  ['torch.bitwise_and(x, x)', ({ x }) => t.bitwiseAnd(x, x)],
  ['torch.mm(x, x.t().double())', ({ x }) => t.mm(x, x.t().double())],
  ['i.sqrt_()', ({ i }) => i.sqrt_()],
  ['b.neg()', ({ b }) => b.neg()],
  ['torch.complex(x, i)', ({ x, i }) => t.complex(x, i)],
  ['x.quantile(2)', ({ x }) => x.quantile(2)],
  ['i.std()', ({ i }) => i.std()],
  ["torch.ones(1, device='meta').item()", () => t.ones(1, { device: 'meta' }).item()],
  ["torch.Generator('nowhere')", () => new t.Generator('nowhere')],
  ['torch.randint(5, 3, [2])', () => t.randint(5, 3, [2])],
  ['torch.randperm(-1)', () => t.randperm(-1)],
  ['torch.bernoulli(x * 10)', ({ x }) => t.bernoulli(x.mul(10))],
  ['torch.normal(0., -1., [2])', () => t.normal(0, -1, [2])],

  // out=.
  ['torch.add(x, x, out=leaf)', ({ x, leaf }) => t.add(x, x, { out: leaf })],
  ["torch.add(x, x, out='a')", ({ x }) => t.add(x, x, { out: 'a' })],
  ['torch.max(x, 1, out=x)', ({ x }) => t.max(x, 1, { out: x })],
  ["x.std('a', True, True)", ({ x }) => x.std('a', true, true)],
  ["torch.clamp(x, 'a', max=2)", ({ x }) => t.clamp(x, 'a', { max: 2 })],
  ["torch.max(x, 'a', keepdim=True)", ({ x }) => t.max(x, 'a', { keepdim: true })],
  ['torch.sort(x, out=(x, x, x))', ({ x }) => t.sort(x, { out: [x, x, x] })],
  ['torch.sort(x, out=(x,))', ({ x }) => t.sort(x, { out: [x] })],
  ['torch.zeros(2, out=x, dtype=torch.int64)', ({ x }) => t.zeros(2, { out: x, dtype: torch.int64 })],

  // Autograd.
  ['y = (leaf * leaf).sum(); y.backward(); y.backward()', ({ leaf }) => backwardTwice(leaf.mul(leaf).sum())],
  ['leaf.view(2).add_(1)', ({ leaf }) => leaf.view(2).add_(1)],
  ['y = leaf.exp(); y.add_(1); y.sum().backward()', ({ leaf }) => leaf.exp().add_(1).sum().backward()],
  ['torch.autograd.grad(leaf.sum(), x)', ({ leaf, x }) => t.autograd.grad(leaf.sum(), x)],
  ['(leaf * 2).requires_grad_(False)', ({ leaf }) => leaf.mul(2).requiresGrad_(false)],
  ['leaf.grad = x', ({ leaf, x }) => Object.assign(leaf, { grad: x })],
  ['(leaf * 2).backward(torch.ones(3))', ({ leaf }) => leaf.mul(2).backward(t.ones(3))],
  ['leaf.resize_(3)', ({ leaf }) => leaf.resize_(3)],
  ['leaf.detach_(1)', ({ leaf }) => leaf.detach_(1)],
];

function backwardTwice(y: Loose): void {
  y.backward();
  y.backward();
}

describe('wrong calls', () => {
  it('are a hundred at least', () => assert.ok(WRONG.length >= 100));

  for (const [python, body] of WRONG) {
    it(`${python} raises what PyTorch raises`, () => parity(python, inputs, body));
  }

  it('name the options that there are, and the nearest', () => {
    const { x } = inputs;
    const single =
      /unexpected keyword argument 'keepdims_'\nThere is no option 'keepdims_'\. Valid names: .*keepdim.*\. Did you mean 'keepdim'\?$/;
    assert.throws(() => x.amax(1, { keepdims_: true }), single);
    assert.throws(() => x.sum(1, { keepDim: true }), /\nThere is no option 'keepDim'\..* Did you mean 'keepdim'\?$/);
    assert.throws(
      () => t.nn.functional.softmax(x, { dims: 1 }),
      /\nThere is no option 'dims'\..* Did you mean 'dim'\?$/,
    );
    assert.throws(() => x.sum({ zebra: 1 }), /\nThere is no option 'zebra'\. Valid names: [^?]*$/);
  });
});
