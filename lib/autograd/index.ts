/** `torch.autograd`. */
export { backward, grad } from './backward';
export { enableGrad, inferenceMode, type Mode, noGrad, type Scope, setGradEnabled } from './grad-mode';
export { GradNode } from './node';
