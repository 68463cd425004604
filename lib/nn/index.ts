/** `torch.nn`. */
export * as functional from './functional';
export * as init from './init';
export { Module } from './module';
export {
  type ForwardHook,
  type ForwardHookOptions,
  type ForwardHookWithKwargs,
  type ForwardPreHook,
  type ForwardPreHookOptions,
  type ForwardPreHookWithKwargs,
  RemovableHandle,
} from './module/hooks';
export { IncompatibleKeys, type StateDictLike } from './module/load-state-dict';
export { StateDict } from './module/state-dict';
export * from './modules';
export { Buffer, Parameter } from './parameter';
