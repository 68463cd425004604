/** Functions with derivatives of the user's own: `torch.autograd.Function`. */
import { NotImplementedError, RuntimeError } from '../errors';
import { native, type OptionalHandles } from '../native';
import { isTensor, wrap } from '../ops';
import { typename } from '../python-repr';
import type { Tensor } from '../tensor';
import { warn } from '../warnings';
import { FunctionCtx, setSaved, takeRequests } from './function-ctx';
import { noGrad } from './grad-mode';
import { wrapAll } from './hooks';

/** Any function: the parameters are the subclass's own. */
type Anything = (...args: never[]) => unknown;

type Call = (...args: unknown[]) => unknown;

/**
 * A function whose derivative is given: `forward` computes it, `backward` its gradients. Both are static methods of a
 * subclass, which is called through `apply`. `forward` takes a context and the arguments of `apply`, or the arguments
 * alone where there is a `setupContext(ctx, inputs, output)`; `backward` takes the context and a gradient for every
 * output, and returns one for every argument, null where there is none: one value, or an array of them.
 *
 * @example
 * class Exp extends torch.autograd.Function {
 *   static override forward(ctx: FunctionCtx, x: Tensor) {
 *     const y = x.exp();
 *     ctx.saveForBackward(y);
 *     return y;
 *   }
 *   static override backward(ctx: FunctionCtx, grad: Tensor) {
 *     return grad.mul(ctx.savedTensors[0]);
 *   }
 * }
 * Exp.apply(x);
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.autograd.Function.html
 */
// biome-ignore lint/suspicious/noShadowRestrictedNames: PyTorch's name.
export class Function {
  constructor() {
    warn(
      `${new.target} should not be instantiated. Methods on autograd functions are all static, so you should invoke ` +
        'them on the class itself. Instantiating an autograd function will raise an error in a future version of PyTorch.',
      'DeprecationWarning',
    );
  }

  /** Computes the outputs: a tensor, any other value, or an array of them. Nothing in it is recorded. */
  static forward: Anything = () => {
    throw new NotImplementedError('You must implement the forward function for custom autograd.Function.');
  };

  /** Sees the inputs and the output of a `forward` that takes no context. */
  static setupContext: Anything = () => {
    throw new NotImplementedError('setup_context is not implemented.');
  };

  /** Computes the gradients of the arguments, from those of the outputs. */
  static backward: Anything = () => {
    throw new NotImplementedError(
      'You must implement either the backward or vjp method for your custom autograd.Function to use it with ' +
        'backward mode AD.',
    );
  };

  /** Another name for `backward`. */
  static vjp: Anything = Function.backward;

  /** Computes the tangents of the outputs, from those of the arguments: for forward-mode differentiation. */
  static jvp: Anything = () => {
    throw new NotImplementedError(
      'You must implement the jvp function for custom autograd.Function to use it with forward mode AD.',
    );
  };

  /**
   * Calls the function. A property that may be held and called by itself: `const exp = Exp.apply`.
   *
   * @see https://docs.pytorch.org/docs/2.13/generated/torch.autograd.Function.html
   * @throws RuntimeError for tensors marked as changed in place that are no outputs.
   */
  static get apply(): <Result = Tensor>(...args: unknown[]) => Result {
    // biome-ignore lint/complexity/noThisInStatic: the subclass on which it is read.
    return (...args) => applyFunction(this, args) as never;
  }
}

/** The class's own functions, before any subclass has replaced them. */
const { setupContext, backward, vjp } = Function;

function backwardOf(cls: typeof Function): Call {
  if (cls.backward !== backward && cls.vjp !== vjp) {
    throw new RuntimeError(
      "Implementing both 'backward' and 'vjp' for a custom Function is not allowed. You should only implement one of them.",
    );
  }
  return (cls.vjp === vjp ? cls.backward : cls.vjp).bind(cls) as Call;
}

/** What `backward` has returned, as the graph takes it: Python's `PyNode::to_variable_list`. */
function gradientsFrom(returned: unknown, isInput: readonly boolean[], name: string): OptionalHandles {
  let gradients: readonly unknown[] = Array.isArray(returned) ? returned : [returned];
  const expected = isInput.length;
  if (gradients.slice(expected).every((gradient) => gradient === null || gradient === undefined)) {
    gradients = gradients.slice(0, expected);
  }
  if (gradients.length !== expected) {
    throw new RuntimeError(
      `function ${name} returned an incorrect number of gradients (expected ${expected}, got ${gradients.length})`,
    );
  }
  return gradients.flatMap((gradient, i): OptionalHandles => {
    const none = gradient === null || gradient === undefined;
    if (isInput[i] && none) return [null];
    if (isInput[i] && isTensor(gradient)) return [gradient.handle];
    if (isInput[i]) throw new RuntimeError(`expected Variable or None (got ${typename(gradient)})`);
    if (none) return [];
    throw new RuntimeError(
      `function ${name} returned a gradient different than None at position ${i + 1}, ` +
        'but the corresponding forward input was not a Variable',
    );
  });
}

/** The tangents of the outputs, from `jvp`. */
function tangentsFrom(cls: typeof Function, ctx: FunctionCtx, isInput: readonly boolean[], inputs: OptionalHandles) {
  const tangents = wrapAll(inputs).values();
  const returned = (cls.jvp as Call)(ctx, ...isInput.map((input) => (input ? (tangents.next().value ?? null) : null)));
  return (Array.isArray(returned) ? returned : [returned]).map((tangent: unknown) => {
    if (tangent === null || tangent === undefined) return null;
    if (isTensor(tangent)) return tangent.handle;
    throw new RuntimeError(`expected Variable or None (got ${typename(tangent)})`);
  });
}

/** Whether one of the outputs is a property of the context. */
function keepsOutput(ctx: FunctionCtx, outputs: readonly unknown[]): boolean {
  return Object.values(ctx).some((value) => isTensor(value) && outputs.includes(value));
}

/** What the graph holds for the function: made apart from the call, of whose results it must know nothing. */
function backwardPass(cls: typeof Function, ctx: FunctionCtx, isInput: readonly boolean[], name: string) {
  return (gradients: OptionalHandles): OptionalHandles =>
    gradientsFrom(backwardOf(cls)(ctx, ...wrapAll(gradients)), isInput, name);
}

function applyFunction(cls: typeof Function, args: readonly unknown[]): unknown {
  const isInput = args.map(isTensor);
  const tensors = args.filter(isTensor);
  const inputs = tensors.map(({ handle }) => handle);
  const name = `${cls.name}Backward`;
  const ctx = new FunctionCtx(args.map((arg) => isTensor(arg) && arg.requiresGrad));
  const [node, saved] = native.functionNode(name, inputs, backwardPass(cls, ctx, isInput, name)) ?? [null, null];
  const result = unrecorded(() => runForward(cls, ctx, args));
  const outputs: readonly unknown[] = Array.isArray(result) ? result : [result];
  const { dirty, nonDifferentiable, toSave, forForward, materialize } = takeRequests(ctx);
  setSaved(ctx, forForward);
  const handles = native.finishFunction(
    node,
    inputs,
    outputs.map((output) => (isTensor(output) ? output.handle : null)),
    dirty.map(({ handle }) => handle),
    nonDifferentiable.map(({ handle }) => handle),
    toSave.map((tensor) => tensor?.handle ?? null),
    cls.setupContext !== setupContext,
    materialize,
    keepsOutput(ctx, outputs),
    (tangents) => tangentsFrom(cls, ctx, isInput, tangents),
  );
  setSaved(ctx, saved ?? []);
  const finished = handles.map((handle, i) => (isTensor(outputs[i]) && handle ? wrap(handle) : outputs[i]));
  return Array.isArray(result) ? finished : finished[0];
}

/** Runs a forward pass, of which neither kind of derivative is taken. */
function unrecorded(forward: () => unknown): unknown {
  const before = native.setForwardGradEnabled(false);
  try {
    return noGrad(forward);
  } finally {
    native.setForwardGradEnabled(before);
  }
}

function runForward(cls: typeof Function, ctx: FunctionCtx, args: readonly unknown[]): unknown {
  const forward = cls.forward as Call;
  if (cls.setupContext === setupContext) return forward.call(cls, ctx, ...args);
  const output = forward.apply(cls, [...args]);
  (cls.setupContext as Call)(ctx, args, output);
  return output;
}

/** Refuses to be differentiated: LibTorch's node of that name. */
class DelayedError extends Function {
  static override forward = (_: FunctionCtx, ...values: unknown[]): unknown => values;
  static override backward = (): never => {
    throw new RuntimeError('trying to differentiate twice a function that was marked with @once_differentiable');
  };
}

/**
 * Python's `@once_differentiable`: a `backward` that is not recorded, and whose results refuse to be differentiated.
 *
 * @example static override backward = onceDifferentiable((ctx: FunctionCtx, grad: Tensor) => grad.mul(2));
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.autograd.function.once_differentiable.html
 */
export function onceDifferentiable<F extends (ctx: FunctionCtx, ...args: never[]) => unknown>(fn: F): F {
  return function (this: unknown, ctx: FunctionCtx, ...args: never[]): unknown {
    const outputs = noGrad(() => fn.call(this, ctx, ...args));
    const recorded = native.isGradEnabled() && args.some((arg) => isTensor(arg) && (arg as Tensor).requiresGrad);
    if (!recorded) return outputs;
    const leaves = (Array.isArray(outputs) ? outputs : [outputs]).map((output: unknown) =>
      isTensor(output) ? output.detach().requiresGrad_() : output,
    );
    const refusing = DelayedError.apply<unknown[]>(...leaves);
    return Array.isArray(outputs) ? refusing : refusing[0];
  } as unknown as F;
}
