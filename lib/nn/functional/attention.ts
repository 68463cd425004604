/** Attention. */
export { scaledDotProductAttention } from '../../generated/nn';
