/** `torch.optim.lr_scheduler`. */
export { ChainedScheduler, SequentialLR } from './chain';
export { CosineAnnealingLR, CosineAnnealingWarmRestarts } from './cosine';
export { CyclicLR, type CyclicMode } from './cyclic';
export { ExponentialLR, LinearLR, PolynomialLR } from './decay';
export { LambdaLR, type LrLambda, MultiplicativeLR } from './lambda';
export { OneCycleLR } from './one-cycle';
export { ReduceLROnPlateau } from './plateau';
export { EPOCH_DEPRECATION_WARNING, LRScheduler, type SchedulerStateDict } from './scheduler';
export { ConstantLR, MultiStepLR, StepLR } from './step';
