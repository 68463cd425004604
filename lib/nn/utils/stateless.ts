/** Calls modules with other tensors in the place of their parameters and buffers: `torch.nn.utils.stateless`. */
import { RuntimeError, ValueError } from '../../errors';
import { listRepr, stringRepr } from '../../python-repr';
import type { Tensor } from '../../tensor';
import type { Module } from '../module';
import { STATE } from '../module/state';
import type { Parameter } from '../parameter';

/** Tensors by the paths of the parameters and buffers in whose place they are. */
export type Members = ReadonlyMap<string, Tensor> | Readonly<Record<string, Tensor>>;

/** How the paths are matched. */
export interface FunctionalCallOptions {
  /** Whether a tensor given for one of several tied members is used for all of them. */
  tieWeights?: boolean;
  /** Whether there has to be a tensor for every member, and no other. */
  strict?: boolean;
}

/**
 * What a module gives with these tensors as its parameters and buffers. The module itself does not change, except for
 * what it writes into its buffers.
 *
 * @param args The arguments: an array of them, or one. A trailing plain object is Python's kwargs.
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.func.functional_call.html
 * @throws ValueError for several values of one tied member; RuntimeError for missing or unexpected names if strict.
 */
export function functionalCall<M extends Module>(
  module: M,
  parametersAndBuffers: Members | readonly Members[],
  args: unknown = [],
  kwargs: Record<string, unknown> | null = null,
  { tieWeights = true, strict = false }: FunctionalCallOptions = {},
): ReturnType<M['forward']> {
  const given = merged(parametersAndBuffers);
  const members = tieWeights ? withTied(module, given) : given;
  if (strict) checkNames(module, members);
  const positional = Array.isArray(args) ? args : [args];
  const replaced: [path: string, before: Tensor | null][] = [];
  try {
    for (const [path, tensor] of members) replaced.push([path, replace(module, path, tensor)]);
    return (module as unknown as (...all: unknown[]) => ReturnType<M['forward']>)(
      ...positional,
      ...(kwargs === null ? [] : [kwargs]),
    );
  } finally {
    for (const [path, before] of replaced.reverse()) if (before !== null) replace(module, path, before);
  }
}

function entriesOf(members: Members): [string, Tensor][] {
  return members instanceof Map ? [...members] : Object.entries(members);
}

function merged(given: Members | readonly Members[]): Map<string, Tensor> {
  if (!Array.isArray(given)) return new Map(entriesOf(given as Members));
  const names = given.flatMap((members) => entriesOf(members).map(([name]) => name));
  const repeated = [...new Set(names.filter((name, i) => names.indexOf(name) !== i))];
  if (repeated.length > 0) {
    throw new ValueError(
      `${listRepr(repeated)} appeared in multiple dictionaries; behavior of functional call is ambiguous`,
    );
  }
  return new Map(given.flatMap(entriesOf));
}

function allMembers(module: Module): [name: string, member: Tensor][] {
  const options = { removeDuplicate: false };
  return [...module.namedParameters(options), ...module.namedBuffers(options)];
}

/** The given tensors, and each for all the names of the member that it replaces. */
function withTied(module: Module, given: ReadonlyMap<string, Tensor>): Map<string, Tensor> {
  const names = new Map<Tensor, string[]>();
  for (const [name, member] of allMembers(module)) names.set(member, [...(names.get(member) ?? []), name]);
  const result = new Map(given);
  for (const tied of names.values()) {
    const named = tied.filter((name) => given.has(name));
    if (named.length === 0) continue;
    if (new Set(named.map((name) => given.get(name))).size > 1) {
      throw new ValueError(
        `functional_call got multiple values for keys ${listRepr(named.sort())}, which are tied. Consider using ` +
          'tie_weights=False',
      );
    }
    for (const name of tied) result.set(name, given.get(named[0] as string) as Tensor);
  }
  return result;
}

function checkNames(module: Module, given: ReadonlyMap<string, Tensor>): void {
  const known = new Set(allMembers(module).map(([name]) => name));
  const problems = [
    ['Unexpected', [...given.keys()].filter((name) => !known.has(name)).sort()],
    ['Missing', [...known].filter((name) => !given.has(name)).sort()],
  ] as const;
  const lines = problems.flatMap(([what, names]) =>
    names.length > 0 ? [`${what} key(s): ${names.map(stringRepr).join(', ')}.`] : [],
  );
  if (lines.length === 0) return;
  throw new RuntimeError(`Error(s) in reparametrizing for ${module._getName()}:\n\t${lines.join('\n\t')}`);
}

/** Puts a tensor in a member's place, whatever its class, and gives the member; null where there is none. */
function replace(root: Module, path: string, tensor: Tensor): Tensor | null {
  const dot = path.lastIndexOf('.');
  const name = path.slice(dot + 1);
  const { parameters, buffers, target } = root.getSubmodule(path.slice(0, Math.max(dot, 0)))[STATE];
  const before = parameters.get(name) ?? buffers.get(name) ?? null;
  if (before === null) return null;
  if (parameters.has(name)) parameters.set(name, tensor as Parameter);
  else buffers.set(name, tensor);
  Object.defineProperty(target, name, { value: tensor, writable: true, enumerable: true, configurable: true });
  return before;
}
