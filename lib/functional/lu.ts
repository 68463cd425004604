/** LU decomposition in PyTorch's old way of asking for it. */
import { type Arguments, signature } from '../arguments';
import { _luWithInfo } from '../generated/torch';
import type { Tensor } from '../tensor';

const NAMES = ['A', 'pivot?', 'getInfos?', 'out?'] as const;
type Values = [A: Tensor, pivot?: boolean, getInfos?: boolean, out?: readonly Tensor[] | null];
const parameters = signature('lu', ...NAMES).of<Values>();

/** The decomposition, the pivots, and which matrices failed. */
export type LuResult = ReturnType<typeof _luWithInfo>;

/** A function whose result ends in the infos if they are asked for. */
interface Lu {
  (A: Tensor, options?: { pivot?: boolean; getInfos?: false; out?: readonly Tensor[] | null }): [Tensor, Tensor];
  (A: Tensor, options: { pivot?: boolean; getInfos: true; out?: null }): LuResult;
  (...args: Arguments<Values, typeof NAMES>): LuResult | readonly Tensor[];
}

/**
 * The compact LU decomposition of matrices (..., M, N) and its pivots, with `getInfos` also whether each one failed.
 * Newer code uses `linalg.luFactor` and `linalg.luFactorEx`.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.lu.html
 * @throws RuntimeError for a singular matrix, unless infos are asked for.
 */
export const lu = ((...args: Arguments<Values, typeof NAMES>): LuResult | readonly Tensor[] => {
  const [A, pivot = true, getInfos = false, out = null] = parameters.bind(args);
  const result = _luWithInfo(A, { pivot, checkErrors: !getInfos });
  if (out === null) return getInfos ? result : [result.LU, result.pivots];
  const wanted = [...result].slice(0, getInfos ? 3 : 2);
  if (out.length !== wanted.length) {
    throw new TypeError(`expected tuple of ${wanted.length} elements but got ${out.length}`);
  }
  for (const [i, one] of wanted.entries()) (out[i] as Tensor).resizeAs_(one).copy_(one);
  return out;
}) as Lu;
