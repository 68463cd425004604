/** Writes the parts of sparse tensors: indices and values. */
import { tupleRepr } from '../python-repr';
import type { Tensor } from '../tensor';
import { contents } from './contents';

/** Where a compressed layout keeps its indices, and which dimension each of them counts. */
const COMPRESSED: Readonly<
  Record<string, [compressed: 'crowIndices' | 'ccolIndices', plain: 'colIndices' | 'rowIndices']>
> = {
  sparse_csr: ['crowIndices', 'colIndices'],
  sparse_csc: ['ccolIndices', 'rowIndices'],
  sparse_bsr: ['crowIndices', 'colIndices'],
  sparse_bsc: ['ccolIndices', 'rowIndices'],
};

/** Whether a layout is sparse. */
export function isSparseLayout(layout: string): boolean {
  return layout === 'sparse_coo' || layout in COMPRESSED;
}

/** `indices=tensor(...),\n values=tensor(...)`, or what the layout has in their place. */
export function sparseContents(tensor: Tensor, layout: string, indent: number): string {
  return parts(tensor, layout)
    .map(([name, part]) => `${name}=tensor(${partContents(part, indent + name.length + '=tensor('.length)})`)
    .join(`,\n${' '.repeat(indent)}`);
}

function parts(tensor: Tensor, layout: string): [name: string, part: Tensor][] {
  const names = COMPRESSED[layout];
  if (names === undefined)
    return [
      ['indices', tensor._indices()],
      ['values', tensor._values()],
    ];
  const [compressed, plain] = names;
  return [
    [compressed === 'crowIndices' ? 'crow_indices' : 'ccol_indices', tensor[compressed]()],
    [plain === 'colIndices' ? 'col_indices' : 'row_indices', tensor[plain]()],
    ['values', tensor.values()],
  ];
}

function partContents(part: Tensor, indent: number): string {
  const meta = part.device.type === 'meta';
  const text = meta ? '...' : contents(part, indent);
  return meta || part.numel() === 0 ? `${text}, size=${tupleRepr(part.shape)}` : text;
}
