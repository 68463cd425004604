/** `torch.sparse`. */
export * from '../generated/sparse';
export { checkSparseTensorInvariants } from './invariants';
export { sum } from './sum';
