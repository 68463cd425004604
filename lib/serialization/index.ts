/** `torch.serialization`: what checkpoints are made of beyond `torch.save` and `torch.load`. */

export { PicklingError, UnpicklingError } from './errors';
export { getUnsafeGlobalsInCheckpoint, type LoadOptions, load, loadAsync } from './load';
export type { MapLocation } from './location';
export type { Progress } from './progress';
export {
  addSafeGlobals,
  clearSafeGlobals,
  getSafeGlobals,
  type NamedSafeGlobal,
  type SafeGlobal,
  safeGlobals,
} from './safe-globals';
export { type SaveOptions, save, saveAsync } from './save';
export type { Writable, Writer } from './sink';
export type { Readable } from './source';
export { Counter, Tuple } from './values';
