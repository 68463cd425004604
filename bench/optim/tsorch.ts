/** tsorch's side of the steps of optimizers. */
import type * as tsorch from '../../lib';
import { torch, type Work, type Works } from '../compiled';

const { nn } = torch;

type Make = (params: tsorch.Tensor[]) => { step(): unknown };

const MAKES: Readonly<Record<string, Make>> = {
  sgd: (params) => new torch.optim.SGD(params, { lr: 1e-4, momentum: 0.9, fused: true }),
  adamw: (params) => new torch.optim.AdamW(params, { lr: 1e-4, fused: true }),
};

/** Makes its tensors at the first call: those of other cases need not lie in memory. */
function step(make: Make, count: number, size: number[]): Work {
  let params: tsorch.Tensor[] = [];
  let optimizer: ReturnType<Make> | undefined;
  return () => {
    if (optimizer === undefined) {
      params = Array.from({ length: count }, () => new nn.Parameter(torch.ones(size)));
      for (const param of params) param.grad = torch.full(size, 0.5);
      optimizer = make(params);
    }
    optimizer.step();
    return (params.at(-1) as tsorch.Tensor).detach();
  };
}

export function optim(): Works {
  const works: Record<string, Work> = {};
  for (const [name, make] of Object.entries(MAKES)) {
    for (const count of [4, 100, 1000]) works[`${name}-${count}`] = step(make, count, [4, 4]);
    works[`${name}-large`] = step(make, 1, [10_000_000]);
  }
  return works;
}
