/** How averages of parameters take one more: exponential moving averages, and those of equal weights. */
import { noGrad } from '../../autograd/grad-mode';
import { ValueError } from '../../errors';
import { _foreachAdd_, _foreachAddcdiv_, _foreachLerp_, _foreachSub } from '../../generated/torch';
import { Tensor } from '../../tensor';
import { type Hyperparameter, scalar } from '../hyperparameters';

/** Gives the average of a parameter, with its present value, of which `numAveraged` are in the average. */
export type AvgFn = (averaged: Tensor, current: Tensor, numAveraged: Hyperparameter) => Tensor;

/** Puts the present values of parameters into their averages, in place. */
export type MultiAvgFn = (averaged: readonly Tensor[], current: readonly Tensor[], numAveraged: Hyperparameter) => void;

function checkDecay(decay: number): void {
  if (decay >= 0 && decay <= 1) return;
  throw new ValueError(`Invalid decay value ${decay} provided. Please provide a value in [0,1] range.`);
}

function isFractional(tensors: readonly Tensor[]): boolean {
  const { dtype } = tensors[0] as Tensor;
  return dtype.isFloatingPoint || dtype.isComplex;
}

/** By name or by position. */
type Decay = number | { decay?: number };

function decayOf(decay: Decay): number {
  const value = typeof decay === 'number' ? decay : (decay.decay ?? 0.999);
  checkDecay(value);
  return value;
}

/**
 * Averages lists of parameters exponentially: each keeps `decay` of its average.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.optim.swa_utils.get_ema_multi_avg_fn.html
 * @throws ValueError for a decay that is not between 0 and 1.
 */
export function getEmaMultiAvgFn(decay: Decay = 0.999): MultiAvgFn {
  const kept = decayOf(decay);
  return noGrad.wrap((averaged: readonly Tensor[], current: readonly Tensor[]) => {
    if (isFractional(averaged)) {
      _foreachLerp_(averaged, current, 1 - kept);
      return;
    }
    averaged.forEach((average, i) => {
      average.copy_(average.mul(kept).add((current[i] as Tensor).mul(1 - kept)));
    });
  });
}

/**
 * Averages lists of parameters with equal weights.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.optim.swa_utils.get_swa_multi_avg_fn.html
 */
export function getSwaMultiAvgFn(): MultiAvgFn {
  return noGrad.wrap((averaged: readonly Tensor[], current: readonly Tensor[], numAveraged: Hyperparameter) => {
    const count = numAveraged instanceof Tensor ? numAveraged.add(1) : numAveraged + 1;
    const weight = count instanceof Tensor ? count.reciprocal() : 1 / count;
    if (isFractional(averaged)) {
      _foreachLerp_(averaged, current, scalar(weight));
      return;
    }
    const differences = _foreachSub(current, averaged);
    if (count instanceof Tensor)
      _foreachAddcdiv_(
        averaged,
        differences,
        averaged.map(() => count),
      );
    else _foreachAdd_(averaged, differences, { alpha: 1 / count });
  });
}

/**
 * Averages a parameter exponentially: it keeps `decay` of its average.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.optim.swa_utils.get_ema_avg_fn.html
 * @throws ValueError for a decay that is not between 0 and 1.
 */
export function getEmaAvgFn(decay: Decay = 0.999): AvgFn {
  const kept = decayOf(decay);
  return noGrad.wrap((averaged: Tensor, current: Tensor) => averaged.mul(kept).add(current.mul(1 - kept)));
}

/**
 * Averages a parameter with equal weights.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.optim.swa_utils.get_swa_avg_fn.html
 */
export function getSwaAvgFn(): AvgFn {
  return noGrad.wrap((averaged: Tensor, current: Tensor, numAveraged: Hyperparameter) => {
    const count = numAveraged instanceof Tensor ? numAveraged.add(1) : numAveraged + 1;
    return averaged.add(current.sub(averaged).div(count));
  });
}
