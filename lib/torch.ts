/** The names of `torch`, grouped. */

export * as amp from './amp';
export { autocast } from './amp/autocast';
export { GradScaler } from './amp/grad-scaler';
export * from './amp/state';
export * as autograd from './autograd';
export { isAnomalyCheckNanEnabled, isAnomalyEnabled, setAnomalyEnabled } from './autograd/anomaly-mode';
export {
  enableGrad,
  inferenceMode,
  isGradEnabled,
  isInferenceModeEnabled,
  noGrad,
  setGradEnabled,
} from './autograd/grad-mode';
export { Complex } from './complex';
export * from './constants';
export {
  type AsArrayOptions,
  asarray,
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
export { DType as dtype } from './dtype';
export * from './errors';
export * as export from './export';
export * as functional from './functional';
export * from './functional';
export * as fft from './generated/fft';
export * as special from './generated/special';
export * from './generated/torch';
export { type IndexItem, type Slice, type SliceString, slice } from './indexing';
export * as inductor from './inductor';
export * as jit from './jit';
export {
  channelsLast,
  channelsLast3d,
  contiguousFormat,
  jagged,
  Layout,
  Layout as layout,
  MemoryFormat,
  MemoryFormat as memoryFormat,
  preserveFormat,
  sparseBsc,
  sparseBsr,
  sparseCoo,
  sparseCsc,
  sparseCsr,
  strided,
} from './layout';
export * as linalg from './linalg';
export * as masked from './masked';
export { keep, memory, tidy } from './memory';
export * as nested from './nested';
export * as nn from './nn';
export { FloatInfo, finfo, IntegerInfo, iinfo } from './numeric-limits';
export { ops } from './op-namespaces';
export { isTensor } from './ops';
export * as optim from './optim';
export { getPrintoptions, type PrintOptions, printoptions, setPrintoptions } from './print';
export { typename } from './python-repr';
export {
  perChannelAffine,
  perChannelAffineFloatQparams,
  perChannelSymmetric,
  perTensorAffine,
  perTensorSymmetric,
  QScheme,
  QScheme as qscheme,
} from './qscheme';
export * as quasirandom from './quasirandom';
export * as random from './random';
export { defaultGenerator, Generator, getRngState, initialSeed, manualSeed, seed, setRngState } from './random';
export * as serialization from './serialization';
export { load, loadAsync, save, saveAsync } from './serialization';
export * as npy from './serialization/numpy/npy';
export * as npz from './serialization/numpy/npz';
export * as safetensors from './serialization/safetensors';
export {
  areDeterministicAlgorithmsEnabled,
  config,
  getDefaultDevice,
  getDeterministicDebugMode,
  getFloat32MatmulPrecision,
  getNumInteropThreads,
  getNumThreads,
  hasLapack,
  hasMkl,
  hasOpenmp,
  hasSpectral,
  isDeterministicAlgorithmsWarnOnlyEnabled,
  isWarnAlwaysEnabled,
  setDefaultDevice,
  setDefaultTensorType,
  setDeterministicDebugMode,
  setFloat32MatmulPrecision,
  setFlushDenormal,
  setNumInteropThreads,
  setNumThreads,
  setWarnAlways,
  useDeterministicAlgorithms,
  version,
} from './settings';
export * as signal from './signal';
export { Size } from './size';
export * as sparse from './sparse';
export {
  type CompressedOptions,
  type SparseOptions,
  sparseBscTensor,
  sparseBsrTensor,
  sparseCompressedTensor,
  sparseCooTensor,
  sparseCscTensor,
  sparseCsrTensor,
} from './sparse/creation';
export { Tensor } from './tensor';
export { frombuffer, fromTypedArray, type TypedArray } from './typed-arrays';
export * as utils from './utils';
