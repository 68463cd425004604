/** What `torch` writes in Python over its operators: `torch.functional`. */
export { einsum, type Subscripts } from './einsum';
export {
  type LobpcgFlags,
  type LobpcgFloats,
  type LobpcgIntegers,
  type LobpcgMethod,
  type LobpcgTracker,
  lobpcg,
} from './lobpcg';
export { pcaLowrank, svdLowrank } from './low-rank';
export { lu } from './lu';
export { type NormOrder, norm } from './norm';
export { cdist, chainMatmul, tensordot } from './products';
export { eig, lstsq, matrixRank, type Removed, solve, symeig } from './removed';
export {
  atleast1d,
  atleast2d,
  atleast3d,
  blockDiag,
  broadcastShapes,
  broadcastTensors,
  cartesianProd,
  meshgrid,
  nonzero,
  split,
  unravelIndex,
} from './shapes';
export { type StftPadMode, stft } from './spectral';
export { unique, uniqueConsecutive } from './unique';
