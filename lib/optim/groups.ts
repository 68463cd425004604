/** Which of PyTorch's implementations devices and dtypes have. */
import { AssertionError, RuntimeError } from '../errors';
import type { Tensor } from '../tensor';

/** The kinds of devices whose fused optimizers PyTorch has. */
const FUSED_DEVICES = ['mps', 'cuda', 'xpu', 'hpu', 'cpu', 'mtia', 'privateuseone'];

/** The kinds of devices on which PyTorch prefers operators over lists. */
const FOREACH_DEVICES = ['cuda', 'xpu', 'mtia', 'privateuseone'];

/** @internal The kinds of devices whose work can be captured in a graph. */
export const CAPTURABLE_DEVICES = ['cuda', 'xpu', 'hpu', 'privateuseone', 'xla'];

/** Whether PyTorch would take its foreach implementation for parameters where none is asked for. */
export function prefersForeach(params: readonly Tensor[]): boolean {
  return params.every((param) => FOREACH_DEVICES.includes(param.device.type));
}

/** Throws a RuntimeError if a parameter cannot be updated by a fused operator. */
export function checkFused(param: Tensor): void {
  if (FUSED_DEVICES.includes(param.device.type) && param.isFloatingPoint()) return;
  throw new RuntimeError(
    '`fused=True` requires all the params to be floating point Tensors of supported devices: ' +
      `${listed(FUSED_DEVICES)} but ${param.dtype} and ${param.device.type}`,
  );
}

/** Throws an AssertionError unless the parameters and what is named are on a device whose work can be captured. */
export function checkCapturable(
  params: readonly Tensor[],
  counters: readonly (readonly Tensor[])[],
  names: string,
  supportsXla: boolean,
): void {
  const devices = supportsXla ? CAPTURABLE_DEVICES : CAPTURABLE_DEVICES.filter((name) => name !== 'xla');
  const fits = params.every((param, i) => {
    const { type } = param.device;
    return devices.includes(type) && counters.every((tensors) => (tensors[i] as Tensor).device.type === type);
  });
  if (!fits) {
    throw new AssertionError(`If capturable=True, ${names} must be on supported devices: ${listed(devices)}.`);
  }
}

function listed(names: readonly string[]): string {
  return `[${names.map((name) => `'${name}'`).join(', ')}]`;
}
