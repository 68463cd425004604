/** Arguments of modules' constructors that say where and how parameters are made. */
import type { DType } from '../dtype';
import { repr } from '../python-repr';
import type { DeviceLike, MemoryFormat } from '../types';

/** What functions such as `torch.empty` take. */
export interface FactoryKwargs {
  device?: DeviceLike | null;
  dtype?: DType | null;
  memoryFormat?: MemoryFormat;
}

const NAMES = ['device', 'dtype', 'memoryFormat'] as const;

/**
 * The arguments by name that functions such as `torch.empty` take, from those of a module's constructor: they may stand
 * there themselves, or under `factoryKwargs` where the module has an argument of their name.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.factory_kwargs.html
 * @throws TypeError for another name, or one that is given in both places.
 */
export function factoryKwargs(kwargs: (FactoryKwargs & { factoryKwargs?: FactoryKwargs }) | null): FactoryKwargs {
  if (kwargs === null) return {};
  const { factoryKwargs: inner = {}, ...outer } = kwargs;
  const unknown = Object.keys(outer).filter((name) => !(NAMES as readonly string[]).includes(name));
  if (unknown.length > 0) throw new TypeError(`unexpected kwargs {${unknown.map(repr).join(', ')}}`);
  for (const name of NAMES) {
    if (name in outer && name in inner) {
      throw new TypeError(`${name} specified twice, in **kwargs and in factory_kwargs`);
    }
  }
  return { ...inner, ...outer };
}
