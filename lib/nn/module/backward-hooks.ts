/** Full backward hooks of modules: Python's `torch.utils.hooks.BackwardHook`. */
import { isGradEnabled } from '../../autograd/grad-mode';
import { type GradientsHook, hookedIdentity } from '../../autograd/hooked-identity';
import { RuntimeError } from '../../errors';
import { Tensor } from '../../tensor';
import type { Module } from '../module';

/** The gradients of a call's arguments or results: null where a place holds no tensor, or none was computed. */
export type Gradients = readonly (Tensor | null)[];

/** Sees the gradients with respect to a module's inputs and outputs, and may return others for the inputs. */
export type BackwardHook<M = Module> = (module: M, gradInput: Gradients, gradOutput: Gradients) => unknown;

/** Sees the gradients with respect to a module's outputs, and may return others. */
export type BackwardPreHook<M = Module> = (module: M, gradOutput: Gradients) => unknown;

const NO_INPUT =
  'Full backward hook is firing when gradients are computed with respect to module outputs since no inputs require ' +
  'gradients. See https://docs.pytorch.org/docs/main/generated/torch.nn.Module.html' +
  '#torch.nn.Module.register_full_backward_hook for more details.';

/** Runs the backward hooks of one call: links the gradients at its results with those at its arguments. */
export class BackwardHooks {
  private gradOutputs: Gradients | null = null;
  private inputPlaces: readonly number[] | null = null;
  private outputPlaces: readonly number[] = [];
  private inputs = 0;
  private outputs = 0;

  constructor(
    private readonly module: Module,
    private readonly hooks: readonly BackwardHook[],
    private readonly preHooks: readonly BackwardPreHook[],
  ) {}

  /** The call's arguments, watched. */
  watchInputs(args: readonly unknown[]): unknown[] {
    this.inputs = args.length;
    const [watched, places] = watch(args, (gradients) => this.atInputs(gradients), true);
    this.inputPlaces = places;
    return watched;
  }

  /** The call's result, watched: a tensor, or an array in which the tensors are. */
  watchOutputs(result: unknown): unknown {
    const results = Array.isArray(result) ? result : [result];
    this.outputs = results.length;
    const [watched, places] = watch(results, (gradients) => this.atOutputs(gradients), false);
    this.outputPlaces = places ?? [];
    return Array.isArray(result) ? watched : watched[0];
  }

  private atInputs(gradients: Gradients): Gradients | undefined {
    const { gradOutputs, inputPlaces } = this;
    // The gradient came to the arguments by another way than the results, as in a double backward pass.
    if (gradOutputs === null || inputPlaces === null) return undefined;
    let seen = spread(inputPlaces, gradients, this.inputs);
    for (const hook of this.hooks) {
      seen = changed(
        hook(this.module, seen, gradOutputs),
        seen,
        'Backward hook returned an invalid number of grad_input',
      );
    }
    this.gradOutputs = null;
    return inputPlaces.map((place) => seen[place] ?? null);
  }

  private atOutputs(gradients: Gradients): Gradients {
    let seen = spread(this.outputPlaces, gradients, this.outputs);
    for (const hook of this.preHooks) {
      seen = changed(hook(this.module, seen), seen, 'Backward pre hook returned an invalid number of grad_output');
    }
    this.gradOutputs = seen;
    if (this.inputPlaces === null) this.withoutInputs(seen);
    return this.outputPlaces.map((place) => seen[place] ?? null);
  }

  /** Where no argument requires a gradient, the hooks run as soon as the results' gradients are there. */
  private withoutInputs(gradOutputs: Gradients): void {
    process.emitWarning(NO_INPUT);
    const none = new Array<null>(this.inputs).fill(null);
    for (const hook of this.hooks) {
      const given = hook(this.module, none, gradOutputs) ?? null;
      if (given !== null && !(Array.isArray(given) && given.every((one) => one === null))) {
        throw new RuntimeError(
          'Backward hook for Modules where no input requires gradient should always return None or None for all ' +
            'gradients.',
        );
      }
    }
    this.gradOutputs = null;
  }
}

/** The values with the tensors among them watched, and the places of those; null if none requires a gradient. */
function watch(
  values: readonly unknown[],
  hook: GradientsHook,
  materialize: boolean,
): [watched: unknown[], places: number[] | null] {
  const places = values.flatMap((value, place) => (value instanceof Tensor ? [place] : []));
  const tensors = places.map((place) => values[place] as Tensor);
  if (!isGradEnabled() || !tensors.some((tensor) => tensor.requiresGrad)) return [[...values], null];
  const watched = [...values];
  hookedIdentity(tensors, hook, materialize).forEach((tensor, i) => {
    watched[places[i] as number] = tensor;
  });
  return [watched, places];
}

function spread(places: readonly number[], values: Gradients, length: number): (Tensor | null)[] {
  const all = new Array<Tensor | null>(length).fill(null);
  places.forEach((place, i) => {
    all[place] = values[i] as Tensor | null;
  });
  return all;
}

/** What a hook has made of gradients: those that it returned, if it did. */
function changed(returned: unknown, before: Gradients, complaint: string): (Tensor | null)[] {
  if (returned === undefined || returned === null) return [...before];
  if (!Array.isArray(returned)) throw new TypeError(`object of type '${typeof returned}' has no len()`);
  if (returned.length !== before.length) {
    throw new RuntimeError(`${complaint}, got ${returned.length}, but expected ${before.length}`);
  }
  return returned;
}
