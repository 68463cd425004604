/** Hooks that compute a tensor of a module before each of its calls. */
import type { Tensor } from '../../tensor';
import type { Module } from '../module';
import { callHooksOf } from '../module/hookable';
import type { CallHook } from '../module/hooks';
import { unregister } from '../module/registration';
import { STATE } from '../module/state';

/** Computes a tensor of a module, which is a plain property then, from other members before each call. */
export abstract class WeightHook implements CallHook {
  /** Whether keyword arguments of the call are given to it. */
  readonly withKwargs = false;
  /** Whether it runs although the call has failed. */
  readonly alwaysCall = false;
  /** The name of the tensor. */
  declare _tensorName: string;

  /** The tensor as of now. */
  protected abstract current(module: Module): Tensor;

  /** What runs before a call. */
  run(module: Module): void {
    setMember(module, this._tensorName, this.current(module));
  }
}

/** Makes a hook run before the calls of a module. */
export function addHook(module: Module, hook: WeightHook): void {
  callHooksOf(module).add('forwardPre', hook);
}

/** Makes it run no more. */
export function dropHook(module: Module, hook: WeightHook): void {
  module[STATE].hooks?.delete('forwardPre', hook);
}

type HookClass<Hook> = abstract new (...args: never[]) => Hook;

/** The hooks of a class that a module has: all, or those of one tensor. */
export function hooksOf<Hook extends WeightHook>(module: Module, Class: HookClass<Hook>, name?: string): Hook[] {
  const hooks = (module[STATE].hooks?.get('forwardPre') ?? []).filter((hook) => hook instanceof Class) as Hook[];
  return name === undefined ? hooks : hooks.filter(({ _tensorName }) => _tensorName === name);
}

/** A property of a module; undefined where there is none. */
export function memberOf(module: Module, name: string): Tensor | undefined {
  return (module as unknown as Record<string, Tensor | undefined>)[name];
}

/** Assigns a property of a module. */
export function setMember(module: Module, name: string, value: Tensor): void {
  (module as unknown as Record<string, Tensor>)[name] = value;
}

/** Takes a member or property from a module. */
export function takeMember(module: Module, name: string): void {
  unregister(module[STATE], name);
  Reflect.deleteProperty(module[STATE].target, name);
}
