/** The names of `torch.autograd.function`. */
export { Function, onceDifferentiable } from './function';
export { FunctionCtx } from './function-ctx';
