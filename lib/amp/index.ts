/** `torch.amp`. */
export { type AutocastOptions, autocast, isAutocastAvailable } from './autocast';
export { customBwd, customFwd } from './custom';
export { GradScaler, type GradScalerStateDict, type Outputs, type ScaledOptimizer } from './grad-scaler';
