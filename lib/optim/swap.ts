/** Lends an optimizer other parameters and other state for a while: `optim.swapInOptimizerParamsAndState`. */
import { mode } from '../autograd/grad-mode';
import { RuntimeError } from '../errors';
import { isOptions } from '../ops';
import { listRepr, repr, typename } from '../python-repr';
import { Tensor } from '../tensor';
import { Counter } from './counters';
import { camelCase, snakeCase } from './names';
import type { Optimizer, ParamState } from './optimizer';
import type { OptimizerStateDict, PackedGroup } from './state-dict';

const NAME = 'swap_in_optimizer_params_and_state';

// biome-ignore lint/suspicious/noExplicitAny: optimizers with any options
type AnyOptimizer = Optimizer<any>;

type Group = Record<string, unknown> & { params: Tensor[] };

/** State by the parameters' numbers, whose keys are text where it came as a plain object. */
type PackedState = ReadonlyMap<unknown, ParamState>;

/** A dictionary as pairs; null for anything else. */
function entries(value: unknown): [key: unknown, value: unknown][] | null {
  if (value instanceof Map) return [...value];
  if (!isOptions(value)) return null;
  return Object.entries(value).map(([key, item]) => [/^\d+$/.test(key) ? Number(key) : key, item]);
}

function checkState(given: unknown): PackedState {
  const state = entries(given);
  if (state === null) {
    throw new RuntimeError(
      `${NAME} requires swapin_optim_state['state'] to be a dict mapping packed parameter ids to per-param state dicts, got ${typename(given)}.`,
    );
  }
  if (state.some(([key]) => key instanceof Tensor)) {
    throw new RuntimeError(`${NAME} requires optimizer.state_dict()-style state keyed by packed parameter ids.`);
  }
  if (state.some(([key, value]) => typeof key === 'number' && entries(value) === null)) {
    throw new RuntimeError(`${NAME} requires per-parameter optimizer state entries to be dictionaries.`);
  }
  return new Map(state as [unknown, ParamState][]);
}

function checkGroups(optimizer: AnyOptimizer, groups: unknown): PackedGroup[] {
  if (!Array.isArray(groups)) {
    throw new RuntimeError(
      `${NAME} requires swapin_optim_state['param_groups'] to be a list of param-group dicts, got ${typename(groups)}.`,
    );
  }
  if (optimizer.paramGroups.length !== groups.length) {
    throw new RuntimeError('swapin_optim_state has a different number of parameter groups than the live optimizer.');
  }
  return groups;
}

function checkGroup(i: number, live: Group, given: PackedGroup): void {
  if (!isOptions(given)) throw new RuntimeError(`${NAME} requires each optimizer param group to be a dictionary.`);
  if (!Array.isArray(given.params) || !given.params.every(Number.isInteger)) {
    throw new RuntimeError(
      `${NAME} requires optimizer.state_dict()-style param_groups[*]['params'] entries keyed by packed parameter ids.`,
    );
  }
  if (live.params.length !== given.params.length) {
    throw new RuntimeError(
      `swapin_optim_state param group ${i} has a different number of params than the live optimizer param group.`,
    );
  }
  const [here, there] = [Object.keys(live).map(snakeCase), Object.keys(given)];
  const added = there.filter((key) => !here.includes(key));
  const lacking = here.filter((key) => !there.includes(key));
  if (added.length === 0 && lacking.length === 0) return;
  throw new RuntimeError(
    `${NAME} requires optimizer.state_dict()-style param group keys to exactly match the live optimizer group keys for ` +
      `group ${i}. Keys only in swap-in: ${listRepr(added)}. Keys only in live: ${listRepr(lacking)}.`,
  );
}

/** Each group's parameters, in the order in which they are given. */
function share(groups: readonly PackedGroup[], params: readonly Tensor[]): Tensor[][] {
  let place = 0;
  return groups.map(({ params: { length } }) => {
    const own = params.slice(place, place + length);
    if (own.length < length) {
      throw new RuntimeError(`${NAME} requires the explicit parameter state to match optimizer.param_groups ordering.`);
    }
    place += length;
    return own;
  });
}

/** The state of the parameters that are lent. Its dictionaries are copies, its tensors the given ones. */
function stateOf(state: PackedState, groups: readonly PackedGroup[], shares: readonly Tensor[][]) {
  const numbers = new Set<unknown>(groups.flatMap(({ params }) => params));
  const extra = [...state.keys()].filter((key) => !numbers.has(key));
  if (extra.length > 0) {
    throw new RuntimeError(
      `${NAME} requires swapin_optim_state['state'] to be keyed only by packed parameter ids from ` +
        `param_groups[*]['params']; got extra keys [${extra.map(repr).join(', ')}].`,
    );
  }
  const lent = new Map<Tensor, ParamState>();
  for (const [i, { params }] of groups.entries()) {
    for (const [j, number] of params.entries()) {
      const values = Object.fromEntries(entries(state.get(number)) ?? []) as ParamState;
      for (const value of Object.values(values)) if (value instanceof Tensor) Counter.pin(value);
      lent.set((shares[i] as Tensor[])[j] as Tensor, values);
    }
  }
  return lent;
}

function enter(
  optimizer: AnyOptimizer,
  swapinParameters: Readonly<Record<string, Tensor>> | ReadonlyMap<string, Tensor>,
  swapinOptimState: OptimizerStateDict,
): () => void {
  if (optimizer.state.size === 0) throw new RuntimeError(`${NAME} requires initialized optimizer state.`);
  if (!isOptions(swapinOptimState)) {
    throw new RuntimeError(`${NAME} requires a DCP-style optimizer state_dict.`);
  }
  const state = checkState(swapinOptimState.state);
  const groups = checkGroups(optimizer, swapinOptimState.param_groups);
  for (const [i, group] of groups.entries()) checkGroup(i, optimizer.paramGroups[i] as Group, group);
  const shares = share(
    groups,
    (entries(swapinParameters) ?? []).map(([, param]) => param as Tensor),
  );
  const lent = stateOf(state, groups, shares);

  const before = { state: optimizer.state, groups: optimizer.paramGroups.map((group) => ({ ...group })) };
  for (const [i, live] of (optimizer.paramGroups as Group[]).entries()) {
    for (const [key, value] of Object.entries(groups[i] as PackedGroup)) {
      if (key !== 'params') live[camelCase(key)] = value;
    }
    live.params = shares[i] as Tensor[];
  }
  optimizer.state = lent;
  return () => {
    for (const [i, live] of (optimizer.paramGroups as Group[]).entries()) {
      for (const key of Object.keys(live)) delete live[key];
      Object.assign(live, before.groups[i]);
    }
    optimizer.state = before.state;
  };
}

/**
 * Lends an optimizer other parameters, and the state and options of a state dictionary, until the scope is left: a step
 * inside it updates the parameters and the tensors of the state that were given, and leaves the optimizer's own alone.
 *
 * @param args The optimizer, which has made a step; the parameters by name, in the order of its own; what
 *   `optimizer.stateDict()` gives.
 * @example optim.swapInOptimizerParamsAndState(optimizer, { weight }, optimizer.stateDict(), () => optimizer.step());
 * @see https://docs.pytorch.org/docs/2.13/optim.html
 * @throws RuntimeError where they do not fit the optimizer.
 */
export const swapInOptimizerParamsAndState = mode(enter);
