/** `torch.autograd.functional` against PyTorch's. */
import * as torch from '../../lib';
import { camel } from '../oracle/codec';
import { input } from '../oracle/inputs';
import { parity } from '../oracle/oracle';

type Tensor = torch.Tensor;

const F = torch.autograd.functional;
const inputs = { x: input([3]), y: input([3], { seed: 2 }), v: input([3], { seed: 3 }), m: input([2, 3], { seed: 4 }) };

/** Functions in both languages. */
const FUNCTIONS: Record<string, [python: string, ours: torch.autograd.functional.TensorFunction]> = {
  scalar: ['lambda a: (a ** 3).sum()', (a) => (a as Tensor).pow(3).sum()],
  square: ['lambda a: a * a', (a) => (a as Tensor).mul(a as Tensor)],
  two: [
    'lambda a, b: (a * b).exp().sum()',
    (a, b) =>
      (a as Tensor)
        .mul(b as Tensor)
        .exp()
        .sum(),
  ],
  several: ['lambda a, b: (a * b, a.sum())', (a, b) => [(a as Tensor).mul(b as Tensor), (a as Tensor).sum()]],
  partial: ['lambda a, b: (a ** 2).sum()', (a) => (a as Tensor).pow(2).sum()],
  linear: ['lambda a: (a * 2).sum()', (a) => (a as Tensor).mul(2).sum()],
  constant: ['lambda a: torch.ones(3)', () => torch.ones(3)],
};

type Name = 'jacobian' | 'hessian' | 'vjp' | 'jvp' | 'vhp' | 'hvp';

/** Function, name of what is differentiated, inputs, vector, options in Python. */
const CALLS: [Name, string, string, string?, string?][] = [
  ['jacobian', 'square', 'x'],
  ['jacobian', 'square', 'm'],
  ['jacobian', 'scalar', 'x'],
  ['jacobian', 'several', 'x y'],
  ['jacobian', 'partial', 'x y'],
  ['jacobian', 'partial', 'x y', '', 'strict'],
  ['jacobian', 'constant', 'x'],
  ['jacobian', 'constant', 'x', '', 'strict'],
  ['jacobian', 'square', 'x', '', 'create_graph'],
  ['hessian', 'scalar', 'x'],
  ['hessian', 'two', 'x y'],
  ['hessian', 'partial', 'x y'],
  ['hessian', 'linear', 'x', '', 'strict'],
  ['hessian', 'square', 'x'],
  ['hessian', 'several', 'x y'],
  ['vjp', 'square', 'x', 'v'],
  ['vjp', 'several', 'x y', 'v x'],
  ['vjp', 'scalar', 'x'],
  ['vjp', 'square', 'x'],
  ['vjp', 'square', 'x', 'm'],
  ['vjp', 'partial', 'x y', '', 'strict'],
  ['jvp', 'square', 'x', 'v'],
  ['jvp', 'several', 'x y', 'v x'],
  ['jvp', 'square', 'x'],
  ['jvp', 'linear', 'x', 'v', 'strict'],
  ['jvp', 'partial', 'x y', 'v x'],
  ['vhp', 'scalar', 'x', 'v'],
  ['vhp', 'two', 'x y', 'v x'],
  ['vhp', 'square', 'x', 'v'],
  ['vhp', 'partial', 'x y', 'v x', 'strict'],
  ['hvp', 'scalar', 'x', 'v'],
  ['hvp', 'two', 'x y', 'v x'],
  ['hvp', 'scalar', 'x', 'v x'],
  ['hvp', 'linear', 'x', 'v', 'create_graph'],
];

const python = (names: string): string => (names.includes(' ') ? `(${names.replaceAll(' ', ', ')})` : names);

describe('autograd.functional', () => {
  for (const [name, fn, ins, v = '', option] of CALLS) {
    const args = [FUNCTIONS[fn]?.[0], python(ins), ...(v ? [python(v)] : []), ...(option ? [`${option}=True`] : [])];
    const code = `torch.autograd.functional.${name}(${args.join(', ')})`;
    it(code, () =>
      parity(code, inputs, (values) => {
        const named = (names: string): Tensor | Tensor[] => {
          const found = names.split(' ').map((key) => values[key as keyof typeof values]);
          return found.length === 1 ? (found[0] as Tensor) : found;
        };
        const call = F[name] as (...args: unknown[]) => unknown;
        const options = option ? [{ [camel(option)]: true }] : [];
        return call(FUNCTIONS[fn]?.[1], named(ins), ...(v ? [named(v)] : []), ...options);
      }),
    );
  }

  it('records what it computes where it is told to', () =>
    parity(
      `x = x.clone().requires_grad_()
j = torch.autograd.functional.jacobian(lambda a: a ** 3, x, create_graph=True)
[j.requires_grad, torch.autograd.grad(j.sum(), x)[0]]`,
      inputs,
      ({ x }) => {
        const leaf = x.clone().requiresGrad_();
        const j = F.jacobian((a) => a.pow(3), leaf, { createGraph: true }) as Tensor;
        return [j.requiresGrad, torch.autograd.grad(j.sum(), leaf)[0]];
      },
    ));
});
