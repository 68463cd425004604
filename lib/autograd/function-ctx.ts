/** What a function of the user's has at hand between its forward and its backward pass. */
import { AssertionError, RuntimeError } from '../errors';
import { type Handle, native } from '../native';
import { isTensor } from '../ops';
import { typename } from '../python-repr';
import type { Tensor } from '../tensor';
import { type NodeGradients, wrapAll } from './hooks';

/** @internal What a forward pass has asked of its context. */
export interface Requests {
  dirty: readonly Tensor[];
  nonDifferentiable: readonly Tensor[];
  toSave: readonly (Tensor | null)[];
  forForward: readonly (Tensor | null)[];
  materialize: boolean;
}

const requests = new WeakMap<FunctionCtx, Requests>();
const saved = new WeakMap<FunctionCtx, Handle | readonly (Tensor | null)[]>();

function requestsOf(ctx: FunctionCtx): Requests {
  const asked = requests.get(ctx);
  if (asked !== undefined) return asked;
  const none = { dirty: [], nonDifferentiable: [], toSave: [], forForward: [], materialize: true };
  requests.set(ctx, none);
  return none;
}

/** @internal What the forward pass has asked of this context, which forgets it: it would keep results alive. */
export function takeRequests(ctx: FunctionCtx): Requests {
  const asked = requestsOf(ctx);
  requests.delete(ctx);
  return asked;
}

/** @internal Where `savedTensors` are: in the graph, or here while a forward derivative is computed. */
export function setSaved(ctx: FunctionCtx, tensors: Handle | readonly (Tensor | null)[]): void {
  saved.set(ctx, tensors);
}

/**
 * The context of a `Function`: its forward pass saves here what its backward pass needs. Any property may be set.
 *
 * Set a result of the function on it with `saveForBackward` only: as a property it would keep itself alive until a
 * backward pass has gone through.
 *
 * @see https://docs.pytorch.org/docs/2.13/autograd.html#context-method-mixins
 */
export class FunctionCtx {
  // biome-ignore lint/suspicious/noExplicitAny: what a function sets on its context is its own.
  [attribute: string]: any;

  /** Whether a gradient is needed, for each argument of the function. */
  readonly needsInputGrad: readonly boolean[];

  /** @internal */
  constructor(needsInputGrad: readonly boolean[]) {
    this.needsInputGrad = needsInputGrad;
  }

  /**
   * Saves tensors, inputs or outputs of the function, for `savedTensors`; null is one of them as null.
   *
   * @see https://docs.pytorch.org/docs/2.13/generated/torch.autograd.function.FunctionCtx.save_for_backward.html
   * @throws TypeError for what is no tensor.
   */
  saveForBackward(...tensors: (Tensor | null)[]): void {
    requestsOf(this).toSave = tensors.map((tensor, i) => {
      if (tensor === null || tensor === undefined) return null;
      if (isTensor(tensor)) return tensor;
      throw new TypeError(
        `save_for_backward can only save variables, but argument ${i} is of type ${typename(tensor)}`,
      );
    });
  }

  /** Saves tensors for `savedTensors` in `jvp`. @see https://docs.pytorch.org/docs/2.13/generated/torch.autograd.Function.jvp.html */
  saveForForward(...tensors: (Tensor | null)[]): void {
    if (tensors.some((tensor) => tensor !== null && !isTensor(tensor))) {
      throw new AssertionError(
        'save_for_forward expects all arguments to be tensors; you should save non-tensors as attributes on ctx.',
      );
    }
    requestsOf(this).forForward = tensors;
  }

  /**
   * The tensors that were saved.
   *
   * @throws RuntimeError if a backward pass has freed them, or one was changed in place.
   */
  get savedTensors(): NodeGradients {
    const tensors = saved.get(this);
    if (tensors === undefined) return [];
    return Array.isArray(tensors) ? [...tensors] : wrapAll(native.savedTensors(tensors as Handle));
  }

  /**
   * Says which inputs the forward pass changes in place.
   *
   * @see https://docs.pytorch.org/docs/2.13/generated/torch.autograd.function.FunctionCtx.mark_dirty.html
   */
  markDirty(...tensors: Tensor[]): void {
    if (!tensors.every(isTensor)) throw new RuntimeError('mark_dirty can only accept variables, but argument ');
    requestsOf(this).dirty = tensors;
  }

  /**
   * Says which outputs have no gradient.
   *
   * @see https://docs.pytorch.org/docs/2.13/generated/torch.autograd.function.FunctionCtx.mark_non_differentiable.html
   */
  markNonDifferentiable(...tensors: Tensor[]): void {
    if (!tensors.every(isTensor)) {
      throw new RuntimeError('mark_non_differentiable only accepts variable arguments, but got ');
    }
    requestsOf(this).nonDifferentiable = tensors;
  }

  /**
   * Whether gradients that are missing come as zeros, as they do unless this is told otherwise, or as null.
   *
   * @see https://docs.pytorch.org/docs/2.13/generated/torch.autograd.function.FunctionCtx.set_materialize_grads.html
   */
  setMaterializeGrads(value: boolean): void {
    requestsOf(this).materialize = value;
  }
}
