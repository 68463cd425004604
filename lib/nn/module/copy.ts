/** Copies modules with their members and hooks, without running their constructors. */
import { type Copies, copyProperties, deepcopy } from '../../deepcopy';
import type { Module } from '../module';
import { makeModule } from './instance';
import { STATE } from './state';

/** A copy of a module and of all below it; what is shared within is shared in the copy. */
export function copyModule(module: Module, copies: Copies): Module {
  const from = module[STATE];
  const copy = makeModule(from.prototype);
  const to = copy[STATE];
  copies.set(from.module, copy);
  copies.set(from.target, copy);
  copyProperties(from.target, to.target, copies, [STATE]);
  for (const [name, parameter] of from.parameters) to.parameters.set(name, deepcopy(parameter, copies));
  for (const [name, buffer] of from.buffers) to.buffers.set(name, deepcopy(buffer, copies));
  for (const [name, child] of from.modules) to.modules.set(name, deepcopy(child, copies));
  for (const name of from.nonPersistent) to.nonPersistent.add(name);
  to.hooks = deepcopy(from.hooks, copies);
  to.stateHooks = deepcopy(from.stateHooks, copies);
  to.ownForward = from.ownForward;
  return copy;
}
