/** What a module keeps beside its plain properties: its registered members and its hooks. */

import type { Tensor } from '../../tensor';
import type { Module } from '../module';
import type { Parameter } from '../parameter';
import type { HookLists } from './hook-lists';
import type { StateHooks } from './hookable';
import type { CallHooks } from './hooks';

/** The property under which a module has its state, not enumerable. */
export const STATE: unique symbol = Symbol('tsorch.nn.Module');

/** Members in the order in which they were registered; null ones keep their place. */
export interface ModuleState {
  /** The module as everybody sees it. */
  readonly module: Module;
  /** The function behind the proxy, which holds the values as plain properties. */
  readonly target: Module;
  readonly parameters: Map<string, Parameter | null>;
  readonly buffers: Map<string, Tensor | null>;
  readonly nonPersistent: Set<string>;
  readonly modules: Map<string, Module | null>;
  /** What the module is an instance of, as far as calls go. */
  prototype: Module;
  /** Made with the first hook. */
  hooks: HookLists<CallHooks> | undefined;
  /** Made with the first hook. */
  stateHooks: HookLists<StateHooks> | undefined;
  /** Whether the instance has a `forward` of its own. */
  ownForward: boolean;
}

/** Whether a value is a module. */
export function isModule(value: unknown): value is Module {
  return typeof value === 'function' && STATE in value;
}

/** Whether a name is registered, be it as null. */
export function isRegistered(state: ModuleState, name: string): boolean {
  return state.parameters.has(name) || state.modules.has(name) || state.buffers.has(name);
}

/** Python's hasattr: a property that is undefined, as a declared class field is, counts as absent. */
export function hasAttribute(state: ModuleState, name: string): boolean {
  return Reflect.get(state.target, name, state.module) !== undefined || isRegistered(state, name);
}
