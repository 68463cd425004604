/** Backward passes, gradients, modes and the graph against PyTorch. */
import assert from 'node:assert/strict';
import * as torch from '../lib';
import { input } from './oracle/inputs';
import { evaluate, parity } from './oracle/oracle';

const inputs = { x: input([2, 3]), w: input([3, 4], { seed: 2 }) };

const leaf = (tensor: torch.Tensor): torch.Tensor => tensor.clone().requiresGrad_();

describe('autograd', () => {
  it('accumulates gradients', () =>
    parity(
      'w = w.clone().requires_grad_(); (x @ w).tanh().sum().backward(); (x @ w).pow(2).mean().backward(); w.grad',
      inputs,
      ({ x, w }) => {
        const v = leaf(w);
        x.matmul(v).tanh().sum().backward();
        x.matmul(v).pow(2).mean().backward();
        return v.grad;
      },
      { exact: true },
    ));

  it('differentiates twice', () =>
    parity(
      `w = w.clone().requires_grad_()
g, = torch.autograd.grad((x @ w).pow(3).sum(), w, create_graph=True)
g.sum().backward()
w.grad`,
      inputs,
      ({ x, w }) => {
        const v = leaf(w);
        const [g] = torch.autograd.grad(x.matmul(v).pow(3).sum(), v, { createGraph: true });
        g?.sum().backward();
        return v.grad;
      },
      { exact: true },
    ));

  it('takes gradients for outputs that are no scalars, and inputs', () =>
    parity(
      `w = w.clone().requires_grad_(); v = w.clone().detach().requires_grad_()
(x @ w * (x @ v)).backward(torch.ones(2, 4), inputs=[w])
[w.grad, v.grad is None]`,
      inputs,
      ({ x, w }) => {
        const [a, b] = [leaf(w), leaf(w)];
        x.matmul(a)
          .mul(x.matmul(b))
          .backward(torch.ones(2, 4), { inputs: [a] });
        return [a.grad, b.grad === null];
      },
    ));

  it('keeps the gradient of what is no leaf where asked', () =>
    parity(
      'w = w.clone().requires_grad_(); y = w * 2; y.retain_grad(); y.sum().backward(); [y.retains_grad, y.is_leaf, y.grad]',
      inputs,
      ({ w }) => {
        const y = leaf(w).mul(2);
        y.retainGrad();
        y.sum().backward();
        return [y.retainsGrad, y.isLeaf, y.grad];
      },
    ));

  it('names the graph as PyTorch', async () => {
    const y = leaf(inputs.w).mul(2).add(1).sum();
    const names: string[] = [];
    for (let node = y.gradFn; node !== null; node = node.nextFunctions[0]?.[0] ?? null) names.push(node.name());
    const expected = await evaluate(
      `def names(n): return [] if n is None else [n.name()] + names(n.next_functions[0][0] if n.next_functions else None)
names((w.clone().requires_grad_() * 2 + 1).sum().grad_fn)`,
      { w: inputs.w },
    );
    assert.deepEqual(names, expected);
    assert.equal(torch.randn(1).gradFn, null);
  });

  it('raises in PyTorch’s words', async () => {
    const { x, w } = inputs;
    const cases: [string, () => unknown][] = [
      [
        'y = (w.clone().requires_grad_() ** 2).sum(); y.backward(); y.backward()',
        () => {
          const y = leaf(w).pow(2).sum();
          y.backward();
          y.backward();
        },
      ],
      ['x.sum().backward()', () => x.sum().backward()],
      ['w.clone().requires_grad_().backward()', () => leaf(w).backward()],
      [
        'torch.autograd.grad(x.clone().requires_grad_().sum(), w.clone().requires_grad_())',
        () => torch.autograd.grad(leaf(x).sum(), leaf(w)),
      ],
      ['torch.autograd.grad(x.clone().requires_grad_().sum(), [])', () => torch.autograd.grad(leaf(x).sum(), [])],
      [
        'y = w.clone().requires_grad_() * 2; y.requires_grad = False',
        () => {
          leaf(w).mul(2).requiresGrad = false;
        },
      ],
      [
        'y = w.clone().requires_grad_(); y.grad = torch.zeros(1)',
        () => {
          leaf(w).grad = torch.zeros(1);
        },
      ],
      [
        'y = w.clone().requires_grad_(); y.grad = torch.zeros(3, 4, dtype=torch.float64)',
        () => {
          leaf(w).grad = torch.zeros([3, 4], { dtype: torch.float64 });
        },
      ],
      [
        'y = w.clone().requires_grad_(); z = y * y; y.data.add_(1); y.detach().add_(1); z.sum().backward()',
        () => {
          const y = leaf(w);
          const z = y.mul(y);
          y.detach().add_(1);
          z.sum().backward();
        },
      ],
    ]; // prettier-ignore
    for (const [python, body] of cases) await parity(python, { x, w }, body);
  });

  it('enters and leaves modes as functions, scopes and wrappers', () => {
    const y = leaf(inputs.w);
    assert.equal(
      torch.noGrad(() => y.mul(2).requiresGrad),
      false,
    );
    assert.equal(
      torch.noGrad(() => torch.enableGrad(() => y.mul(2).requiresGrad)),
      true,
    );
    {
      using _ = torch.noGrad();
      assert.equal(torch.isGradEnabled(), false);
    }
    assert.equal(torch.isGradEnabled(), true);
    assert.throws(
      () =>
        torch.noGrad(() => {
          throw new Error('inside');
        }),
      /inside/,
    ); // prettier-ignore
    assert.equal(torch.isGradEnabled(), true);
    assert.equal(torch.noGrad.wrap((t: torch.Tensor) => t.mul(2))(y).requiresGrad, false);
    assert.equal(
      torch.setGradEnabled(false, () => torch.isGradEnabled()),
      false,
    );
    torch.setGradEnabled(false);
    assert.equal(torch.isGradEnabled(), false);
    torch.setGradEnabled(true);
    assert.throws(() => torch.noGrad(async () => 1), TypeError);
    assert.equal(torch.isGradEnabled(), true);
    const frozen = torch.inferenceMode(() => y.mul(2));
    assert.ok(frozen.isInference());
    assert.equal(torch.isInferenceModeEnabled(), false);
    assert.throws(() => frozen.add_(1).requiresGrad_(), /[Ii]nference/);
    assert.equal(
      torch.inferenceMode(false, () => torch.isInferenceModeEnabled()),
      false,
    );
  });

  it('sets data under the same identity', () =>
    parity(
      'w = w.clone().requires_grad_(); w.data = torch.zeros(2); [w, w.requires_grad, w.is_leaf]',
      inputs,
      ({ w }) => {
        const v = leaf(w);
        v.data = torch.zeros(2);
        return [v, v.requiresGrad, v.isLeaf];
      },
    ));
});
