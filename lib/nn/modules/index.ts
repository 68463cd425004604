/** All modules; their `forward` reads the plain object behind the proxy. */
import { Module } from '../module';
import { readDirectly } from '../module/instance';
import * as activation from './activation';
import * as adaptive from './adaptive';
import * as adaptivePooling from './adaptive-pooling';
import * as batchnorm from './batchnorm';
import * as channelshuffle from './channelshuffle';
import * as constantPadding from './constant-padding';
import * as container from './container';
import * as conv from './conv';
import * as convTranspose from './conv-transpose';
import * as crossMapLrn from './cross-map-lrn';
import * as distance from './distance';
import * as dropout from './dropout';
import * as flatten from './flatten';
import * as fold from './fold';
import * as fractionalPooling from './fractional-pooling';
import * as instancenorm from './instancenorm';
import * as lazyConv from './lazy-conv';
import * as lazyNorm from './lazy-norm';
import * as linear from './linear';
import * as linearCrossEntropy from './linear-cross-entropy';
import * as loss from './loss';
import * as marginLoss from './margin-loss';
import * as moduleDict from './module-dict';
import * as multiheadAttention from './multihead-attention';
import * as normalization from './normalization';
import * as padding from './padding';
import * as parameterContainers from './parameter-containers';
import * as pixelshuffle from './pixelshuffle';
import * as pooling from './pooling';
import * as regressionLoss from './regression-loss';
import * as rnn from './rnn';
import * as rnnCells from './rnn-cells';
import * as softmax from './softmax';
import * as sparse from './sparse';
import * as syncBatchnorm from './sync-batchnorm';
import * as transformer from './transformer';
import * as transformerLayers from './transformer-layers';
import * as unpooling from './unpooling';
import * as upsampling from './upsampling';

for (const family of [
  activation,
  adaptive,
  adaptivePooling,
  batchnorm,
  channelshuffle,
  constantPadding,
  container,
  conv,
  convTranspose,
  crossMapLrn,
  distance,
  dropout,
  flatten,
  fold,
  fractionalPooling,
  instancenorm,
  lazyConv,
  lazyNorm,
  linear,
  linearCrossEntropy,
  loss,
  marginLoss,
  moduleDict,
  multiheadAttention,
  normalization,
  padding,
  parameterContainers,
  pixelshuffle,
  pooling,
  regressionLoss,
  rnn,
  rnnCells,
  softmax,
  sparse,
  syncBatchnorm,
  transformer,
  transformerLayers,
  unpooling,
  upsampling,
]) {
  readDirectly(
    ...Object.values<object>(family).filter((member) => Object.prototype.isPrototypeOf.call(Module, member)),
  );
}

export * from './activation';
export { AdaptiveLogSoftmaxWithLoss } from './adaptive';
export {
  AdaptiveAvgPool1d,
  AdaptiveAvgPool2d,
  AdaptiveAvgPool3d,
  AdaptiveMaxPool1d,
  AdaptiveMaxPool2d,
  AdaptiveMaxPool3d,
} from './adaptive-pooling';
export { BatchNorm1d, BatchNorm2d, BatchNorm3d } from './batchnorm';
export * from './channelshuffle';
export {
  ConstantPad1d,
  ConstantPad2d,
  ConstantPad3d,
  ZeroPad1d,
  ZeroPad2d,
  ZeroPad3d,
} from './constant-padding';
export { ModuleList, type NamedModules, Sequential } from './container';
export { Conv1d, Conv2d, Conv3d, type Padding, type PaddingMode } from './conv';
export { ConvTranspose1d, ConvTranspose2d, ConvTranspose3d } from './conv-transpose';
export { CrossMapLRN2d } from './cross-map-lrn';
export * from './distance';
export { AlphaDropout, Dropout, Dropout1d, Dropout2d, Dropout3d, FeatureAlphaDropout } from './dropout';
export * from './flatten';
export * from './fold';
export { FractionalMaxPool2d, FractionalMaxPool3d } from './fractional-pooling';
export { InstanceNorm1d, InstanceNorm2d, InstanceNorm3d } from './instancenorm';
export * from './lazy-conv';
export * from './lazy-norm';
export { Bilinear, Identity, LazyLinear, Linear } from './linear';
export * from './linear-cross-entropy';
export * from './loss';
export * from './margin-loss';
export { ModuleDict } from './module-dict';
export { MultiheadAttention } from './multihead-attention';
export * from './normalization';
export {
  CircularPad1d,
  CircularPad2d,
  CircularPad3d,
  ReflectionPad1d,
  ReflectionPad2d,
  ReflectionPad3d,
  ReplicationPad1d,
  ReplicationPad2d,
  ReplicationPad3d,
} from './padding';
export { type NamedParameters, ParameterDict, ParameterList } from './parameter-containers';
export * from './pixelshuffle';
export {
  AvgPool1d,
  AvgPool2d,
  AvgPool3d,
  LPPool1d,
  LPPool2d,
  LPPool3d,
  MaxPool1d,
  MaxPool2d,
  MaxPool3d,
} from './pooling';
export * from './regression-loss';
export { GRU, LSTM, type LSTMState, RNN } from './rnn';
export { RNNBase } from './rnn-base';
export { GRUCell, LSTMCell, RNNCell, RNNCellBase } from './rnn-cells';
export * from './softmax';
export * from './sparse';
export * from './sync-batchnorm';
export { Transformer, TransformerDecoder, TransformerEncoder } from './transformer';
export { type Activation, TransformerDecoderLayer, TransformerEncoderLayer } from './transformer-layers';
export { MaxUnpool1d, MaxUnpool2d, MaxUnpool3d } from './unpooling';
export * from './upsampling';
