/** `torch.nn.modules`. */
export * as module from '../module/global-hooks';
export * from './index';
export * as lazy from './lazy';
