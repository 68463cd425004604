/** The gradients of an optimizer as a scaler sees them: unscaled in place, and looked through for what is not finite. */
import { noGrad } from '../autograd/grad-mode';
import { full } from '../creation';
import type { Device } from '../device';
import { float16, float32 } from '../dtype';
import { AssertionError, ValueError } from '../errors';
import { _ampForeachNonFiniteCheckAndUnscale_ } from '../generated/torch';
import { keep } from '../memory/scope';
import { typename } from '../python-repr';
import { Tensor } from '../tensor';

type Groups = readonly { readonly params: readonly Tensor[] }[];

/** Copies of a tensor on other devices, made when they are asked for. */
export class Replicas {
  readonly byDevice = new Map<string, Tensor>();

  constructor(private readonly original: Tensor) {}

  on(device: Device): Tensor {
    const known = this.byDevice.get(String(device));
    if (known !== undefined) return known;
    const copy = keep(this.original.to({ device, nonBlocking: true, copy: true }));
    this.byDevice.set(String(device), copy);
    return copy;
  }
}

/** The sum of what was found on several devices, on one; null where nothing was looked at. */
export function together(found: Iterable<Tensor>, device: Device): Tensor | null {
  const tensors = [...found].map((tensor) => tensor.to({ device, nonBlocking: true }));
  return tensors.length === 0 ? null : tensors.reduce((sum, tensor) => sum.add(tensor));
}

/** Multiplies an optimizer's gradients by the inverse of a factor; gives by device whether one of them is not finite. */
export function unscaleGradients(groups: Groups, inverse: Tensor, allowFloat16: boolean): ReadonlyMap<string, Tensor> {
  const inverses = new Replicas(inverse);
  const found = new Replicas(full([], 0, { dtype: float32, device: inverse.device }));
  const lists = new Map<string, Tensor[]>();
  for (const { params } of groups) {
    for (const param of params) {
      if (!(param instanceof Tensor)) {
        throw new AssertionError(`expected param to be torch.Tensor, got ${typename(param)}`);
      }
      const values = valuesOf(param, allowFloat16);
      if (values === null) continue;
      const key = `${values.device} ${values.dtype}`;
      const list = lists.get(key);
      if (list === undefined) lists.set(key, [values]);
      else list.push(values);
    }
  }
  noGrad(() => {
    for (const list of lists.values()) {
      const { device } = list[0] as Tensor;
      _ampForeachNonFiniteCheckAndUnscale_(list, found.on(device), inverses.on(device));
    }
  });
  return found.byDevice;
}

/** A parameter's gradient, or the values of a sparse one; null where there is none. */
function valuesOf(param: Tensor, allowFloat16: boolean): Tensor | null {
  let { grad } = param;
  if (grad === null) return null;
  if (!allowFloat16 && grad.dtype === float16) throw new ValueError('Attempting to unscale FP16 gradients.');
  if (!grad.isSparse) return grad;
  // Values of the same index, which are added only when they are coalesced, may be finite and their sum not.
  if (grad.dtype === float16) {
    grad = grad.coalesce();
    param.grad = grad;
  }
  return grad._values();
}
