/** `at` and `set` against live PyTorch: a sweep of random index expressions, and the forms and errors one by one. */
import assert from 'node:assert/strict';
import * as torch from '../lib';
import type { IndexItem } from '../lib/indexing';
import { native } from '../lib/native';
import { evaluate, parity } from './oracle/oracle';
import { Random } from './oracle/random';

/** What is done with an index. */
type Mode = 'read' | 'gradient' | 'write' | 'writeGradient' | 'update' | 'viewUpdate';

interface Case {
  mode: Mode;
  /** The index in Python's words, in which `t[0]`, `t[1]`, ... are the tensors. */
  text: string;
  items: IndexItem[];
  tensors: torch.Tensor[];
  x: torch.Tensor;
  value: torch.Tensor | number | boolean | null;
}

type Plain = Record<string, unknown>;

const MODES: Mode[] = ['read', 'read', 'gradient', 'write', 'write', 'writeGradient', 'update', 'viewUpdate'];
const DTYPES = [torch.float32, torch.int64, torch.bool, torch.complex64, torch.bfloat16, torch.uint8];

/** Builds one random index of a shape, in both languages. */
class Expression {
  readonly items: IndexItem[] = [];
  readonly words: string[] = [];
  readonly tensors: torch.Tensor[] = [];
  private readonly length: number;

  constructor(
    shape: number[],
    private readonly random: Random,
  ) {
    // Index tensors of one expression are broadcast to each other, and so mostly have one length.
    this.length = 1 + random.below(3);
    let dim = 0;
    const last = random.chance(0.3) ? random.below(shape.length + 1) : shape.length;
    let ellipsis = random.chance(0.25);
    while (dim < last || (random.chance(0.03) && this.items.length < 8)) {
      if (ellipsis && random.chance(0.3)) {
        this.add('...', '...');
        ellipsis = false;
        dim += random.below(Math.max(1, shape.length - dim));
      }
      dim += this.addFor(shape, dim);
    }
  }

  get text(): string {
    if (this.words.length === 0) return '()';
    return this.words.join(', ');
  }

  private add(item: IndexItem, word: string): number {
    this.items.push(item);
    this.words.push(word);
    return 1;
  }

  /** Adds an item for a dimension; gives how many dimensions it takes. */
  private addFor(shape: number[], dim: number): number {
    const { random } = this;
    const size = shape[dim] ?? 2;
    switch (random.below(14)) {
      case 0:
      case 1:
        return this.addInt(size);
      case 2:
      case 3:
      case 4:
        return this.addSlice(size);
      case 5:
        this.add(null, 'None');
        return 0;
      case 6: {
        const flag = random.chance(0.7);
        this.add(flag, flag ? 'True' : 'False');
        return 0;
      }
      case 7:
        return this.addMask(shape, dim);
      case 8:
      case 9:
        return this.addTensor(size);
      case 10:
      case 11:
        return this.addList(size);
      case 12:
        return this.addScalarTensor(size);
      default:
        return this.add(':', ':');
    }
  }

  private position(size: number): number {
    const beyond = this.random.chance(0.02) ? 3 : 0;
    return this.random.below(2 * size + beyond) - size;
  }

  private addInt(size: number): number {
    const position = this.position(size);
    return this.add(this.random.chance(0.2) ? BigInt(position) : position, String(position));
  }

  private addSlice(size: number): number {
    const { random } = this;
    const bound = (): number | null => (random.chance(0.4) ? null : random.below(2 * size + 3) - size - 1);
    const [start, stop] = [bound(), bound()];
    const step = random.chance(0.6) ? null : 1 + random.below(3);
    const text = `${start ?? ''}:${stop ?? ''}${step === null ? '' : `:${step}`}`;
    return this.add(random.chance(0.5) ? torch.slice(start, stop, step) : (text as ':'), text);
  }

  private addMask(shape: number[], dim: number): number {
    const { random } = this;
    const dims = 1 + random.below(2);
    const sizes = Array.from({ length: dims }, (_, i) => (shape[dim + i] ?? 2) + (random.chance(0.03) ? 1 : 0));
    const count = sizes.reduce((product, size) => product * size, 1);
    const flags = Uint8Array.from({ length: count }, () => random.below(2));
    const mask = torch.frombuffer(flags, { dtype: torch.uint8 }).reshape(sizes);
    this.addOperand(random.chance(0.2) ? mask : mask.to(torch.bool));
    return dims;
  }

  private addTensor(size: number): number {
    const { random } = this;
    const shape = random.pick([[this.length], [this.length], [1], [2, this.length], [this.length, 1], [0]]);
    const dtype = random.pick([torch.int64, torch.int64, torch.int32, torch.int8, torch.float32]);
    this.addOperand(this.positions(shape, size).to(dtype));
    return 1;
  }

  private addScalarTensor(size: number): number {
    const dtype = this.random.pick([torch.int64, torch.int32, torch.int16, torch.uint8, torch.bool]);
    this.addOperand(this.positions([], size).to(dtype));
    return dtype === torch.bool || dtype === torch.uint8 ? 0 : 1;
  }

  private positions(shape: number[], size: number): torch.Tensor {
    const count = shape.reduce((product, length) => product * length, 1);
    if (count === 0) return torch.zeros(shape, { dtype: torch.int64 });
    const values = BigInt64Array.from({ length: count }, () => BigInt(this.position(size)));
    return torch.frombuffer(values, { dtype: torch.int64 }).reshape(shape);
  }

  private addOperand(tensor: torch.Tensor): void {
    this.add(tensor, `t[${this.tensors.length}]`);
    this.tensors.push(tensor);
  }

  private addList(size: number): number {
    const { random } = this;
    if (random.chance(0.3)) {
      const flags = Array.from({ length: size }, () => random.chance(0.5));
      return this.add(flags, `[${flags.map((flag) => (flag ? 'True' : 'False')).join(', ')}]`);
    }
    const list = Array.from({ length: this.length }, () => this.position(size));
    if (random.chance(0.2)) return this.add([list, list], `[[${list}], [${list}]]`);
    return this.add(random.chance(0.2) ? list.map(BigInt) : list, `[${list}]`);
  }
}

function elements(shape: number[], dtype: torch.DType): torch.Tensor {
  const count = shape.reduce((product, size) => product * size, 1);
  const whole = torch.arange(count, { dtype: torch.float64 }).reshape(shape);
  return (dtype === torch.bool ? whole.remainder(3).eq(0) : whole).to(dtype);
}

/** What is assigned: a number, or a tensor that is, or is nearly, broadcast to what is indexed. */
function valueFor(indexed: number[] | null, dtype: torch.DType, random: Random): Case['value'] {
  if (indexed === null || random.chance(0.35)) return random.pick([7, 2.5, true, 1, 0]);
  const full = [...indexed];
  const shape = random.pick([full, full, full.slice(1), [1, 1, ...full], full.map(() => 1), [], [...full, 2], [1]]);
  return elements(shape, random.chance(0.8) ? dtype : torch.float32).add(1);
}

function shapeOf(x: torch.Tensor, items: IndexItem[]): number[] | null {
  try {
    return [...x.at(...items).shape];
  } catch {
    return null;
  }
}

function generate(count: number): Case[] {
  const random = new Random(Number(process.env.SEED));
  return Array.from({ length: count }, () => {
    const mode = random.pick(MODES);
    const dims = random.below(20) === 0 ? 0 : 1 + random.below(4);
    const shape = Array.from({ length: dims }, () => random.pick([1, 2, 3, 4, 5]));
    const dtype = mode.endsWith('radient') ? torch.float64 : random.pick(DTYPES);
    const x = elements(shape, dtype);
    const { items, text, tensors } = new Expression(shape, random);
    const value = mode.startsWith('write') ? valueFor(shapeOf(x, items), dtype, random) : null;
    return { mode, text, items, tensors, x, value };
  });
}

const PYTHON = `
def describe(y):
    return {'values': y.tolist(), 'dtype': str(y.dtype), 'shape': list(y.shape)}

def weighted(y):
    return (y * (torch.arange(y.numel(), dtype=torch.float64).reshape(y.shape) + 1)).sum()

def name(y):
    return type(y.grad_fn).__name__

def run(mode, text, t, x, v):
    names = {'x': x, 't': t, 'v': v, 'torch': torch}
    if mode == 'read':
        y = eval(f'x[{text}]', names)
        shares = y.untyped_storage().data_ptr() == x.untyped_storage().data_ptr()
        return {**describe(y), 'stride': list(y.stride()), 'offset': y.storage_offset(), 'shares': shares}
    if mode == 'gradient':
        x.requires_grad_()
        y = eval(f'x[{text}]', names)
        weighted(y).backward()
        return {**describe(y), 'name': name(y), 'gradient': x.grad.tolist()}
    if mode == 'write':
        exec(f'x[{text}] = v', names)
        return describe(x)
    if mode == 'writeGradient':
        x.requires_grad_()
        if isinstance(v, torch.Tensor):
            v = names['v'] = v.double().requires_grad_()
        y = names['x'] = x * 2
        exec(f'x[{text}] = v', names)
        weighted(y).backward()
        gradient = v.grad.tolist() if isinstance(v, torch.Tensor) and v.grad is not None else None
        return {**describe(y), 'name': name(y), 'gradients': [x.grad.tolist(), gradient]}
    if mode == 'update':
        exec(f'x[{text}] += 1', names)
        return describe(x)
    exec(f'x[{text}].add_(1)', names)
    return describe(x)

def attempt(case):
    try:
        return run(*case)
    except Exception as error:
        return {'error': error}

[attempt(case) for case in cases]`;

const describeTensor = (y: torch.Tensor): Plain => ({
  values: y.tolist(),
  dtype: String(y.dtype),
  shape: [...y.shape],
});

function weighted(y: torch.Tensor): torch.Tensor {
  return y.mul(torch.arange(y.numel(), { dtype: torch.float64 }).reshape(y.shape).add(1)).sum();
}

function run({ mode, items, x, value }: Case): Plain {
  switch (mode) {
    case 'read': {
      const y = x.at(...items);
      const shares = native.storagePointer(y.handle) === native.storagePointer(x.handle);
      return { ...describeTensor(y), stride: y.stride(), offset: y.storageOffset(), shares };
    }
    case 'gradient': {
      x.requiresGrad_();
      const y = x.at(...items);
      weighted(y).backward();
      return { ...describeTensor(y), name: y.gradFn?.name(), gradient: x.grad?.tolist() };
    }
    case 'write':
      x.set(...items, value as torch.Tensor);
      return describeTensor(x);
    case 'writeGradient': {
      x.requiresGrad_();
      const v = value instanceof torch.Tensor ? value.double().requiresGrad_() : (value as number);
      const y = x.mul(2);
      y.set(...items, v);
      weighted(y).backward();
      const gradient = v instanceof torch.Tensor ? (v.grad?.tolist() ?? null) : null;
      return {
        ...describeTensor(y),
        name: y.gradFn?.name().replace(/^.*::/, ''),
        gradients: [x.grad?.tolist(), gradient],
      };
    }
    case 'update':
      x.set(...items, x.at(...items).add_(1));
      return describeTensor(x);
    case 'viewUpdate':
      x.at(...items).add_(1);
      return describeTensor(x);
  }
}

const PYTHON_NAMES: Record<string, string> = { RangeError: 'IndexError' };

function attempt(item: Case): Plain {
  try {
    return run(item);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return failure(PYTHON_NAMES[error.constructor.name] ?? error.constructor.name, error.message);
  }
}

/** An error without the line that tsorch adds about numbers. */
function failure(pythonClass: string, message: string): Plain {
  return { error: `${pythonClass}: ${message.split('\nIn tsorch')[0]}` };
}

describe('indexing', () => {
  it('reads and writes 6000 random indices as PyTorch', async () => {
    const cases = generate(6000);
    // Both sides write into the tensors: the oracle has its own.
    const sent = cases.map(({ mode, text, tensors, x, value }) => [mode, text, tensors, x, value]);
    const expected = evaluate<Plain[]>(PYTHON, { cases: sent });
    const got = cases.map(attempt);
    const counts = { same: 0, errors: 0 };
    for (const [i, outcome] of (await expected).entries()) {
      const { error } = outcome as { error?: { pythonClass: string; message: string } };
      const wanted = error ? failure(error.pythonClass, error.message) : outcome;
      const { mode, text, x, value } = cases[i];
      assert.deepEqual(got[i], wanted, `${mode} x[${text}], x of ${x.shape} ${x.dtype}, value ${value}`);
      counts[error ? 'errors' : 'same'] += 1;
    }
    assert.ok(counts.same > 3500, `only ${counts.same} of the expressions are valid`);
  });

  const x = torch.arange(24).reshape(2, 3, 4);
  const i = torch.tensor([0n, 1n]);
  const READS: [python: string, items: IndexItem[]][] = [
    ['x[0]', [0]],
    ['x[-1, 2]', [-1, 2]],
    ['x[:2]', [torch.slice(2)]],
    ['x[1:]', [torch.slice(1, null)]],
    ['x[:]', [torch.slice(null)]],
    ['x[..., ::2]', ['...', torch.slice(null, undefined, 2)]],
    ['x[..., None]', ['...', null]],
    ['x[:, 1:-1, 1:-1:2]', [':', '1:-1', '1:-1:2']],
    ['x[[0, 1]]', [[0, 1]]],
    [
      'x[[[0, 1], [1, 0]]]',
      [
        [
          [0, 1],
          [1, 0],
        ],
      ],
    ],
    ['x[[0, 1], :]', [[[0, 1], ':']]],
    [
      'x[[[0, 1], [1, 0]], :]',
      [
        [
          [0, 1],
          [1, 0],
        ],
        ':',
      ],
    ],
    ['x[[True, False]]', [[true, false]]],
    ['x[[True, 0]]', [[true, 0]]],
    ['x[[]]', [[]]],
    ['x[x > 5]', [x.gt(5)]],
    ['x[i, i]', [i, i]],
    ['x[0, i]', [0, i]],
    ['x[[i[0], i[1]]]', [[i.at(0), i.at(1)]]],
    ['x[:, [i[0], i[1]]]', [':', [i.at(0), i.at(1)]]],
    ['x[i[1]:]', [torch.slice(i.at(1), null)]],
    ['x[np.array([0, 1])]', [new Int32Array([0, 1])]],
    ['x[:10**30]', [torch.slice(10n ** 30n)]],
    ['x[1:2**70]', ['1:1180591620717411303424']],
    ['x[()]', []],
    ['x[True]', [true]],
    ['x[False, 0]', [false, 0]],
  ];

  it('reads every form', async () => {
    for (const [code, items] of READS) {
      await parity(code, { x, i }, ({ x }) => x.at(...items), { exact: true, stride: true });
    }
  });

  const WRONG: [python: string, items: unknown[]][] = [
    ['x[5]', [5]],
    ['x[0, -9]', [0, -9]],
    ['x[None, ..., 7]', [null, '...', 7]],
    ['x[0, 0, 0, 0]', [0, 0, 0, 0]],
    ['x[1.5]', [1.5]],
    ['x[0, 1.5]', [0, 1.5]],
    ['x[1j]', [new torch.Complex(0, 1)]],
    ['x[{}]', [{}]],
    ['x[2**70]', [2n ** 70n]],
    ['x[torch.tensor([True, False, True])]', [[true, false, true]]],
    ['x[torch.tensor([1.5])]', [torch.tensor([1.5])]],
    ['x[torch.tensor(1.5)]', [torch.tensor(1.5)]],
    ['x[:, [5]]', [':', [5]]],
    ['x[0:1, [[0, 1], [1]]]', ['0:1', [[0, 1], [1]]]],
    ['x.sum()[0]', []],
  ];

  it('says what is wrong in the words of PyTorch', async () => {
    for (const [code, items] of WRONG) {
      await parity(code, { x }, ({ x }) => (items.length === 0 ? x.sum().at(0) : x.at(...(items as IndexItem[]))));
    }
    await parity('x[::0]', { x }, ({ x }) => x.at('::0'));
    await parity('x[::-1]', { x }, ({ x }) => x.at('::-1'));
    await parity('x[1.5:]', { x }, ({ x }) => x.at(torch.slice(1.5, null)));
    assert.throws(() => x.at(undefined as never), RangeError);
    assert.throws(() => x.at('first' as never), /'\.\.\.' or a slice such as ':' or '1:-1:2', not 'first'/);
    assert.throws(
      () => x.at(torch.tensor([0, 1])),
      /int, byte or bool tensors\nIn tsorch, numbers make float32 tensors/,
    );
  });

  const VALUES: [python: string, value: unknown][] = [
    ['[1, 2]', [1, 2]],
    ['"a"', 'a'],
    ['None', null],
    ['{}', {}],
    ['1j', new torch.Complex(0, 1)],
    ['300', 300],
    ['-1', -1],
    ['1.7', 1.7],
    ['float("nan")', Number.NaN],
    ['True', true],
    ['2**62', 2n ** 62n],
    ['torch.ones(3)', torch.ones(3)],
    ['torch.ones(1, 1, 4)', torch.ones(1, 1, 4)],
    ['torch.ones(4, dtype=torch.complex64)', torch.ones(4, { dtype: torch.complex64 })],
  ];

  it('converts what is assigned as PyTorch', async () => {
    for (const dtype of [torch.float32, torch.int64, torch.uint8, torch.bool, torch.complex64]) {
      const zeros = torch.zeros([3, 4], { dtype });
      for (const [python, value] of VALUES) {
        for (const [index, items] of [
          ['0', [0]],
          ['...', ['...']],
          ['[0, 2]', [[0, 2]]],
        ] as [string, IndexItem[]][]) {
          const code = `y = x.clone()\ny[${index}] = ${python}\ny`;
          await parity(code, { x: zeros }, ({ x }) => {
            const y = x.clone();
            y.set(...items, value as number);
            return y;
          });
        }
      }
    }
    await parity('y = x.to_sparse()\ny[0] = 1', { x }, ({ x }) => x.toSparse().set(0, 1));
  });

  it('keeps the graph of PyTorch', async () => {
    const indices: [string, IndexItem[]][] = [
      ['0', [0]],
      [':', [':']],
      ['...', ['...']],
      [':, :', [':', ':']],
      ['0:2, 1', ['0:2', 1]],
      ['0:2, 0:5', ['0:2', '0:5']],
      ['None', [null]],
      ['True', [true]],
      ['[0]', [[0]]],
    ];
    for (const [text, items] of indices) {
      const leaf = torch.ones([2, 3], { requiresGrad: true });
      const names = (y: torch.Tensor): (string | undefined)[] => [
        y.gradFn?.name().replace(/^.*::/, ''),
        y.gradFn?.nextFunctions[0]?.[0]?.name().replace(/^.*::/, ''),
      ];
      const python = (code: string): string =>
        `${code}\n[type(f).__name__ for f in (y.grad_fn, y.grad_fn.next_functions[0][0])]`;
      assert.deepEqual(names(leaf.mul(2).at(...items)), await evaluate(python(`y = (x * 2)[${text}]`), { x: leaf }));
      const y = leaf.mul(2);
      y.set(...items, 5);
      assert.deepEqual(names(y), await evaluate(python(`y = x * 2\ny[${text}] = 5`), { x: leaf }));
    }
  });

  it('costs one native call for a number or a slice', () => {
    const calls: string[] = [];
    const { call } = native;
    x.at(0);
    x.at('1:');
    Object.assign(native, {
      call: (...args: Parameters<typeof call>) => {
        calls.push('call');
        return call(...args);
      },
    });
    try {
      x.at(0);
      assert.equal(calls.length, 1);
      x.at('1:');
      assert.equal(calls.length, 2);
    } finally {
      Object.assign(native, { call });
    }
  });

  it('prints a slice as Python', () => {
    assert.equal(String(torch.slice(1, null, 2)), 'slice(1, None, 2)');
  });
});
