/** How schedulers set the momentum of an optimizer: its `momentum`, or the first of its `betas`. */
import { ValueError } from '../../errors';
import type { Hyperparameter } from '../hyperparameters';
import { type AnyOptimizer, type Group, groupsOf } from './scheduler';

/** Whether the momentum is the first of `betas`. Throws a ValueError for an optimizer without momentum. */
export function usesBeta1({ defaults }: AnyOptimizer): boolean {
  if (!('momentum' in defaults) && !('betas' in defaults)) {
    throw new ValueError('optimizer must support momentum or beta1 with `cycle_momentum` option enabled');
  }
  return 'betas' in defaults;
}

/** Sets the momentum of a group. */
export function setMomentum(group: Group, momentum: Hyperparameter, useBeta1: boolean): void {
  if (useBeta1) group.betas = [momentum, ...(group.betas as Hyperparameter[]).slice(1)];
  else group.momentum = momentum;
}

/** Sets the momenta of all groups to the largest ones, and notes their limits. */
export function beginMomenta(
  optimizer: AnyOptimizer,
  base: readonly Hyperparameter[],
  largest: readonly Hyperparameter[],
  useBeta1: boolean,
): void {
  groupsOf(optimizer).forEach((group, i) => {
    setMomentum(group, largest[i] as Hyperparameter, useBeta1);
    group.maxMomentum = largest[i];
    group.baseMomentum = base[i];
  });
}
