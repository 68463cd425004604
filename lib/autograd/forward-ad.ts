/** Forward-mode differentiation: tensors that carry a tangent through the operations on them. */
import { RuntimeError, ValueError } from '../errors';
import { _makeDual, _unpackDual } from '../generated/torch';
import { namedTuple } from '../named-tuple';
import { native } from '../native';
import type { Tensor } from '../tensor';
import { mode } from './grad-mode';

/** The innermost level that is open; -1 where none is. */
let current = -1;

/** A tensor and its tangent, null where it has none: also by position. */
export interface UnpackedDualTensor extends Iterable<Tensor | null> {
  readonly primal: Tensor;
  readonly tangent: Tensor | null;
  readonly 0: Tensor;
  readonly 1: Tensor | null;
  readonly length: 2;
}

/** Where a level is meant other than the current one. */
export interface LevelOption {
  readonly level?: number | null;
}

/** Opens a level, on which tensors may have tangents, and gives its number. @see https://docs.pytorch.org/docs/2.13/generated/torch.autograd.forward_ad.enter_dual_level.html */
export function enterDualLevel(): number {
  const level = native.enterDualLevel();
  if (level !== current + 1) {
    throw new RuntimeError(
      'Entering a new forward AD level but the current level is not valid. Make sure you did not modify it directly.',
    );
  }
  current = level;
  return level;
}

/** Closes the level that was opened last: its tangents are gone. @see https://docs.pytorch.org/docs/2.13/generated/torch.autograd.forward_ad.exit_dual_level.html */
export function exitDualLevel({ level = null }: LevelOption = {}): void {
  if ((level ?? current) !== current) {
    throw new RuntimeError(
      'Trying to exit a forward AD level that was not the last one that was created. This is not supported.',
    );
  }
  native.exitDualLevel(current);
  current--;
}

/**
 * A level for a function's run, or until the scope is left.
 *
 * @example forwardAD.dualLevel(() => unpackDual(f(makeDual(x, v))).tangent);
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.autograd.forward_ad.dual_level.html
 */
export const dualLevel = mode(() => {
  enterDualLevel();
  return () => exitDualLevel();
});

const FIELDS = ['primal', 'tangent'] as const;

function unpacked(primal: Tensor, tangent: Tensor | null): UnpackedDualTensor {
  return namedTuple(FIELDS, [primal, tangent]) as unknown as UnpackedDualTensor;
}

/**
 * A view of the tensor that carries a tangent.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.autograd.forward_ad.make_dual.html
 * @throws RuntimeError where no level is open; ValueError for dtypes that have no derivatives.
 */
export function makeDual(tensor: Tensor, tangent: Tensor, { level = null }: LevelOption = {}): Tensor {
  const used = level ?? current;
  if (used < 0) {
    throw new RuntimeError(
      'Trying to create a dual Tensor for forward AD but no level exists, make sure to enter_dual_level() first.',
    );
  }
  for (const [name, value] of Object.entries({ primal: tensor, tangent })) {
    if (value.dtype.isFloatingPoint || value.dtype.isComplex) continue;
    throw new ValueError(`Expected ${name} to be floating point or complex, but got: ${value.dtype}`);
  }
  return _makeDual(tensor, tangent, used);
}

/**
 * A tensor without its tangent, and the tangent.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.autograd.forward_ad.unpack_dual.html
 */
export function unpackDual(tensor: Tensor, { level = null }: LevelOption = {}): UnpackedDualTensor {
  const used = level ?? current;
  if (used < 0) return unpacked(tensor, null);
  const [primal, tangent] = _unpackDual(tensor, used);
  return unpacked(primal, tangent);
}
