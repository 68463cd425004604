/** `torch.inductor`: models that AOTInductor of PyTorch compiled to native code. */
import { existsSync } from 'node:fs';
import { RuntimeError } from './errors';
import { type Handle, native } from './native';
import { wrap } from './ops';
import type { Tensor } from './tensor';

/** How a package is loaded. */
export interface AOTIModelPackageLoaderOptions {
  /** The name of the model in the package. */
  modelName?: string;
  /** Whether one call at a time runs, without locks. */
  runSingleThreaded?: boolean;
  /** How many copies of the model may run at once. */
  numRunners?: number;
  /** The index of the device; -1 for the current one. */
  deviceIndex?: number;
}

/** Which constants are replaced, and how. */
export interface ConstantOptions {
  /** Put them into the buffer that is not in use. */
  useInactive?: boolean;
  /** Refuse a set that lacks some. */
  checkFullUpdate?: boolean;
  /** Use these very tensors, which must stay as they are, and no copies. */
  userManaged?: boolean;
}

type Constants = Readonly<Record<string, Tensor>> | ReadonlyMap<string, Tensor>;

/**
 * A model that `torch._inductor.aoti_compile_and_package` compiled, ready to run without Python. Such a package is native
 * code: it is run as it is, with all that this process may do, and reads its inputs unchecked. Load only what you trust,
 * and give it tensors as it was compiled for.
 *
 * @example new torch.inductor.AOTIModelPackageLoader('model.pt2').run([x])
 * @see https://docs.pytorch.org/docs/2.13/torch.compiler_aot_inductor.html
 */
export class AOTIModelPackageLoader {
  readonly #handle: Handle;

  /**
   * @param modelPackagePath The path of the package, a zip file.
   * @throws RuntimeError if there is none, or if it is no package.
   */
  constructor(
    modelPackagePath: string,
    {
      modelName = 'model',
      runSingleThreaded = false,
      numRunners = 1,
      deviceIndex = -1,
    }: AOTIModelPackageLoaderOptions = {},
  ) {
    checkFile(modelPackagePath);
    if (!Number.isSafeInteger(numRunners) || numRunners < 1) {
      throw new RuntimeError(`num_runners must be at least 1, not ${numRunners}`);
    }
    this.#handle = native.aotiLoad(modelPackagePath, modelName, runSingleThreaded, numRunners, deviceIndex);
  }

  /** The package's metadata, such as its device, without loading any code. */
  static loadMetadataFromPackage(modelPackagePath: string, modelName = 'model'): Record<string, string> {
    checkFile(modelPackagePath);
    return objectOf(native.aotiMetadataOf(modelPackagePath, modelName));
  }

  /** Runs the model: all inputs in order, all outputs in order, both flat. */
  run(inputs: readonly Tensor[]): Tensor[] {
    return native
      .aotiRun(
        this.#handle,
        inputs.map((input) => input.handle),
      )
      .map(wrap);
  }

  /** As `run`, and lets go of the inputs: the list is empty afterwards. */
  boxedRun(inputs: Tensor[]): Tensor[] {
    return this.run(inputs.splice(0));
  }

  /** What was noted when the model was compiled. */
  getMetadata(): Record<string, string> {
    return objectOf(native.aotiMetadata(this.#handle));
  }

  /** How arguments and results are nested: two texts of Python's `treespec_dumps`. */
  getCallSpec(): string[] {
    return native.aotiCallSpec(this.#handle);
  }

  /** The names of the constants, as `stateDict` has them. */
  getConstantFqns(): string[] {
    return native.aotiConstantNames(this.#handle);
  }

  /** Replaces constants, by the names of `getConstantFqns`. @throws RuntimeError for an unknown or, if asked, a missing name. */
  loadConstants(
    constantsMap: Constants,
    { useInactive = false, checkFullUpdate = false, userManaged = false }: ConstantOptions = {},
  ): void {
    native.aotiLoadConstants(this.#handle, ...split(constantsMap), useInactive, checkFullUpdate, userManaged);
  }

  /** As `loadConstants`, by the names that the compiled code has. */
  updateConstantBuffer(
    tensorMap: Constants,
    { useInactive = false, checkFullUpdate = false, userManaged = false }: ConstantOptions = {},
  ): void {
    native.aotiUpdateConstants(this.#handle, ...split(tensorMap), useInactive, checkFullUpdate, userManaged);
  }
}

function checkFile(path: string): void {
  if (!existsSync(path)) throw new RuntimeError(`the package ${path} does not exist`);
}

function objectOf(flat: readonly string[]): Record<string, string> {
  const pairs = Array.from({ length: flat.length / 2 }, (_, i) => [flat[2 * i], flat[2 * i + 1]]);
  return Object.fromEntries(pairs);
}

function split(constants: Constants): [names: string[], tensors: Handle[]] {
  const entries: [string, Tensor][] = constants instanceof Map ? [...constants] : Object.entries(constants);
  return [entries.map(([name]) => name), entries.map(([, tensor]) => tensor.handle)];
}
