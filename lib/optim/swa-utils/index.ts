/** `torch.optim.swa_utils`. */
export { AveragedModel, updateBn } from './averaged-model';
export {
  type AvgFn,
  getEmaAvgFn,
  getEmaMultiAvgFn,
  getSwaAvgFn,
  getSwaMultiAvgFn,
  type MultiAvgFn,
} from './averages';
export { SWALR } from './swalr';
