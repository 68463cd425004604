/** The methods that prune: by chance, by magnitude, by given masks. */
import { type ArgumentsOf, signature } from '../../arguments';
import { AssertionError, ValueError } from '../../errors';
import { norm } from '../../functional/norm';
import { abs, kthvalue, rand, randLike, topk, zerosLike } from '../../generated/torch';
import type { IndexItem } from '../../indexing';
import { contiguousFormat } from '../../layout';
import { repr } from '../../python-repr';
import type { Tensor } from '../../tensor';
import { BasePruningMethod } from './pruning-method';

/** How much to prune: a whole number of elements or slices, else a part of them between 0 and 1. */
export type Amount = number;

function checkedAmount(amount: Amount): Amount {
  if (typeof amount !== 'number') {
    throw new TypeError(`Invalid type for amount: ${amount}. Must be int or float.`);
  }
  if (amount < 0 || (!Number.isInteger(amount) && amount > 1) || Number.isNaN(amount)) {
    throw new ValueError(
      `amount=${repr(amount)} should either be a float in the range [0, 1] or a non-negative integer`,
    );
  }
  return amount;
}

/** Python's `round`: halves go to the even number. */
function round(value: number): number {
  const below = Math.floor(value);
  const rest = value - below;
  return rest > 0.5 || (rest === 0.5 && below % 2 === 1) ? below + 1 : below;
}

/** How many of `size` an amount is. Throws a ValueError if it is more. */
function countOf(amount: Amount, size: number): number {
  if (!Number.isInteger(amount)) return round(amount * size);
  if (amount > size) {
    throw new ValueError(`amount=${amount} should be smaller than the number of parameters to prune=${size}`);
  }
  return amount;
}

/** A mask without the elements at these positions, counted through all dimensions. */
function without(mask: Tensor, positions: Tensor): Tensor {
  const copy = mask.clone({ memoryFormat: contiguousFormat });
  copy.view(-1).set(positions, 0);
  return copy;
}

/** A mask without the slices along a dimension that are not among those kept, numbers or a boolean for each. */
function within(mask: Tensor, t: Tensor, dim: number, kept: Tensor): Tensor {
  const items = new Array<IndexItem>(t.dim()).fill(':');
  const slices = zerosLike(t);
  slices.set(...items.with(dim < 0 ? t.dim() + dim : dim, kept), 1);
  return slices.mul_(mask.to({ dtype: slices.dtype }));
}

/** The number of slices along a dimension. Throws a ValueError for vectors, a RangeError if there is no such dimension. */
function slicesOf(t: Tensor, dim: number): number {
  if (t.dim() <= 1) {
    throw new ValueError(
      'Structured pruning can only be applied to multidimensional tensors. Found tensor of shape ' +
        `${t.shape} with ${t.dim()} dims`,
    );
  }
  if (dim >= t.dim()) throw new RangeError(`Invalid index ${dim} for tensor of size ${t.shape}`);
  return t.size(dim);
}

/**
 * Prunes nothing, but makes the original and the mask that a pruned tensor has.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.utils.prune.Identity.html
 */
export class Identity extends BasePruningMethod {
  override readonly PRUNING_TYPE = 'unstructured';

  override computeMask(_t: Tensor, defaultMask: Tensor): Tensor {
    return defaultMask;
  }
}

const RANDOM = signature('RandomUnstructured.__init__', 'amount').of<[amount: Amount]>();

/**
 * Prunes elements by chance.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.utils.prune.RandomUnstructured.html
 */
export class RandomUnstructured extends BasePruningMethod {
  override readonly PRUNING_TYPE = 'unstructured';
  readonly amount: Amount;

  constructor(...args: ArgumentsOf<typeof RANDOM>) {
    super();
    this.amount = checkedAmount(RANDOM.bind(args)[0]);
  }

  override computeMask(t: Tensor, defaultMask: Tensor): Tensor {
    const count = countOf(this.amount, t.numel());
    if (count === 0) return defaultMask.clone({ memoryFormat: contiguousFormat });
    return without(defaultMask, topk(randLike(t).view(-1), count).indices);
  }
}

const L1 = signature('L1Unstructured.__init__', 'amount').of<[amount: Amount]>();

/**
 * Prunes the elements of least magnitude.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.utils.prune.L1Unstructured.html
 */
export class L1Unstructured extends BasePruningMethod {
  override readonly PRUNING_TYPE = 'unstructured';
  readonly amount: Amount;

  constructor(...args: ArgumentsOf<typeof L1>) {
    super();
    this.amount = checkedAmount(L1.bind(args)[0]);
  }

  override computeMask(t: Tensor, defaultMask: Tensor): Tensor {
    const count = countOf(this.amount, t.numel());
    if (count === 0) return defaultMask.clone({ memoryFormat: contiguousFormat });
    return without(defaultMask, topk(abs(t).view(-1), count, { largest: false }).indices);
  }
}

const RANDOM_STRUCTURED = signature('RandomStructured.__init__', 'amount', 'dim?').of<[amount: Amount, dim?: number]>();

/**
 * Prunes slices along a dimension by chance.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.utils.prune.RandomStructured.html
 */
export class RandomStructured extends BasePruningMethod {
  override readonly PRUNING_TYPE = 'structured';
  readonly amount: Amount;
  override readonly dim: number;

  constructor(...args: ArgumentsOf<typeof RANDOM_STRUCTURED>) {
    super();
    const [amount, dim = -1] = RANDOM_STRUCTURED.bind(args);
    this.amount = checkedAmount(amount);
    this.dim = dim;
  }

  override computeMask(t: Tensor, defaultMask: Tensor): Tensor {
    const slices = slicesOf(t, this.dim);
    const count = countOf(this.amount, slices);
    if (count === 0) return defaultMask;
    const chances = rand(slices);
    return within(defaultMask, t, this.dim, chances.gt(kthvalue(chances, count).values));
  }
}

const LN_STRUCTURED = signature('LnStructured.__init__', 'amount', 'n', 'dim?').of<
  [amount: Amount, n: number | 'fro' | 'nuc', dim?: number]
>();

/**
 * Prunes the slices along a dimension that have the least norms of order `n`.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.utils.prune.LnStructured.html
 */
export class LnStructured extends BasePruningMethod {
  override readonly PRUNING_TYPE = 'structured';
  readonly amount: Amount;
  readonly n: number | 'fro' | 'nuc';
  override readonly dim: number;

  constructor(...args: ArgumentsOf<typeof LN_STRUCTURED>) {
    super();
    const [amount, n, dim = -1] = LN_STRUCTURED.bind(args);
    this.amount = checkedAmount(amount);
    this.n = n;
    this.dim = dim;
  }

  override computeMask(t: Tensor, defaultMask: Tensor): Tensor {
    const slices = slicesOf(t, this.dim);
    const count = countOf(this.amount, slices);
    const dims = Array.from({ length: t.dim() }, (_, dim) => dim).toSpliced(this.dim, 1);
    const largest = topk(norm(t, this.n, { dim: dims }), slices - count, { largest: true });
    return count === 0 ? defaultMask : within(defaultMask, t, this.dim, largest.indices);
  }
}

const CUSTOM = signature('CustomFromMask.__init__', 'mask').of<[mask: Tensor]>();

/**
 * Prunes by a given mask.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.utils.prune.CustomFromMask.html
 */
export class CustomFromMask extends BasePruningMethod {
  override readonly PRUNING_TYPE = 'global';
  readonly mask: Tensor;

  constructor(...args: ArgumentsOf<typeof CUSTOM>) {
    super();
    [this.mask] = CUSTOM.bind(args);
  }

  override computeMask(_t: Tensor, defaultMask: Tensor): Tensor {
    if (String(defaultMask.shape) !== String(this.mask.shape)) {
      throw new AssertionError(`default_mask shape ${defaultMask.shape} must match self.mask shape ${this.mask.shape}`);
    }
    return defaultMask.mul(this.mask.to({ dtype: defaultMask.dtype }));
  }
}
