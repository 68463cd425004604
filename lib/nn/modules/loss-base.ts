/** What losses have in common. */
import { type Signature, signature } from '../../arguments';
import type { Tensor } from '../../tensor';
import { legacyReduction, type Reduction } from '../functional/reduction';
import { Module } from '../module';

/** PyTorch's older flags for `reduction`. */
export type Flag = boolean | null;

/** The base class of losses. */
export abstract class _Loss extends Module {
  /** What becomes of the elements' losses. */
  reduction: Reduction;

  /** @internal */
  constructor(sizeAverage?: Flag, reduce?: Flag, reduction: Reduction = 'mean') {
    super();
    this.reduction = legacyReduction(sizeAverage, reduce, reduction) as Reduction;
  }
}

/** The base class of losses with a weight for each class. */
export abstract class _WeightedLoss extends _Loss {
  /** A buffer with the weight of each class, or null. */
  weight!: Tensor | null;

  /** @internal */
  constructor(weight: Tensor | null = null, sizeAverage?: Flag, reduce?: Flag, reduction?: Reduction) {
    super(sizeAverage, reduce, reduction);
    this.registerBuffer('weight', weight);
  }
}

/** The parameters of a loss without further options. */
export const LOSS = signature('_Loss.__init__', 'sizeAverage?', 'reduce?', 'reduction?').of<
  [sizeAverage?: Flag, reduce?: Flag, reduction?: Reduction]
>();

/** The parameters of a loss with a weight for each class. */
export const WEIGHTED_LOSS = signature('_WeightedLoss.__init__', 'weight?', 'sizeAverage?', 'reduce?', 'reduction?').of<
  [weight?: Tensor | null, sizeAverage?: Flag, reduce?: Flag, reduction?: Reduction]
>();

/** The arguments of a call of most losses, that of a class of this name. */
export function inputAndTarget(name: string): Signature<[input: Tensor, target: Tensor], readonly ['input', 'target']> {
  return signature(`${name}.forward`, 'input', 'target').of<[input: Tensor, target: Tensor]>();
}
