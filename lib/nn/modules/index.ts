/** All modules; their `forward` reads the plain object behind the proxy. */
import { Module, readDirectly } from '../module';
import * as activation from './activation';
import * as container from './container';
import * as conv from './conv';
import * as dropout from './dropout';
import * as flatten from './flatten';
import * as linear from './linear';
import * as loss from './loss';
import * as pooling from './pooling';

for (const family of [activation, container, conv, dropout, flatten, linear, loss, pooling]) {
  readDirectly(
    ...Object.values<object>(family).filter((member) => Object.prototype.isPrototypeOf.call(Module, member)),
  );
}

export * from './activation';
export { ModuleList, type NamedModules, Sequential } from './container';
export { Conv1d, Conv2d, Conv3d, type Padding, type PaddingMode } from './conv';
export { AlphaDropout, Dropout, Dropout1d, Dropout2d, Dropout3d, FeatureAlphaDropout } from './dropout';
export { Flatten, Unflatten } from './flatten';
export { Identity, Linear } from './linear';
export {
  BCELoss,
  BCEWithLogitsLoss,
  CrossEntropyLoss,
  HuberLoss,
  L1Loss,
  MSELoss,
  NLLLoss,
  SmoothL1Loss,
} from './loss';
export { AvgPool2d, MaxPool1d, MaxPool2d, MaxPool3d } from './pooling';
