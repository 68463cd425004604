/** Walks a module's members and children: Python's `named_parameters`, `named_modules` and their kin. */
import type { Tensor } from '../../tensor';
import type { Module } from '../module';
import { type ModuleState, STATE } from './state';

/** How members are listed. */
export interface MemberOptions {
  /** Put before every name. */
  prefix?: string | undefined;
  /** Whether to list those of modules below as well. */
  recurse?: boolean | undefined;
  /** Whether to list what is registered twice only once. */
  removeDuplicate?: boolean | undefined;
}

/** How modules are listed. */
export interface ModuleOptions {
  /** The modules listed so far. */
  memo?: Set<Module> | null | undefined;
  /** Put before every name. */
  prefix?: string | undefined;
  /** Whether to list what is registered twice only once. */
  removeDuplicate?: boolean | undefined;
}

/** A module's members of one kind with their names. */
export function membersOf<T extends Tensor>(
  root: Module,
  kind: (state: ModuleState) => ReadonlyMap<string, T | null>,
  { prefix = '', recurse = true, removeDuplicate = true }: MemberOptions,
): [name: string, value: T][] {
  const modules: [string, Module][] = recurse ? modulesOf(root, { prefix, removeDuplicate }) : [[prefix, root]];
  const seen = new Set<T>();
  const members: [string, T][] = [];
  for (const [path, module] of modules) {
    for (const [name, value] of kind(module[STATE])) {
      if (value === null || seen.has(value)) continue;
      if (removeDuplicate) seen.add(value);
      members.push([path ? `${path}.${name}` : name, value]);
    }
  }
  return members;
}

/** A module's immediate children, each once. */
export function childrenOf(module: Module): [name: string, value: Module][] {
  const seen = new Set<Module>();
  const children: [string, Module][] = [];
  for (const [name, child] of module[STATE].modules) {
    if (child === null || seen.has(child)) continue;
    seen.add(child);
    children.push([name, child]);
  }
  return children;
}

/** A module and all below it, parents first. */
export function modulesOf(root: Module, options: ModuleOptions): [name: string, value: Module][] {
  const { prefix = '', removeDuplicate = true } = options;
  const memo = options.memo ?? new Set<Module>();
  const found: [string, Module][] = [];
  const visit = (path: string, module: Module): void => {
    if (memo.has(module)) return;
    if (removeDuplicate) memo.add(module);
    found.push([path, module]);
    for (const [name, child] of module[STATE].modules) {
      if (child !== null) visit(path ? `${path}.${name}` : name, child);
    }
  };
  visit(prefix, root);
  return found;
}
