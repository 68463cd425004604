/** Every optimizer, with the inputs of PyTorch's `optim_db`: parameters and state after 20 steps are PyTorch's, bit for bit. */
import assert from 'node:assert/strict';
import * as torch from '../../lib';
import { CAPTURABLE_DEVICES } from '../../lib/optim/groups';
import { camel } from '../oracle/codec';
import { input } from '../oracle/inputs';
import { evaluate, parity } from '../oracle/oracle';

const { nn, optim } = torch;

type Options = Record<string, unknown>;
// biome-ignore lint/suspicious/noExplicitAny: the classes are chosen by name
type OptimizerClass = new (params: any, options: Options) => any;

/** An entry of the database. */
interface Entry {
  name: string;
  impls: string[];
  kwargs: Options[];
  capturable: Options[];
  errors: { params: unknown; kwargs: Options; grads: boolean[]; tensors: torch.Tensor[]; warns: boolean }[];
}

/** Python's numbers as JavaScript has them: a whole float is an int. */
const PLAIN = `
from torch.testing._internal.common_optimizers import optim_db
def plain(v):
    if isinstance(v, float) and v.is_integer() and abs(v) < 2**53: return int(v)
    if isinstance(v, (list, tuple)): return type(v)(plain(i) for i in v)
    if isinstance(v, dict): return {k: plain(i) for k, i in v.items()}
    return v
def kwargs_of(i): return plain(i.kwargs)
`;

const ENTRIES = `${PLAIN}
def marked(v, tensors):
    if isinstance(v, torch.Tensor):
        if not any(t is v for t in tensors): tensors.append(v)
        return next(i for i, t in enumerate(tensors) if t is v)
    if isinstance(v, (list, tuple)): return [marked(i, tensors) for i in v]
    if isinstance(v, dict): return {k: (marked(i, tensors) if k == 'params' else i) for k, i in v.items()}
    return v
def error(e):
    tensors = []
    params = marked(e.optimizer_error_input.params, tensors)
    return {'params': params, 'kwargs': kwargs_of(e.optimizer_error_input), 'tensors': [t.detach() for t in tensors],
            'grads': [t.grad is not None for t in tensors], 'warns': e.error_type is UserWarning}
[{
  'name': i.optim_cls.__name__,
  'impls': list(i.supported_impls),
  'kwargs': [kwargs_of(k) for k in i.optim_inputs_func('cpu', torch.float64)],
  'capturable': [k for k in map(kwargs_of, i.optim_inputs_func('cuda', torch.float64)) if k.get('capturable')],
  'errors': [error(e) for e in i.optim_error_inputs_func('cpu', torch.float64)],
} for i in optim_db]
`;

const RUN = `
def as_tuples(kwargs): return {k: tuple(v) if isinstance(v, list) else v for k, v in kwargs.items()}
def run(kwargs, dtype):
    params = [nn.Parameter(p.to(dtype, copy=True)) for p in start]
    o = getattr(optim, name)(params, **as_tuples(kwargs))
    for i in range(steps):
        def closure():
            for p, g in zip(params, grads):
                p.grad = None if skips and i % 3 == 1 and p is params[-1] else g[i].to(dtype)
                if name == 'SparseAdam': p.grad = p.grad.to_sparse(1)
                if name == 'LBFGS': p.grad = p.grad * 0.01 + p.detach() ** 3
            return sum((p.detach() ** 4).sum() / 4 for p in params)
        if name != 'LBFGS': closure()
        o.step(closure if name == 'LBFGS' else None)
    return [p.detach() for p in params], o.state_dict(), repr(o)
`;

interface Given {
  start: torch.Tensor[];
  grads: torch.Tensor[];
  name: string;
  skips: boolean;
  steps: number;
}

/** What `RUN` does. */
function run({ start, grads, name, skips, steps }: Given, options: Options, dtype: torch.DType): unknown[] {
  const params = start.map((value) => new nn.Parameter(value.to({ dtype, copy: true })));
  const optimizer = new (optim as unknown as Record<string, OptimizerClass>)[name](params, options);
  for (let i = 0; i < steps; i++) {
    const closure = (): torch.Tensor => {
      for (const [j, param] of params.entries()) {
        const isMissing = skips && i % 3 === 1 && param === params.at(-1);
        let grad: torch.Tensor | null = isMissing ? null : (grads[j].at(i).to(dtype) as torch.Tensor);
        if (name === 'SparseAdam') grad = torch.ops.aten.to_sparse(grad, 1);
        if (name === 'LBFGS') grad = (grad as torch.Tensor).mul(0.01).add(param.detach().pow(3));
        param.grad = grad;
      }
      return params
        .map((param) => param.detach().pow(4).sum().div(4))
        .reduce((sum, value) => sum.add(value), torch.zeros([], { dtype }));
    };
    if (name !== 'LBFGS') closure();
    optimizer.step(name === 'LBFGS' ? closure : null);
  }
  return [params.map((param) => param.detach()), optimizer.stateDict(), String(optimizer)];
}

/** Options by JavaScript's names. */
function named(kwargs: Options): Options {
  return Object.fromEntries(Object.entries(kwargs).map(([name, value]) => [camel(name), value]));
}

const SHAPES: Record<string, number[][]> = {
  Muon: [
    [4, 3],
    [2, 5],
  ],
  SparseAdam: [[5, 2], [4]],
};

function given(name: string, { skips = false, dtype = torch.float64 } = {}): Given {
  const shapes = SHAPES[name] ?? [[3, 2], [9], [2, 2, 3], []];
  const start = shapes.map((shape, i) => input(shape, { seed: i + 1, dtype }));
  const grads = shapes.map((shape, i) => input([20, ...shape], { seed: i + 11, low: -1, high: 1, dtype }));
  // A step of LBFGS is twenty by itself.
  return { start, grads, name, skips, steps: name === 'LBFGS' ? 3 : 20 };
}

/** Compares runs with each of the options, all in one request. */
function same(values: Given, kwargs: Options[], dtypes: torch.DType[], { prelude = '', exact = true } = {}) {
  const code = `${prelude}${RUN}[run(k, d) for d in dtypes for k in kwargs]`;
  const body = () => dtypes.flatMap((dtype) => kwargs.map((options) => run(values, named(options), dtype)));
  return parity(code, { ...values, kwargs, dtypes } as never, body, { exact });
}

const CLASSES = Object.entries(optim)
  .filter(([, value]) => typeof value === 'function' && value.prototype instanceof optim.Optimizer)
  .map(([name]) => name);

function without(...names: string[]): string[] {
  return CLASSES.filter((name) => !names.includes(name));
}

/** Options for each implementation that an optimizer has. */
function inEachWay({ impls }: Entry, kwargs: Options[]): Options[] {
  const ways: Options[] = [
    {},
    ...['foreach', 'fused'].filter((way) => impls.includes(way)).map((way) => ({ [way]: true })),
  ];
  return ways.flatMap((way) => kwargs.map((options) => ({ ...options, ...way })));
}

describe('optim_db', () => {
  let entries: Map<string, Entry>;
  let threads: number;

  before(async () => {
    threads = torch.getNumThreads();
    torch.setNumThreads(1);
    await evaluate('torch.set_num_threads(1)');
    entries = new Map((await evaluate<Entry[]>(ENTRIES)).map((entry) => [entry.name, entry]));
  });

  after(async () => {
    torch.setNumThreads(threads);
    await evaluate('torch.set_num_threads(2)');
  });

  it('has an entry for every class', () => assert.deepEqual([...entries.keys()].sort(), [...CLASSES].sort()));

  const entry = (name: string): Entry => entries.get(name) as Entry;
  const both = [torch.float64, torch.float32];

  for (const name of CLASSES) {
    it(`${name} of float64 and float32`, () => same(given(name), inEachWay(entry(name), entry(name).kwargs), both));
  }

  for (const name of without('Adafactor', 'Muon', 'SparseAdam', 'LBFGS')) {
    it(`${name} of complex numbers`, () => {
      const values = given(name, { dtype: torch.complex128 });
      const kwargs = inEachWay(entry(name), entry(name).kwargs).filter(({ fused }) => !fused);
      // Where PyTorch adds the penalty to complex numbers before it takes them apart, the last digit differs.
      return same(values, kwargs, [torch.complex128], { exact: false });
    });
  }

  for (const name of without('SparseAdam', 'LBFGS')) {
    it(`${name}, where gradients come and go`, () =>
      same(given(name, { skips: true }), inEachWay(entry(name), [{}]), both));
  }

  for (const name of without('Adafactor', 'Adagrad', 'Muon', 'SGD', 'SparseAdam', 'LBFGS')) {
    it(`${name}, capturable`, async () => {
      // The check is about devices, and the operators are the same on all of them.
      const module = `torch.optim.${name === 'AdamW' ? 'adam' : name.toLowerCase()}`;
      const prelude = `
import sys
sys.modules['${module}']._get_capturable_supported_devices = lambda supports_xla=True: ['cpu']
`;
      CAPTURABLE_DEVICES.push('cpu');
      try {
        const kwargs = inEachWay(entry(name), entry(name).capturable).filter(({ fused }) => !fused);
        await same(given(name), kwargs, both, { prelude });
      } finally {
        CAPTURABLE_DEVICES.pop();
      }
    });
  }

  for (const name of without('Adafactor', 'Muon', 'SparseAdam', 'LBFGS')) {
    it(`${name}, differentiable`, async () => {
      const kwargs = entry(name).kwargs.filter(({ lr }) => !(lr instanceof torch.Tensor));
      const code = `
def run(kwargs):
    w = [s.clone().requires_grad_() for s in start]
    params = [p.clone() for p in w]
    for p in params: p.retain_grad()
    o = getattr(optim, name)(params, differentiable=True, **kwargs)
    for i in range(3):
        for p, q, g in zip(params, w, grads): p.grad = q * g[i] if i == 0 else g[i]
        o.step()
    sum((p * p).sum() for p in params).backward()
    return [p.detach() for p in params], [p.grad for p in w]
[run(k) for k in kwargs]
`;
      const values = given(name);
      const differentiable = (options: Options) => {
        const w = values.start.map((value) => value.clone().requiresGrad_());
        const params = w.map((value) => value.clone());
        for (const param of params) param.retainGrad();
        const optimizer = new (optim as unknown as Record<string, OptimizerClass>)[name](params, {
          ...options,
          differentiable: true,
        });
        for (let i = 0; i < 3; i++) {
          for (const [j, param] of params.entries()) {
            const grad = values.grads[j].at(i);
            param.grad = i === 0 ? w[j].mul(grad) : grad;
          }
          optimizer.step();
        }
        params
          .map((param) => param.mul(param).sum())
          .reduce((sum, value) => sum.add(value))
          .backward();
        return [params.map((param) => param.detach()), w.map((value) => value.grad)];
      };
      await parity(code, { ...values, kwargs } as never, () => kwargs.map(named).map(differentiable));
    });
  }

  const RESUME = `
def resume(params, state_dict, kwargs, first):
    params = [nn.Parameter(p) for p in params]
    o = getattr(optim, name)(params, **kwargs)
    if state_dict is not None: o.load_state_dict(state_dict)
    for i in range(first, first + 5):
        def closure():
            for p, g in zip(params, grads): p.grad = g[i].to_sparse(1) if name == 'SparseAdam' else g[i].clone()
            return sum(p.detach().sum() for p in params)
        closure()
        o.step(closure if name == 'LBFGS' else None)
    return [p.detach().clone() for p in params], __import__('copy').deepcopy(o.state_dict())
`;

  for (const name of CLASSES) {
    it(`${name} resumes from the state that PyTorch saved, and the reverse`, async () => {
      const values = given(name);
      type Saved = [params: torch.Tensor[], stateDict: torch.optim.OptimizerStateDict];
      const resume = (params: torch.Tensor[], stateDict: Saved[1] | null, options: Options, first: number): Saved => {
        const copies = params.map((param) => new nn.Parameter(param.clone()));
        const optimizer = new (optim as unknown as Record<string, OptimizerClass>)[name](copies, options);
        if (stateDict !== null) optimizer.loadStateDict(stateDict);
        for (let i = first; i < first + 5; i++) {
          const closure = () => {
            for (const [j, param] of copies.entries()) {
              const grad = values.grads[j].at(i);
              param.grad = name === 'SparseAdam' ? torch.ops.aten.to_sparse(grad, 1) : grad.clone();
            }
            return copies.map((param) => param.detach().sum()).reduce((sum, value) => sum.add(value));
          };
          closure();
          optimizer.step(name === 'LBFGS' ? closure : null);
        }
        return [copies.map((param) => param.detach()), optimizer.stateDict()];
      };
      for (const kwargs of entry(name).kwargs.slice(-2)) {
        const [params, state] = await evaluate<Saved>(`${RESUME}resume(start, None, kwargs, 0)`, { ...values, kwargs });
        const inputs = { ...values, kwargs, params, state };
        const code = `${RESUME}resume(params, state, kwargs, 5)`;
        await parity(code, inputs as never, () => resume(params, state, named(kwargs), 5), { exact: true });
        const own = resume(values.start, null, named(kwargs), 0);
        const reverse = { ...values, kwargs, params: own[0].map((p) => p.clone()), state: own[1] };
        await parity(code, reverse as never, () => resume(...own, named(kwargs), 5), { exact: true });
      }
    });
  }

  for (const name of CLASSES) {
    it(`${name}: errors`, async () => {
      for (const [i, { params, kwargs, tensors, grads, warns }] of entry(name).errors.entries()) {
        const code = `${PLAIN}
e = next(i for i in optim_db if i.optim_cls.__name__ == '${name}').optim_error_inputs_func('cpu', torch.float64)[${i}]
params = e.optimizer_error_input.params
o = getattr(optim, '${name}')([nn.Parameter(torch.ones(1, 1))] if params is None else params, **kwargs_of(e.optimizer_error_input))
o.step()
`;
        const made = tensors.map((tensor, j) => {
          const param = new nn.Parameter(tensor, false);
          if (grads[j]) param.grad = torch.onesLike(tensor);
          return param;
        });
        const call = () => {
          const unmarked = params === null ? [new nn.Parameter(torch.ones(1, 1))] : withTensors(params, made);
          new (optim as unknown as Record<string, OptimizerClass>)[name](unmarked, named(kwargs)).step();
        };
        if (warns && name !== 'LBFGS') {
          const warned = nextWarning();
          call();
          assert.match(await warned, /a parameter group with duplicate parameters/);
        } else if (name !== 'LBFGS' || !warns) {
          await parity(code, {}, call);
        }
      }
    });
  }
});

/** The next warning's words. */
function nextWarning(): Promise<string> {
  return new Promise((resolve) => {
    process.once('warning', (warning) => resolve(warning.message));
  });
}

/** Parameters, groups and pairs of a name and a parameter, from numbers that stand for tensors. */
function withTensors(value: unknown, tensors: torch.Tensor[]): unknown {
  if (typeof value === 'number') return tensors[value];
  if (Array.isArray(value)) return value.map((item) => withTensors(item, tensors));
  if (typeof value === 'object' && value !== null) {
    const group = value as { params: unknown };
    return { ...group, params: withTensors(group.params, tensors) };
  }
  return value;
}
