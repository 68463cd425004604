/** `torch.quasirandom`: sequences that fill a space more evenly than random numbers do. */
import { inspect } from 'node:util';
import { type ArgumentsOf, signature } from './arguments';
import { type DType, getDefaultDtype, int64 } from './dtype';
import { ValueError } from './errors';
import {
  _sobolEngineDraw,
  _sobolEngineFf_,
  _sobolEngineInitializeState_,
  _sobolEngineScramble_,
  arange,
  cat,
  pow,
  randint,
  zeros,
} from './generated/torch';
import { keep } from './memory/scope';
import { Generator } from './random';
import type { Tensor } from './tensor';

const INIT = signature('SobolEngine.__init__', 'dimension', 'scramble?', 'seed?').of<
  [dimension: number, scramble?: boolean, seed?: number | bigint | null]
>();
const DRAW = signature('SobolEngine.draw', 'n?', 'out?', 'dtype?').of<
  [n?: number, out?: Tensor | null, dtype?: DType | null]
>();
const DRAW_BASE2 = signature('SobolEngine.draw_base2', 'm', 'out?', 'dtype?').of<
  [m: number, out?: Tensor | null, dtype?: DType | null]
>();

/**
 * Draws points of a Sobol sequence in the unit cube, scrambled if asked for: PyTorch's digits for a seed.
 *
 * @param args `dimension`, that of the points, at most 21201; `scramble`; `seed`, of the scrambling, random if left out.
 * @example new torch.quasirandom.SobolEngine(5).draw(3);
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.quasirandom.SobolEngine.html
 * @throws ValueError for a dimension out of range.
 */
export class SobolEngine {
  /** The bits of a coordinate. */
  static readonly MAXBIT = 30;
  static readonly MAXDIM = 21201;

  readonly dimension: number;
  readonly scramble: boolean;
  readonly seed: number | bigint | null;
  /** The direction numbers, (dimension, 30), of int64. */
  readonly sobolstate: Tensor;
  /** What scrambling adds to each coordinate, (dimension), of int64. */
  readonly shift: Tensor;
  /** The present point, as whole numbers. */
  quasi: Tensor;
  numGenerated = 0;
  private readonly firstPoint: Tensor;

  constructor(...args: ArgumentsOf<typeof INIT>) {
    const [dimension, scramble = false, seed = null] = INIT.bind(args);
    if (dimension > SobolEngine.MAXDIM || dimension < 1) {
      throw new ValueError(`Supported range of dimensionality for SobolEngine is [1, ${SobolEngine.MAXDIM}]`);
    }
    this.dimension = dimension;
    this.scramble = scramble;
    this.seed = seed;
    this.sobolstate = keep(zeros([dimension, SobolEngine.MAXBIT], { device: 'cpu', dtype: int64 }));
    _sobolEngineInitializeState_(this.sobolstate, dimension);
    this.shift = keep(scramble ? this.scrambled() : zeros([dimension], { device: 'cpu', dtype: int64 }));
    this.quasi = keep(this.shift.clone());
    this.firstPoint = keep(this.quasi.div(2 ** SobolEngine.MAXBIT).reshape([1, -1]));
  }

  /** Scrambles the direction numbers, and gives the shift. */
  private scrambled(): Tensor {
    const { dimension, seed, sobolstate } = this;
    const { MAXBIT } = SobolEngine;
    const generator = seed === null ? null : new Generator();
    if (seed !== null) generator?.manualSeed(seed);
    const bits = randint(2, [dimension, MAXBIT], { device: 'cpu', generator });
    const shift = bits.mv(pow(2, arange(0, MAXBIT, { device: 'cpu' })));
    const triangles = randint(2, [dimension, MAXBIT, MAXBIT], { device: 'cpu', generator }).tril();
    _sobolEngineScramble_(sobolstate, triangles, dimension);
    return shift;
  }

  /**
   * The next `n` points, (n, dimension).
   *
   * @see https://docs.pytorch.org/docs/2.13/generated/torch.quasirandom.SobolEngine.html
   */
  draw(...args: ArgumentsOf<typeof DRAW>): Tensor {
    const [n = 1, out = null, dtype] = DRAW.bind(args);
    const result = this.next(n, dtype ?? getDefaultDtype());
    this.numGenerated += n;
    return out === null ? result : out.resizeAs_(result).copy_(result);
  }

  private next(n: number, dtype: DType): Tensor {
    const begins = this.numGenerated === 0;
    if (begins && n === 1) return this.firstPoint.to(dtype);
    const [count, done] = begins ? [n - 1, 0] : [n, this.numGenerated - 1];
    const [points, quasi] = _sobolEngineDraw(this.quasi, count, this.sobolstate, this.dimension, done, dtype);
    this.quasi = keep(quasi);
    return begins ? cat([this.firstPoint.to(dtype), points], -2) : points;
  }

  /**
   * The next `2 ** m` points.
   *
   * @see https://docs.pytorch.org/docs/2.13/generated/torch.quasirandom.SobolEngine.html
   * @throws ValueError if the points that are then drawn are not a power of 2.
   */
  drawBase2(...args: ArgumentsOf<typeof DRAW_BASE2>): Tensor {
    const [m, out = null, dtype = null] = DRAW_BASE2.bind(args);
    const n = 2 ** m;
    const total = this.numGenerated + n;
    if (!Number.isInteger(Math.log2(total))) {
      throw new ValueError(
        `The balance properties of Sobol' points require n to be a power of 2. ${this.numGenerated} points have been ` +
          `previously generated, then: n=${this.numGenerated}+2**${m}=${total}. If you still want to do this, please ` +
          "use 'SobolEngine.draw()' instead.",
      );
    }
    return this.draw(n, out, dtype);
  }

  /** Begins again at the first point. @see https://docs.pytorch.org/docs/2.13/generated/torch.quasirandom.SobolEngine.html */
  reset(): this {
    this.quasi.copy_(this.shift);
    this.numGenerated = 0;
    return this;
  }

  /** Leaves out `n` points. @see https://docs.pytorch.org/docs/2.13/generated/torch.quasirandom.SobolEngine.html */
  fastForward(n: number): this {
    const [count, done] = this.numGenerated === 0 ? [n - 1, 0] : [n, this.numGenerated - 1];
    _sobolEngineFf_(this.quasi, count, this.sobolstate, this.dimension, done);
    this.numGenerated += n;
    return this;
  }

  /** Python's text. */
  toString(): string {
    const seed = this.seed === null ? '' : `, seed=${this.seed}`;
    return `SobolEngine(dimension=${this.dimension}${this.scramble ? ', scramble=True' : ''}${seed})`;
  }

  /** @internal What `console.log` prints. */
  [inspect.custom](): string {
    return this.toString();
  }
}
