/** Wrong calls raise the class of error that PyTorch raises, in its words. */
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
  ['torch.multinomial(-torch.ones(3), 2)', () => t.multinomial(t.ones(3).neg(), 2)],
];

describe('wrong calls', () => {
  for (const [python, body] of WRONG) {
    it(`${python} raises what PyTorch raises`, () => parity(python, inputs, body));
  }
});
