/** The tensors in an exported program's archive. */
import { noGrad } from '../autograd/grad-mode';
import { RuntimeError, ValueError } from '../errors';
import { empty } from '../generated/torch';
import { strided } from '../layout';
import { Parameter } from '../nn/parameter';
import type { Reading } from '../serialization/source';
import type { Tensor } from '../tensor';
import type { Archive } from './archive';
import { deviceOf, dtypeOf, layoutOf } from './enums';
import { bool, index, list, record, text, union } from './json';

/** Sizes and strides of stored tensors are plain numbers. */
function plain(value: unknown): number {
  const [kind, number] = union(value, 'a size');
  if (kind !== 'as_int') throw new ValueError('the exported program has a stored tensor without a size');
  return index(number, 'a size');
}

/**
 * The tensors that a configuration names, by the program's names for them; those that share a record share memory.
 *
 * @param folder The folder of the records, with a slash.
 */
export function* readPayloads(archive: Archive, configuration: string, folder: string): Reading<Map<string, Tensor>> {
  const { config } = archive.json(configuration);
  const flat = new Map<string, Tensor>();
  const tensors = new Map<string, Tensor>();
  for (const [name, value] of Object.entries(record(config, 'a configuration of tensors'))) {
    const { path_name, is_param, use_pickle, tensor_meta } = record(value, 'a stored tensor');
    const path = text(path_name, 'the path of a tensor');
    if (bool(use_pickle, 'use_pickle')) {
      throw new RuntimeError(`'${name}' is pickled: a tensor subclass or a custom object, which only Python can load`);
    }
    const meta = record(tensor_meta, "a tensor's description");
    if (layoutOf(meta.layout) !== strided) throw new RuntimeError(`'${name}' is stored, but not strided`);
    const dtype = dtypeOf(meta.dtype);
    let stored = flat.get(path);
    if (stored === undefined) {
      const bytes = yield* archive.tensor(`${folder}${path}`);
      if (bytes.numel() % dtype.itemsize !== 0) {
        throw new ValueError(
          `Record ${folder}${path}: size ${bytes.numel()} is not a multiple of element size ${dtype.itemsize} for dtype ${dtype}`,
        );
      }
      stored = bytes.view(dtype).to(deviceOf(meta.device));
      flat.set(path, stored);
    }
    const [sizes, strides] = [meta.sizes, meta.strides].map((numbers) => list(numbers, 'sizes').map(plain));
    const isEmpty = sizes?.includes(0);
    const offset = plain(meta.storage_offset);
    const tensor = isEmpty
      ? empty(sizes as number[], { dtype, device: stored.device })
      : noGrad(() => (stored as Tensor).asStrided(sizes as number[], strides as number[], offset));
    const requiresGrad = bool(meta.requires_grad, 'requires_grad');
    tensors.set(name, bool(is_param, 'is_param') ? new Parameter(tensor, requiresGrad) : tensor);
  }
  return tensors;
}
