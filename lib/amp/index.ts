/** `torch.amp`. */
export { type AutocastOptions, autocast, isAutocastAvailable } from './autocast';
export { GradScaler, type GradScalerStateDict, type Outputs, type ScaledOptimizer } from './grad-scaler';
