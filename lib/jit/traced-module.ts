/** The script module that a traced module becomes: its parameters, buffers and children, yet without a program. */
import { ValueError } from '../errors';
import { type Handle, native } from '../native';
import type { Module } from '../nn/module';
import { STATE } from '../nn/module/state';
import { handleOf, ScriptModule } from './script-module';

type Member = readonly [kind: 'parameter' | 'buffer' | 'module', name: string, value: Handle];

/** @internal A native module with the members of `module`, the very tensors; what is traced becomes its methods. */
export function nativeModuleOf(module: Module): Handle {
  return build(module, native.jitCompile(''), new Map());
}

function build(module: Module, unit: Handle, built: Map<Module, Handle>): Handle {
  if (module instanceof ScriptModule) return handleOf(module);
  const known = built.get(module);
  if (known !== undefined) return known;
  const state = module[STATE];
  if ((state.hooks?.get('backward').length ?? 0) > 0) {
    throw new ValueError(`Modules that have backward hooks assigned can't be compiled: ${module}`);
  }
  const members: Member[] = [];
  const seen = new Set<Handle>();
  const add = (kind: 'parameter' | 'buffer', name: string, value: { handle: Handle } | null): void => {
    if (value === null) return;
    if (seen.has(value.handle)) {
      throw new ValueError("TracedModules don't support parameter sharing between modules");
    }
    seen.add(value.handle);
    members.push([kind, name, value.handle]);
  };
  for (const [name, parameter] of state.parameters) add('parameter', name, parameter);
  for (const [name, buffer] of state.buffers) add('buffer', name, buffer);
  for (const [name, child] of state.modules) {
    if (child !== null) members.push(['module', name, build(child, unit, built)]);
  }
  const handle = native.newModule(unit, classNameOf(module), module.training, members);
  built.set(module, handle);
  return handle;
}

/** A class's name as TorchScript takes it. */
function classNameOf(module: Module): string {
  const name = module._getName().replace(/\W/g, '_');
  return /^[A-Za-z_]/.test(name) ? name : `_${name}`;
}

/** @internal The names under which the tracer knows the modules below `module`. */
export function scopesOf(module: Module): Map<Module, string> {
  const scopes = new Map<Module, string>();
  const visit = (parent: Module, prefix: string): void => {
    for (const [name, child] of parent.namedChildren()) {
      scopes.set(child, `${prefix}.${name}`);
      if (!(child instanceof ScriptModule)) visit(child, `${prefix}.${name}`);
    }
  };
  visit(module, '__module');
  return scopes;
}
