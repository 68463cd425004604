/** Lets JavaScript see and change gradients on their way through the graph. */
import { native } from '../native';
import { wrap } from '../ops';
import { Tensor } from '../tensor';

/** Sees the gradients of tensors, null where there is none, and may return others. */
export type GradientsHook = (gradients: (Tensor | null)[]) => readonly (Tensor | null)[] | undefined;

/**
 * @internal The tensors themselves, as results of one node of the graph that shows their gradients to a function. The
 * node lets go of the function after a backward pass that does not retain the graph: Note [Functions in graphs].
 *
 * @param materialize Whether a missing gradient is shown, and goes on, as zeros.
 */
export function hookedIdentity(tensors: readonly Tensor[], hook: GradientsHook, materialize: boolean): Tensor[] {
  const handles = tensors.map(({ handle }) => handle);
  const run: Parameters<typeof native.hookedIdentity>[1] = (gradients) => {
    return hook(gradients.map((gradient) => gradient && wrap(gradient)))?.map((gradient) => {
      if (gradient === null || gradient === undefined) return null;
      if (gradient instanceof Tensor) return gradient.handle;
      throw new TypeError(`expected Variable, but hook returned '${typeof gradient}'`);
    });
  };
  return native.hookedIdentity(handles, run, materialize).map(wrap);
}
