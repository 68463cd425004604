/** tsorch's side of the operator cases: the same calls as in pytorch.py and libtorch.cc, on the same inputs. */
import { torch, type Works } from '../compiled';

/** The work of every case. */
export function operators(): Works {
  const [a, b] = [torch.randn(4), torch.randn(4)];
  const [x, y] = [torch.randn(8, 8), torch.randn(8, 8)];
  const one = torch.randn(1);
  const row = torch.randn(1, 8);
  const indices = torch.tensor([0n, 3n, 5n]);
  const mask = x.gt(0);
  return {
    add: () => a.add(b),
    'mul-scalar': () => x.mul(0.5),
    matmul: () => x.matmul(y),
    sum: () => x.sum(),
    'mean-dim': () => x.mean(1),
    'max-dim': () => x.max(1).values,
    softmax: () => x.softmax(1),
    where: () => torch.where(mask, x, y),
    cat: () => torch.cat([x, y], 1),
    stack: () => torch.stack([x, y]),
    view: () => x.view(4, 16),
    reshape: () => x.reshape(-1),
    transpose: () => x.transpose(0, 1),
    unsqueeze: () => x.unsqueeze(0),
    expand: () => row.expand(4, 8),
    select: () => x.at(3),
    slice: () => x.at('1:5'),
    'slice-2d': () => x.at(':', '1:5'),
    index: () => x.at(indices),
    'index-mask': () => x.at(mask),
    clone: () => x.clone(),
    'to-dtype': () => x.to(torch.float64),
    randn: () => torch.randn(2, 3),
    zeros: () => torch.zeros([2, 3]),
    item: () => {
      one.item();
      return one;
    },
  };
}
