/** AdamW: Adam whose weights decay by themselves. */
import { Adam, type AdamGroup, type AdamPositional } from './adam';
import type { ParamGroup } from './optimizer';
import { type OptimizerArguments, OptimizerSignature } from './options';

/** The options that AdamW takes by name. */
export type AdamWOptions = Partial<Omit<AdamGroup, 'decoupledWeightDecay'>>;

const SIGNATURE = new OptimizerSignature<Omit<AdamGroup, 'decoupledWeightDecay'>>(
  'AdamW',
  { lr: 1e-3, betas: [0.9, 0.999], eps: 1e-8, weightDecay: 1e-2, amsgrad: false },
  { maximize: false, foreach: null, capturable: false, differentiable: false, fused: null },
);

/**
 * Adam with decoupled weight decay: it does not go into the moments.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.optim.AdamW.html
 * @throws ValueError for an option out of its range, RuntimeError for options that exclude each other.
 */
export class AdamW extends Adam {
  constructor(...args: OptimizerArguments<Omit<AdamGroup, 'decoupledWeightDecay'>, AdamPositional>) {
    const [params, options] = SIGNATURE.bind(args);
    super(params as never, { ...options, decoupledWeightDecay: true });
  }

  protected override completeGroup(group: ParamGroup<AdamGroup>): void {
    super.completeGroup(group);
    group.decoupledWeightDecay = true;
  }
}
