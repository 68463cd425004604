/** Registers what is assigned to a module: Python's `Module.__setattr__`, `register_*` and `__delattr__`. */
import { KeyError, ValueError } from '../../errors';
import { keep } from '../../memory/scope';
import { typename } from '../../python-repr';
import { Tensor } from '../../tensor';
import type { Module } from '../module';
import { Buffer, Parameter } from '../parameter';
import { UninitializedBuffer } from '../uninitialized';
import { type RegistrationHook, registrationHooks } from './global-hooks';
import { hasAttribute, isModule, isRegistered, type ModuleState } from './state';

/** Makes the value a plain property of the module, where reading is cheap. */
function setProperty(state: ModuleState, name: string, value: unknown): void {
  Object.defineProperty(state.target, name, { value, writable: true, enumerable: true, configurable: true });
}

function checkName(kind: 'parameter' | 'buffer' | 'module', name: unknown): asserts name is string {
  if (typeof name !== 'string') throw new TypeError(`${kind} name should be a string. Got ${typename(name)}`);
  if (name.includes('.')) {
    throw new KeyError(`${kind} name can't contain "."${kind === 'module' ? `, got: ${name}` : ''}`);
  }
  if (name === '') throw new KeyError(`${kind} name can't be empty string ""`);
}

function checkFree(state: ModuleState, name: string, registered: ReadonlyMap<string, unknown>): void {
  if (!registered.has(name) && hasAttribute(state, name)) throw new KeyError(`attribute '${name}' already exists`);
}

/** What the global hooks of registration make of a value. */
function hooked<Kind extends 'parameter' | 'buffer' | 'module', T>(
  kind: Kind,
  state: ModuleState,
  name: string,
  value: T,
): T {
  if (registrationHooks.size === 0) return value;
  let result = value;
  for (const hook of registrationHooks.get(kind)) {
    result = ((hook as RegistrationHook<unknown>)(state.module, name, result) as T) ?? result;
  }
  return result;
}

/** Registers a parameter, or an empty place for one. */
export function registerParameter(state: ModuleState, name: string, given: Parameter | null): void {
  const parameter = registrableParameter(state, name, given);
  // A module outlives the `tidy` in which it is given a member.
  state.parameters.set(name, keep(parameter));
  setProperty(state, name, parameter);
}

function registrableParameter(state: ModuleState, name: string, parameter: Parameter | null): Parameter | null {
  checkName('parameter', name);
  checkFree(state, name, state.parameters);
  if (parameter !== null) {
    if (!(parameter instanceof Parameter)) {
      throw new TypeError(
        `cannot assign '${typename(parameter)}' object to parameter '${name}' (torch.nn.Parameter or None required)`,
      );
    }
    if (!parameter.isLeaf) {
      throw new ValueError(
        `Cannot assign non-leaf Tensor to parameter '${name}'. Model parameters must be created explicitly. To ` +
          `express '${name}' as a function of another Tensor, compute the value in the forward() method.`,
      );
    }
  }
  return hooked('parameter', state, name, parameter);
}

/** Registers a buffer, or an empty place for one. */
export function registerBuffer(state: ModuleState, name: string, tensor: Tensor | null, persistent: boolean): void {
  checkName('buffer', name);
  checkFree(state, name, state.buffers);
  if (tensor !== null && !(tensor instanceof Tensor)) {
    throw new TypeError(
      `cannot assign '${typename(tensor)}' object to buffer '${name}' (torch Tensor or None required)`,
    );
  }
  const buffer = hooked('buffer', state, name, tensor);
  state.buffers.set(name, keep(buffer));
  if (persistent) state.nonPersistent.delete(name);
  else state.nonPersistent.add(name);
  setProperty(state, name, buffer);
}

/** Registers a child, or an empty place for one. */
export function registerModule(state: ModuleState, name: string, module: Module | null): void {
  if (module !== null && !isModule(module)) throw new TypeError(`${typename(module)} is not a Module subclass`);
  if (typeof name === 'string') checkFree(state, name, state.modules);
  checkName('module', name);
  setModule(state, name, module);
}

function setModule(state: ModuleState, name: string, given: Module | null): void {
  const module = hooked('module', state, name, given);
  state.modules.set(name, module);
  setProperty(state, name, module);
}

/** Forgets a member. */
export function unregister(state: ModuleState, name: string): void {
  state.parameters.delete(name);
  state.buffers.delete(name);
  state.modules.delete(name);
  state.nonPersistent.delete(name);
}

/** Forgets whatever has the name, so that another kind of member can take it. */
function makeWay(state: ModuleState, name: string, kept: Map<string, unknown>): void {
  // A computed one stays in the way, as Python's properties do.
  const plain = 'value' in (Reflect.getOwnPropertyDescriptor(state.target, name) ?? {});
  if (plain && !kept.has(name)) Reflect.deleteProperty(state.target, name);
  for (const members of [state.parameters, state.buffers, state.modules]) {
    if (members !== kept) members.delete(name);
  }
  state.nonPersistent.delete(name);
}

/** Registers an assigned value as Python does; false if it is to be a plain property. */
function assign(state: ModuleState, name: string, value: unknown): boolean {
  if (value instanceof Parameter) {
    makeWay(state, name, state.parameters);
    registerParameter(state, name, value);
    return true;
  }
  const empty = value === null || value === undefined;
  if (state.parameters.has(name)) {
    if (!empty) {
      throw new TypeError(
        `cannot assign '${typename(value)}' as parameter '${name}' (torch.nn.Parameter or None expected)`,
      );
    }
    registerParameter(state, name, null);
    return true;
  }
  if (isModule(value)) {
    makeWay(state, name, state.modules);
    setModule(state, name, value);
    return true;
  }
  if (state.modules.has(name)) {
    if (!empty) {
      throw new TypeError(
        `cannot assign '${typename(value)}' as child module '${name}' (torch.nn.Module or None expected)`,
      );
    }
    setModule(state, name, null);
    return true;
  }
  if (value instanceof Buffer || value instanceof UninitializedBuffer || state.buffers.has(name)) {
    assignBuffer(state, name, empty ? null : value);
    return true;
  }
  return false;
}

function assignBuffer(state: ModuleState, name: string, value: unknown): void {
  if (value !== null && !(value instanceof Tensor)) {
    throw new TypeError(
      `cannot assign '${typename(value)}' as buffer '${name}' (torch.nn.Buffer, torch.Tensor or None expected)`,
    );
  }
  const persistent = 'persistent' in (value ?? {}) ? (value as Buffer).persistent : !state.nonPersistent.has(name);
  state.module.registerBuffer(name, value, persistent);
}

// Note [Registration by interception]
// Every write of an own property ends in [[DefineOwnProperty]], be it an assignment, a class field or
// Object.defineProperty. The `set` trap comes first all the same: only there can a member be told from a field that
// a subclass declares again, and only there does a setter of the class not get in a member's way.
/** The traps of a module's proxy. Reading has none, so that it costs little. */
export function registrationTraps(stateOf: () => ModuleState): ProxyHandler<Module> {
  return {
    set(target, key, value, receiver) {
      const state = stateOf();
      if (typeof key === 'string' && assign(state, key, value)) return true;
      if (key === 'forward') state.ownForward = true;
      return Object.hasOwn(target, key) ? Reflect.set(target, key, value) : Reflect.set(target, key, value, receiver);
    },
    defineProperty(target, key, descriptor) {
      const state = stateOf();
      if (typeof key === 'string' && 'value' in descriptor) {
        // A subclass's field without initializer declares again what the base class has registered.
        if (descriptor.value === undefined && isRegistered(state, key)) return true;
        if (assign(state, key, descriptor.value)) return true;
      }
      if (key === 'forward') state.ownForward = true;
      return Reflect.defineProperty(target, key, descriptor);
    },
    setPrototypeOf(target, prototype) {
      stateOf().prototype = prototype as Module;
      return Reflect.setPrototypeOf(target, prototype);
    },
    deleteProperty(target, key) {
      const state = stateOf();
      if (typeof key === 'string') unregister(state, key);
      if (key === 'forward') state.ownForward = false;
      return Reflect.deleteProperty(target, key);
    },
  };
}
