/** The text of a tensor, as Python's `print` writes it: a port of `torch/_tensor_str.py`. */
import { getDefaultDtype } from './dtype';
import { RuntimeError } from './errors';
import { native } from './native';
import { contents } from './print/contents';
import { floatRepr } from './print/number';
import { printOptions } from './print/options';
import { isSparseLayout, sparseContents } from './print/sparse';
import { tupleRepr } from './python-repr';
import type { Tensor } from './tensor';

export {
  getPrintoptions,
  type PrintOptions,
  type PrintOptionsInit,
  printoptions,
  setPrintoptions,
} from './print/options';

/** The text between the brackets, and what is said behind it. */
interface Described {
  text: string;
  suffixes: string[];
}

/**
 * The text of a tensor, character for character what Python's `print` gives: values, and where they are not the usual
 * ones device, size, dtype, layout, and what autograd knows of it.
 */
export function tensorString(tensor: Tensor): string {
  const enabled = native.isGradEnabled();
  native.setGradEnabled(false);
  try {
    return describe(tensor);
  } finally {
    native.setGradEnabled(enabled);
  }
}

function describe(tensor: Tensor): string {
  const prefix = native.isNested(tensor.handle) ? 'nested_tensor(' : 'tensor(';
  const { text, suffixes } = describeContents(tensor, prefix.length);
  const { device, layout } = tensor;
  if (device.type !== 'cpu') suffixes.unshift(`device='${device}'`);
  if (layout.name !== 'strided') suffixes.push(`layout=${layout}`);
  suffixes.push(...autogradSuffix(tensor));
  return withSuffixes(prefix + text, suffixes, prefix.length, layout.name === 'sparse_coo');
}

function describeContents(tensor: Tensor, indent: number): Described {
  const { handle } = tensor;
  if (isSparseLayout(tensor.layout.name)) return describeSparse(tensor, indent);
  if (native.isQuantized(handle)) return describeQuantized(tensor, indent);
  if (native.isNested(handle)) return { text: nestedContents(tensor), suffixes: [] };
  if (tensor.device.type === 'meta') return { text: '...', suffixes: [sizeSuffix(tensor), ...unlessDefault(tensor)] };
  if (tensor.numel() === 0) {
    const size = tensor.shape.length === 1 ? [] : [sizeSuffix(tensor)];
    return { text: '[]', suffixes: [...size, ...unlessDefault(tensor)] };
  }
  const size = printOptions.edgeitems === 0 ? [sizeSuffix(tensor)] : [];
  return { text: denseContents(tensor, indent), suffixes: [...size, ...dtypeSuffix(tensor)] };
}

function denseContents(tensor: Tensor, indent: number): string {
  if (tensor.layout.name !== 'strided') return contents(tensor.toDense(), indent);
  // A tensor of zeros without memory, which autograd makes, has to be filled before it can be read.
  return contents(tensor._isZerotensor() ? tensor.clone() : tensor, indent);
}

function describeSparse(tensor: Tensor, indent: number): Described {
  const stored = tensor.device.type === 'meta' ? [] : [`nnz=${tensor._nnz()}`];
  return {
    text: sparseContents(tensor, tensor.layout.name, indent),
    suffixes: [sizeSuffix(tensor), ...stored, ...dtypeSuffix(tensor)],
  };
}

function describeQuantized(tensor: Tensor, indent: number): Described {
  const scheme = tensor.qscheme();
  const parameters = scheme.name.startsWith('per_tensor')
    ? [`scale=${floatRepr(tensor.qScale())}`, `zero_point=${tensor.qZeroPoint()}`]
    : [
        `scale=${describe(tensor.qPerChannelScales())}`,
        `zero_point=${describe(tensor.qPerChannelZeroPoints())}`,
        `axis=${tensor.qPerChannelAxis()}`,
      ];
  return {
    text: contents(tensor.dequantize(), indent),
    suffixes: [sizeSuffix(tensor), ...dtypeSuffix(tensor), `quantization_scheme=${scheme}`, ...parameters],
  };
}

function nestedContents(tensor: Tensor): string {
  const parts = tensor.unbind(0).map((part) => describe(part).replace(/^/gm, '  '));
  return `[\n${parts.join(',\n')}\n]`;
}

function sizeSuffix(tensor: Tensor): string {
  return `size=${tupleRepr(tensor.shape)}`;
}

/** The dtype, where the elements do not show it. */
function dtypeSuffix(tensor: Tensor): string[] {
  const { dtype } = tensor;
  const complex = getDefaultDtype().name === 'float64' ? 'complex128' : 'complex64';
  return [complex, 'int64', 'bool'].includes(dtype.name) ? [] : unlessDefault(tensor);
}

/** The dtype, where there are no elements to show it. */
function unlessDefault(tensor: Tensor): string[] {
  return tensor.dtype === getDefaultDtype() ? [] : [`dtype=${tensor.dtype}`];
}

function autogradSuffix(tensor: Tensor): string[] {
  const name = gradFnName(tensor);
  if (name !== null) return [`grad_fn=<${name}>`];
  return tensor.requiresGrad ? ['requires_grad=True'] : [];
}

function gradFnName(tensor: Tensor): string | null {
  try {
    const node = native.gradFn(tensor.handle);
    return node === null ? null : native.nodeName(node).replace(/^.*::/, '');
  } catch (error) {
    // A view made without autograd and then written to with it has lost its node.
    if (error instanceof RuntimeError) return 'Invalid';
    throw error;
  }
}

/** Puts the suffixes behind the text, on a new line where the line would get too long. */
function withSuffixes(text: string, suffixes: readonly string[], indent: number, newLine: boolean): string {
  let result = text;
  let force = newLine;
  let column = text.length - text.lastIndexOf('\n') + 1;
  for (const suffix of suffixes) {
    if (force || column + suffix.length + 2 > printOptions.linewidth) {
      result += `,\n${' '.repeat(indent)}${suffix}`;
      column = indent + suffix.length;
      force = false;
    } else {
      result += `, ${suffix}`;
      column += suffix.length + 2;
    }
  }
  return `${result})`;
}
