/** Makes the functions that modules are, behind their proxies. */
import type { Module } from '../module';
import { callWithHooks, globalHooks } from './hooks';
import { registrationTraps } from './registration';
import { type ModuleState, STATE } from './state';

/** The classes whose `forward` reads the module behind the proxy, which is cheaper: see {@link readDirectly}. */
const direct = new WeakSet<object>();

/** @internal Lets `forward` of instances of these very classes run on the plain object: it must assign nothing. */
export function readDirectly(...classes: object[]): void {
  for (const one of classes) direct.add(one);
}

/** A module without members, of the class that has this prototype. */
export function makeModule(prototype: Module): Module {
  const call = (...args: unknown[]): unknown => {
    const forward = state.ownForward ? target.forward : state.prototype.forward;
    if (globalHooks.size === 0 && (state.hooks === undefined || state.hooks.size === 0)) {
      return forward.apply(self, args);
    }
    return callWithHooks(state, (changed) => forward.apply(self, changed), args);
  };
  // A function's own name and length would hide what a class calls so.
  for (const key of ['name', 'length']) Reflect.deleteProperty(call, key);
  const target = Object.setPrototypeOf(call, prototype) as Module;
  const module = new Proxy(
    target,
    registrationTraps(() => state),
  );
  const self = direct.has(prototype.constructor) ? target : module;
  const state: ModuleState = {
    module,
    target,
    parameters: new Map(),
    buffers: new Map(),
    nonPersistent: new Set(),
    modules: new Map(),
    prototype,
    hooks: undefined,
    stateHooks: undefined,
    ownForward: false,
  };
  Object.defineProperty(target, STATE, { value: state });
  return module;
}
