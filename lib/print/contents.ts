/** Writes the elements of a tensor: nested brackets, lines, and `...` where a summary leaves elements out. */
import type { Complex } from '../complex';
import { type DType, float32, uint8 } from '../dtype';
import type { Tensor } from '../tensor';
import { Formatter, type Real } from './formatter';
import { printOptions } from './options';

/** What `tolist` gives: an element, or the lists of a dimension. */
type Data = Real | Complex | Data[];

/** Writes one element, and how many characters it takes with the comma and the blank behind it. */
interface ElementFormat {
  width: number;
  format(value: Real | Complex): string;
}

/** The elements' text; `indent` is the column of its first bracket. */
export function contents(tensor: Tensor, indent: number): string {
  const count = tensor.numel();
  if (count === 0) return '[]';
  const sizes = [...tensor.shape];
  const summarize = count > printOptions.threshold;
  if (summarize && printOptions.edgeitems === 0 && sizes.length > 0) return '[...]';
  const data = summarize ? edges(tensor, sizes, 0) : elements(tensor);
  const element = elementFormat(flat(data), tensor.dtype);
  return new Writer(sizes, summarize, element).write(data, 0, indent);
}

/** All the elements; those of small dtypes through one that is read faster and has the same values. */
function elements(tensor: Tensor): Data {
  const { name, isFloatingPoint, itemsize } = tensor.dtype;
  // PyTorch prints the bytes of this dtype, which has two numbers in one element.
  if (name === 'float4_e2m1fn_x2') return tensor.view(uint8).tolist() as Data;
  return (isFloatingPoint && itemsize < 4 ? tensor.to(float32) : tensor).tolist() as Data;
}

/** The elements of a summary, read by one `tolist` per corner of the tensor. */
function edges(tensor: Tensor, sizes: readonly number[], from: number): Data {
  const { edgeitems } = printOptions;
  const dim = sizes.findIndex((size, i) => i >= from && size > 2 * edgeitems);
  if (dim < 0) return elements(tensor);
  const head = edges(tensor.narrow(dim, 0, edgeitems), sizes, dim + 1);
  const tail = edges(tensor.narrow(dim, (sizes[dim] as number) - edgeitems, edgeitems), sizes, dim + 1);
  return joined(head as Data[], tail as Data[], dim);
}

/** The lists `depth` levels down, each head with its tail behind it. */
function joined(head: Data[], tail: Data[], depth: number): Data[] {
  if (depth === 0) return [...head, ...tail];
  return head.map((part, i) => joined(part as Data[], tail[i] as Data[], depth - 1));
}

function flat(data: Data): (Real | Complex)[] {
  return Array.isArray(data) ? ((data as unknown[]).flat(Infinity) as (Real | Complex)[]) : [data];
}

function elementFormat(values: (Real | Complex)[], dtype: DType): ElementFormat {
  if (!dtype.isComplex) {
    const formatter = new Formatter(values as Real[], dtype);
    return { width: formatter.width + 2, format: (value) => formatter.format(value as Real) };
  }
  const real = new Formatter(
    (values as Complex[]).map((value) => value.re),
    dtype,
  );
  const imaginary = new Formatter(
    (values as Complex[]).map((value) => value.im),
    dtype,
  );
  return {
    width: real.width + imaginary.width + 3,
    format(value) {
      const { re, im } = value as Complex;
      const text = `${imaginary.format(im)}j`.trimStart();
      return `${real.format(re)}${text.startsWith('-') ? '' : '+'}${text}`;
    },
  };
}

class Writer {
  constructor(
    private readonly sizes: readonly number[],
    private readonly summarize: boolean,
    private readonly element: ElementFormat,
  ) {}

  write(data: Data, dim: number, indent: number): string {
    if (!Array.isArray(data)) return this.element.format(data);
    const inner = this.sizes.length - dim - 1;
    if (inner === 0) return this.vector(data as (Real | Complex)[], dim, indent);
    const parts = data.map((part) => this.write(part, dim + 1, indent + 1));
    return `[${this.elided(parts, dim, '...').join(`,${'\n'.repeat(inner)}${' '.repeat(indent + 1)}`)}]`;
  }

  private vector(values: (Real | Complex)[], dim: number, indent: number): string {
    const perLine = Math.max(1, Math.floor((printOptions.linewidth - indent) / this.element.width));
    const texts = this.elided(values.map(this.element.format), dim, ' ...');
    const lines: string[] = [];
    for (let i = 0; i < texts.length; i += perLine) lines.push(texts.slice(i, i + perLine).join(', '));
    return `[${lines.join(`,\n${' '.repeat(indent + 1)}`)}]`;
  }

  /** The parts, with dots in the middle where a summary has left some out. */
  private elided(parts: string[], dim: number, dots: string): string[] {
    const { edgeitems } = printOptions;
    if (!this.summarize || (this.sizes[dim] as number) <= 2 * edgeitems) return parts;
    return [...parts.slice(0, edgeitems), dots, ...parts.slice(-edgeitems)];
  }
}
