/** Python's objects that a pickle may name: what `weights_only` allows, and nothing else. */
import { Complex } from '../complex';
import { device } from '../device';
import * as dtypes from '../dtype';
import { DType } from '../dtype';
import { empty } from '../generated/torch';
import * as layouts from '../layout';
import { Layout } from '../layout';
import { Parameter } from '../nn/parameter';
import { QSCHEMES } from '../qscheme';
import { sizeOf } from '../size';
import type { Tensor } from '../tensor';
import { PickledArguments } from './arguments';
import { UnpicklingError } from './errors';
import * as rebuild from './rebuild';
import { safeGlobal } from './safe-globals';
import { dtypeNameOfStorage, StorageType } from './storage';
import { PickledDict, Tuple } from './values';

/** A class or function of Python's that a pickle may call. */
export class Callable {
  constructor(
    readonly name: string,
    /** What calling it gives, from arguments that anybody may have written. */
    readonly call: (args: unknown) => unknown,
  ) {}
}

/** The class of tensors that a pickle names, so that it can give their state: those of PyTorch before 0.4. */
export class TensorType {
  constructor(readonly dtype: DType) {}

  make(): Tensor {
    return empty(0, { dtype: this.dtype });
  }
}

/** The function that makes tensors with attributes, which calls another one. */
export const REBUILD_FROM_TYPE = 'torch._tensor._rebuild_from_type_v2';

const ALLOWED = new Map<string, unknown>();

function allow(name: string, least: number, most: number, call: (args: PickledArguments) => unknown): void {
  ALLOWED.set(name, new Callable(name, (args) => call(new PickledArguments(name, args, least, most))));
}

allow('collections.OrderedDict', 0, 1, (args) => dictOf('OrderedDict', args));
allow('collections.Counter', 0, 1, (args) => dictOf('Counter', args));
allow('builtins.set', 0, 1, (args) => new Set(listOf(args)));
allow('builtins.complex', 2, 2, (args) => new Complex(args.number(0), args.number(1)));
allow('builtins.bytearray', 0, 2, (args) => {
  if (args.length === 0) return new Uint8Array(0);
  return new Uint8Array(args.values[0] instanceof Buffer ? args.values[0] : encode(args));
});
allow('_codecs.encode', 2, 2, encode);
allow('torch.Size', 0, 1, (args) => sizeOf(args.length === 0 ? [] : args.ints(0)));
allow('torch.device', 1, 2, (args) => (args.length === 1 ? device(args.text(0)) : device(args.text(0), args.int(1))));
allow('torch.serialization._get_layout', 1, 1, layoutNamed);
allow('torch.nn.parameter.Parameter', 0, 2, (args) =>
  args.length === 0 ? new Parameter() : new Parameter(args.tensor(0), args.length === 1 || args.bool(1)),
);
allow('torch._utils._rebuild_tensor', 4, 4, rebuild.rebuildTensor);
allow('torch._utils._rebuild_tensor_v2', 6, 7, rebuild.rebuildTensorV2);
allow('torch._utils._rebuild_tensor_v3', 7, 8, rebuild.rebuildTensorV3);
allow('torch._utils._rebuild_parameter', 3, 3, rebuild.rebuildParameter);
allow('torch._utils._rebuild_meta_tensor_no_storage', 4, 4, rebuild.rebuildMetaTensor);
allow('torch._utils._rebuild_sparse_tensor', 2, 2, rebuild.rebuildSparseTensor);
allow('torch._utils._rebuild_nested_tensor', 4, 4, rebuild.rebuildNestedTensor);
allow('torch._utils._rebuild_qtensor', 7, 7, rebuild.rebuildQuantizedTensor);

for (const value of Object.values(dtypes)) {
  if (!(value instanceof DType)) continue;
  ALLOWED.set(`torch.${value.name}`, value);
}
for (const scheme of QSCHEMES) ALLOWED.set(String(scheme), scheme);
for (const name of ['torch.UntypedStorage', 'torch.storage.UntypedStorage']) {
  ALLOWED.set(name, new StorageType(dtypes.uint8));
}
ALLOWED.set('torch.Tensor', new TensorType(dtypes.float32));

/** `torch.FloatStorage`, `torch.cuda.FloatStorage`, `torch.FloatTensor`, ... */
function ofElements(path: string): StorageType | TensorType | undefined {
  const [, element, kind] = /^torch\.(?:cuda\.)?([A-Za-z0-9]+)(Storage|Tensor)$/.exec(path) ?? [];
  const dtype = ALLOWED.get(`torch.${dtypeNameOfStorage(`${element}Storage`)}`);
  if (!(dtype instanceof DType)) return undefined;
  return kind === 'Storage' ? new StorageType(dtype) : new TensorType(dtype);
}

/** Python 2's names of modules, which protocol 2 uses. */
const MODULES: Readonly<Record<string, string>> = { __builtin__: 'builtins', copy_reg: 'copyreg' };
const BLOCKED = ['sys', 'os', 'posix', 'nt'];

/** Python's full name of what a pickle names. */
export function fullName(module: string, name: string): string {
  return `${MODULES[module] ?? module}.${name}`;
}

/** Whether a pickle may name it without the user's consent. */
export function isAllowed(path: string): boolean {
  return path === REBUILD_FROM_TYPE || ALLOWED.has(path) || ofElements(path) !== undefined;
}

/**
 * What stands for Python's object of that name.
 *
 * @throws UnpicklingError, in PyTorch's words, if it is not allowed.
 */
export function findGlobal(module: string, name: string): unknown {
  const path = fullName(module, name);
  if (BLOCKED.includes(module)) {
    throw new UnpicklingError(`Trying to load unsupported GLOBAL ${path} whose module ${module} is blocked.`);
  }
  const found = ALLOWED.get(path) ?? ofElements(path) ?? safeGlobal(path);
  if (found !== undefined) return found;
  const shown = path.replace(/^builtins\.?/, '');
  throw new UnpicklingError(
    `Unsupported global: GLOBAL ${shown} was not an allowed global by default. ` +
      `Please use \`torch.serialization.add_safe_globals([${shown}])\` or the ` +
      `\`torch.serialization.safe_globals([${shown}])\` context manager to allowlist this global ` +
      'if you trust this class/function.',
  );
}

function dictOf(kind: PickledDict['kind'], args: PickledArguments): PickledDict {
  const dict = new PickledDict(kind);
  const [from] = args.values;
  if (from instanceof PickledDict) {
    for (const [key, value] of from) dict.set(key, value);
  } else {
    // Python 2 gives the entries as a list of pairs.
    for (const pair of listOf(args)) {
      if (!Array.isArray(pair) || pair.length !== 2) return args.fail(0, 'a list of pairs');
      dict.set(pair[0], pair[1]);
    }
  }
  return dict;
}

function listOf(args: PickledArguments): readonly unknown[] {
  const [list] = args.values;
  if (list === undefined) return [];
  return Array.isArray(list) ? list : args.fail(0, 'a list');
}

function encode(args: PickledArguments): Buffer {
  const [text, encoding] = [args.text(0), args.text(1)];
  if (/^latin[-_]?1$/.test(encoding)) {
    for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 0xff) return args.fail(0, 'Latin-1 text');
    return Buffer.from(text, 'latin1');
  }
  return /^utf[-_]?8$/.test(encoding) ? Buffer.from(text, 'utf8') : args.fail(1, 'a known encoding');
}

function layoutNamed(args: PickledArguments): Layout {
  const name = args.text(0);
  const layout = Object.values(layouts).find((value) => value instanceof Layout && String(value) === name);
  return layout instanceof Layout ? layout : args.fail(0, 'the name of a layout');
}

/** The class of tuples whose elements are a function, a class, its arguments and attributes. */
export function rebuildFromTypeArguments(args: unknown): PickledArguments {
  const checked = new PickledArguments(REBUILD_FROM_TYPE, args, 4);
  if (!(checked.values[2] instanceof Tuple)) return checked.fail(2, 'a tuple');
  return checked;
}
