/** A module's state as a dictionary: Python's `state_dict`. */
import { inspect } from 'node:util';
import { RuntimeError } from '../../errors';
import { stringRepr } from '../../python-repr';
import type { Tensor } from '../../tensor';
import type { Module } from '../module';
import { type ModuleState, STATE } from './state';

/** What a state dictionary notes of each module: the version of its layout. */
export interface LocalMetadata {
  version?: number;
  /** What `nn.utils.spectralNorm` notes: the version of its layout by the weight's name. */
  spectral_norm?: Record<string, number>;
  /** @internal Set while loading with `assign`. */
  assignToParamsBuffers?: boolean;
}

/**
 * Parameters and buffers by their names: a Map in Python's order, with `items()` as Python's OrderedDict.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.Module.html#torch.nn.Module.state_dict
 */
export class StateDict extends Map<string, Tensor> {
  /** The metadata of each module by its path, that of the root under `''`. */
  _metadata: Map<string, LocalMetadata> = new Map();

  /** The names and values as pairs. */
  items(): [name: string, value: Tensor][] {
    return [...this];
  }

  /** Python's text. */
  override toString(): string {
    const items = this.items().map(([name, value]) => `(${stringRepr(name)}, ${value.toString()})`);
    return items.length > 0 ? `OrderedDict([${items.join(', ')}])` : 'OrderedDict()';
  }

  /** @internal What `console.log` prints. */
  [inspect.custom](): string {
    return this.toString();
  }
}

/** The key of what a module adds to its state by `getExtraState`. */
export const EXTRA_STATE = '_extra_state';

/** Adds a module's own members to a state dictionary. */
export function saveToStateDict(state: ModuleState, destination: StateDict, prefix: string, keepVars: boolean): void {
  for (const [name, parameter] of state.parameters) {
    if (parameter !== null) destination.set(prefix + name, keepVars ? parameter : parameter.detach());
  }
  for (const [name, buffer] of state.buffers) {
    if (buffer === null || state.nonPersistent.has(name)) continue;
    destination.set(prefix + name, keepVars ? buffer : buffer.detach());
  }
}

/** Adds the members of a module and of all below it to a state dictionary. */
export function collectStateDict(module: Module, destination: StateDict, prefix: string, keepVars: boolean): StateDict {
  const { _version: version } = module.constructor as typeof Module;
  const metadata: LocalMetadata = { version };
  const { stateHooks } = module[STATE];
  destination._metadata?.set(prefix.slice(0, -1), metadata);
  for (const hook of stateHooks?.get('saving') ?? []) hook(module, prefix, keepVars);
  module._saveToStateDict(destination, prefix, keepVars);
  for (const [name, child] of module[STATE].modules) {
    if (child !== null) child.stateDict({ destination, prefix: `${prefix}${name}.`, keepVars });
  }
  for (const hook of stateHooks?.get('saved') ?? []) {
    const returned: unknown = hook(module, destination, prefix, metadata);
    if (returned !== undefined && returned !== null) throw new RuntimeError('state_dict post-hook must return None');
  }
  return destination;
}
