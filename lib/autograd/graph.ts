/** `torch.autograd.graph`: what the graph saves, and hooks on several tensors. */
import type { Device } from '../device';
import { RuntimeError, ValueError } from '../errors';
import { empty } from '../generated/torch';
import { native } from '../native';
import { isTensor, wrap } from '../ops';
import { typename } from '../python-repr';
import { RemovableHandle } from '../removable-handle';
import type { Tensor } from '../tensor';
import { enableGrad, type Mode, mode } from './grad-mode';
import type { GradNode } from './node';

export { GradNode as Node } from './node';

/** Why hooks of saved tensors are disabled; null where they are not. */
let disabled: string | null = null;

function pushHooks<Packed>(pack: (tensor: Tensor) => Packed, unpack: (packed: Packed) => Tensor): () => void {
  if (disabled !== null) throw new RuntimeError(disabled);
  native.pushSavedTensorsHooks((handle) => {
    const packed = pack(wrap(handle));
    return () => {
      const tensor: unknown = unpack(packed);
      if (isTensor(tensor)) return tensor.handle;
      throw new TypeError(
        `Output of saved tensor unpack_hook expected to be a Tensor but got result of type ${typename(tensor)}`,
      );
    };
  });
  return () => native.popSavedTensorsHooks();
}

/**
 * Has tensors that operations save for their backward pass go through `packHook`, and what it gives through
 * `unpackHook` when they are needed. Only the innermost pair is used.
 *
 * @example torch.autograd.graph.savedTensorsHooks((t) => t.tolist(), (list) => torch.tensor(list), () => a.mul(b));
 * @see https://docs.pytorch.org/docs/2.13/autograd.html#torch.autograd.graph.saved_tensors_hooks
 */
export const savedTensorsHooks =
  // biome-ignore lint/suspicious/noExplicitAny: what one function makes, the other takes.
  mode<[packHook: (tensor: Tensor) => any, unpackHook: (packed: any) => Tensor]>(pushHooks);

/** What `saveOnCpu` takes. */
interface SaveOnCpuOptions {
  /** Whether the copies are in memory that is pinned, where there is a GPU. */
  readonly pinMemory?: boolean;
}

/**
 * Keeps tensors that operations save for their backward pass on the CPU until they are needed.
 *
 * @see https://docs.pytorch.org/docs/2.13/autograd.html#torch.autograd.graph.save_on_cpu
 */
export const saveOnCpu = mode<[options?: SaveOnCpuOptions]>(({ pinMemory = false } = {}) => {
  const pack = (tensor: Tensor): [Device, Tensor] => {
    if (!pinMemory) return [tensor.device, tensor.cpu()];
    const pinned = native.accelerator() !== null && !tensor.isSparse;
    const { dtype, layout } = tensor;
    const packed = empty([...tensor.shape], { dtype, layout, pinMemory: pinned });
    return [tensor.device, packed.copy_(tensor, { nonBlocking: pinned })];
  };
  return pushHooks(pack, ([device, tensor]) => tensor.to(device, { nonBlocking: pinMemory }));
}) as Mode & Mode<[options: SaveOnCpuOptions]>;

/**
 * Refuses hooks of saved tensors, with this message.
 *
 * @see https://docs.pytorch.org/docs/2.13/autograd.html#torch.autograd.graph.disable_saved_tensors_hooks
 */
export const disableSavedTensorsHooks = mode<[errorMessage: string]>((errorMessage) => {
  const before = disabled;
  disabled = errorMessage;
  return () => {
    disabled = before;
  };
});

/**
 * Says that a tensor's elements, or those of several, were changed in a way that autograd does not see.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.autograd.graph.increment_version.html
 */
export function incrementVersion(tensor: Tensor | Iterable<Tensor>): void {
  for (const { handle } of isTensor(tensor) ? [tensor] : tensor) native.incrementVersion(handle);
}

/** The node that gets a tensor's gradient: for a leaf the one that accumulates it. */
function gradientNode(tensor: Tensor): GradNode {
  const node = tensor.gradFn ?? tensor.viewAs(tensor).gradFn?.nextFunctions[0]?.[0] ?? null;
  if (node !== null) return node;
  throw new RuntimeError("cannot register a hook on a tensor that doesn't require gradient");
}

/** Called with the gradients of all tensors, or with the first of any. */
export type MultiGradHook<Mode extends 'all' | 'any'> = Mode extends 'any'
  ? (gradient: Tensor) => void
  : (gradients: (Tensor | null)[]) => void;

/**
 * Runs a function once a backward pass has computed the gradients of all tensors that it comes to, with null for those
 * of the others; or, in the mode `'any'`, with the first of these gradients.
 *
 * @see https://docs.pytorch.org/docs/2.13/autograd.html#torch.autograd.graph.register_multi_grad_hook
 * @throws RuntimeError if a tensor requires no gradient.
 */
export function registerMultiGradHook<Mode extends 'all' | 'any' = 'all'>(
  tensors: readonly Tensor[],
  fn: MultiGradHook<Mode>,
  { mode: which = 'all' as Mode }: { mode?: Mode } = {},
): RemovableHandle {
  if (which !== 'all' && which !== 'any') {
    throw new ValueError(`Expects mode to be one of ('all', 'any') but got ${which}`);
  }
  const handles =
    which === 'all' ? hooksOfAll(tensors, fn as MultiGradHook<'all'>) : hooksOfAny(tensors, fn as MultiGradHook<'any'>);
  return new RemovableHandle(() => {
    for (const handle of handles) handle.remove();
  });
}

function hooksOfAll(tensors: readonly Tensor[], fn: MultiGradHook<'all'>): RemovableHandle[] {
  const nodes = tensors.map((tensor) => enableGrad(() => gradientNode(tensor)));
  const passes = new Map<number, { due: number; gradients: (Tensor | null)[] }>();
  return tensors.map((tensor, i) =>
    tensor.registerHook((gradient) => {
      const task = native.graphTask();
      const pass = passes.get(task) ?? {
        due: nodes.filter(({ handle }) => native.willExecuteNode(handle)).length,
        gradients: tensors.map(() => null),
      };
      passes.set(task, pass);
      pass.gradients[i] = gradient;
      if (--pass.due > 0) return;
      passes.delete(task);
      fn(pass.gradients);
    }),
  );
}

function hooksOfAny(tensors: readonly Tensor[], fn: MultiGradHook<'any'>): RemovableHandle[] {
  let ran = -1;
  const hook = (gradient: Tensor): void => {
    const task = native.graphTask();
    if (task === ran) return;
    ran = task;
    fn(gradient);
  };
  return tensors
    .filter(({ requiresGrad }) => requiresGrad)
    .map((tensor) => tensor.registerHook((g) => hook(g) as undefined));
}
