/** Loads a state dictionary into a module: Python's `load_state_dict`. */
import { noGrad } from '../../autograd/grad-mode';
import { AssertionError, RuntimeError } from '../../errors';
import { NamedTuple } from '../../named-tuple';
import { listRepr, stringRepr, typename } from '../../python-repr';
import { Tensor } from '../../tensor';
import type { Module } from '../module';
import { Parameter } from '../parameter';
import { isLazy } from '../uninitialized';
import { isModule, type ModuleState, STATE } from './state';
import { EXTRA_STATE, type LocalMetadata, StateDict } from './state-dict';

/** What `loadStateDict` did not find where it expected it: Python's named tuple. */
export class IncompatibleKeys extends NamedTuple {
  declare readonly 0: string[];
  declare readonly 1: string[];

  /** @internal */
  constructor(missingKeys: string[], unexpectedKeys: string[]) {
    super([missingKeys, unexpectedKeys]);
  }

  /** @internal */
  get fields(): readonly string[] {
    return ['missingKeys', 'unexpectedKeys'];
  }

  /** What the module has and the dictionary lacks. */
  get missingKeys(): string[] {
    return this[0];
  }

  /** What the dictionary has and the module lacks. */
  get unexpectedKeys(): string[] {
    return this[1];
  }

  override *[Symbol.iterator](): IterableIterator<string[]> {
    yield this[0];
    yield this[1];
  }

  /** Python's text. */
  override toString(): string {
    if (this.missingKeys.length + this.unexpectedKeys.length === 0) return '<All keys matched successfully>';
    const [missing, unexpected] = [listRepr(this.missingKeys), listRepr(this.unexpectedKeys)];
    return `_IncompatibleKeys(missing_keys=${missing}, unexpected_keys=${unexpected})`;
  }
}

/** What `loadStateDict` reads: a Map, as `stateDict` gives it, or a plain object. */
export type StateDictLike = ReadonlyMap<string, Tensor> | Readonly<Record<string, Tensor>>;

/** What goes wrong while a dictionary is loaded. */
export interface LoadReport {
  missingKeys: string[];
  unexpectedKeys: string[];
  errors: string[];
}

function entriesOf(dict: unknown): StateDict {
  const isPlain = typeof dict === 'object' && dict !== null && !Array.isArray(dict) && !(dict instanceof Tensor);
  if (!isPlain || isModule(dict)) {
    throw new TypeError(`Expected state_dict to be dict-like, got <class '${typename(dict)}'>.`);
  }
  const entries = new StateDict(dict instanceof Map ? dict : Object.entries(dict));
  if (dict instanceof StateDict) entries._metadata = dict._metadata;
  return entries;
}

/** Loads into a module and all below it. */
export function loadStateDict(module: Module, dict: StateDictLike, strict: boolean, assign: boolean): IncompatibleKeys {
  const entries = entriesOf(dict);
  const report: LoadReport = { missingKeys: [], unexpectedKeys: [], errors: [] };
  load(module, entries, '', assign, report);
  const { missingKeys, unexpectedKeys, errors } = report;
  if (strict) {
    if (unexpectedKeys.length > 0) errors.unshift(`Unexpected key(s) in state_dict: ${quoted(unexpectedKeys)}. `);
    if (missingKeys.length > 0) errors.unshift(`Missing key(s) in state_dict: ${quoted(missingKeys)}. `);
  }
  if (errors.length > 0) {
    throw new RuntimeError(`Error(s) in loading state_dict for ${module.constructor.name}:\n\t${errors.join('\n\t')}`);
  }
  return new IncompatibleKeys(missingKeys, unexpectedKeys);
}

function quoted(names: readonly string[]): string {
  return names.map((name) => `"${name}"`).join(', ');
}

function load(module: Module, dict: StateDict, prefix: string, assign: boolean, report: LoadReport): void {
  const metadata: LocalMetadata = { ...dict._metadata.get(prefix.slice(0, -1)) };
  if (assign) metadata.assignToParamsBuffers = true;
  module._loadFromStateDict(dict, prefix, metadata, true, report);
  for (const [name, child] of module[STATE].modules) {
    if (child === null) continue;
    const childPrefix = `${prefix}${name}.`;
    const childDict = new StateDict(dict.items().filter(([key]) => key.startsWith(childPrefix)));
    childDict._metadata = dict._metadata;
    load(child, childDict, childPrefix, assign, report);
  }
  const incompatible = new IncompatibleKeys(report.missingKeys, report.unexpectedKeys);
  for (const hook of module[STATE].stateHooks?.get('loaded') ?? []) {
    const returned: unknown = hook(module, incompatible);
    if (returned !== undefined && returned !== null) {
      throw new AssertionError(
        'Hooks registered with ``register_load_state_dict_post_hook`` are not expected to return new values, if ' +
          'incompatible_keys need to be modified, it should be done inplace.',
      );
    }
  }
}

/** Loads a module's own members: what `Module._loadFromStateDict` does. */
export function loadFromStateDict(
  state: ModuleState,
  dict: StateDict,
  prefix: string,
  metadata: LocalMetadata,
  strict: boolean,
  report: LoadReport,
  takesExtra: boolean,
): void {
  for (const hook of state.stateHooks?.get('loading') ?? []) {
    const { missingKeys, unexpectedKeys, errors } = report;
    hook(state.module, dict, prefix, metadata, strict, missingKeys, unexpectedKeys, errors);
  }
  const persistent = [...state.buffers].filter(([name]) => !state.nonPersistent.has(name));
  const members = new Map([...state.parameters, ...persistent].filter(([, value]) => value !== null));
  for (const [name, member] of members) {
    const key = prefix + name;
    const value = dict.get(key);
    if (value === undefined) {
      if (strict) report.missingKeys.push(key);
    } else {
      loadMember(state, name, member as Tensor, key, value, metadata.assignToParamsBuffers ?? false, report);
    }
  }
  const extra = prefix + EXTRA_STATE;
  if (takesExtra && dict.has(extra)) state.module.setExtraState(dict.get(extra));
  else if (takesExtra && strict) report.missingKeys.push(extra);
  else if (strict && dict.has(extra)) report.unexpectedKeys.push(extra);
  if (!strict) return;
  for (const key of dict.keys()) {
    if (!key.startsWith(prefix) || key === extra) continue;
    const [name, ...below] = key.slice(prefix.length).split('.') as [string, ...string[]];
    const known = below.length > 0 ? state.modules.has(name) : members.has(name);
    if (!known) report.unexpectedKeys.push(key);
  }
}

function loadMember(
  state: ModuleState,
  name: string,
  member: Tensor,
  key: string,
  given: unknown,
  assign: boolean,
  report: LoadReport,
): void {
  if (!(given instanceof Tensor)) {
    report.errors.push(
      `While copying the parameter named "${key}", expected torch.Tensor or Tensor-like object from checkpoint but ` +
        `received <class '${typename(given)}'>`,
    );
    return;
  }
  // One without values loads what the hook of its module has made it ready for; else reading its shape throws.
  const lazy = isLazy(member);
  // Checkpoints of PyTorch before 0.4 have one-element tensors for scalars.
  const old = !lazy && member.dim() === 0 && given.dim() === 1 && given.shape[0] === 1;
  const value = old ? given.at(0) : given;
  if (!lazy && String(value.shape) !== String(member.shape)) {
    report.errors.push(
      `size mismatch for ${key}: copying a param with shape ${value.shape} from checkpoint, the shape in current ` +
        `model is ${member.shape}.`,
    );
    return;
  }
  if (member.isMeta && !value.isMeta && !assign) {
    process.emitWarning(
      `for ${key}: copying from a non-meta parameter in the checkpoint to a meta parameter in the current model, ` +
        'which is a no-op. (Did you mean to pass `assign=True` to assign items in the state dictionary to their ' +
        'corresponding key in the module instead of copying them in place?)',
    );
  }
  try {
    noGrad(() => (assign ? assignMember(state, name, member, value) : member.copy_(value)));
  } catch (error) {
    report.errors.push(
      `While copying the parameter named "${key}", whose dimensions in the model are ${member.size()} and whose ` +
        `dimensions in the checkpoint are ${value.size()}, an exception occurred : ` +
        `(${stringRepr((error as Error).message)},).`,
    );
  }
}

function assignMember(state: ModuleState, name: string, member: Tensor, value: Tensor): void {
  let assigned = value;
  if (member instanceof Parameter) {
    assigned = value instanceof Parameter ? value : new Parameter(value, member.requiresGrad);
    assigned.requiresGrad_(member.requiresGrad);
  }
  (state.module as unknown as Record<string, Tensor>)[name] = assigned;
}
