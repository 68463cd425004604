/** `torch.optim`. */
export { Adam, type AdamGroup, type AdamOptions } from './adam';
export { AdamW, type AdamWOptions } from './adamw';
export {
  type OptimizerHook,
  registerOptimizerStepPostHook,
  registerOptimizerStepPreHook,
  type StateDictHook,
  type StepPostHook,
  type StepPreHook,
} from './hooks';
export type { Hyperparameter } from './hyperparameters';
export {
  type Closure,
  Optimizer,
  type ParamGroup,
  type ParamGroupInput,
  type ParamState,
  type Params,
  required,
} from './optimizer';
export type { OptimizerArguments } from './options';
export { SGD, type SGDGroup, type SGDOptions } from './sgd';
export type { OptimizerStateDict, PackedGroup } from './state-dict';
