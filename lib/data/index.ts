/** `torch.utils.data`. */
export { type Collated, defaultCollate, defaultConvert } from './collate';
export { DataLoader } from './dataloader';
export { Dataset, type DatasetLike, IterableDataset, randomSplit, Subset, TensorDataset } from './dataset';
export {
  BatchSampler,
  RandomSampler,
  Sampler,
  SequentialSampler,
  type Sized,
  SubsetRandomSampler,
  WeightedRandomSampler,
} from './sampler';
