/** Runs the graph of an exported program: each node is a boxed call of an operator. */
import { NotImplementedError, ValueError } from '../errors';
import { type Handle, type NativeResult, native } from '../native';
import { type Operand, operandOf, Places, type Target, targetOf, type Values } from './arguments';
import { higherOrder } from './higher-order';
import { type Json, list, record, text, union } from './json';
import { symbolicFunction } from './symbols';

/** What a node does; its results are as many as the node names. */
type Call = (args: readonly unknown[]) => readonly unknown[];

interface Step {
  readonly operands: readonly Operand[];
  readonly call: Call;
  readonly targets: readonly Target[];
  /** The places that nothing later reads. */
  readonly dead: number[];
}

/** Deeper than any program nests branches and loops. */
const MAX_DEPTH = 64;

/** A graph, ready to run. */
export class Graph {
  readonly inputs: readonly (string | null)[];
  private readonly inputPlaces: readonly Target[];
  private readonly steps: Step[];
  private readonly outputs: readonly Operand[];

  /** Throws a ValueError for a damaged graph, a NotImplementedError naming what cannot be run here. */
  constructor(graph: unknown, depth = 0) {
    if (depth > MAX_DEPTH) throw new ValueError('the exported program nests graphs too deeply');
    const { inputs, outputs, nodes } = record(graph, 'a graph');
    const places = new Places();
    const given = list(inputs, 'the inputs of a graph');
    this.inputs = given.map(inputName);
    this.inputPlaces = given.map((input, i) => (this.inputs[i] === null ? null : targetOf(input, places)));
    this.steps = list(nodes, 'the nodes of a graph').map((node) => stepOf(record(node, 'a node'), places, depth));
    this.outputs = list(outputs, 'the outputs of a graph').map((output) => operandOf(output, places));
    this.markDead();
  }

  /** Each value is let go when it has been read for the last time. */
  private markDead(): void {
    const last = new Map<number, Step | null>();
    const use = (place: number, step: Step | null): void => {
      if (!last.has(place)) last.set(place, step);
    };
    for (const output of this.outputs) for (const place of output.uses) use(place, null);
    for (const step of [...this.steps].reverse()) {
      for (const operand of step.operands) for (const place of operand.uses) use(place, step);
      for (const place of placesOf(step.targets)) use(place, step);
    }
    for (const [place, step] of last) step?.dead.push(place);
  }

  /** Runs the graph: native values in, native values out. */
  run(inputs: readonly unknown[]): unknown[] {
    if (inputs.length !== this.inputPlaces.length) {
      throw new ValueError(`the graph takes ${this.inputPlaces.length} inputs but ${inputs.length} are given`);
    }
    const values: Values = [];
    for (const [i, input] of inputs.entries()) store(values, this.inputPlaces[i] as Target, input);
    for (const { operands, call, targets, dead } of this.steps) {
      const results = call(operands.map((operand) => operand.read(values)));
      for (let i = 0; i < targets.length; i++) store(values, targets[i] as Target, results[i]);
      for (const place of dead) values[place] = undefined;
    }
    return this.outputs.map((output) => output.read(values));
  }
}

/** The name of an input; null for a constant, which the program has itself. */
function inputName(input: unknown): string | null {
  const [kind, value] = union(input, 'an input');
  if (kind === 'as_tensor') return text(record(value, 'an input').name, 'a name');
  if (!kind.startsWith('as_sym')) return null;
  const [form, name] = union(value, 'an input');
  return form === 'as_name' ? text(name, 'a name') : null;
}

function placesOf(target: Target): number[] {
  if (target === null) return [];
  return typeof target === 'number' ? [target] : target.flatMap(placesOf);
}

/** Results of an operator: a list comes as [null, ...elements]. */
function store(values: Values, target: Target, result: unknown): void {
  if (target === null) return;
  if (typeof target === 'number') {
    values[target] = result;
    return;
  }
  const items = Array.isArray(result) && result[0] === null ? result.slice(1) : (result as unknown[]);
  if (!Array.isArray(items) || items.length !== target.length) {
    throw new ValueError(`the exported program expects ${target.length} results of an operator that gives others`);
  }
  for (const [i, item] of items.entries()) store(values, target[i] as Target, item);
}

function stepOf(node: Json, places: Places, depth: number): Step {
  const target = text(node.target, 'a target');
  const inputs = list(node.inputs, 'the inputs of a node').map((input) => record(input, 'an input of a node'));
  const graphs: Graph[] = [];
  const operands: Operand[] = [];
  for (const input of inputs) {
    const [kind, value] = union(input.arg, 'an argument');
    if (kind === 'as_graph') graphs.push(new Graph(record(value, 'a graph').graph, depth + 1));
    else operands.push(operandOf(input.arg, places));
  }
  const names = inputs.map(({ name }) => text(name, 'the name of an argument'));
  const call = callOf(target, names, graphs);
  const outputs = list(node.outputs, 'the results of a node');
  const targets = outputs.map((output) => targetOf(output, places));
  return { operands, call, targets: flattened(target, targets), dead: [] };
}

/** Higher-order operators give a list of results, which a node may name as one. */
function flattened(target: string, targets: Target[]): Target[] {
  const [only] = targets;
  const isList = target.startsWith('torch.ops.higher_order.') && targets.length === 1 && Array.isArray(only);
  return isList ? [...(only as readonly Target[])] : targets;
}

function callOf(target: string, names: readonly string[], graphs: readonly Graph[]): Call {
  const symbolic = symbolicFunction(target);
  if (symbolic !== undefined) return (args) => [symbolic(...args.map(untagged))];
  const hop = /^torch\.ops\.higher_order\.(\w+)$/.exec(target)?.[1];
  if (hop !== undefined) return higherOrder(hop, graphs);
  const parts = /^torch\.ops\.(\w+)\.(\w+)\.(\w+)$/.exec(target);
  if (parts === null) throw new NotImplementedError(`the exported program calls '${target}', which only Python has`);
  const [, namespace, name, overload] = parts;
  const found = native.findOperator(`${namespace}::${name}`, overload === 'default' ? '' : (overload as string));
  if (found === null)
    throw new NotImplementedError(`the exported program calls '${target}', which this LibTorch lacks`);
  return operatorCall(target, found, names);
}

const untagged = (value: unknown): number => (Array.isArray(value) ? value[1] : value) as number;

function operatorCall(
  target: string,
  [operator, parameters]: [operator: Handle, parameters: string[], results: number],
  names: readonly string[],
): Call {
  const order = names.map((name) => {
    const place = parameters.indexOf(name);
    if (place < 0) throw new ValueError(`the exported program gives '${target}' the unknown argument '${name}'`);
    return place;
  });
  return (args) => {
    const values: unknown[] = [];
    order.forEach((place, i) => {
      values[place] = args[i];
    });
    return (native.callOperator(operator, values) as NativeResult[]).slice(1);
  };
}
