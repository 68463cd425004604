/** Runs in tsorch what `module_cases.py` describes: constructions of modules, and calls of them. */
import * as torch from '../../lib';
import { camel } from '../oracle/codec';

const { nn } = torch;

// biome-ignore lint/suspicious/noExplicitAny: classes and functions are resolved by name
type Loose = any;

type Given = [args: unknown[], kwargs: Record<string, unknown>];

/** One construction and call, as Python describes it. */
export interface Case {
  construct: Given;
  forward: Given | null;
  /** For each tensor of `forward`, in order. */
  requiresGrad: boolean[];
  dtype: torch.DType;
  training: boolean;
  seed: number;
}

/** The public classes of modules, by name. */
export function moduleClasses(): Map<string, new (...args: Loose[]) => torch.nn.Module> {
  const classes = Object.entries<Loose>(nn).filter(([, value]) => value?.prototype instanceof nn.Module);
  return new Map(classes);
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}

/** A value with `change` made to every tensor in it, in order. */
function mapTensors(value: unknown, change: (tensor: torch.Tensor) => unknown): unknown {
  if (value instanceof torch.Tensor) return change(value);
  if (Array.isArray(value)) return value.map((item) => mapTensors(item, change));
  if (isPlain(value)) {
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, mapTensors(item, change)]));
  }
  return value;
}

/** All tensors in a value, named tuples included. */
function tensorsIn(value: unknown): torch.Tensor[] {
  if (value instanceof torch.Tensor) return [value];
  if (isPlain(value)) return Object.values(value).flatMap(tensorsIn);
  const iterable = typeof value === 'object' && value !== null && Symbol.iterator in value;
  return iterable ? [...(value as Iterable<unknown>)].flatMap(tensorsIn) : [];
}

/** An argument as tsorch takes it: modules made and functions found, by Python's names for them. */
function argument(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(argument);
  if (!isPlain(value)) return value;
  if ('$function' in value) return (nn.functional as Loose)[camel(value.$function as string)];
  if ('$module' in value) return construct(value.$module as string, [value.args, value.kwargs] as Given);
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, argument(item)]));
}

function keywords(kwargs: Record<string, unknown>): unknown[] {
  const entries = Object.entries(kwargs).map(([name, value]) => [camel(name), argument(value)]);
  return entries.length > 0 ? [Object.fromEntries(entries)] : [];
}

function construct(name: string, [args, kwargs]: Given): torch.nn.Module {
  return new (nn as Loose)[name](...args.map(argument), ...keywords(kwargs));
}

function make(name: string, one: Case, seed = one.seed): torch.nn.Module {
  torch.manualSeed(seed);
  return construct(name, one.construct);
}

/** Whether a case is in the first of the variants, in which alone some things are tested. */
function isFirst({ dtype, training }: Case): boolean {
  return dtype === torch.float32 && training;
}

/** A module's text and initial state. */
export function initial(name: string, cases: Case[]): unknown[] {
  return cases.filter(isFirst).map((one) => {
    const module = make(name, one);
    const state = module.stateDict();
    const uninitialised = [...state.values()].some((value) => value.constructor.name.startsWith('Uninitialized'));
    return { repr: String(module), state: uninitialised ? null : state, metadata: state._metadata };
  });
}

/** What a call of a new module gives, without a graph. */
export function called(name: string, one: Case): unknown {
  const module = make(name, one).to(one.dtype).train(one.training);
  torch.manualSeed(one.seed);
  const [args, kwargs] = one.forward as Given;
  return torch.noGrad(() => module(...args, ...keywords(kwargs)));
}

/** What tsorch computes for a case. */
export function outcome(name: string, one: Case): unknown {
  const module = make(name, one).to(one.dtype).train(one.training);
  if (one.forward === null) return { state: module.stateDict() };
  torch.manualSeed(one.seed);
  const flags = one.requiresGrad.values();
  const leaf = (tensor: torch.Tensor) => tensor.detach().requiresGrad_(flags.next().value as boolean);
  const [args, kwargs] = mapTensors(one.forward, leaf) as Given;
  const inplace = (module as Loose).inplace === true;
  const operands = inplace ? mapTensors(args, (tensor) => tensor.clone()) : args;
  const output = module(...(operands as unknown[]), ...keywords(kwargs)) as unknown;
  const results = tensorsIn(output).filter((result) => result.requiresGrad);
  if (results.length > 0) torch.autograd.backward(results, results.map(weights));
  return {
    output,
    gradients: tensorsIn([args, kwargs]).map((tensor) => tensor.grad),
    parameters: new Map(module.namedParameters().map(([key, parameter]) => [key, parameter.grad])),
    state: module.stateDict(),
    loaded: isFirst(one) ? loaded(name, one, module.stateDict()) : null,
  };
}

/** What loading a state into another module of the kind gives, and the state it then has. */
function loaded(name: string, one: Case, state: torch.nn.StateDict): unknown[] {
  const fresh = make(name, one, one.seed + 1);
  return [String(fresh.loadStateDict(state)), fresh.stateDict()];
}

/** A gradient that differs from element to element. */
function weights(result: torch.Tensor): torch.Tensor {
  return torch.linspace(0.5, 1.5, result.numel(), { dtype: result.dtype }).reshape(result.shape);
}
