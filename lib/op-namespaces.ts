/** Operators by the names under which they are registered: `torch.ops`. */
import { resolve } from 'node:path';
import { AttributeError } from './errors';
import { native } from './native';
import { operatorByName } from './ops';
import type { Tensor } from './tensor';

/** A function over a registered operator; most give a tensor, for others name the type. */
export type RegisteredOperator = <T = Tensor>(...args: unknown[]) => T;

/** All overloads of an operator, chosen by the arguments; each also by its name: `torch.ops.aten.add.Tensor`. */
export type OperatorPacket = RegisteredOperator & { readonly [overload: string]: RegisteredOperator };

/** The operators of one namespace. */
export interface OperatorNamespace {
  readonly [name: string]: OperatorPacket;
}

/** Answers what JavaScript itself asks of objects (`then`, `toJSON`, symbols) with undefined, and names by `find`. */
function byName<T extends object>(target: T, find: (name: string) => unknown): T {
  return new Proxy(target, {
    get(object, name, receiver) {
      if (typeof name === 'symbol' || name in object || name === 'then' || name === 'toJSON') {
        return Reflect.get(object, name, receiver);
      }
      const found = find(name);
      Object.defineProperty(object, name, { value: found, configurable: true });
      return found;
    },
  });
}

function packet(namespace: string, name: string): OperatorPacket {
  const call = operatorByName(namespace, name);
  if (call === null) {
    throw new AttributeError(`'_OpNamespace' '${namespace}' object has no attribute '${name}'`);
  }
  // A function's own properties would hide overloads of their names.
  const target = (...args: unknown[]): unknown => call(...args);
  return byName(target, (overload) => {
    const one = operatorByName(namespace, name, overload);
    if (one !== null) return one;
    throw new AttributeError(`The underlying op of '${namespace}.${name}' has no overload name '${overload}'`);
  }) as OperatorPacket;
}

/**
 * Every operator that is registered, by namespace, name and overload, under Python's own names:
 * `torch.ops.aten.add(x, y)`, `torch.ops.aten.add.Tensor(x, y)`.
 *
 * @throws AttributeError for a name that is not registered.
 */
export const ops = byName(
  {
    /** Maps a shared library, whose initializers register its operators. @throws OSError if it cannot be loaded. */
    loadLibrary(path: string): void {
      native.loadLibrary(resolve(path));
    },
  },
  (namespace) => byName({}, (name) => packet(namespace, name)),
) as { loadLibrary(path: string): void } & { readonly [namespace: string]: OperatorNamespace };
