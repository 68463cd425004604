/** The values that the fuzz test passes to operators: those that a signature asks for, and hostile ones. */
import * as torch from '../../lib';
import type { Random } from '../oracle/random';

/** A value and the words that name it: a hostile value cannot be asked to describe itself. */
export interface Labelled {
  label: string;
  value: unknown;
}

/** The dtypes by name. */
const dtypes = torch as unknown as Record<string, torch.DType>;

const label = (words: string, value: unknown): Labelled => ({ label: words, value });

type Make = () => unknown;

const SHAPES = [[], [0], [1], [3], [2, 3], [3, 3], [0, 3], [2, 3, 4], [1, 2, 4, 4], [2, 2, 3, 4, 4]];
const DTYPES = ['float32', 'float64', 'int64', 'int32', 'uint8', 'bool', 'complex64', 'bfloat16', 'float16'] as const;
const ODD_DTYPES = ['int8', 'int16', 'uint16', 'uint64', 'complex128', 'float8E4m3fn', 'float8E5m2'] as const;
const INTS = [0, 1, 2, 3, 4, -1, -2, 5];
const HUGE = [
  2 ** 31,
  -(2 ** 31),
  2 ** 40,
  2 ** 53,
  -(2 ** 53),
  2n ** 62n,
  2n ** 63n - 1n,
  -(2n ** 63n),
  2n ** 63n,
  2n ** 70n,
  1e300,
];
const STRINGS = ['mean', 'sum', 'none', 'reflect', 'floor', 'trunc', 'U', 'L', 'complete', 'ortho', 'linear', 'ij', ''];

/** A tensor of a random shape and dtype, at times of odd strides. */
export function tensor(random: Random): Labelled {
  const shape = random.pick(SHAPES);
  const dtype = random.chance(0.4) ? 'float32' : random.pick(random.chance(0.85) ? DTYPES : ODD_DTYPES);
  const words = `${dtype}[${shape}]`;
  const made = torch.ones(shape, { dtype: dtypes[dtype] });
  if (shape.length >= 2 && random.chance(0.2)) return label(`${words}.transpose`, made.transpose(0, 1));
  if (random.chance(0.05)) return label(`${words}.expand`, made.unsqueeze(0).expand(3, ...shape));
  if (dtype === 'float32' && random.chance(0.2)) return label(`${words}.requiresGrad`, made.requiresGrad_());
  return label(words, made);
}

/** What a signature's type asks for; undefined for a type that has no plausible value here. */
export function plausible(type: string, random: Random): Labelled {
  if (type.endsWith('?') && random.chance(0.4)) return label('null', null);
  const plain = type.replace(/\?$/, '');
  const list = /^(IntArrayRef|TensorList|ScalarList|ArrayRef<double>)(?:\[(\d)\])?$/.exec(plain);
  if (list) return plausibleList(list[1], Number(list[2] ?? 0), random);
  switch (plain) {
    case 'Tensor':
      return tensor(random);
    case 'int64_t':
    case 'SymInt':
    case 'DeviceIndex':
      return number(random.pick(INTS));
    case 'bool':
      return number(random.chance(0.5));
    case 'double':
      return number(random.pick([0.5, 0, 1, -0.1, 1e-6]));
    case 'Scalar':
      return number(random.pick([1, 2, 0.5, true, 3n, -1]));
    case 'ScalarType': {
      const name = random.pick(DTYPES);
      return label(`torch.${name}`, dtypes[name]);
    }
    case 'c10::string_view':
      return label('string', random.pick(STRINGS));
    case 'Layout':
      return label('torch.strided', torch.strided);
    case 'Device':
      return label("'cpu'", 'cpu');
    case 'MemoryFormat':
      return label('contiguousFormat', torch.contiguousFormat);
    case 'Generator':
      return label('new Generator()', new torch.Generator());
    case 'c10::List<::std::optional<Tensor>>':
      return many(random, () => (random.chance(0.2) ? label('null', null) : tensor(random)));
    default:
      return hostile(random);
  }
}

function number(value: unknown): Labelled {
  return label(typeof value === 'bigint' ? `${value}n` : String(value), value);
}

function plausibleList(kind: string, size: number, random: Random): Labelled {
  if (kind === 'TensorList') return many(random, () => tensor(random), size);
  if (kind !== 'IntArrayRef') return many(random, () => number(random.pick([0.5, 1, 2])), size);
  return random.chance(0.2) ? number(random.pick(INTS)) : many(random, () => number(random.pick(INTS)), size);
}

function many(random: Random, one: () => Labelled, size = 0): Labelled {
  const items = Array.from({ length: size || random.below(4) }, one);
  return label(
    `[${items.map((item) => item.label).join(', ')}]`,
    items.map((item) => item.value),
  );
}

class Wicked extends Error {
  constructor() {
    super('a trap of the fuzz test');
  }
}

const bomb = (): never => {
  throw new Wicked();
};

/** A Proxy whose every trap throws. */
function throwingProxy(target: object): object {
  const traps = ['get', 'has', 'ownKeys', 'getPrototypeOf', 'getOwnPropertyDescriptor', 'set', 'defineProperty'];
  return new Proxy(target, Object.fromEntries(traps.map((trap) => [trap, bomb])));
}

function revokedProxy(target: object): object {
  const { proxy, revoke } = Proxy.revocable(target, {});
  revoke();
  return proxy;
}

function cyclicArray(): unknown[] {
  const list: unknown[] = [1, 2];
  list.push(list);
  return list;
}

function holes(): unknown[] {
  const list: unknown[] = [1];
  list[3] = 2;
  return list;
}

function detachedArray(): Float32Array {
  const data = new Float32Array([1, 2]);
  structuredClone(data.buffer, { transfer: [data.buffer] });
  return data;
}

function disposed(): torch.Tensor {
  const gone = torch.ones([2]);
  gone.dispose();
  return gone;
}

/** An array that shrinks while it is read, and takes the tensor in it along. */
function shrinkingArray(): unknown[] {
  const list: unknown[] = [torch.ones([2]), torch.ones([2]), torch.ones([2])];
  Object.defineProperty(list, 1, {
    get() {
      (list[0] as torch.Tensor).dispose();
      list.length = 1;
      return 1;
    },
  });
  return list;
}

/** Options of which one disposes of the first argument while the arguments are read. */
export function disposingOptions(victim: unknown): object {
  return {
    get alpha() {
      (victim as torch.Tensor)?.dispose?.();
      return 1;
    },
  };
}

/** The handle of another thing than a tensor, behind a tensor's face. */
function impostor(handle: unknown): object {
  return Object.create(torch.Tensor.prototype, { handle: { value: handle, enumerable: true } });
}

/** An external that another library made. */
function foreignExternal(): unknown {
  // biome-ignore lint/suspicious/noExplicitAny: Node's own streams hold externals of Node's own
  return (process.stderr as any)._handle?._externalStream ?? (process.stdout as any)._handle?._externalStream;
}

// biome-ignore lint/suspicious/noExplicitAny: the handle is internal
const handleOf = (owner: unknown): unknown => (owner as any)?.handle;

const HOSTILE: [string, Make][] = [
  ['undefined', () => undefined],
  ['null', () => null],
  ['NaN', () => NaN],
  ['Infinity', () => Infinity],
  ['-0', () => -0],
  ['1.5', () => 1.5],
  ['symbol', () => Symbol('fuzz')],
  ['function', () => bomb],
  ['class', () => Wicked],
  ['string', () => 'no such thing'],
  ['lone surrogate', () => '\ud800'],
  ['long string', () => 'x'.repeat(10_000)],
  ['string with NUL', () => 'cpu\0cuda'],
  ['Date', () => new Date(NaN)],
  ['RegExp', () => /x/g],
  ['Map', () => new Map([['dim', 1]])],
  ['Set', () => new Set([1])],
  ['Promise', () => Promise.resolve(1)],
  ['{}', () => ({})],
  ['null-prototype object', () => Object.assign(Object.create(null), { dim: 0, keepdim: true })],
  ['unknown option', () => ({ noSuchOption: 1 })],
  ['throwing getter', () => Object.defineProperty({}, 'dim', { get: bomb, enumerable: true })],
  ['throwing toString', () => ({ toString: bomb, valueOf: bomb, [Symbol.toPrimitive]: bomb })],
  ['throwing iterator', () => ({ length: 2, [Symbol.iterator]: bomb })],
  ['frozen object', () => Object.freeze({ out: 1 })],
  ['array-like', () => ({ length: 2, 0: 1, 1: 2 })],
  ['huge array-like', () => ({ length: 2 ** 53, 0: 1 })],
  ['Proxy that throws', () => throwingProxy({})],
  ['Proxy of an array that throws', () => throwingProxy([1, 2])],
  ['revoked Proxy', () => revokedProxy([])],
  ['Proxy of a tensor', () => new Proxy(torch.ones([2]), {})],
  ['Proxy of an array', () => new Proxy([1, 2], {})],
  ['array with holes', holes],
  ['cyclic array', cyclicArray],
  ['array of NaN', () => [NaN, 1]],
  ['array of everything', () => [1, 'a', null, torch.ones([1]), Symbol('fuzz')]],
  ['vast empty array', () => new Array(2 ** 32 - 1)],
  ['array of a throwing getter', () => Object.defineProperty([1, 2], 0, { get: bomb })],
  ['array of huge ints', () => [2 ** 40, 2 ** 40]],
  ['array of ints that overflow', () => [2n ** 62n, 2n ** 62n, 4n]],
  ['negative sizes', () => [-1, -2]],
  ['shrinking array', shrinkingArray],
  ['Float32Array', () => new Float32Array([1, 2])],
  ['detached Float32Array', detachedArray],
  ['SharedArrayBuffer', () => new SharedArrayBuffer(8)],
  ['DataView', () => new DataView(new ArrayBuffer(8))],
  ['BigInt64Array', () => new BigInt64Array([1n, -1n])],
  ['disposed tensor', disposed],
  ['array of a disposed tensor', () => [disposed(), torch.ones([2])]],
  ['bare Tensor prototype', () => Object.create(torch.Tensor.prototype)],
  ['Tensor.prototype', () => torch.Tensor.prototype],
  ['tensor with the handle of a dtype', () => impostor(handleOf(torch.float32))],
  ['tensor with the handle of a generator', () => impostor(handleOf(new torch.Generator()))],
  ['tensor with a foreign external', () => impostor(foreignExternal())],
  ['tensor with a number for a handle', () => impostor(1)],
  ['foreign external', foreignExternal],
  ["a tensor's handle", () => handleOf(torch.ones([2]))],
  ['dtype', () => torch.float64],
  ['Generator', () => new torch.Generator()],
  ['meta tensor', () => torch.ones([2, 3], { device: 'meta' })],
  ['sparse tensor', () => torch.eye(3).toSparse()],
  ['sparse CSR tensor', () => torch.eye(3).toSparseCsr()],
  ['vast expanded tensor', () => torch.ones([1]).expand(2 ** 20)],
  ['conjugate view', () => torch.ones([2], { dtype: torch.complex64 }).conj()],
  ['tensor of indices out of range', () => torch.full([2], 1000, { dtype: torch.int64 })],
  ['tensor of negative indices', () => torch.full([2], -7, { dtype: torch.int64 })],
  ['tensor of huge indices', () => torch.full([2], 2n ** 62n, { dtype: torch.int64 })],
  ['tensor of NaN', () => torch.full([2, 2], NaN)],
];

/** A value that no operator expects. */
export function hostile(random: Random): Labelled {
  if (random.chance(0.12)) return number(random.pick(HUGE));
  const [words, make] = random.pick(HOSTILE);
  return label(words, make());
}
