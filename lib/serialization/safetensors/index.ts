/** `torch.safetensors`: Hugging Face's format of named tensors, one file or several with an index. */

export { SafetensorError } from './header';
export { type LoadOptions, load, loadFile, loadFileAsync } from './load';
export { type SafeFile, safeOpen } from './safe-open';
export { type Metadata, type NamedTensors, save, saveFile, saveFileAsync } from './save';
export { type ShardOptions, saveSharded, saveShardedAsync } from './save-sharded';
