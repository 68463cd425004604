/** `torch.optim`. */
export { Adadelta, type AdadeltaGroup, type AdadeltaOptions } from './adadelta';
export { Adafactor, type AdafactorGroup, type AdafactorOptions } from './adafactor';
export { Adagrad, type AdagradGroup, type AdagradOptions } from './adagrad';
export { Adam, type AdamGroup, type AdamOptions } from './adam';
export { Adamax, type AdamaxGroup, type AdamaxOptions } from './adamax';
export { AdamW, type AdamWOptions } from './adamw';
export { ASGD, type ASGDGroup, type ASGDOptions } from './asgd';
export {
  type OptimizerHook,
  registerOptimizerStepPostHook,
  registerOptimizerStepPreHook,
  type StateDictHook,
  type StepPostHook,
  type StepPreHook,
} from './hooks';
export type { Hyperparameter } from './hyperparameters';
export { LBFGS, type LBFGSGroup, type LBFGSOptions } from './lbfgs';
export * as lrScheduler from './lr-scheduler';
export { Muon, type MuonGroup, type MuonOptions } from './muon';
export { NAdam, type NAdamGroup, type NAdamOptions } from './nadam';
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
export { RAdam, type RAdamGroup, type RAdamOptions } from './radam';
export { RMSprop, type RMSpropGroup, type RMSpropOptions } from './rmsprop';
export { Rprop, type RpropGroup, type RpropOptions } from './rprop';
export { SGD, type SGDGroup, type SGDOptions } from './sgd';
export { SparseAdam, type SparseAdamGroup, type SparseAdamOptions } from './sparse-adam';
export type { OptimizerStateDict, PackedGroup } from './state-dict';
export * as swaUtils from './swa-utils';
export { swapInOptimizerParamsAndState } from './swap';
