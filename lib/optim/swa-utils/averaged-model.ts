/** A model whose parameters are averages of another's. */
import { type ArgumentsOf, signature } from '../../arguments';
import { noGrad } from '../../autograd/grad-mode';
import { deepcopy } from '../../deepcopy';
import { int64 } from '../../dtype';
import { AssertionError } from '../../errors';
import { zeros } from '../../generated/torch';
import { Module } from '../../nn/module';
import { _BatchNorm } from '../../nn/modules/batchnorm';
import type { Tensor } from '../../tensor';
import type { DeviceLike } from '../../types';
import { prefersForeach } from '../groups';
import { type AvgFn, getSwaAvgFn, getSwaMultiAvgFn, type MultiAvgFn } from './averages';

const AVERAGED = signature('AveragedModel.__init__', 'model', 'device?', 'avgFn?', 'multiAvgFn?', 'useBuffers?').of<
  [
    model: Module,
    device?: DeviceLike | null,
    avgFn?: AvgFn | null,
    multiAvgFn?: MultiAvgFn | null,
    useBuffers?: boolean,
  ]
>();

/**
 * A copy of a model, `module`, whose parameters become averages of the model's with every `updateParameters`: of equal
 * weights, or as `avgFn` or `multiAvgFn` say.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.optim.swa_utils.AveragedModel.html
 * @throws AssertionError if both functions are given.
 */
export class AveragedModel extends Module {
  module: Module;
  /** How many values are in the averages. */
  declare n_averaged: Tensor;
  avgFn: AvgFn | null;
  multiAvgFn: MultiAvgFn | null;
  /** Whether buffers are averaged too; else they are copied. */
  useBuffers: boolean;

  constructor(...args: ArgumentsOf<typeof AVERAGED>) {
    const [model, device = null, avgFn = null, multiAvgFn = null, useBuffers = false] = AVERAGED.bind(args);
    super();
    if (avgFn !== null && multiAvgFn !== null) {
      throw new AssertionError('Only one of avg_fn and multi_avg_fn should be provided');
    }
    const copy = deepcopy(model);
    this.module = device === null ? copy : copy.to(device);
    this.registerBuffer('n_averaged', zeros([], { dtype: int64, device }));
    this.avgFn = avgFn;
    this.multiAvgFn = multiAvgFn;
    this.useBuffers = useBuffers;
  }

  /** What the averaged model gives. */
  // biome-ignore lint/suspicious/noExplicitAny: the model's own arguments and result
  override forward(...args: any[]): any {
    return (this.module as unknown as (...args: unknown[]) => unknown)(...args);
  }

  /** Puts the model's present parameters into the averages. */
  updateParameters(model: Module): void {
    const tensorsOf = (of: Module): Tensor[] => [...of.parameters(), ...(this.useBuffers ? of.buffers() : [])];
    const own = this.useBuffers ? tensorsOf(this.module) : this.parameters();
    const averages = own.map((tensor) => tensor.detach());
    const current = tensorsOf(model).map((tensor, i) => tensor.detach().to((averages[i] as Tensor).device));
    const isFirst = this.n_averaged.item() === 0;
    if (isFirst) copyAll(averages, current);
    else this.average(averages, current);
    if (!this.useBuffers) {
      const buffers = this.module.buffers().map((buffer) => buffer.detach());
      copyAll(buffers, model.buffers());
    }
    this.n_averaged.add_(1);
  }

  private average(averages: readonly Tensor[], current: readonly Tensor[]): void {
    if (this.avgFn !== null && this.multiAvgFn === null) {
      averageEach(averages, current, this.avgFn, this.n_averaged);
      return;
    }
    for (const places of placesByKind(averages)) {
      const [some, others] = [averages, current].map((list) => places.map((i) => list[i] as Tensor)) as [
        Tensor[],
        Tensor[],
      ];
      const count = this.n_averaged.to((some[0] as Tensor).device);
      const together = this.multiAvgFn ?? (prefersForeach(some) ? getSwaMultiAvgFn() : null);
      if (together !== null) together(some, others, count);
      else averageEach(some, others, getSwaAvgFn(), count);
    }
  }
}

function averageEach(averages: readonly Tensor[], current: readonly Tensor[], fn: AvgFn, count: Tensor): void {
  averages.forEach((average, i) => {
    average.copy_(fn(average, current[i] as Tensor, count.to(average.device)));
  });
}

function copyAll(to: readonly Tensor[], from: readonly Tensor[]): void {
  to.forEach((tensor, i) => {
    tensor.copy_((from[i] as Tensor).detach().to(tensor.device));
  });
}

/** The places of tensors of one device and dtype each. */
function placesByKind(tensors: readonly Tensor[]): number[][] {
  const kinds = new Map<string, number[]>();
  tensors.forEach((tensor, i) => {
    const kind = `${tensor.device} ${tensor.dtype}`;
    kinds.set(kind, [...(kinds.get(kind) ?? []), i]);
  });
  return [...kinds.values()];
}

const UPDATE_BN = signature('update_bn', 'loader', 'model', 'device?').of<
  [loader: Iterable<unknown>, model: Module, device?: DeviceLike | null]
>();

/**
 * Makes the statistics of a model's batch normalizations anew, in one pass over the data: a batch, or the first of
 * several tensors in one, is the model's input.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.optim.swa_utils.update_bn.html
 */
export function updateBn(...args: ArgumentsOf<typeof UPDATE_BN>): void {
  const [loader, model, device = null] = UPDATE_BN.bind(args);
  const norms = model.modules().filter((module) => module instanceof _BatchNorm);
  const momenta = norms.map((norm) => norm.momentum);
  for (const norm of norms) norm.resetRunningStats();
  if (norms.length === 0) return;
  const wasTraining = model.training;
  model.train();
  for (const norm of norms) norm.momentum = null;
  noGrad(() => {
    for (const batch of loader) {
      const input = (Array.isArray(batch) ? batch[0] : batch) as Tensor;
      (model as unknown as (input: Tensor) => unknown)(device === null ? input : input.to(device));
    }
  });
  norms.forEach((norm, i) => {
    norm.momentum = momenta[i] as number | null;
  });
  model.train(wasTraining);
}
