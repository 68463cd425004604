/** Prunes tensors of modules: `torch.nn.utils.prune`. */
import { type Arguments, signature } from '../../arguments';
import { ValueError } from '../../errors';
import { onesLike } from '../../generated/torch';
import { isOptions } from '../../ops';
import { typename } from '../../python-repr';
import type { Tensor } from '../../tensor';
import type { Module } from '../module';
import { parametersToVector } from './convert-parameters';
import { BasePruningMethod, PruningContainer, type PruningType } from './pruning-method';
import {
  type Amount,
  CustomFromMask,
  Identity,
  L1Unstructured,
  LnStructured,
  RandomStructured,
  RandomUnstructured,
} from './pruning-methods';
import { hooksOf, memberOf } from './weight-hook';

export {
  type Amount,
  BasePruningMethod,
  CustomFromMask,
  Identity,
  L1Unstructured,
  LnStructured,
  PruningContainer,
  type PruningType,
  RandomStructured,
  RandomUnstructured,
};

const IDENTITY = signature('identity', 'module', 'name');

/**
 * Prunes nothing, but makes the original and the mask that a pruned tensor has.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.utils.prune.identity.html
 */
export function identity<M extends Module>(
  ...args: Arguments<[module: M, name: string], readonly ['module', 'name']>
): M {
  const [module, name] = IDENTITY.bind(args) as [M, string];
  Identity.apply(module, name);
  return module;
}

const RANDOM_UNSTRUCTURED = signature('random_unstructured', 'module', 'name', 'amount');

/**
 * Prunes elements of a tensor by chance. A whole `amount` is their number, any other their part.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.utils.prune.random_unstructured.html
 * @throws ValueError for an amount that is negative or more than there is.
 */
export function randomUnstructured<M extends Module>(
  ...args: Arguments<[module: M, name: string, amount: Amount], readonly ['module', 'name', 'amount']>
): M {
  const [module, name, amount] = RANDOM_UNSTRUCTURED.bind(args) as [M, string, Amount];
  RandomUnstructured.apply(module, name, amount);
  return module;
}

const L1_UNSTRUCTURED = signature('l1_unstructured', 'module', 'name', 'amount', 'importanceScores?');

/**
 * Prunes the elements of a tensor that have the least magnitude, or the least of the scores.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.utils.prune.l1_unstructured.html
 * @throws ValueError for an amount that is negative or more than there is.
 */
export function l1Unstructured<M extends Module>(
  ...args: Arguments<
    [module: M, name: string, amount: Amount, importanceScores?: Tensor | null],
    readonly ['module', 'name', 'amount', 'importanceScores?']
  >
): M {
  const [module, name, amount, importanceScores = null] = L1_UNSTRUCTURED.bind(args) as [
    M,
    string,
    Amount,
    (Tensor | null)?,
  ];
  L1Unstructured.apply(module, name, amount, { importanceScores });
  return module;
}

const RANDOM_STRUCTURED = signature('random_structured', 'module', 'name', 'amount', 'dim');

/**
 * Prunes slices of a tensor along a dimension by chance.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.utils.prune.random_structured.html
 * @throws ValueError for a vector, or an amount that is negative or more than there is.
 */
export function randomStructured<M extends Module>(
  ...args: Arguments<
    [module: M, name: string, amount: Amount, dim: number],
    readonly ['module', 'name', 'amount', 'dim']
  >
): M {
  const [module, name, amount, dim] = RANDOM_STRUCTURED.bind(args) as [M, string, Amount, number];
  RandomStructured.apply(module, name, amount, dim);
  return module;
}

const LN_STRUCTURED = signature('ln_structured', 'module', 'name', 'amount', 'n', 'dim', 'importanceScores?');

/**
 * Prunes the slices of a tensor along a dimension that have the least norms of order `n`, or the least of the scores.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.utils.prune.ln_structured.html
 * @throws ValueError for a vector, or an amount that is negative or more than there is.
 */
export function lnStructured<M extends Module>(
  ...args: Arguments<
    [module: M, name: string, amount: Amount, n: number | 'fro' | 'nuc', dim: number, importanceScores?: Tensor | null],
    readonly ['module', 'name', 'amount', 'n', 'dim', 'importanceScores?']
  >
): M {
  const [module, name, amount, n, dim, importanceScores = null] = LN_STRUCTURED.bind(args) as [
    M,
    string,
    Amount,
    number,
    number,
    (Tensor | null)?,
  ];
  LnStructured.apply(module, name, amount, n, dim, { importanceScores });
  return module;
}

/** A module and the name of its tensor. */
export type NamedTensor = readonly [module: Module, name: string];

/** How to prune tensors of several modules together. */
export interface GlobalOptions {
  /** By what to prune, if not by the tensors themselves: a Map whose keys are pairs of a module and a name. */
  importanceScores?: ReadonlyMap<NamedTensor, Tensor> | null;
  /** An argument of the method. */
  [argument: string]: unknown;
}

/**
 * Prunes tensors of several modules as if they were one, by a method for single elements. Further names in the options
 * are arguments of the method.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.utils.prune.global_unstructured.html
 * @throws TypeError for a method that does not prune single elements.
 * @example prune.globalUnstructured([[conv, 'weight'], [linear, 'weight']], prune.L1Unstructured, { amount: 0.2 });
 */
export function globalUnstructured(
  parameters: Iterable<NamedTensor>,
  pruningMethod: new (options: never) => BasePruningMethod,
  importanceScores?: GlobalOptions | ReadonlyMap<NamedTensor, Tensor> | null,
  kwargs: Record<string, unknown> = {},
): void {
  if (typeof (parameters as Partial<Iterable<NamedTensor>> | null)?.[Symbol.iterator] !== 'function') {
    throw new TypeError('global_unstructured(): parameters is not an Iterable');
  }
  const named = isOptions(importanceScores) ? (importanceScores as GlobalOptions) : { importanceScores, ...kwargs };
  const { importanceScores: given, ...options } = named;
  const scores = given ?? new Map();
  if (!(scores instanceof Map)) {
    throw new TypeError('global_unstructured(): importance_scores must be of type dict');
  }
  const pairs = [...parameters];
  const all = parametersToVector(pairs.map((pair) => scoreOf(scores, pair) ?? (memberOf(...pair) as Tensor)));
  const masks = parametersToVector(
    pairs.map(([module, name]) => memberOf(module, `${name}_mask`) ?? onesLike(memberOf(module, name) as Tensor)),
  );
  const container = new PruningContainer();
  const method = new pruningMethod(options as never);
  container._tensorName = 'temp';
  method._tensorName = 'temp';
  if (method.PRUNING_TYPE !== 'unstructured') {
    throw new TypeError(
      'Only "unstructured" PRUNING_TYPE supported for the `pruning_method`. Found method ' +
        `<class '${typename(method)}'> of type ${method.PRUNING_TYPE}`,
    );
  }
  container.addPruningMethod(method);
  const mask = container.computeMask(all, masks);
  let start = 0;
  for (const [module, name] of pairs) {
    const tensor = memberOf(module, name) as Tensor;
    customFromMask(module, name, mask.narrow(0, start, tensor.numel()).viewAs(tensor));
    start += tensor.numel();
  }
}

function scoreOf(scores: ReadonlyMap<NamedTensor, Tensor>, [module, name]: NamedTensor): Tensor | undefined {
  return [...scores].find(([[other, otherName]]) => other === module && otherName === name)?.[1];
}

const CUSTOM_FROM_MASK = signature('custom_from_mask', 'module', 'name', 'mask');

/**
 * Prunes a tensor by a mask: what is zero in it.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.utils.prune.custom_from_mask.html
 */
export function customFromMask<M extends Module>(
  ...args: Arguments<[module: M, name: string, mask: Tensor], readonly ['module', 'name', 'mask']>
): M {
  const [module, name, mask] = CUSTOM_FROM_MASK.bind(args) as [M, string, Tensor];
  CustomFromMask.apply(module, name, mask);
  return module;
}

const REMOVE = signature('remove', 'module', 'name');

/**
 * Makes a pruned tensor a parameter again, with zeros where it was pruned.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.utils.prune.remove.html
 * @throws ValueError if it is not pruned.
 */
export function remove<M extends Module>(
  ...args: Arguments<[module: M, name: string], readonly ['module', 'name']>
): M {
  const [module, name] = REMOVE.bind(args) as [M, string];
  const [method] = hooksOf(module, BasePruningMethod, name);
  if (method === undefined) {
    throw new ValueError(`Parameter '${name}' of module ${module} has to be pruned before pruning can be removed`);
  }
  method.remove(module);
  return module;
}

const IS_PRUNED = signature('is_pruned', 'module');

/**
 * Whether a tensor of a module, or of one below it, is pruned.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.utils.prune.is_pruned.html
 */
export function isPruned(...args: Arguments<[module: Module], readonly ['module']>): boolean {
  const [module] = IS_PRUNED.bind(args) as [Module];
  return module.modules().some((one) => hooksOf(one, BasePruningMethod).length > 0);
}
