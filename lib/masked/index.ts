/** `torch.masked`: functions that leave out the elements which a boolean mask drops. */
export { cumprod, cumsum, logSoftmax, normalize, softmax, softmin } from './normalizations';
export {
  amax,
  amin,
  argmax,
  argmin,
  logaddexp,
  logsumexp,
  mean,
  median,
  norm,
  prod,
  std,
  sum,
  var,
} from './reductions';
