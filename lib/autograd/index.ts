/** `torch.autograd`. */

export * as anomalyMode from './anomaly-mode';
export { detectAnomaly, setDetectAnomaly } from './anomaly-mode';
export { backward, grad } from './backward';
export * as forwardAd from './forward-ad';
export { Function, onceDifferentiable } from './function';
export { FunctionCtx } from './function-ctx';
export * as function from './function-namespace';
export * as functional from './functional';
export { enableGrad, inferenceMode, type Mode, noGrad, type Scope, setGradEnabled } from './grad-mode';
export * as graph from './graph';
export type { NodeGradients, NodeHook, NodePrehook, TensorHook } from './hooks';
export { GradNode } from './node';
