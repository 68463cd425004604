/** `torch.optim`. */
export {
  type Closure,
  Optimizer,
  type ParamGroup,
  type ParamGroupInput,
  type ParamState,
  type Params,
  required,
} from './optimizer';
export { SGD, type SGDGroup, type SGDOptions } from './sgd';
export type { OptimizerStateDict, PackedGroup } from './state-dict';
