/** `torch.autograd.functional`. */
export { type Derivatives, hessian, jacobian, type Strategy } from './jacobian';
export type { TensorFunction, Tensors } from './parts';
export { hvp, jvp, vhp, vjp } from './products';
