/** State dictionaries of optimizers, in Python's layout. */
import { float32 } from '../dtype';
import { ValueError } from '../errors';
import { keep } from '../memory/scope';
import { isOptions } from '../ops';
import { Tensor } from '../tensor';
import { camelCase, snakeCase } from './names';

/** An optimizer's state and options, as Python's `state_dict` has them: numbers stand for parameters. */
export interface OptimizerStateDict {
  state: Map<number, Record<string, unknown>> | Record<number, Record<string, unknown>>;
  param_groups: PackedGroup[];
}

/** The options of a group under Python's names, and the numbers of its parameters. */
export interface PackedGroup {
  params: number[];
  [option: string]: unknown;
}

interface Group {
  params: Tensor[];
  paramNames?: string[];
}

/** Groups with numbers for parameters, which are noted in `numbers`. */
export function packGroups(groups: readonly Group[], numbers: Map<Tensor, number>): PackedGroup[] {
  let start = 0;
  return groups.map(({ params, ...options }) => {
    params.forEach((param, i) => {
      if (!numbers.has(param)) numbers.set(param, start + i);
    });
    start += params.length;
    const named = Object.entries(options).map(([name, value]) => [snakeCase(name), value]);
    return { ...Object.fromEntries(named), params: params.map((param) => numbers.get(param) as number) };
  });
}

/** State with numbers for parameters. */
export function packState(
  state: ReadonlyMap<Tensor, Record<string, unknown>>,
  numbers: ReadonlyMap<Tensor, number>,
): Map<number, Record<string, unknown>> {
  return new Map([...state].map(([param, values]) => [numbers.get(param) ?? (param as never), values]));
}

/** The saved options of each group, for the parameters that the optimizer has. */
export function loadedGroups(groups: readonly Group[], { param_groups: saved }: OptimizerStateDict): Group[] {
  if (groups.length !== saved.length) {
    throw new ValueError('loaded state dict has a different number of parameter groups');
  }
  if (groups.some(({ params }, i) => params.length !== saved[i]?.params.length)) {
    throw new ValueError(
      "loaded state dict contains a parameter group that doesn't match the size of optimizer's group",
    );
  }
  return groups.map(({ params, paramNames }, i) => {
    const { params: _, ...options } = saved[i] as PackedGroup;
    const named = Object.fromEntries(Object.entries(options).map(([name, value]) => [camelCase(name), copied(value)]));
    return { ...named, ...(paramNames && named.paramNames === undefined && { paramNames }), params };
  });
}

/** A saved option of one's own. */
function copied(value: unknown): unknown {
  if (value instanceof Tensor) return keep(value.detach().clone());
  return Array.isArray(value) ? value.map(copied) : value;
}

/** The saved state of each parameter that the optimizer has. */
export function loadedState(
  groups: readonly Group[],
  { state, param_groups: saved }: OptimizerStateDict,
): Map<Tensor, Record<string, unknown>> {
  const params = new Map<number, { param: Tensor; keepsStep: boolean }>();
  groups.forEach(({ params: own }, i) => {
    const { params: numbers, fused, capturable } = saved[i] as PackedGroup;
    numbers.forEach((number, j) => {
      params.set(number, { param: own[j] as Tensor, keepsStep: !fused && !capturable });
    });
  });
  const loaded = new Map<Tensor, Record<string, unknown>>();
  for (const [number, values] of state instanceof Map ? state : Object.entries(state)) {
    const target = params.get(Number(number));
    // What belongs to no parameter is kept as it is.
    if (target === undefined) loaded.set(number as never, values);
    else loaded.set(target.param, castState(values, target.param, null, target.keepsStep) as Record<string, unknown>);
  }
  return loaded;
}

/** State as its parameter is: floating point parameters cast it, but for the count of steps. */
function castState(value: unknown, param: Tensor, key: string | null, keepsStep: boolean): unknown {
  if (Array.isArray(value)) return value.map((item) => castState(item, param, null, keepsStep));
  if (isOptions(value)) {
    const cast = Object.entries(value).map(([name, item]) => [name, castState(item, param, name, keepsStep)]);
    return Object.fromEntries(cast);
  }
  if (!(value instanceof Tensor)) return value;
  if (key === 'step') return keepsStep ? value : value.to({ dtype: float32, device: param.device });
  const dtype = param.isFloatingPoint() ? param.dtype : value.dtype;
  return value.to({ dtype, device: param.device });
}
