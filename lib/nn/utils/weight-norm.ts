/** The older weight normalisation, by a hook: `torch.nn.utils.weight_norm`. */
import { type Arguments, signature } from '../../arguments';
import { RuntimeError, ValueError } from '../../errors';
import { _weightNorm, normExceptDim } from '../../generated/torch';
import type { Tensor } from '../../tensor';
import { warn } from '../../warnings';
import type { Module } from '../module';
import { Parameter } from '../parameter';
import { UninitializedParameter } from '../uninitialized';
import { addHook, dropHook, hooksOf, memberOf, setMember, takeMember, WeightHook } from './weight-hook';

/** Computes a weight from its lengths, `weight_g`, and its direction, `weight_v`. */
class WeightNorm extends WeightHook {
  constructor(
    name: string,
    private readonly dim: number,
  ) {
    super();
    this._tensorName = name;
  }

  protected override current(module: Module): Tensor {
    const [length, direction] = ['g', 'v'].map((part) => memberOf(module, `${this._tensorName}_${part}`));
    return _weightNorm(direction as Tensor, length as Tensor, this.dim);
  }

  apply(module: Module, weight: Tensor): void {
    const name = this._tensorName;
    takeMember(module, name);
    module.registerParameter(`${name}_g`, new Parameter(normExceptDim(weight, 2, this.dim).data));
    module.registerParameter(`${name}_v`, new Parameter(weight.data));
    setMember(module, name, this.current(module));
    addHook(module, this);
  }

  remove(module: Module): void {
    const name = this._tensorName;
    const weight = this.current(module);
    for (const member of [name, `${name}_g`, `${name}_v`]) takeMember(module, member);
    setMember(module, name, new Parameter(weight.data));
    dropHook(module, this);
  }
}

const APPLY = signature('weight_norm', 'module', 'name?', 'dim?');

/**
 * Parts a weight into its lengths, `weight_g`, and its direction, `weight_v`, from which a hook computes it before each
 * call. Deprecated in PyTorch: see `parametrizations.weightNorm`.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.utils.weight_norm.html
 * @throws RuntimeError if the weight has such a hook; ValueError if it has no values yet.
 */
export function weightNorm<M extends Module>(
  ...args: Arguments<[module: M, name?: string, dim?: number | null], readonly ['module', 'name?', 'dim?']>
): M {
  const [module, name = 'weight', dim = 0] = APPLY.bind(args) as [M, string?, (number | null)?];
  warn(
    '`torch.nn.utils.weight_norm` is deprecated in favor of `torch.nn.utils.parametrizations.weight_norm`.',
    'FutureWarning',
  );
  if (hooksOf(module, WeightNorm, name).length > 0) {
    throw new RuntimeError(`Cannot register two weight_norm hooks on the same parameter ${name}`);
  }
  const weight = memberOf(module, name);
  if (weight instanceof UninitializedParameter) {
    throw new ValueError(
      "The module passed to `WeightNorm` can't have uninitialized parameters. Make sure to run the dummy forward " +
        'before applying weight normalization',
    );
  }
  new WeightNorm(name, dim ?? -1).apply(module, weight as Tensor);
  return module;
}

const REMOVE = signature('remove_weight_norm', 'module', 'name?');

/**
 * Makes a weight that `weightNorm` parted one parameter again.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.utils.remove_weight_norm.html
 * @throws ValueError if it is not parted.
 */
export function removeWeightNorm<M extends Module>(
  ...args: Arguments<[module: M, name?: string], readonly ['module', 'name?']>
): M {
  const [module, name = 'weight'] = REMOVE.bind(args) as [M, string?];
  const [hook] = hooksOf(module, WeightNorm, name);
  if (hook === undefined) throw new ValueError(`weight_norm of '${name}' not found in ${module}`);
  hook.remove(module);
  return module;
}
