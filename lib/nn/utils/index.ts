/** `torch.nn.utils`. */
export * as clipGrad from './clip-grad';
export { clipGradNorm, clipGradNorm_, clipGradsWithNorm_, clipGradValue_, getTotalNorm } from './clip-grad';
export * as convertParameters from './convert-parameters';
export { parametersToVector, vectorToParameters } from './convert-parameters';
export * as fusion from './fusion';
export { fuseConvBnEval, fuseConvBnWeights, fuseLinearBnEval, fuseLinearBnWeights } from './fusion';
export * as init from './init';
export { skipInit } from './init';
export * as memoryFormat from './memory-format';
export { convertConv2dWeightMemoryFormat, convertConv3dWeightMemoryFormat } from './memory-format';
export * as parametrizations from './parametrizations';
export * as parametrize from './parametrize';
export * as prune from './prune';
export * as rnn from './rnn';
export { removeSpectralNorm, spectralNorm } from './spectral-norm';
export * as stateless from './stateless';
export { removeWeightNorm, weightNorm } from './weight-norm';
