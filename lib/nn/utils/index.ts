/** `torch.nn.utils`. */
export { clipGradNorm_, clipGradsWithNorm_, clipGradValue_, getTotalNorm } from './clip-grad';
export { parametersToVector, vectorToParameters } from './convert-parameters';
export { fuseConvBnEval, fuseConvBnWeights, fuseLinearBnEval, fuseLinearBnWeights } from './fusion';
export { skipInit } from './init';
export { convertConv2dWeightMemoryFormat, convertConv3dWeightMemoryFormat } from './memory-format';
export * as rnn from './rnn';
export * as stateless from './stateless';
