/** Tensors of modules that are computed from others whenever they are read: `torch.nn.utils.parametrize`. */
import { type Arguments, type ArgumentsOf, signature } from '../../arguments';
import { mode, noGrad } from '../../autograd/grad-mode';
import { NotImplementedError, ValueError } from '../../errors';
import { keep } from '../../memory/scope';
import { typename } from '../../python-repr';
import { Tensor } from '../../tensor';
import type { Module } from '../module';
import { STATE } from '../module/state';
import { ModuleDict } from '../modules/module-dict';
import { Parameter } from '../parameter';
import { type Parametrization, ParametrizationList, registerMember } from './parametrization-list';

export { type Parametrization, ParametrizationList };

/** What a parametrized module has besides its own members. */
export interface Parametrized<Name extends string = string> {
  parametrizations: ModuleDict<ParametrizationList> & Record<Name, ParametrizationList>;
}

type ModuleClass = new (...args: never[]) => Module;

/** How many scopes of `cached` are open. */
let cachedScopes = 0;
const cache = new Map<ParametrizationList, Tensor>();

/**
 * Computes each parametrized tensor once at most, until the scope ends: for those that are read many times.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.utils.parametrize.cached.html
 * @example using _ = parametrize.cached(); const output = model(input);
 */
export const cached = mode(() => {
  cachedScopes++;
  return () => {
    cachedScopes--;
    if (cachedScopes === 0) cache.clear();
  };
});

function compute(parametrizations: ParametrizationList): Tensor {
  if (cachedScopes === 0) return parametrizations();
  const known = cache.get(parametrizations);
  if (known !== undefined) return known;
  const computed = keep(parametrizations());
  cache.set(parametrizations, computed);
  return computed;
}

/** The subclass of a class that its parametrized instances are of: only its name differs. */
function parametrizedClass(Class: ModuleClass): ModuleClass {
  const known = parametrizedClasses.get(Class);
  if (known !== undefined) return known;
  const name = `Parametrized${Class.name}`;
  const made = { [name]: class extends Class {} }[name] as ModuleClass;
  parametrizedClasses.set(Class, made);
  return made;
}

const parametrizedClasses = new WeakMap<ModuleClass, ModuleClass>();

// Python's dynamic class also has the properties, which a copy of a module shares; here they are the module's own.
/** Makes a tensor of a module one that is computed when it is read. */
function defineComputed(module: Module, name: string): void {
  Object.defineProperty(module[STATE].target, name, {
    get(this: Module) {
      return compute(parametrizationsOf(this).get(name));
    },
    set(this: Module, value: Tensor) {
      parametrizationsOf(this).get(name).rightInverse(value);
    },
    configurable: true,
  });
}

/** The parametrizations of a module that has some. */
function parametrizationsOf(module: Module): ModuleDict<ParametrizationList> {
  return (module as Module & Parametrized).parametrizations;
}

function memberOf(module: Module, name: string): Tensor {
  return (module as unknown as Record<string, Tensor>)[name] as Tensor;
}

const REGISTER = signature('register_parametrization', 'module', 'tensorName', 'parametrization', 'unsafe?');

/**
 * Makes a parameter or buffer of a module what a parametrization computes from it. The tensor itself becomes
 * `module.parametrizations.get(tensorName).original`, or the tensors that the parametrization's `rightInverse` gives for
 * it become `original0`, `original1`, ...; several parametrizations of one tensor are applied one after the other.
 *
 * @returns The module, which has become an instance of a subclass of its class.
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.utils.parametrize.register_parametrization.html
 * @throws ValueError if there is no such tensor; if shape or dtype change, unless `unsafe`.
 */
export function registerParametrization<M extends Module, Name extends string>(
  ...args: Arguments<
    [module: M, tensorName: Name, parametrization: Parametrization, unsafe?: boolean],
    readonly ['module', 'tensorName', 'parametrization', 'unsafe?']
  >
): M & Parametrized<Name> {
  const [module, name, parametrization, unsafe = false] = REGISTER.bind(args) as [M, Name, Parametrization, boolean?];
  parametrization.train(module.training);
  if (isParametrized(module, name)) {
    if (!unsafe) checkAdded(module, name, parametrization);
    const list = parametrizationsOf(module).get(name);
    list.append(parametrization);
    list.unsafe ||= unsafe;
    return module as M & Parametrized<Name>;
  }
  const { buffers, parameters } = module[STATE];
  if (!buffers.has(name) && !parameters.has(name)) {
    throw new ValueError(
      `Module '${module}' does not have a parameter, a buffer, or a parametrized element with name '${name}'`,
    );
  }
  const list = new ParametrizationList([parametrization], memberOf(module, name), unsafe);
  Reflect.deleteProperty(module, name);
  if (!isParametrized(module)) {
    Object.setPrototypeOf(module, parametrizedClass(module.constructor as ModuleClass).prototype);
    module.registerModule('parametrizations', new ModuleDict());
  }
  defineComputed(module, name);
  parametrizationsOf(module).set(name, list);
  return module as M & Parametrized<Name>;
}

/** Checks that another parametrization changes neither the shape nor the dtype of what the others give. */
function checkAdded(module: Module, name: string, parametrization: Parametrization): void {
  const before = memberOf(module, name);
  const after: Tensor = (parametrization as Module)(before);
  if (!(after instanceof Tensor)) {
    throw new ValueError(`A parametrization must return a tensor. Got ${typename(after)}.`);
  }
  for (const property of ['dtype', 'shape'] as const) {
    if (String(before[property]) === String(after[property])) continue;
    throw new ValueError(
      `Registering a parametrization may not change the ${property} of the tensor, unless the \`unsafe\` flag is ` +
        `enabled.\nmodule.${name}.${property}: ${before[property]}\n` +
        `parametrization(module.${name}).${property}: ${after[property]}`,
    );
  }
  if (parametrization.rightInverse !== undefined) checkInverse(before, name, parametrization, after);
}

function checkInverse(before: Tensor, name: string, parametrization: Parametrization, after: Tensor): void {
  let inverse: unknown;
  try {
    inverse = parametrization.rightInverse?.(after);
  } catch (error) {
    if (error instanceof NotImplementedError) return;
    throw error;
  }
  if (!(inverse instanceof Tensor)) {
    throw new ValueError(`parametrization.right_inverse must return a tensor. Got: ${typename(inverse)}`);
  }
  for (const property of ['dtype', 'shape'] as const) {
    if (String(before[property]) === String(inverse[property])) continue;
    throw new ValueError(
      `The tensor returned by parametrization.right_inverse must have the same ${property} as module.${name}, unless ` +
        `the \`unsafe\` flag is enabled.\nmodule.${name}.${property}: ${before[property]}\n` +
        `returned ${property}: ${inverse[property]}`,
    );
  }
}

const IS = signature('is_parametrized', 'module', 'tensorName?').of<[module: Module, tensorName?: string | null]>();

/**
 * Whether a tensor of a module is parametrized, or any if none is named.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.utils.parametrize.is_parametrized.html
 */
export function isParametrized(...args: ArgumentsOf<typeof IS>): boolean {
  const [module, tensorName = null] = IS.bind(args);
  const parametrizations: unknown = parametrizationsOf(module);
  if (!(parametrizations instanceof ModuleDict)) return false;
  return tensorName === null ? parametrizations.length > 0 : parametrizations.has(tensorName);
}

const REMOVE = signature('remove_parametrizations', 'module', 'tensorName', 'leaveParametrized?');

/**
 * Makes a parametrized tensor of a module an ordinary parameter or buffer again: of the values that it has now, or, with
 * `leaveParametrized` false, of the original ones.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.utils.parametrize.remove_parametrizations.html
 * @throws ValueError if it is not parametrized, or by several tensors where the original one is asked for.
 */
export function removeParametrizations<M extends Module>(
  ...args: Arguments<
    [module: M, tensorName: string, leaveParametrized?: boolean],
    readonly ['module', 'tensorName', 'leaveParametrized?']
  >
): M {
  const [module, name, leaveParametrized = true] = REMOVE.bind(args) as [M, string, boolean?];
  if (!isParametrized(module, name)) {
    throw new ValueError(`Module ${module} does not have a parametrization on ${name}`);
  }
  const original = tensorToLeave(module, name, leaveParametrized);
  Reflect.deleteProperty(module, name);
  parametrizationsOf(module).delete(name);
  registerMember(module, name, original);
  if (!isParametrized(module)) {
    Reflect.deleteProperty(module, 'parametrizations');
    Object.setPrototypeOf(module, Object.getPrototypeOf(module.constructor).prototype);
  }
  return module;
}

function tensorToLeave(module: Module, name: string, leaveParametrized: boolean): Tensor {
  const list = parametrizationsOf(module).get(name);
  if (!list.isTensor) {
    if (!leaveParametrized) {
      throw new ValueError(
        'Cannot leave unparametrized (`leave_parametrized=False`) a tensor that is parametrized in terms of a ' +
          'sequence of tensors.',
      );
    }
    const value = memberOf(module, name);
    return value.requiresGrad ? new Parameter(value) : value;
  }
  const { original } = list;
  if (leaveParametrized) noGrad(() => original.set_(memberOf(module, name)));
  return original;
}

/**
 * The class of a module without its parametrizations.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.utils.parametrize.type_before_parametrizations.html
 */
export function typeBeforeParametrizations(module: Module): ModuleClass {
  const Class = module.constructor as ModuleClass;
  return isParametrized(module) ? Object.getPrototypeOf(Class) : Class;
}

const TRANSFER = signature('transfer_parametrizations_and_params', 'fromModule', 'toModule', 'tensorName?');

/**
 * Gives one module the parametrizations of another, one tensor's or all, with the originals, which they then share.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.utils.parametrize.transfer_parametrizations_and_params.html
 */
export function transferParametrizationsAndParams<M extends Module>(
  ...args: Arguments<
    [fromModule: Module, toModule: M, tensorName?: string | null],
    readonly ['fromModule', 'toModule', 'tensorName?']
  >
): M {
  const [from, to, tensorName = null] = TRANSFER.bind(args) as [Module, M, (string | null)?];
  if (!isParametrized(from)) return to;
  for (const name of tensorName === null ? parametrizationsOf(from).keys() : [tensorName]) {
    const list = parametrizationsOf(from).get(name);
    if (memberOf(to, name) === undefined) {
      (to as unknown as Record<string, Tensor>)[name] = new Parameter(memberOf(from, name));
    }
    for (const parametrization of list) registerParametrization(to, name, parametrization);
    const { parameters, buffers } = list[STATE];
    Object.assign(parametrizationsOf(to).get(name), Object.fromEntries([...parameters, ...buffers]));
  }
  return to;
}
