/** The names of `torch`, grouped. */

export * as autograd from './autograd';
export {
  enableGrad,
  inferenceMode,
  isGradEnabled,
  isInferenceModeEnabled,
  noGrad,
  setGradEnabled,
} from './autograd/grad-mode';
export { Complex } from './complex';
export {
  asTensor,
  BFloat16Tensor,
  BoolTensor,
  ByteTensor,
  CharTensor,
  ComplexFloatTensor,
  DoubleTensor,
  FloatTensor,
  full,
  HalfTensor,
  IntTensor,
  isTensor,
  LongTensor,
  ShortTensor,
  type TensorData,
  type TensorOptions,
  tensor,
} from './creation';
export * as cuda from './cuda';
export { deepcopy } from './deepcopy';
export { Device, device } from './device';
export * from './dtype';
export * from './errors';
export { broadcastTensors, nonzero, split } from './functional';
export * as fft from './generated/fft';
export * as linalg from './generated/linalg';
export * as sparse from './generated/sparse';
export * as special from './generated/special';
export * from './generated/torch';
export { type IndexItem, type Slice, type SliceString, slice } from './indexing';
export {
  channelsLast,
  channelsLast3d,
  contiguousFormat,
  jagged,
  Layout,
  MemoryFormat,
  preserveFormat,
  sparseBsc,
  sparseBsr,
  sparseCoo,
  sparseCsc,
  sparseCsr,
  strided,
} from './layout';
export { keep, memory, tidy } from './memory';
export * as nn from './nn';
export { ops } from './op-namespaces';
export * as optim from './optim';
export { getPrintoptions, type PrintOptions, printoptions, setPrintoptions } from './print';
export { defaultGenerator, Generator, getRngState, initialSeed, manualSeed, seed, setRngState } from './random';
export * as serialization from './serialization';
export { load, loadAsync, npy, npz, safetensors, save, saveAsync } from './serialization';
export {
  areDeterministicAlgorithmsEnabled,
  config,
  getNumInteropThreads,
  getNumThreads,
  isWarnAlwaysEnabled,
  setNumInteropThreads,
  setNumThreads,
  setWarnAlways,
  useDeterministicAlgorithms,
  version,
} from './settings';
export { Size } from './size';
export { Tensor } from './tensor';
export { frombuffer, fromTypedArray, type TypedArray } from './typed-arrays';
export * as utils from './utils';
