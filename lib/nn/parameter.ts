/** Tensors that modules register by themselves: parameters and buffers. */
import { type Copies, DEEPCOPY } from '../deepcopy';
import { empty } from '../generated/torch';
import { native } from '../native';
import { Tensor } from '../tensor';

/**
 * A tensor that is a module's parameter: a module to which it is assigned registers it.
 *
 * It shares the memory of the tensor that it is made of, but none of its history.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.parameter.Parameter.html
 * @throws RuntimeError if it is to require gradients and the dtype is neither floating point nor complex.
 */
export class Parameter extends Tensor {
  /**
   * @param data The values; empty if left out.
   * @param requiresGrad Whether autograd records operations on the parameter, inside `noGrad` as well.
   */
  constructor(data: Tensor | null = null, requiresGrad: boolean | { requiresGrad?: boolean } = true) {
    const flag = typeof requiresGrad === 'boolean' ? requiresGrad : (requiresGrad.requiresGrad ?? true);
    super(native.makeParameter(checkedData(data).handle, flag));
  }

  /** @internal What `deepcopy` makes of it: a parameter of its own memory, without the gradient. */
  override [DEEPCOPY](_copies: Copies): Parameter {
    return new (this.constructor as typeof Parameter)(this.data.clone(), this.requiresGrad);
  }

  /** Python's text: `Parameter containing:` and the tensor's. */
  override toString(): string {
    return `Parameter containing:\n${super.toString()}`;
  }
}

/**
 * A tensor that is part of a module's state, but no parameter: a module to which it is assigned registers it.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.parameter.Buffer.html
 */
export class Buffer extends Tensor {
  /** Whether the buffer is part of the module's `stateDict`. */
  readonly persistent: boolean;

  /** @param data The values, whose memory the buffer shares; empty if left out. */
  constructor(data: Tensor | null = null, { persistent = true }: { persistent?: boolean } = {}) {
    const values = checkedData(data);
    super(native.makeParameter(values.handle, values.requiresGrad));
    this.persistent = persistent;
  }

  /** @internal What `deepcopy` makes of it. */
  override [DEEPCOPY](copies: Copies): Buffer {
    return new Buffer(super[DEEPCOPY](copies), { persistent: this.persistent });
  }
}

function checkedData(data: Tensor | null): Tensor {
  if (data === null) return empty(0);
  if (data instanceof Tensor) return data;
  throw new TypeError(`expected a Tensor, but got ${typeof data}`);
}
