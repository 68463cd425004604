/** `torch.nn`. */
export { RemovableHandle } from '../removable-handle';
export { type FactoryKwargs, factoryKwargs } from './factory-kwargs';
export * as functional from './functional';
export * as init from './init';
export { Module } from './module';
export type { BackwardHook, BackwardPreHook, Gradients } from './module/backward-hooks';
export type {
  ForwardHook,
  ForwardHookOptions,
  ForwardHookWithKwargs,
  ForwardPreHook,
  ForwardPreHookOptions,
  ForwardPreHookWithKwargs,
} from './module/hooks';
export { IncompatibleKeys, type StateDictLike } from './module/load-state-dict';
export { StateDict } from './module/state-dict';
export * from './modules';
export * as modules from './modules/namespace';
export { Buffer, Parameter } from './parameter';
export * as parameter from './parameters';
export { UninitializedBuffer, UninitializedParameter } from './uninitialized';
export * as utils from './utils';
