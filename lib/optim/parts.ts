/** Parts of a group: parameters that are updated together, with what belongs to them. */
import { viewAsReal } from '../generated/torch';
import { native } from '../native';
import type { Tensor } from '../tensor';
import type { Counter } from './counters';
import { checkCapturable } from './groups';
import { type Operand, TensorBatch } from './operand';

/** What an update rule updates: one parameter, or a list of them that have made the same steps. */
export class Item<T extends Operand<T>, State extends string> {
  readonly param: T;
  readonly grad: T;
  readonly state: Readonly<Record<State, T>>;
  /** The steps made, this one included; a tensor where kernels or autograd read it. */
  readonly step: number | T;
  /** State that the rule makes. */
  readonly begun = new Map<State, T>();

  constructor(
    operands: { param: T; grad: T; state: Record<State, T>; step: number | T },
    /** The parameters by themselves. */
    readonly params: readonly Tensor[],
    private readonly counters: Readonly<Record<string, readonly Counter[]>>,
    private readonly asOperand: (tensors: readonly Tensor[]) => T,
  ) {
    this.param = operands.param;
    this.grad = operands.grad;
    this.state = operands.state;
    this.step = operands.step;
  }

  /** The value of a counter. */
  count(name: string): number {
    return ((this.counters[name] as readonly Counter[])[0] as Counter).value;
  }

  /** Sets a counter, and gives the value to its precision. */
  setCount(name: string, value: number): number {
    const counters = this.counters[name] as readonly Counter[];
    for (const counter of counters) counter.value = value;
    return (counters[0] as Counter).rounded(value);
  }

  /** A number to the precision of the counters. */
  rounded(name: string, value: number): number {
    return ((this.counters[name] as readonly Counter[])[0] as Counter).rounded(value);
  }

  /** The counter of the first parameter. */
  firstCounter(name: string): Tensor {
    return ((this.counters[name] as readonly Counter[])[0] as Counter).tensor;
  }

  /** A counter as tensors. */
  counter(name: string): T {
    return this.asOperand(tensorsOf(this.counters[name] as readonly Counter[]));
  }

  /** Throws an AssertionError where a step cannot be captured in a graph. */
  checkCapturable(names = 'params and state_steps', supportsXla = true): void {
    checkCapturable(this.params, Object.values(this.counters).map(tensorsOf), names, supportsXla);
  }
}

function tensorsOf(counters: readonly Counter[]): Tensor[] {
  return counters.map(({ tensor }) => tensor);
}

/** What one parameter has. */
export interface Member<State extends string> {
  readonly param: Tensor;
  readonly grad: Tensor;
  readonly state: Readonly<Record<State, Tensor>>;
  readonly counters: Readonly<Record<string, Counter>>;
}

/** Parameters that are updated together, and their state, as native lists. */
export class Part<State extends string> {
  readonly params: readonly Tensor[];
  private readonly param: TensorBatch;
  private readonly state: Readonly<Record<State, TensorBatch>>;
  private readonly counters: Readonly<Record<string, readonly Counter[]>>;
  private steps: TensorBatch | undefined;
  /** The gradients, where lists of parameters do not give them: of complex ones, as pairs. */
  private readonly pairs: TensorBatch | null;

  constructor(
    members: readonly Member<State>[],
    stateNames: readonly State[],
    counterNames: readonly string[],
    private readonly isPaired: boolean,
  ) {
    const batch = (of: (member: Member<State>) => Tensor): TensorBatch =>
      TensorBatch.of(members.map((member) => (isPaired ? viewAsReal(of(member)) : of(member))));
    this.params = members.map(({ param }) => param);
    this.param = batch(({ param }) => param);
    this.pairs = isPaired ? batch(({ grad }) => grad) : null;
    const present = stateNames.filter((name) => members[0]?.state[name] !== undefined);
    const states = present.map((name) => [name, batch(({ state }) => state[name])]);
    this.state = Object.fromEntries(states) as Record<State, TensorBatch>;
    const counters = counterNames.map((name) => [name, members.map((member) => member.counters[name] as Counter)]);
    this.counters = Object.fromEntries(counters) as Record<string, Counter[]>;
  }

  /** Whether the lists can be used at the next step: views of complex tensors would miss an exchange of their memory. */
  get isLasting(): boolean {
    return !this.isPaired;
  }

  /** The gradients; null if one is missing. */
  gradients(): TensorBatch | null {
    return this.pairs ?? this.param.gradients();
  }

  /** Whether all have made the same steps: someone may have set a counter. */
  isEven(): boolean {
    for (const name in this.counters) {
      const counters = this.counters[name] as readonly Counter[];
      const { value } = counters[0] as Counter;
      for (let i = 1; i < counters.length; i++) if ((counters[i] as Counter).value !== value) return false;
    }
    return true;
  }

  /** Counts one step more, and gives what a rule updates. */
  next(grad: TensorBatch, stepsAsTensors: boolean): Item<TensorBatch, State> {
    const step = this.countStep(stepsAsTensors);
    return new Item({ param: this.param, grad, state: this.state, step }, this.params, this.counters, TensorBatch.of);
  }

  private countStep(asTensors: boolean): number | TensorBatch {
    const counters = this.counters.step;
    if (counters === undefined) return 0;
    const isCheap = (counters[0] as Counter).isCheap;
    if (isCheap || !asTensors) for (const counter of counters) counter.value += 1;
    if (!asTensors) return (counters[0] as Counter).value;
    this.steps ??= TensorBatch.of(tensorsOf(counters));
    return isCheap ? this.steps : this.steps.add_(1);
  }
}

/** The most bytes of small parameters that are updated together, so that what a rule makes stays in the cache. */
const PART_BYTES = 2 ** 20;

/**
 * Parts members: of one device and dtype each, with the same state, and the same counts unless kernels read those.
 * Those for PyTorch's single-tensor implementation are so small that they take no more memory than one of the tensors.
 */
export function partsOf<State extends string>(
  members: readonly Member<State>[],
  stateNames: readonly State[],
  counterNames: readonly string[],
  how: { readsCounts: boolean; isParted: boolean; pairsComplex: boolean },
): Part<State>[] {
  const lists = new Map<string, Member<State>[][]>();
  const sizes = new Map<string, number>();
  for (const member of members) {
    const { handle } = member.param;
    const present = stateNames.map((name) => member.state[name] !== undefined);
    const counts = how.readsCounts ? counterNames.map((name) => member.counters[name]?.value) : [];
    const key = `${native.deviceCode(handle)} ${native.dtypeCode(handle)} ${present} ${counts}`;
    const known = lists.get(key) ?? [];
    lists.set(key, known);
    const bytes = how.isParted ? member.param.nbytes : 0;
    const size = (sizes.get(key) ?? 0) + bytes;
    const isFull = known.length === 0 || size > PART_BYTES;
    if (isFull) known.push([member]);
    else (known.at(-1) as Member<State>[]).push(member);
    sizes.set(key, isFull ? bytes : size);
  }
  return [...lists.values()].flat().map((part) => {
    const isPaired = how.pairsComplex && (part[0] as Member<State>).param.dtype.isComplex;
    return new Part(part, stateNames, counterNames, isPaired);
  });
}
