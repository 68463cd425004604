/** PyTorch's fused optimizers, which update a whole list in one operator. */
import { AssertionError, RuntimeError } from '../errors';
import * as torch from '../generated/torch';
import type { Tensor } from '../tensor';
import type { TensorList } from '../tensor-list';
import type { TensorBatch } from './operand';
import type { Item } from './parts';

type Options = Record<string, unknown>;

/** The fused operators, as native lists have them. */
const fused = torch as unknown as {
  _foreachSub_(list: TensorList, other: readonly Tensor[]): void;
} & Record<string, (...lists: [...TensorList[], options: Options]) => void>;

/** What a gradient scaler found, and how it scaled. */
export interface Scaling {
  readonly gradScale: Tensor | null;
  readonly foundInf: Tensor | null;
}

/** Notes that a fused optimizer's step unscales; throws a RuntimeError for options that exclude each other. */
export function checkFusedOptions(
  optimizer: { _stepSupportsAmpScaling: boolean },
  options: { fused: boolean | null; foreach: boolean | null; differentiable: boolean },
): void {
  if (!options.fused) return;
  if (options.differentiable) throw new RuntimeError('`fused` does not support `differentiable`');
  if (options.foreach) throw new RuntimeError('`fused` and `foreach` cannot be `True` together.');
  optimizer._stepSupportsAmpScaling = true;
}

/** Throws an AssertionError where gradients are scaled: only fused operators can take that. */
export function checkUnscaled({ gradScale, foundInf }: Scaling): void {
  if (gradScale !== null || foundInf !== null) {
    throw new AssertionError('Expected grad_scale and found_inf to be None');
  }
}

/** Runs the fused operator `name`; steps that are not made, since a gradient is not finite, do not count. */
export function runFused<State extends string>(
  name: '_fusedSgd_' | '_fusedAdam_' | '_fusedAdamw_' | '_fusedAdagrad_',
  item: Item<TensorBatch, State>,
  lists: readonly (TensorBatch | null)[],
  options: Options,
  { gradScale, foundInf }: Scaling,
): void {
  const { device } = item.params[0] as Tensor;
  const on = (tensor: Tensor | null): Tensor | null => tensor?.to({ device, nonBlocking: true }) ?? null;
  const [scale, found] = [on(gradScale), on(foundInf)];
  const native = lists.map((batch) => batch?.list ?? ([] as never));
  (fused[name] as (...args: unknown[]) => void)(...native, { ...options, gradScale: scale, foundInf: found });
  if (found === null || typeof item.step === 'number') return;
  fused._foreachSub_(
    item.step.list,
    item.params.map(() => found),
  );
}
