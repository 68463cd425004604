/** Makes sparse tensors of indices and values. */
import { signature } from '../arguments';
import { asTensor, type TensorData } from '../creation';
import { constructedOn } from '../device';
import { getDefaultDtype, int64 } from '../dtype';
import { RuntimeError } from '../errors';
import { type Layout, sparseBsc, sparseBsr, sparseCoo, sparseCsc, sparseCsr } from '../layout';
import { isOptions, isTensor, operator } from '../ops';
import type { Tensor } from '../tensor';
import type { DeviceLike, DType, IntList } from '../types';
import { checking } from './invariants';

/** How a sparse tensor is made. */
export interface SparseOptions {
  /** The values' dtype; what the data give, if left out. */
  dtype?: DType | null;
  /** Where it lives; where the values are, if left out. */
  device?: DeviceLike | null;
  pinMemory?: boolean;
  requiresGrad?: boolean;
  /** Whether to check indices and sizes: see `checkSparseTensorInvariants`. */
  checkInvariants?: boolean | null;
}

type Operator = (...args: unknown[]) => Tensor;

const FACTORY = 'ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=False';

const coo: Operator = operator(
  'sparse_coo_tensor',
  `sparse_coo_tensor(Tensor indices, Tensor values, IntArrayRef size, *, ${FACTORY}, bool? is_coalesced=None)|sparse_coo_tensor.indices_size||`,
  `sparse_coo_tensor(Tensor indices, Tensor values, *, ${FACTORY}, bool? is_coalesced=None)|sparse_coo_tensor.indices||`,
  `sparse_coo_tensor(IntArrayRef size, *, ${FACTORY})|sparse_coo_tensor.size||`,
);

const compressed: Operator = operator(
  'sparse_compressed_tensor',
  `sparse_compressed_tensor(Tensor compressed_indices, Tensor plain_indices, Tensor values, IntArrayRef size, *, ${FACTORY})|sparse_compressed_tensor.comp_plain_value_size||`,
  `sparse_compressed_tensor(Tensor compressed_indices, Tensor plain_indices, Tensor values, *, ${FACTORY})|sparse_compressed_tensor.comp_plain_value||`,
);

/** Data as indices beside the values: lists of numbers are int64, as they count or point. */
function readIndices(data: TensorData, values: Tensor, dtype: DType | null): Tensor {
  const isTyped = isTensor(data) || ArrayBuffer.isView(data);
  return asTensor(data, { dtype: isTyped ? dtype : int64, device: values.device });
}

function build(options: SparseOptions, make: () => Tensor): Tensor {
  const tensor = checking(options.checkInvariants ?? null, make);
  return options.requiresGrad ? tensor.requiresGrad_() : tensor;
}

const COO = signature(
  'sparse_coo_tensor',
  'indices',
  'values',
  'size?',
  'dtype?',
  'device?',
  'pinMemory?',
  'requiresGrad?',
  'checkInvariants?',
  'isCoalesced?',
);

function isSize(value: unknown): value is IntList {
  return Array.isArray(value) && value.every((size) => typeof size === 'number' || typeof size === 'bigint');
}

/**
 * A sparse tensor in coordinate format: `indices`, (sparse dimensions, nnz), and `values`, (nnz, dense dimensions); the size
 * is the smallest that holds them if left out. Of a size alone, a tensor of zeros.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.sparse_coo_tensor.html
 * @throws RuntimeError for indices that do not fit.
 */
export function sparseCooTensor(
  indices: TensorData,
  values: TensorData,
  size?: IntList | null,
  options?: SparseOptions & { isCoalesced?: boolean | null },
): Tensor;
export function sparseCooTensor(
  indices: TensorData,
  values: TensorData,
  options: SparseOptions & { size?: IntList | null; isCoalesced?: boolean | null },
): Tensor;
export function sparseCooTensor(size: IntList, options?: SparseOptions): Tensor;
export function sparseCooTensor(...args: readonly unknown[]): Tensor {
  if (isSize(args[0]) && (args.length === 1 || isOptions(args[1]))) {
    const { dtype, device = null, pinMemory = false, ...rest } = (args[1] ?? {}) as SparseOptions;
    const where = constructedOn(device);
    const options = { dtype: dtype ?? getDefaultDtype(), layout: sparseCoo, device: where, pinMemory };
    return build(rest, () => coo(args[0], options));
  }
  const bound =
    COO.of<[TensorData, TensorData, IntList?, DType?, DeviceLike?, boolean?, boolean?, boolean?, boolean?]>();
  const [
    indices,
    data,
    size = null,
    dtype = null,
    device = null,
    pinMemory,
    requiresGrad,
    checkInvariants,
    isCoalesced,
  ] = bound.bind(args as never);
  const values = asTensor(data, { dtype, device });
  const places = readIndices(indices, values, int64);
  const options = {
    dtype: values.dtype,
    layout: sparseCoo,
    device: values.device,
    pinMemory: pinMemory ?? false,
    isCoalesced: isCoalesced ?? null,
  };
  return build({ requiresGrad, checkInvariants }, () =>
    size === null ? coo(places, values, options) : coo(places, values, size, options),
  );
}

/** How a compressed sparse tensor is made. */
export interface CompressedOptions extends SparseOptions {
  size?: IntList | null;
  layout?: Layout | null;
}

/** A function that makes compressed sparse tensors. */
export interface Compressed {
  (
    compressedIndices: TensorData,
    plainIndices: TensorData,
    values: TensorData,
    size?: IntList | null,
    options?: CompressedOptions,
  ): Tensor;
  (compressedIndices: TensorData, plainIndices: TensorData, values: TensorData, options: CompressedOptions): Tensor;
}

/** A layout's name in LibTorch's sentences: `SparseCsr`. */
function enumerator(layout: Layout): string {
  return layout.name.replace(/(?:^|_)(\w)/g, (_, letter: string) => letter.toUpperCase());
}

/** The constructor for one layout, or for the one that is asked for. `compressedName` and `plainName` name the indices. */
function compressedFactory(name: string, compressedName: string, plainName: string, fixed: Layout | null): Compressed {
  const parameters = signature(
    name,
    compressedName,
    plainName,
    'values',
    'size?',
    'dtype?',
    'layout?',
    'device?',
    'pinMemory?',
    'requiresGrad?',
    'checkInvariants?',
  ).of<[TensorData, TensorData, TensorData, IntList?, DType?, Layout?, DeviceLike?, boolean?, boolean?, boolean?]>();
  return (...args: unknown[]): Tensor => {
    const [outer, inner, data, size, dtype, layout, device, pinMemory, requiresGrad, checkInvariants] = parameters.bind(
      args as never,
    );
    const chosen = layout ?? fixed;
    if (chosen === null) throw new RuntimeError(`${name} expected sparse compressed tensor layout but got none`);
    if (fixed !== null && chosen !== fixed) {
      throw new RuntimeError(`${name}: layout must be ${enumerator(fixed)} but got ${enumerator(chosen)}`);
    }
    const values = asTensor(data, { dtype: dtype ?? null, device: device ?? null });
    const options = { dtype: values.dtype, layout: chosen, device: values.device, pinMemory: pinMemory ?? false };
    const parts = [readIndices(outer, values, null), readIndices(inner, values, null), values];
    const sizes = size === undefined || size === null ? [] : [size];
    return build({ requiresGrad, checkInvariants }, () => compressed(...parts, ...sizes, options));
  };
}

/**
 * A sparse tensor in a compressed format, which `layout` names: compressed indices, plain indices and values.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.sparse_compressed_tensor.html
 * @throws RuntimeError for indices that do not fit.
 */
export const sparseCompressedTensor = compressedFactory(
  'sparse_compressed_tensor',
  'compressedIndices',
  'plainIndices',
  null,
);

/** Compressed rows, one value each. @see https://docs.pytorch.org/docs/2.13/generated/torch.sparse_csr_tensor.html */
export const sparseCsrTensor = compressedFactory('sparse_csr_tensor', 'crowIndices', 'colIndices', sparseCsr);

/** Compressed columns, one value each. @see https://docs.pytorch.org/docs/2.13/generated/torch.sparse_csc_tensor.html */
export const sparseCscTensor = compressedFactory('sparse_csc_tensor', 'ccolIndices', 'rowIndices', sparseCsc);

/** Compressed rows of blocks. @see https://docs.pytorch.org/docs/2.13/generated/torch.sparse_bsr_tensor.html */
export const sparseBsrTensor = compressedFactory('sparse_bsr_tensor', 'crowIndices', 'colIndices', sparseBsr);

/** Compressed columns of blocks. @see https://docs.pytorch.org/docs/2.13/generated/torch.sparse_bsc_tensor.html */
export const sparseBscTensor = compressedFactory('sparse_bsc_tensor', 'ccolIndices', 'rowIndices', sparseBsc);
