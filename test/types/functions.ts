/** How operators that are functions are typed: arguments by position, by name, and what fails. */
import * as fft from '../../lib/generated/fft';
import * as linalg from '../../lib/generated/linalg';
import * as nn from '../../lib/generated/nn';
import * as sparse from '../../lib/generated/sparse';
import * as special from '../../lib/generated/special';
import * as torch from '../../lib/generated/torch';
import type { DType, Generator, Tensor, TensorOrScalar } from '../../lib/types';
import { any, expectType } from './expect';

const x = any<Tensor>();
const float64 = any<DType>();
const generator = any<Generator>();

// Positional arguments and keyword arguments, in any split that Python allows.
expectType<Tensor>(torch.sum(x));
expectType<Tensor>(torch.sum(x, { dtype: float64 }));
expectType<Tensor>(torch.sum(x, 1));
expectType<Tensor>(torch.sum(x, [0, 1], true, { dtype: float64, out: x }));
expectType<Tensor>(torch.sum(x, 1, { keepdim: true }));
expectType<Tensor>(torch.sum(x, { dim: 1, keepdim: true }));
expectType<Tensor>(torch.sum({ input: x, dim: null, dtype: null }));
expectType<Tensor>(torch.sum(x, { axis: 1, keepdims: true }));
expectType<Tensor>(torch.sum(x, { axis: 1, keepdim: true }));
expectType<Tensor>(torch.conv2d(x, x, null, 1, { padding: 'same', groups: 2 }));
expectType<Tensor>(torch.conv2d(x, { weight: x, stride: [1, 2] }));
expectType<Tensor>(torch.softmax(x, { dim: -1 }));
expectType<Tensor>(torch.maxPool2d(x, 2, null, { padding: 1 }));
expectType<Tensor>(torch.abs(x, { out: null }));
expectType<Tensor>(torch.cat([x, x], 1));
expectType<Tensor>(torch.cat({ tensors: [x], dim: 0 }));

// @ts-expect-error a string is no tensor
torch.sum('x');
// @ts-expect-error nor is an array
torch.sum([1, 2]);
// @ts-expect-error an option that does not exist
torch.sum(x, { keepdims_: true });
// @ts-expect-error an option of the wrong type
torch.sum(x, { dim: '1' });
// @ts-expect-error an argument given too much
torch.sum(x, 1, true, true);
// @ts-expect-error a tensor has a dtype, but is no keyword arguments
torch.sum(x, x);
// @ts-expect-error a required argument is missing
torch.softmax(x);
// @ts-expect-error a required argument is missing among the named ones
torch.conv2d(x, { stride: 1 });
// @ts-expect-error `out` is by name only
torch.abs(x, x);

// Numbers stand for tensors where PyTorch wraps them, and nowhere else.
expectType<Tensor>(torch.add(x, 2));
expectType<Tensor>(torch.sub(1, x));
expectType<Tensor>(torch.div(2n, x, { roundingMode: 'floor' }));
expectType<Tensor>(torch.mul(x, { other: true }));
expectType<Tensor>(torch.pow(2, x));
expectType<Tensor>(torch.eq(x, any<TensorOrScalar>()));
// @ts-expect-error matmul wraps no numbers
torch.matmul(x, 2);
// @ts-expect-error nor does exp
torch.exp(2);
// @ts-expect-error a string is no number
torch.add(x, '2');

// Sizes: an array, or one number after the other.
expectType<Tensor>(torch.randn());
expectType<Tensor>(torch.randn(2, 3));
expectType<Tensor>(torch.randn(2, 3n, { dtype: float64, requiresGrad: true, generator }));
expectType<Tensor>(torch.randn([2, 3], { device: 'cuda:0', pinMemory: true }));
expectType<Tensor>(torch.zeros({ size: [2] }));
expectType<Tensor>(torch.empty([2], { memoryFormat: null }));
expectType<Tensor>(torch.arange(10));
expectType<Tensor>(torch.arange(0, 1, 0.1, { dtype: float64 }));
expectType<Tensor>(torch.randint(10, [2, 2], { generator }));
expectType<Tensor>(torch.zerosLike(x, { dtype: float64 }));
// @ts-expect-error sizes are numbers
torch.randn('2');
// @ts-expect-error a tensor is no factory options
torch.zerosLike(x, x);
// @ts-expect-error an unknown factory option
torch.zeros(2, { requires_grad: true });

// Strings that PyTorch's documentation fixes.
expectType<Tensor>(fft.fft(x, { norm: 'ortho' }));
expectType<Tensor>(nn.gelu(x, { approximate: 'tanh' }));
expectType<Tensor>(linalg.norm(x, 'fro'));
expectType<Tensor>(torch.searchsorted(x, x, { side: 'left' }));
expectType<Tensor>(torch.scatterReduce(x, 0, x, x, 'amax'));
// @ts-expect-error no such norm
fft.fft(x, { norm: 'orthogonal' });
// @ts-expect-error no such approximation
nn.gelu(x, { approximate: 'erf' });
// @ts-expect-error no such rounding mode
torch.div(x, x, { roundingMode: 'ceil' });

// Results: tensors, lists, numbers, booleans, dtypes, nothing.
expectType<Tensor[]>(torch.chunk(x, 2));
expectType<Tensor[]>(torch.unbind(x));
expectType<boolean>(torch.isFloatingPoint(x));
expectType<boolean>(torch.equal(x, x));
expectType<number>(torch.numel(x));
expectType<DType>(torch.promoteTypes(float64, float64));
expectType<DType>(torch.resultType(x, 1));
expectType<[number, number]>(torch._chooseQparamsPerTensor(x));
// @ts-expect-error a boolean is no tensor
expectType<Tensor>(torch.equal(x, x));

// Other namespaces, a reserved word, an alias.
expectType<Tensor>(linalg.det(x));
expectType<Tensor>(special.erf(x));
expectType<Tensor>(sparse.mm(x, x, 'sum'));
expectType<Tensor>(torch.var(x, 0, { correction: 1 }));
expectType<Tensor>(torch.spmm(x, x));

// NumPy's names, alone or together; no others.
expectType<Tensor>(torch.sum({ x, axis: 0 }));
expectType<Tensor>(torch.sum({ a: x, axis: 0, keepdims: true }));
expectType<Tensor>(torch.add({ x1: x, x2: x }));
expectType<Tensor>(torch.mul(x, { x2: 2 }));
// @ts-expect-error a name that NumPy does not have
torch.sum({ array: x });
// @ts-expect-error an axis is a number
torch.sum(x, { axis: '0' });

// A 0-d tensor stands for a number.
expectType<Tensor>(torch.add(x, x, { alpha: x }));
expectType<Tensor>(torch.fullLike(x, x));
expectType<Tensor>(linalg.norm(x, x));
// @ts-expect-error a string does not
torch.fullLike(x, '1');
// @ts-expect-error no such norm
linalg.cond(x, 'frobenius');
