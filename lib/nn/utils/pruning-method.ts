/** The base class of what prunes tensors of modules, and several of them one after the other. */
import { type ArgumentsOf, signature } from '../../arguments';
import { AssertionError, AttributeError, ValueError } from '../../errors';
import { onesLike } from '../../generated/torch';
import type { IndexItem } from '../../indexing';
import { contiguousFormat } from '../../layout';
import { isOptions } from '../../ops';
import { typename } from '../../python-repr';
import type { Tensor } from '../../tensor';
import type { Module } from '../module';
import type { Parameter } from '../parameter';
import { addHook, dropHook, hooksOf, memberOf, setMember, takeMember, WeightHook } from './weight-hook';

/** What a method prunes: single elements, whole slices along its `dim`, or what it says itself of all elements. */
export type PruningType = 'unstructured' | 'structured' | 'global';

// biome-ignore lint/suspicious/noExplicitAny: each method has its own arguments.
type MethodClass<Method> = new (...args: any[]) => Method;

const PRUNE = signature('BasePruningMethod.prune', 't', 'defaultMask?', 'importanceScores?').of<
  [t: Tensor, defaultMask?: Tensor | null, importanceScores?: Tensor | null]
>();

function checkScores(scores: Tensor, tensor: Tensor, what: string): void {
  if (String(scores.shape) === String(tensor.shape)) return;
  throw new AssertionError(
    `importance_scores should have the same shape as ${what}, got ${scores.shape} vs ${tensor.shape}`,
  );
}

/**
 * The base class of pruning methods: a subclass says by `PRUNING_TYPE` what it prunes, and computes masks in
 * `computeMask`. A pruned tensor `weight` is computed before each call from `weight_orig`, the parameter, and
 * `weight_mask`, a buffer.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.utils.prune.BasePruningMethod.html
 */
export abstract class BasePruningMethod extends WeightHook {
  /** What it prunes. */
  declare readonly PRUNING_TYPE: PruningType;
  /** Of structured pruning: the dimension along which slices are pruned. */
  declare readonly dim?: number;

  /** The mask of what stays of a tensor, 1 or 0 for each element, given the mask of what is left of it so far. */
  abstract computeMask(t: Tensor, defaultMask: Tensor): Tensor;

  protected override current(module: Module): Tensor {
    return this.applyMask(module);
  }

  /** The pruned tensor: the original one times its mask. */
  applyMask(module: Module): Tensor {
    const name = this._tensorName;
    if (name === undefined) throw new AssertionError(`Module ${module} has to be pruned`);
    const [mask, original] = [memberOf(module, `${name}_mask`), memberOf(module, `${name}_orig`)] as [Tensor, Tensor];
    return mask.to({ dtype: original.dtype }).mul(original);
  }

  /** What is left of a tensor that belongs to no module. Throws an AssertionError for scores of another shape. */
  prune(...args: ArgumentsOf<typeof PRUNE>): Tensor {
    const [t, defaultMask = null, importanceScores = null] = PRUNE.bind(args);
    if (importanceScores !== null) checkScores(importanceScores, t, 'tensor t');
    return t.mul(this.computeMask(importanceScores ?? t, defaultMask ?? onesLike(t)));
  }

  /** Makes the pruned tensor of a module a parameter again, with zeros where it was pruned. */
  remove(module: Module): void {
    const name = this._tensorName;
    if (name === undefined) {
      throw new AssertionError(`Module ${module} has to be pruned before pruning can be removed`);
    }
    const weight = this.applyMask(module);
    const original = memberOf(module, `${name}_orig`) as Parameter;
    takeMember(module, name);
    original.data = weight.data;
    takeMember(module, `${name}_orig`);
    takeMember(module, `${name}_mask`);
    setMember(module, name, original);
    dropHook(module, this);
  }

  /**
   * Prunes a tensor of a module, beside what is pruned of it already, by a method with these arguments. A trailing plain
   * object names some of them, and the `importanceScores` by which to prune if not by the tensor itself.
   *
   * @throws AssertionError for scores of another shape.
   */
  static override apply<Method extends BasePruningMethod>(
    this: MethodClass<Method>,
    module: Module,
    name: string,
    ...args: unknown[]
  ): BasePruningMethod {
    const last = args.at(-1);
    const named = isOptions(last);
    const { importanceScores = null, ...options } = (named ? last : {}) as { importanceScores?: Tensor | null };
    const others = Object.keys(options).length > 0 ? [options] : [];
    const method = combined(module, name, new this(...(named ? args.slice(0, -1) : args), ...others));
    const original = memberOf(module, name) as Parameter;
    if (importanceScores !== null) checkScores(importanceScores, original, `parameter ${name} of ${module}`);
    pruneMember(module, name, method, original, importanceScores ?? original);
    return method;
  }
}

/** A method, with the one that has pruned the tensor so far, if there is one: its hook is removed. */
function combined(module: Module, name: string, method: BasePruningMethod): BasePruningMethod {
  const [before, ...more] = hooksOf(module, BasePruningMethod, name);
  if (more.length > 0) {
    throw new AssertionError(
      `Avoid adding multiple pruning hooks to the same tensor ${name} of module ${module}. Use a PruningContainer.`,
    );
  }
  method._tensorName = name;
  if (before === undefined) return method;
  dropHook(module, before);
  const container = before instanceof PruningContainer ? before : new PruningContainer(before);
  container.addPruningMethod(method);
  return container;
}

function pruneMember(
  module: Module,
  name: string,
  method: BasePruningMethod,
  original: Parameter,
  scores: Tensor,
): void {
  const isFirst = !(method instanceof PruningContainer);
  let mask: Tensor;
  if (isFirst) {
    module.registerParameter(`${name}_orig`, original);
    takeMember(module, name);
    mask = onesLike(original);
  } else {
    mask = (memberOf(module, `${name}_mask`) as Tensor).detach().clone({ memoryFormat: contiguousFormat });
  }
  try {
    module.registerBuffer(`${name}_mask`, method.computeMask(scores, mask));
    setMember(module, name, method.applyMask(module));
    addHook(module, method);
  } catch (error) {
    if (isFirst) {
      module.registerParameter(name, original);
      takeMember(module, `${name}_orig`);
    }
    throw error;
  }
}

/**
 * Several methods that prune one tensor, one after the other.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.utils.prune.PruningContainer.html
 */
export class PruningContainer extends BasePruningMethod {
  private methods: BasePruningMethod[] = [];

  constructor(...methods: BasePruningMethod[]) {
    super();
    if (methods[0] !== undefined) this._tensorName = methods[0]._tensorName;
    for (const method of methods) this.addPruningMethod(method);
  }

  /** Adds a method. Throws a TypeError for what is none, a ValueError if it prunes another tensor. */
  addPruningMethod(method: BasePruningMethod): void {
    if (!(method instanceof BasePruningMethod)) {
      throw new TypeError(`<class '${typename(method)}'> is not a BasePruningMethod subclass`);
    }
    if (this._tensorName !== method._tensorName) {
      throw new ValueError(
        `Can only add pruning methods acting on the parameter named '${this._tensorName}' to PruningContainer ` +
          `${this.constructor.name}. Found '${method._tensorName}'`,
      );
    }
    this.methods.push(method);
  }

  /** The number of methods. */
  get length(): number {
    return this.methods.length;
  }

  /** The method at a position; negative ones count from the end. */
  at(index: number): BasePruningMethod | undefined {
    return this.methods.at(index);
  }

  [Symbol.iterator](): IterableIterator<BasePruningMethod> {
    return this.methods.values();
  }

  /** The mask of the last method, on what the others have left. */
  override computeMask(t: Tensor, defaultMask: Tensor): Tensor {
    const method = this.methods.at(-1) as BasePruningMethod;
    const mask = defaultMask.to({ dtype: t.dtype });
    const left = leftBy(method, t, defaultMask);
    const partial = method.computeMask(t.at(...left), defaultMask.at(...left));
    mask.set(...left, partial.to({ dtype: mask.dtype }));
    return mask;
  }
}

/** What is left of a tensor for a method to prune, as an index. */
function leftBy(method: BasePruningMethod, t: Tensor, mask: Tensor): IndexItem[] {
  const all = new Array<IndexItem>(t.dim()).fill(':');
  if (method.PRUNING_TYPE === 'unstructured') return [mask.eq(1)];
  if (method.PRUNING_TYPE === 'global') return all;
  if (method.PRUNING_TYPE !== 'structured') {
    throw new ValueError(`Unrecognized PRUNING_TYPE ${method.PRUNING_TYPE}`);
  }
  if (method.dim === undefined) {
    throw new AttributeError('Pruning methods of PRUNING_TYPE "structured" need to have the attribute `dim` defined.');
  }
  const dim = method.dim < 0 ? t.dim() + method.dim : method.dim;
  if (dim < 0) throw new RangeError(`Index is out of bounds for tensor with dimensions ${t.dim()}`);
  const others = Array.from(all.keys()).filter((other) => other !== dim);
  return all.with(dim, mask.sum({ dim: others }).ne(0));
}
