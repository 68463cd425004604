/** Whether operations are recorded: scopes and functions, as Python's context managers and decorators. */
import { native } from '../native';

/** An open scope: leaving it, by `using` or `[Symbol.dispose]`, restores what was before. Twice is no error. */
export interface Scope extends Disposable {}

/** A mode that is entered for a function's run, or by `using`. */
export interface Mode<Args extends unknown[] = []> {
  /** Enters the mode until the scope is left: `using _ = torch.noGrad()`. */
  (...args: Args): Scope;
  /** Runs `body` in the mode and returns what it returns. A body that returns a promise throws: modes end at `await`. */
  <T>(...args: [...Args, body: () => T]): T;
  /** Wraps a function so that it always runs in the mode: Python's decorator. */
  wrap<F extends (...args: never[]) => unknown>(...args: [...Args, fn: F]): F;
}

function isPromise(value: unknown): boolean {
  return typeof value === 'object' && value !== null && typeof (value as PromiseLike<unknown>).then === 'function';
}

function run<T>(scope: Scope, body: () => T): T {
  try {
    const result = body();
    if (isPromise(result)) {
      throw new TypeError('a mode ends where its function awaits: give it a function that does not return a promise');
    }
    return result;
  } finally {
    scope[Symbol.dispose]();
  }
}

/** @internal Makes a mode of a function that enters it and gives the function that leaves it. */
export function mode<Args extends unknown[]>(enter: (...args: Args) => () => void): Mode<Args> {
  const open = (args: unknown[]): Scope => {
    let leave: (() => void) | null = enter(...(args as Args));
    return {
      [Symbol.dispose]() {
        leave?.();
        leave = null;
      },
    };
  };
  const enterOrRun = (...args: unknown[]): unknown => {
    const body = args[args.length - 1];
    return typeof body === 'function' ? run(open(args.slice(0, -1)), body as () => unknown) : open(args);
  };
  const wrap = (...args: unknown[]): unknown => {
    const fn = args.pop() as (...values: unknown[]) => unknown;
    return function (this: unknown, ...values: unknown[]) {
      return run(open(args), () => fn.apply(this, values));
    };
  };
  return Object.assign(enterOrRun, { wrap }) as Mode<Args>;
}

function gradMode(enabled: boolean): () => void {
  const before = native.isGradEnabled();
  native.setGradEnabled(enabled);
  return () => native.setGradEnabled(before);
}

/** Records nothing. @see https://docs.pytorch.org/docs/2.13/generated/torch.no_grad.html */
export const noGrad = mode(() => gradMode(false));

/** Records again inside `noGrad`. @see https://docs.pytorch.org/docs/2.13/generated/torch.enable_grad.html */
export const enableGrad = mode(() => gradMode(true));

/**
 * Records or does not, by a flag. Takes effect at the call, even if the scope is never left.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.autograd.grad_mode.set_grad_enabled.html
 */
export const setGradEnabled = mode<[enabled: boolean]>((enabled) => gradMode(enabled));

/**
 * Records nothing, for good: results cannot take part in autograd later, which saves their bookkeeping.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.autograd.grad_mode.inference_mode.html
 */
export const inferenceMode = mode<[enabled?: boolean]>((enabled = true) => {
  const depth = native.enterInferenceMode(enabled);
  return () => native.leaveInferenceMode(depth);
}) as Mode & Mode<[enabled: boolean]>;

/** Whether operations are being recorded. */
export function isGradEnabled(): boolean {
  return native.isGradEnabled();
}

/** Whether inference mode is on. */
export function isInferenceModeEnabled(): boolean {
  return native.isInferenceModeEnabled();
}
