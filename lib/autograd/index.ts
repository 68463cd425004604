/** `torch.autograd`. */
export { type BackwardOptions, backward, type GradOptions, grad } from './backward';
export { enableGrad, inferenceMode, type Mode, noGrad, type Scope, setGradEnabled } from './grad-mode';
export { GradNode } from './node';
