/** Synchronous loops that make gigabytes of garbage in ways that handles alone do not show: `garbage KIND ROUNDS`. */
import torch from '../../../lib';
import { peakRss, resetPeakRss } from './rss';

/** 4 MB of float32. */
const ELEMENTS = 2 ** 20;
const weight = torch.ones(ELEMENTS, { requiresGrad: true });
const target = torch.ones(ELEMENTS);
const lately: unknown[] = [];

const LOOPS: Readonly<Record<string, () => void>> = {
  /** An output that the operator allocates. */
  out: () => torch.add(target, 1, { out: torch.empty(0) }),
  /** A tensor that grows after it was made. */
  resize: () => torch.empty(0).resize_(ELEMENTS),
  /** A graph whose tensors only the last one keeps alive. */
  graph: () => {
    torch.tidy(() => weight.mul(2).exp().sum());
  },
  disposedGraph: () => {
    using doubled = weight.mul(2);
    using powers = doubled.exp();
    powers.sum();
  },
  /** Arrays over tensors' memory: their finalizers wait for the event loop. */
  arrays: () => torch.ones(ELEMENTS).toTypedArray(),
  recentArrays: () => {
    lately.push(torch.ones(ELEMENTS).toTypedArray());
    if (lately.length > 5) lately.shift();
  },
  /** Tensors over arrays' memory. */
  borrowed: () => torch.frombuffer(new Float32Array(ELEMENTS).fill(1)).add(1),
  /** A tensor that gets new memory under its identity. */
  data: () => {
    target.data = torch.ones(ELEMENTS);
  },
  /** Tensors that survive a few collections before they die. */
  recent: () => {
    lately.push(torch.ones(ELEMENTS));
    if (lately.length > 20) lately.shift();
  },
  /** Models, whose closures, hooks and parameters refer to each other. */
  models: () => {
    const model = new torch.nn.Sequential(new torch.nn.Linear(1024, 1024), new torch.nn.ReLU());
    model.registerForwardHook(() => void model.parameters());
    (model(torch.ones(2, 1024)) as torch.Tensor).sum().backward();
    for (const parameter of model.parameters()) {
      const { grad } = parameter;
      parameter.grad = grad;
    }
  },
  /** Models that nodes of graphs know, by hooks in JavaScript: in graphs that a backward pass has gone through. */
  hookedModels: () => {
    const model = new torch.nn.Linear(1024, 1024);
    model.registerFullBackwardHook((module) => void module.parameters());
    model.registerFullBackwardPreHook((module) => void module.parameters());
    model(torch.ones([2, 1024], { requiresGrad: true }))
      .sum()
      .backward();
  },
  /** And in graphs that are forgotten before. */
  forgottenGraphs: () => {
    const model = new torch.nn.Linear(1024, 2048);
    model.registerFullBackwardHook((module) => void module.parameters());
    model(torch.ones([2, 1024], { requiresGrad: true })).sum();
  },
  /** Models whose weights are computed: by parametrizations, cached too, and by hooks. */
  computedWeights: () => {
    const { parametrizations, parametrize, prune } = torch.nn.utils;
    const model = new torch.nn.Sequential(
      parametrizations.weightNorm(new torch.nn.Linear(1024, 512)),
      prune.identity(new torch.nn.Linear(512, 512), 'weight'),
    );
    parametrize.cached(() => (model(torch.ones(2, 1024)) as torch.Tensor).sum().backward());
  },
  /** Gradients that live as long as a graph of higher order. */
  secondOrder: () => {
    const [grad] = torch.autograd.grad(weight.pow(3).sum(), weight, { createGraph: true });
    (grad as torch.Tensor).sum().backward();
    weight.grad = null;
  },
  /** Hooks that a graph holds, run and not run, on what outlives them and on what does not. */
  hooks: () => {
    const doubled = weight.mul(2);
    doubled.registerHook((grad) => grad.mul(doubled.numel() > 0 ? 1 : target));
    doubled.gradFn?.registerHook(same);
    using _ = weight.registerHook((grad) => grad.add(0));
    doubled.sum().backward();
    weight.grad = null;
    weight.mul(2).registerHook((grad) => grad);
  },
  /** Functions that save what they take and what they give, one of them on their context. */
  functions: () => {
    Square.apply(weight).sum().backward();
    weight.grad = null;
    Square.apply(weight);
  },
};

/** A hook that knows nothing. */
function same<T>(gradients: T): T {
  return gradients;
}

class Square extends torch.autograd.Function {
  static override forward(ctx: torch.autograd.FunctionCtx, x: torch.Tensor): torch.Tensor {
    const y = x.mul(x);
    ctx.saveForBackward(x, y);
    ctx.last = x;
    return y;
  }

  static override backward(ctx: torch.autograd.FunctionCtx, grad: torch.Tensor): torch.Tensor {
    return grad.mul(ctx.savedTensors[0] as torch.Tensor).mul(2);
  }
}

const loop = LOOPS[process.argv[2] as string] as () => void;
torch.setNumThreads(1);
torch.ones(1);
resetPeakRss();
const before = process.memoryUsage().rss;
for (let i = 0; i < Number(process.argv[3]); i++) loop();
console.log(JSON.stringify({ grown: peakRss() - before, memory: torch.memory() }));
