/** Parameters and buffers whose shape is not known yet. */
import { type ArgumentsOf, signature } from '../arguments';
import { type Copies, DEEPCOPY } from '../deepcopy';
import type { DType } from '../dtype';
import { RuntimeError, ValueError } from '../errors';
import { empty } from '../generated/torch';
import { native } from '../native';
import type { Size } from '../size';
import { Tensor } from '../tensor';
import type { DeviceLike } from '../types';
import { Parameter } from './parameter';

const PARAMETER = signature('UninitializedParameter', 'requiresGrad?', 'device?', 'dtype?').of<
  [requiresGrad?: boolean, device?: DeviceLike | null, dtype?: DType | null]
>();
const BUFFER = signature('UninitializedBuffer', 'requiresGrad?', 'device?', 'dtype?', 'persistent?').of<
  [requiresGrad?: boolean, device?: DeviceLike | null, dtype?: DType | null, persistent?: boolean]
>();
const MATERIALIZE = signature('materialize', 'shape', 'device?', 'dtype?').of<
  [shape: readonly number[], device?: DeviceLike | null, dtype?: DType | null]
>();

/**
 * A parameter whose shape is not known yet: it can be moved, cast and given a shape, and all else throws.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.parameter.UninitializedParameter.html
 */
export class UninitializedParameter extends Parameter {
  /** Takes whether it requires gradients, and the device and the dtype that it will have. */
  constructor(...args: ArgumentsOf<typeof PARAMETER>) {
    const [requiresGrad = true, device = null, dtype = null] = PARAMETER.bind(args);
    super(empty([0], { device, dtype }), requiresGrad);
    hideValues(this);
  }

  /** Gives it a shape, and values that nobody has set: it becomes an ordinary parameter. */
  materialize(...args: ArgumentsOf<typeof MATERIALIZE>): void {
    materialize(this, Parameter.prototype, ...MATERIALIZE.bind(args));
  }

  /** @internal What `deepcopy` makes of it. */
  override [DEEPCOPY](_copies: Copies): UninitializedParameter {
    return new UninitializedParameter(this.requiresGrad, this.device, this.dtype);
  }

  override get shape(): Size {
    if (allowed === 0) throw noShape();
    return super.shape;
  }

  override toString(): string {
    return `<${this.constructor.name}>`;
  }

  override [Symbol.toPrimitive](): string {
    return this.toString();
  }
}

/**
 * A buffer whose shape is not known yet: it can be moved, cast and given a shape, and all else throws.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.parameter.UninitializedBuffer.html
 */
export class UninitializedBuffer extends Tensor {
  /** Whether the buffer is part of the module's `stateDict`. */
  readonly persistent: boolean;

  /** Takes whether it requires gradients, the device and the dtype that it will have, and whether it is saved. */
  constructor(...args: ArgumentsOf<typeof BUFFER>) {
    const [requiresGrad = false, device = null, dtype = null, persistent = true] = BUFFER.bind(args);
    super(native.makeParameter(empty([0], { device, dtype }).handle, requiresGrad));
    this.persistent = persistent;
    hideValues(this);
  }

  /** Gives it a shape, and values that nobody has set: it becomes an ordinary tensor. */
  materialize(...args: ArgumentsOf<typeof MATERIALIZE>): void {
    materialize(this, Tensor.prototype, ...MATERIALIZE.bind(args));
  }

  /** @internal What `deepcopy` makes of it. */
  override [DEEPCOPY](_copies: Copies): UninitializedBuffer {
    return new UninitializedBuffer(this.requiresGrad, this.device, this.dtype, this.persistent);
  }

  override get shape(): Size {
    if (allowed === 0) throw noShape();
    return super.shape;
  }

  override toString(): string {
    return `<${this.constructor.name}>`;
  }

  override [Symbol.toPrimitive](): string {
    return this.toString();
  }
}

/** Whether a value is a parameter or a buffer that has no shape yet. */
export function isLazy(value: unknown): value is UninitializedParameter | UninitializedBuffer {
  return value instanceof UninitializedParameter || value instanceof UninitializedBuffer;
}

function noShape(): RuntimeError {
  return new RuntimeError(
    "Can't access the shape of an uninitialized parameter or buffer. This error usually happens in " +
      '`load_state_dict` when trying to load an uninitialized parameter into an initialized one. Call `forward` to ' +
      'initialize the parameters before accessing their attributes.',
  );
}

/** How many calls run now that may use the native tensor of one without values. */
let allowed = 0;

function allow<T>(body: () => T): T {
  allowed++;
  try {
    return body();
  } finally {
    allowed--;
  }
}

/** Keeps operators from a tensor's native value: they all ask for its handle. */
function hideValues(tensor: Tensor): void {
  const { handle } = tensor;
  const { name } = tensor.constructor;
  const get = () => {
    if (allowed > 0) return handle;
    throw new ValueError(
      'Attempted to use an uninitialized parameter in an operator. This error happens when you are using a ' +
        `\`LazyModule\` or explicitly manipulating \`torch.nn.parameter.${name}\` objects. When using LazyModules ` +
        'Call `forward` with a dummy batch to initialize the parameters before calling torch functions',
    );
  };
  Object.defineProperty(tensor, 'handle', { get, configurable: true, enumerable: true });
}

function materialize(
  tensor: Tensor,
  becomes: object,
  shape: readonly number[],
  device?: DeviceLike | null,
  dtype?: DType | null,
): void {
  tensor.data = empty([...shape], { device: device ?? tensor.device, dtype: dtype ?? tensor.dtype });
  const handle = allow(() => tensor.handle);
  Object.defineProperty(tensor, 'handle', { value: handle, writable: true, configurable: true, enumerable: true });
  Object.setPrototypeOf(tensor, becomes);
}

/** The methods that Python allows on a tensor without values; properties are all allowed, but for the shape. */
const ALLOWED = [
  ...['size', 'copy_', 'isComplex', 'isFloatingPoint', 'getDevice', 'to', 'cpu', 'cuda', 'dispose'],
  ...['half', 'float', 'double', 'char', 'short', 'int', 'long'],
];

type Method = (this: Tensor, ...args: unknown[]) => unknown;

/** Lets those run in spite of all that need the native value. */
function permit(prototype: object, base: object): void {
  for (let from = base; from !== Object.prototype; from = Object.getPrototypeOf(from)) {
    for (const [name, { get, set, value }] of Object.entries(Object.getOwnPropertyDescriptors(from))) {
      if (Object.hasOwn(prototype, name) || !(get || ALLOWED.includes(name))) continue;
      Object.defineProperty(prototype, name, get ? permittedProperty(get, set) : permittedMethod(value));
    }
  }
}

function permittedProperty(get: Method, set?: Method): PropertyDescriptor & ThisType<Tensor> {
  return {
    get() {
      return allow(() => get.call(this));
    },
    set(value: unknown) {
      allow(() => set?.call(this, value));
    },
    configurable: true,
  };
}

function permittedMethod(method: Method): PropertyDescriptor & ThisType<Tensor> {
  return {
    value(...args: unknown[]) {
      return allow(() => method.apply(this, args));
    },
    configurable: true,
  };
}

permit(UninitializedParameter.prototype, Parameter.prototype);
permit(UninitializedBuffer.prototype, Tensor.prototype);
