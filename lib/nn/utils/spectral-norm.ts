/** The older spectral normalisation, by a hook: `torch.nn.utils.spectral_norm`. */
import { type Arguments, signature } from '../../arguments';
import { noGrad } from '../../autograd/grad-mode';
import { RuntimeError, ValueError } from '../../errors';
import { multiDot } from '../../generated/linalg';
import { dot, mv } from '../../generated/torch';
import { contiguousFormat } from '../../layout';
import type { RemovableHandle } from '../../removable-handle';
import type { Tensor } from '../../tensor';
import { normalize } from '../functional/normalization';
import type { Module } from '../module';
import { STATE } from '../module/state';
import type { LocalMetadata, StateDict } from '../module/state-dict';
import { Parameter } from '../parameter';
import { UninitializedParameter } from '../uninitialized';
import { addHook, dropHook, hooksOf, memberOf, setMember, takeMember, WeightHook } from './weight-hook';
import { outputDim, weightMatrix } from './weight-matrix';

/** The layout of the state: before the first, the weight itself was saved and one of the vectors was not. */
const VERSION = 1;

/** Divides a weight, which is in `weight_orig`, by its largest singular value; its vectors are `weight_u` and `weight_v`. */
class SpectralNorm extends WeightHook {
  private handles: RemovableHandle[] = [];

  constructor(
    name: string,
    private readonly nPowerIterations: number,
    private readonly dim: number,
    private readonly eps: number,
  ) {
    super();
    this._tensorName = name;
    if (nPowerIterations <= 0) {
      throw new ValueError(
        `Expected n_power_iterations to be positive, but got n_power_iterations=${nPowerIterations}`,
      );
    }
  }

  private matrix(weight: Tensor): Tensor {
    const first = weightMatrix(weight, this.dim);
    return first.reshape(first.size(0), -1);
  }

  protected override current(module: Module): Tensor {
    return this.weight(module, module.training);
  }

  private weight(module: Module, iterates: boolean): Tensor {
    const members = ['orig', 'u', 'v'].map((part) => memberOf(module, `${this._tensorName}_${part}`));
    const [weight, u, v] = members as [Tensor, Tensor, Tensor];
    const matrix = this.matrix(weight);
    const vectors = iterates ? this.iterate(matrix, u, v) : { u, v };
    return weight.div(dot(vectors.u, mv(matrix, vectors.v)));
  }

  /** Improves the vectors in place and copies them: a later call changes them, and the backward pass of this one needs them. */
  private iterate(matrix: Tensor, u: Tensor, v: Tensor): { u: Tensor; v: Tensor } {
    const { eps, nPowerIterations } = this;
    return noGrad(() => {
      for (let i = 0; i < nPowerIterations; i++) {
        normalize(mv(matrix.t(), u), { dim: 0, eps, out: v });
        normalize(mv(matrix, v), { dim: 0, eps, out: u });
      }
      const memoryFormat = contiguousFormat;
      return { u: u.clone({ memoryFormat }), v: v.clone({ memoryFormat }) };
    });
  }

  apply(module: Module, weight: Parameter): void {
    const { _tensorName: name, eps } = this;
    const [u, v] = noGrad(() =>
      this.matrix(weight).shape.map((size) => normalize(weight.newEmpty(size).normal_(0, 1), { dim: 0, eps })),
    ) as [Tensor, Tensor];
    takeMember(module, name);
    module.registerParameter(`${name}_orig`, weight);
    // A plain tensor: a parameter would be registered.
    setMember(module, name, weight.data);
    module.registerBuffer(`${name}_u`, u);
    module.registerBuffer(`${name}_v`, v);
    addHook(module, this);
    this.handles = [
      module.registerStateDictPostHook((_, __, ___, metadata) => this.note(metadata)),
      module.registerLoadStateDictPreHook((_, stateDict, prefix, metadata, strict, missingKeys) =>
        this.convert(stateDict, prefix, metadata, strict, missingKeys),
      ),
    ];
  }

  remove(module: Module): void {
    const name = this._tensorName;
    const weight = noGrad(() => this.weight(module, false));
    for (const member of [name, `${name}_u`, `${name}_v`, `${name}_orig`]) takeMember(module, member);
    module.registerParameter(name, new Parameter(weight.detach()));
    dropHook(module, this);
    for (const handle of this.handles) handle.remove();
  }

  /** Notes the version in what is saved. */
  private note(metadata: LocalMetadata): void {
    metadata.spectral_norm ??= {};
    const key = `${this._tensorName}.version`;
    if (key in metadata.spectral_norm) throw new RuntimeError(`Unexpected key in metadata['spectral_norm']: ${key}`);
    metadata.spectral_norm[key] = VERSION;
  }

  /** Converts what older versions saved. */
  private convert(
    stateDict: StateDict,
    prefix: string,
    metadata: LocalMetadata,
    strict: boolean,
    missingKeys: string[],
  ): void {
    const version = metadata.spectral_norm?.[`${this._tensorName}.version`];
    const key = prefix + this._tensorName;
    if (version !== undefined && version >= VERSION) return;
    const isCurrent = ['_orig', '_u', '_v'].every((suffix) => stateDict.has(key + suffix)) && !stateDict.has(key);
    if (version === undefined && isCurrent) return;
    const missing = ['_orig', '', '_u'].map((suffix) => key + suffix).filter((name) => !stateDict.has(name));
    if (strict) missingKeys.push(...missing);
    if (missing.length > 0) return;
    noGrad(() => {
      const original = stateDict.get(`${key}_orig`) as Tensor;
      const weight = stateDict.get(key) as Tensor;
      stateDict.delete(key);
      const sigma = original.div(weight).mean();
      stateDict.set(`${key}_v`, solve(this.matrix(original), stateDict.get(`${key}_u`) as Tensor, sigma));
    });
  }
}

/** The vector with which another and a matrix give this singular value. */
function solve(matrix: Tensor, u: Tensor, sigma: Tensor): Tensor {
  const v = multiDot([matrix.t().mm(matrix).pinverse(), matrix.t(), u.unsqueeze(1)]).squeeze(1);
  return v.mul_(sigma.div(dot(u, mv(matrix, v))));
}

const APPLY = signature('spectral_norm', 'module', 'name?', 'nPowerIterations?', 'eps?', 'dim?');

/**
 * Divides a weight by its largest singular value before each call, by a hook. See `parametrizations.spectralNorm` for
 * how it is done now.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.utils.spectral_norm.html
 * @throws RuntimeError if the weight has such a hook; ValueError if there is none, it has no values yet, or no iteration.
 */
export function spectralNorm<M extends Module>(
  ...args: Arguments<
    [module: M, name?: string, nPowerIterations?: number, eps?: number, dim?: number | null],
    readonly ['module', 'name?', 'nPowerIterations?', 'eps?', 'dim?']
  >
): M {
  const [module, name = 'weight', nPowerIterations = 1, eps = 1e-12, dim = null] = APPLY.bind(args) as [
    M,
    string?,
    number?,
    number?,
    (number | null)?,
  ];
  if (hooksOf(module, SpectralNorm, name).length > 0) {
    throw new RuntimeError(`Cannot register two spectral_norm hooks on the same parameter ${name}`);
  }
  const hook = new SpectralNorm(name, nPowerIterations, dim ?? outputDim(module), eps);
  const weight = module[STATE].parameters.get(name) ?? null;
  if (weight === null) throw new ValueError(`\`SpectralNorm\` cannot be applied as parameter \`${name}\` is None`);
  if (weight instanceof UninitializedParameter) {
    throw new ValueError(
      "The module passed to `SpectralNorm` can't have uninitialized parameters. Make sure to run the dummy forward " +
        'before applying spectral normalization',
    );
  }
  hook.apply(module, weight);
  return module;
}

const REMOVE = signature('remove_spectral_norm', 'module', 'name?');

/**
 * Makes a weight that `spectralNorm` divides an ordinary parameter, of the values that it has now.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.utils.remove_spectral_norm.html
 * @throws ValueError if it is not divided.
 */
export function removeSpectralNorm<M extends Module>(
  ...args: Arguments<[module: M, name?: string], readonly ['module', 'name?']>
): M {
  const [module, name = 'weight'] = REMOVE.bind(args) as [M, string?];
  const [hook] = hooksOf(module, SpectralNorm, name);
  if (hook === undefined) throw new ValueError(`spectral_norm of '${name}' not found in ${module}`);
  hook.remove(module);
  return module;
}
