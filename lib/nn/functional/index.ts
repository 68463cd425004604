/** `torch.nn.functional`: the mathematics of modules, without their state. */
export * from './activation';
export * from './conv';
export * from './dropout';
export * from './linear';
export * from './loss';
export { type PadMode, pad } from './padding';
export {
  adaptiveAvgPool1d,
  avgPool1d,
  avgPool2d,
  avgPool3d,
  type MaxPool,
  type MaxPoolOptions,
  type MaxPoolResult,
  maxPool1d,
  maxPool2d,
  maxPool3d,
} from './pooling';
export type { Reduction } from './reduction';
