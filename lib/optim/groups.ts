/** Sorts lists of tensors for the operators that take whole lists. */
import { RuntimeError } from '../errors';
import type { Tensor } from '../tensor';

/** The kinds of devices whose fused optimizers PyTorch has. */
const FUSED_DEVICES = ['mps', 'cuda', 'xpu', 'hpu', 'cpu', 'mtia', 'privateuseone'];

/** The kinds of devices on which PyTorch prefers operators over lists. */
const FOREACH_DEVICES = ['cuda', 'xpu', 'mtia', 'privateuseone'];

/** Whether PyTorch would take its foreach implementation for parameters where none is asked for. */
export function prefersForeach(params: readonly Tensor[]): boolean {
  return params.every((param) => FOREACH_DEVICES.includes(param.device.type));
}

/** Throws a RuntimeError if a parameter cannot be updated by a fused operator. */
export function checkFused(param: Tensor): void {
  if (FUSED_DEVICES.includes(param.device.type) && param.isFloatingPoint()) return;
  throw new RuntimeError(
    '`fused=True` requires all the params to be floating point Tensors of supported devices: ' +
      `[${FUSED_DEVICES.map((name) => `'${name}'`).join(', ')}] but ${param.dtype} and ${param.device.type}`,
  );
}

/** The positions of tensors of one device and dtype, group by group, in the order of their first. */
export function positionsByKind(tensors: readonly Tensor[]): number[][] {
  const groups = new Map<string, number[]>();
  tensors.forEach((tensor, i) => {
    const kind = `${tensor.device} ${tensor.dtype}`;
    const group = groups.get(kind);
    if (group === undefined) groups.set(kind, [i]);
    else group.push(i);
  });
  return [...groups.values()];
}
