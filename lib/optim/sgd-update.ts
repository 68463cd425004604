/** The update rules of SGD: PyTorch's three implementations, and its first one over lists. */
import { RuntimeError } from '../errors';
import * as torch from '../generated/torch';
import { Tensor } from '../tensor';
import type { TensorList } from '../tensor-list';
import { positionsByKind } from './groups';
import { foreach } from './lists';
import type { SGDGroup, Trained } from './sgd';

/** A hyperparameter as an operator's number. */
function scalar(value: number | Tensor): number {
  return value instanceof Tensor ? value.item() : value;
}

/**
 * `updateLists` at a cost that hardly grows with the number of parameters: for groups whose parameters all have
 * gradients, and momentum buffers or none of them. Gives the buffers that a first step makes.
 */
export function updateWhole(
  group: SGDGroup,
  params: TensorList,
  grads: TensorList,
  buffers: { readonly list: TensorList; readonly momentum: number | Tensor } | null,
): TensorList | null {
  const weightDecay = scalar(group.weightDecay);
  let directions = group.maximize ? foreach._foreachNeg(grads) : grads;
  if (weightDecay !== 0) directions = foreach._foreachAdd(directions, params, { alpha: weightDecay });
  let fresh: TensorList | null = null;
  if (group.momentum !== 0) {
    if (buffers === null) {
      fresh = foreach._foreachClone(directions);
    } else {
      foreach._foreachMul_(buffers.list, buffers.momentum);
      if (group.dampening === 0) foreach._foreachAdd_(buffers.list, directions);
      else foreach._foreachAdd_(buffers.list, directions, { alpha: 1 - group.dampening });
    }
    const momenta = buffers?.list ?? (fresh as TensorList);
    directions = group.nesterov ? foreach._foreachAdd(directions, momenta, { alpha: group.momentum }) : momenta;
  }
  foreach._foreachAdd_(params, directions, { alpha: -scalar(group.lr) });
  if (directions !== buffers?.list && directions !== fresh) directions.dispose();
  return fresh;
}

/**
 * PyTorch's `_single_tensor_sgd` over lists: on the CPU the operators over lists run that of each tensor in turn, so
 * that every digit is the same, and the gradients stay as they are.
 */
export function updateLists(group: SGDGroup, { params, grads, buffers }: Trained): void {
  const weightDecay = scalar(group.weightDecay);
  let directions: readonly Tensor[] = group.maximize ? torch._foreachNeg(grads) : grads;
  if (weightDecay !== 0) directions = torch._foreachAdd(directions, params, { alpha: weightDecay });
  if (group.momentum !== 0) {
    const momenta = accumulate(buffers, directions, group);
    directions = group.nesterov ? torch._foreachAdd(directions, momenta, { alpha: group.momentum }) : momenta;
  }
  torch._foreachAdd_(params, directions, { alpha: -scalar(group.lr) });
}

/** Adds gradients to momentum buffers, which begin as copies of them. */
function accumulate(buffers: (Tensor | null)[], directions: readonly Tensor[], group: SGDGroup): Tensor[] {
  const known = buffers.flatMap((buffer, i) => (buffer === null ? [] : [i]));
  if (known.length > 0) {
    const all = known.length === buffers.length;
    const old = (all ? buffers : known.map((i) => buffers[i])) as Tensor[];
    torch._foreachMul_(old, group.momentum);
    const added = all ? directions : known.map((i) => directions[i] as Tensor);
    torch._foreachAdd_(old, added, { alpha: 1 - group.dampening });
  }
  if (known.length < buffers.length) {
    const fresh = buffers.flatMap((buffer, i) => (buffer === null ? [i] : []));
    const copies = torch._foreachClone(fresh.map((i) => (directions[i] as Tensor).detach()));
    fresh.forEach((i, j) => {
      buffers[i] = copies[j] as Tensor;
    });
  }
  return buffers as Tensor[];
}

/** PyTorch's `_single_tensor_sgd`, tensor by tensor: for updates that autograd records. */
export function updateOneByOne(group: SGDGroup, { params, grads, buffers }: Trained): void {
  const { momentum, dampening, nesterov, maximize, weightDecay } = group;
  const lr = group.lr instanceof Tensor && group.lr.dim() !== 0 ? group.lr.squeeze() : group.lr;
  params.forEach((param, i) => {
    let grad = maximize ? (grads[i] as Tensor).neg() : (grads[i] as Tensor);
    if (weightDecay instanceof Tensor && weightDecay.requiresGrad) {
      if (weightDecay.item() !== 0) grad = grad.addcmul_(param.clone(), weightDecay);
    } else if (scalar(weightDecay) !== 0) {
      grad = grad.add(param, { alpha: scalar(weightDecay) });
    }
    if (momentum !== 0) {
      const buffer = buffers[i]?.mul_(momentum).add_(grad, { alpha: 1 - dampening }) ?? grad.detach().clone();
      buffers[i] = buffer;
      grad = nesterov ? grad.add(buffer, { alpha: momentum }) : buffer;
    }
    if (lr instanceof Tensor && lr.requiresGrad) param.addcmul_(grad, lr, { value: -1 });
    else param.add_(grad, { alpha: -scalar(lr) });
  });
}

/**
 * PyTorch's `_multi_tensor_sgd`. With `nesterov`, and neither weight decay nor `maximize`, it adds the momentum to the
 * gradients themselves, as PyTorch does.
 */
export function updateLikeForeach(group: SGDGroup, { params, grads, buffers }: Trained): void {
  for (const positions of positionsByKind(params)) {
    const part = <T>(list: readonly T[]): T[] => positions.map((i) => list[i] as T);
    const [kindParams, kindGrads] = [part(params), part(grads)];
    const kindBuffers = group.momentum === 0 ? [] : part(buffers);
    updateKind(group, { params: kindParams, grads: kindGrads, buffers: kindBuffers });
    kindBuffers.forEach((buffer, j) => {
      buffers[positions[j] as number] = buffer;
    });
  }
}

function updateKind(group: SGDGroup, { params, grads, buffers }: Trained): void {
  const { momentum, nesterov, maximize } = group;
  const weightDecay = scalar(group.weightDecay);
  const alpha = -scalar(group.lr);
  let directions: Tensor[] = maximize ? torch._foreachNeg(grads) : grads;
  if (weightDecay !== 0) {
    if (maximize) torch._foreachAdd_(directions, params, { alpha: weightDecay });
    else directions = torch._foreachAdd(directions, params, { alpha: weightDecay });
  }
  if (momentum !== 0) {
    const momenta = accumulate(buffers, directions, group);
    if (nesterov) torch._foreachAdd_(directions, momenta, { alpha: momentum });
    else directions = momenta;
  }
  if (grads.some((grad) => grad.isSparse)) {
    for (const [i, param] of params.entries()) param.add_(directions[i] as Tensor, { alpha });
  } else {
    torch._foreachAdd_(params, directions, { alpha });
  }
}

/** PyTorch's `_fused_sgd`: one operator does it all. */
export function updateFused(group: SGDGroup, { params, grads, buffers }: Trained): void {
  if (grads.some((grad) => grad.isSparse)) throw new RuntimeError('`_fused_sgd` does not support sparse gradients');
  const isFirstStep = group.momentum !== 0 && !buffers.some((buffer) => buffer !== null);
  if (isFirstStep) buffers.splice(0, buffers.length, ...grads.map((grad) => torch.emptyLike(grad)));
  const { momentum, dampening, nesterov, maximize, weightDecay, lr } = group;
  for (const positions of positionsByKind(params)) {
    const part = <T>(list: readonly T[]): T[] => positions.map((i) => list[i] as T);
    torch._fusedSgd_(part(params), part(grads), momentum === 0 ? [] : part(buffers as Tensor[]), {
      weightDecay: scalar(weightDecay),
      momentum,
      lr: lr as number,
      dampening,
      nesterov,
      maximize,
      isFirstStep,
      gradScale: null,
      foundInf: null,
    });
  }
}
