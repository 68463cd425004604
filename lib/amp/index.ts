/** `torch.amp`. */
export { type AutocastOptions, autocast, isAutocastAvailable } from './autocast';
