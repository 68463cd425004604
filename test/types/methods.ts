/** How operators that are methods are typed, and what comes back from them. */

import { grad } from '../../lib/autograd';
import * as linalg from '../../lib/generated/linalg';
import type { TensorMethods } from '../../lib/generated/tensor';
import * as torch from '../../lib/generated/torch';
import type { DType, Generator, MemoryFormat, NamedTuple, Tensor } from '../../lib/types';
import { any, type Equal, expectTrue, expectType } from './expect';

const x = any<Tensor>();
const dtype = any<DType>();

// The same arguments as the function has, but for the receiver.
expectType<Tensor>(x.add(2));
expectType<Tensor>(x.add(x, { alpha: 2 }));
expectType<Tensor>(x.sum());
expectType<Tensor>(x.sum(1, { keepdim: true }));
expectType<Tensor>(x.sum({ axis: [0, 1] }));
expectType<Tensor>(x.clamp({ min: 0 }));
expectType<Tensor>(x.clamp(0, 1));
expectType<Tensor>(x.maskedFill(x, 0));
expectType<Tensor>(x.contiguous({ memoryFormat: any<MemoryFormat>() }));
// @ts-expect-error a string is no tensor
x.add('x');
// @ts-expect-error an option that does not exist
x.add(x, { beta: 2 });
// @ts-expect-error a tensor is due
x.matmul(2);
// @ts-expect-error a dimension is due
x.softmax();

// Sizes: an array, or one number after the other.
expectType<Tensor>(x.view(2, -1));
expectType<Tensor>(x.view([2, -1]));
expectType<Tensor>(x.view(dtype));
expectType<Tensor>(x.reshape({ shape: [2] }));
expectType<Tensor>(x.permute(0, 2, 1));
expectType<Tensor>(x.expand(2, -1, { implicit: true }));
expectType<Tensor>(x.repeat(2, 3));
expectType<Tensor>(x.newZeros(2, 3, { dtype }));
// @ts-expect-error sizes are numbers
x.view('2');

// In-place methods return the receiver, of whatever class it is.
interface Special extends Tensor {
  readonly special: true;
}
expectType<Special>(any<Special>().add_(1));
expectType<Special>(any<Special>().normal_(0, 1, { generator: any<Generator>() }));
expectType<Special>(any<Special>().copy_(1, { nonBlocking: true }));
// @ts-expect-error out of place gives a tensor
expectType<Special>(any<Special>().add(1));

// Named tuples: by name, by index, taken apart.
const largest = x.max(1);
const [values, indices] = largest;
expectType<Tensor>(values);
expectType<Tensor>(indices);
expectType<Tensor>(largest.values);
expectType<Tensor>(largest.indices);
expectType<Tensor>(x.max(1)[1]);
expectTrue<Equal<typeof largest.length, 2>>();
expectType<NamedTuple<['values', 'indices']>>(x.sort({ dim: 0, descending: true }));
const { U, S, Vh } = linalg.svd(x, false);
expectType<Tensor[]>([U, S, Vh]);
expectType<Tensor>(linalg.lstsq(x, x).singularValues);
const { hist, binEdges } = torch.histogramdd(x, [2, 2]);
expectType<Tensor>(hist);
expectType<Tensor[]>(binEdges);
expectType<Tensor>(x.max());
expectType<Tensor>(x.max(x));
// @ts-expect-error a third value
largest[2];
// @ts-expect-error a name that is not one
largest.value;
// @ts-expect-error not an array
largest.map((t) => t);

// Values that are no tensors.
expectType<boolean>(x.isComplex());
expectType<boolean>(x.equal(x));
expectType<number>(x.sparseDim());
expectType<Tensor[]>(x.unbind());
expectType<void>(x.retainGrad());

// A tensor has every generated method.
expectType<TensorMethods>(x);

// Gradients are null only where inputs may be unused.
expectType<Tensor[]>(grad(x, x, { createGraph: true }));
expectType<Tensor[]>(grad({ outputs: x, inputs: [x] }));
expectTrue<Equal<(Tensor | null)[], ReturnType<typeof unused>>>();
const unused = () => grad(x, [x], { allowUnused: true });
// @ts-expect-error an option that does not exist
grad(x, x, { create_graph: true });

// Conversion: to a dtype, to a device, to what another tensor has.
expectType<Tensor>(x.to({ other: x, copy: true }));
expectType<Tensor>(x.to({ dtype, device: 'cpu' }));
expectType<Tensor>(x.to('cpu', dtype, { nonBlocking: true }));
// @ts-expect-error either another tensor or a dtype
x.to({ other: x, dtype });
// @ts-expect-error no dtype
x.to({ dtype: 'float64' });
