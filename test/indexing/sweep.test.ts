/** `at` and `set` against live PyTorch over random index expressions: read, written, updated in place, derived. */
import assert from 'node:assert/strict';
import * as torch from '../../lib';
import type { IndexItem } from '../../lib/indexing';
import { native } from '../../lib/native';
import { evaluate } from '../oracle/oracle';
import { Random } from '../oracle/random';
import { Expression } from './expression';

/** What is done with an index. */
type Mode = 'read' | 'gradient' | 'write' | 'writeGradient' | 'update' | 'updateGradient' | 'viewUpdate';

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

const MODES: Mode[] = [
  ...(['read', 'read', 'gradient', 'write', 'write', 'writeGradient'] as const),
  ...(['update', 'updateGradient', 'viewUpdate'] as const),
];
const DTYPES = [torch.float32, torch.int64, torch.bool, torch.complex64, torch.bfloat16, torch.uint8];

function elements(shape: number[], dtype: torch.DType): torch.Tensor {
  const count = shape.reduce((product, size) => product * size, 1);
  const whole = torch.arange(count, { dtype: torch.float64 }).reshape(shape);
  return (dtype === torch.bool ? whole.remainder(3).eq(0) : whole).to(dtype);
}

/** The same elements in memory that is dense, or has gaps, an offset or another order of dimensions. */
function laidOut(x: torch.Tensor, random: Random): torch.Tensor {
  if (x.dim() === 0) return x;
  const last = x.dim() - 1;
  switch (random.below(4)) {
    case 0:
      return x.transpose(0, last).clone({ memoryFormat: torch.contiguousFormat }).transpose(0, last);
    case 1:
      return torch.stack([x, x], 1).at(':', 1);
    default:
      return x;
  }
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
  const random = new Random(11);
  return Array.from({ length: count }, () => {
    const mode = random.pick(MODES);
    const dims = random.below(20) === 0 ? 0 : 1 + random.below(4);
    const shape = Array.from({ length: dims }, () => random.pick([1, 2, 3, 4, 5]));
    const dtype = mode.endsWith('radient') ? torch.float64 : random.pick(DTYPES);
    const x = laidOut(elements(shape, dtype), random);
    const expression = new Expression(shape, random);
    const asList = expression.items.length > 0 && random.chance(0.05);
    const items = asList ? [expression.items] : expression.items;
    const text = asList ? expression.listText : expression.text;
    const { tensors } = expression;
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
    names = {'x': x, 't': t, 'v': v, 'torch': torch, 'np': np}
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
    if mode == 'updateGradient':
        x.requires_grad_()
        y = names['x'] = x * 2
        exec(f'x[{text}] *= 3', names)
        weighted(y).backward()
        return {**describe(y), 'name': name(y), 'gradient': x.grad.tolist()}
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
    case 'updateGradient': {
      x.requiresGrad_();
      const y = x.mul(2);
      y.set(...items, y.at(...items).mul_(3));
      weighted(y).backward();
      return { ...describeTensor(y), name: y.gradFn?.name().replace(/^.*::/, ''), gradient: x.grad?.tolist() };
    }
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
  it('reads and writes 3000 random indices as PyTorch', async () => {
    const cases = generate(3000);
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
    assert.ok(counts.same >= 2000, `only ${counts.same} of the expressions are valid`);
  });
});
