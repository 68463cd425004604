/** The methods of Tensor that PyTorch writes in Python: `torch/_tensor.py`. */
import { type Arguments, pythonMethod } from './arguments';
import { type TensorData, type TensorOptions, tensor } from './creation';
import { dimOrder } from './dim-order';
import type { DType } from './dtype';
import { RuntimeError } from './errors';
import { type LuResult, lu } from './functional/lu';
import { type NormOrder, norm } from './functional/norm';
import { eig, lstsq, type Removed, solve, symeig } from './functional/removed';
import { split } from './functional/shapes';
import { type StftPadMode, stft } from './functional/spectral';
import { type UniqueMethod, unique, uniqueConsecutive } from './functional/unique';
import { istft, unflatten } from './generated/torch';
import type { MemoryFormat } from './layout';
import { isTensor } from './ops';
import { typename } from './python-repr';
import { Size } from './size';
import type { Tensor } from './tensor';
import type { Int, IntList } from './types';

/** Calls a function with the elements that tensors of one shape have in a place, for every place, and keeps the results. */
function assignEach(self: Tensor, others: readonly Tensor[], fn: (...elements: never[]) => unknown): Tensor {
  if (typeof fn !== 'function') throw new TypeError(`'${typename(fn)}' object is not callable`);
  const columns = [self, ...others].map((one) => one.reshape(-1).tolist<never[]>());
  const results = (columns[0] as never[]).map((_, i) => fn(...columns.map((column) => column[i] as never)));
  const { dtype, device, shape } = self;
  return self.copy_(tensor(results as TensorData, { dtype, device }).view(shape));
}

/** Refuses what Python's functions of elements refuse. */
function checkEach(name: string, self: Tensor, others: readonly Tensor[]): Tensor[] {
  if (self.requiresGrad || others.some((one) => one.requiresGrad)) {
    throw new RuntimeError(`Can't call ${name}() on Variable that requires grad. Use var.detach().${name}() instead.`);
  }
  return others.map((other) => {
    if (other.dtype !== self.dtype) {
      throw new TypeError(`${name}: expected ${self.type()} for 'other' (got ${other.type()})`);
    }
    return other.expand(self.shape);
  });
}

/** The same number of elements in another shape. */
function resized(self: Tensor, sizes: readonly number[]): Tensor {
  const count = sizes.reduce((product, size) => product * size, 1);
  if (count !== self.numel()) {
    throw new RuntimeError(
      `requested resize to ${sizes.join('x')} (${count} elements in total), but the given tensor has a size of ${self.shape.join('x')} (${self.numel()} elements). autograd's resize can only change the shape of a given tensor, while preserving the number of elements. `,
    );
  }
  return self.contiguous().view([...sizes]);
}

const REINFORCE = `reinforce() was removed.
Use torch.distributions instead.
See https://pytorch.org/docs/main/distributions.html

Instead of:

probs = policy_network(state)
action = probs.multinomial()
next_state, reward = env.step(action)
action.reinforce(reward)
action.backward()

Use:

probs = policy_network(state)
# NOTE: categorical is equivalent to what used to be called multinomial
m = torch.distributions.Categorical(probs)
action = m.sample()
next_state, reward = env.step(action)
loss = -m.log_prob(action) * reward
loss.backward()
`;

const NORM = ['p?', 'dim?', 'keepdim?', 'dtype?'] as const;
const SPLIT = ['splitSize', 'dim?'] as const;
const UNFLATTEN = ['dim', 'sizes'] as const;
const STFT = [
  'nFft',
  'hopLength?',
  'winLength?',
  'window?',
  'center?',
  'padMode?',
  'normalized?',
  'onesided?',
  'returnComplex?',
  'alignToWindow?',
] as const;
const ISTFT = [
  'nFft',
  'hopLength?',
  'winLength?',
  'window?',
  'center?',
  'normalized?',
  'onesided?',
  'length?',
  'returnComplex?',
] as const;
const UNIQUE = ['sorted?', 'returnInverse?', 'returnCounts?', 'dim?'] as const;
const UNIQUE_CONSECUTIVE = ['returnInverse?', 'returnCounts?', 'dim?'] as const;
const LU = ['pivot?', 'getInfos?'] as const;

type NormValues = [p?: NormOrder | null, dim?: Int | IntList | null, keepdim?: boolean, dtype?: DType | null];
type StftValues = [
  nFft: number,
  hopLength?: number | null,
  winLength?: number | null,
  window?: Tensor | null,
  center?: boolean,
  padMode?: StftPadMode,
  normalized?: boolean,
  onesided?: boolean | null,
  returnComplex?: boolean | null,
  alignToWindow?: boolean | null,
];
type IstftValues = [
  nFft: number,
  hopLength?: number | null,
  winLength?: number | null,
  window?: Tensor | null,
  center?: boolean,
  normalized?: boolean,
  onesided?: boolean | null,
  length?: number | null,
  returnComplex?: boolean,
];
type UniqueValues = [sorted?: boolean, returnInverse?: boolean, returnCounts?: boolean, dim?: number | null];
type ConsecutiveValues = [returnInverse?: boolean, returnCounts?: boolean, dim?: number | null];

/** The methods that are written by hand over functions of `torch`. */
export interface FunctionalMethods {
  /** The norm: see `torch.norm`. @see https://docs.pytorch.org/docs/2.13/generated/torch.Tensor.norm.html */
  norm(...args: Arguments<NormValues, typeof NORM>): Tensor;
  /** Chunks of one size or of the given sizes: views. @see https://docs.pytorch.org/docs/2.13/generated/torch.Tensor.split.html */
  split(...args: Arguments<[splitSize: Int | IntList | Tensor, dim?: Int], typeof SPLIT>): Tensor[];
  /** One dimension as several: a view. @see https://docs.pytorch.org/docs/2.13/generated/torch.Tensor.unflatten.html */
  unflatten(...args: Arguments<[dim: Int, sizes: IntList], typeof UNFLATTEN>): Tensor;
  /** The short-time Fourier transform: see `torch.stft`. @see https://docs.pytorch.org/docs/2.13/generated/torch.Tensor.stft.html */
  stft(...args: Arguments<StftValues, typeof STFT>): Tensor;
  /** The inverse of `stft`. @see https://docs.pytorch.org/docs/2.13/generated/torch.Tensor.istft.html */
  istft(...args: Arguments<IstftValues, typeof ISTFT>): Tensor;
  /** The different elements: see `torch.unique`. @see https://docs.pytorch.org/docs/2.13/generated/torch.Tensor.unique.html */
  unique: UniqueMethod<{ sorted?: boolean; dim?: number | null }, Arguments<UniqueValues, typeof UNIQUE>>;
  /** The elements that differ from the one before: see `torch.uniqueConsecutive`. @see https://docs.pytorch.org/docs/2.13/generated/torch.Tensor.unique_consecutive.html */
  uniqueConsecutive: UniqueMethod<{ dim?: number | null }, Arguments<ConsecutiveValues, typeof UNIQUE_CONSECUTIVE>>;
  /** The compact LU decomposition: see `torch.lu`. @see https://docs.pytorch.org/docs/2.13/generated/torch.Tensor.lu.html */
  lu(...args: Arguments<[pivot?: boolean, getInfos?: boolean], typeof LU>): LuResult | readonly Tensor[];
  /** The tensor in coordinate format. */
  toSparseCoo(): Tensor;
  /** The dimensions in the order in which they lie in memory. @see https://docs.pytorch.org/docs/2.13/generated/torch.Tensor.dim_order.html */
  dimOrder(options?: { ambiguityCheck?: boolean | readonly MemoryFormat[] }): number[];
  /** Replaces each element by what the function makes of it; slow. @see https://docs.pytorch.org/docs/2.13/generated/torch.Tensor.apply_.html */
  apply_<T = number>(fn: (element: T) => unknown): this;
  /** Replaces each element by what the function makes of it and of the other tensor's. @see https://docs.pytorch.org/docs/2.13/generated/torch.Tensor.map_.html */
  map_<T = number>(other: Tensor, fn: (element: T, other: T) => unknown): this;
  /** As `map_`, with two other tensors. */
  map2_<T = number>(x: Tensor, y: Tensor, fn: (element: T, x: T, y: T) => unknown): this;
  /** A tensor of the data with this one's dtype, on its device. @see https://docs.pytorch.org/docs/2.13/generated/torch.Tensor.new_tensor.html */
  newTensor(data: TensorData, options?: TensorOptions): Tensor;
  /** In PyTorch's old way, a tensor of sizes, of a `torch.Size`, or of data, with this one's dtype and on its device. */
  new: (...args: Int[] | [Size | TensorData]) => Tensor;
  /** A view, or a copy, of the same number of elements in another shape; PyTorch's old name of `reshape`. */
  resize(...sizes: number[] | [readonly number[]]): Tensor;
  /** As `resize`, to the other's shape. */
  resizeAs(tensor: Tensor): Tensor;
  /** What a module's tensor becomes when the other is loaded in its place: it, or this one filled with it. */
  moduleLoad(other: Tensor, assign?: boolean | { assign?: boolean }): Tensor;
  /** Throws: `linalg.eig` is in its place. */
  eig: Removed;
  /** Throws: `linalg.eigh` is in its place. */
  symeig: Removed;
  /** Throws: `linalg.lstsq` is in its place. */
  lstsq: Removed;
  /** Throws: `linalg.solve` is in its place. */
  solve: Removed;
  /** Throws: distributions are in its place. */
  reinforce(reward: unknown): never;
}

/** @internal What lib/tensor.ts installs on the class. */
export const functionalMethods: Record<keyof FunctionalMethods, unknown> = {
  norm: pythonMethod(
    'Tensor.norm',
    NORM,
    (
      self: Tensor,
      p: NormOrder | null = 'fro',
      dim: Int | IntList | null = null,
      keepdim = false,
      dtype: DType | null = null,
    ): Tensor => norm(self, p, dim, keepdim, null, dtype),
  ),
  split: pythonMethod(
    'Tensor.split',
    SPLIT,
    (self: Tensor, splitSize: Int | IntList | Tensor, dim: Int = 0): Tensor[] => split(self, splitSize, dim),
  ),
  unflatten: pythonMethod('Tensor.unflatten', UNFLATTEN, (self: Tensor, dim: Int, sizes: IntList): Tensor => {
    if (sizes.length === 0) throw new RuntimeError('unflatten: sizes must be non-empty');
    return unflatten(self, dim, sizes);
  }),
  stft: pythonMethod(
    'Tensor.stft',
    STFT,
    (
      self: Tensor,
      nFft: number,
      hopLength?: number | null,
      winLength?: number | null,
      window?: Tensor | null,
      center?: boolean,
      padMode?: StftPadMode,
      normalized?: boolean,
      onesided?: boolean | null,
      returnComplex?: boolean | null,
      alignToWindow?: boolean | null,
    ): Tensor =>
      stft(
        self,
        nFft,
        hopLength,
        winLength,
        window,
        center,
        padMode,
        normalized,
        onesided,
        returnComplex,
        alignToWindow,
      ),
  ),
  istft: pythonMethod(
    'Tensor.istft',
    ISTFT,
    (
      self: Tensor,
      nFft: number,
      hopLength: number | null = null,
      winLength: number | null = null,
      window: Tensor | null = null,
      center = true,
      normalized = false,
      onesided: boolean | null = null,
      length: number | null = null,
      returnComplex = false,
    ): Tensor => istft(self, nFft, hopLength, winLength, window, center, normalized, onesided, length, returnComplex),
  ),
  unique: pythonMethod(
    'Tensor.unique',
    UNIQUE,
    (
      self: Tensor,
      sorted = true,
      returnInverse = false,
      returnCounts = false,
      dim: number | null = null,
    ): Tensor | Tensor[] => unique(self, sorted, returnInverse, returnCounts, dim),
  ),
  uniqueConsecutive: pythonMethod(
    'Tensor.unique_consecutive',
    UNIQUE_CONSECUTIVE,
    (self: Tensor, returnInverse = false, returnCounts = false, dim: number | null = null): Tensor | Tensor[] =>
      uniqueConsecutive(self, returnInverse, returnCounts, dim),
  ),
  lu: pythonMethod('Tensor.lu', LU, (self: Tensor, pivot = true, getInfos = false): LuResult | readonly Tensor[] =>
    lu(self, pivot, getInfos),
  ),
  toSparseCoo(this: Tensor): Tensor {
    return this.toSparse();
  },
  dimOrder(this: Tensor, options: { ambiguityCheck?: boolean | readonly MemoryFormat[] } = {}): number[] {
    return dimOrder(this, options.ambiguityCheck ?? false);
  },
  apply_<T>(this: Tensor, fn: (element: T) => unknown): Tensor {
    checkEach('apply_', this, []);
    return assignEach(this, [], fn);
  },
  map_<T>(this: Tensor, other: Tensor, fn: (element: T, other: T) => unknown): Tensor {
    return assignEach(this, checkEach('map_', this, [other]), fn);
  },
  map2_<T>(this: Tensor, x: Tensor, y: Tensor, fn: (element: T, x: T, y: T) => unknown): Tensor {
    return assignEach(this, checkEach('map2_', this, [x, y]), fn);
  },
  newTensor(this: Tensor, data: TensorData, options: TensorOptions = {}): Tensor {
    return tensor(data, { ...options, dtype: options.dtype ?? this.dtype, device: options.device ?? this.device });
  },
  new(this: Tensor, ...args: Int[] | [Size | TensorData]): Tensor {
    const [data] = args;
    if (args.length === 0) return this.newEmpty([0]);
    if (args.length === 1 && isTensor(data)) return data.viewAs(data);
    if (args.length === 1 && typeof data === 'object' && !(data instanceof Size)) {
      return tensor(data as TensorData, { dtype: this.dtype, device: this.device });
    }
    return this.newEmpty(args.length === 1 && data instanceof Size ? [...data] : (args as Int[]));
  },
  resize(this: Tensor, ...sizes: number[] | [readonly number[]]): Tensor {
    process.emitWarning('non-inplace resize is deprecated');
    return resized(this, sizes.flat());
  },
  resizeAs(this: Tensor, tensor: Tensor): Tensor {
    process.emitWarning('non-inplace resize_as is deprecated');
    return resized(this, tensor.shape);
  },
  moduleLoad(this: Tensor, other: Tensor, assign: boolean | { assign?: boolean } = false): Tensor {
    const replaces = typeof assign === 'object' ? assign.assign : assign;
    return replaces ? other.detach() : this.copy_(other).detach();
  },
  eig: eig,
  symeig: symeig,
  lstsq: lstsq,
  solve: solve,
  reinforce(_reward: unknown): never {
    throw new RuntimeError(REINFORCE);
  },
};
