/** The line search of L-BFGS: a step that fulfils the strong Wolfe conditions. */
import type { Tensor } from '../tensor';
import { abs, add, div, type Hyperparameter, isAtMost, isLess, max, min, mul, sub } from './hyperparameters';

/** A point on the line: its distance in steps, and there the value, the gradient and the slope. */
export interface Point {
  readonly t: Hyperparameter;
  readonly value: number;
  readonly gradient: Tensor;
  readonly slope: Tensor;
}

/** How the search goes about. */
export interface LineSearchOptions {
  /** The value and the gradient at a distance. */
  readonly evaluate: (t: Hyperparameter) => readonly [value: number, gradient: Tensor];
  readonly direction: Tensor;
  readonly maxEvaluations: number;
}

/** What the first condition asks of the decrease, and the second of the slope. */
const DECREASE = 1e-4;
const FLATNESS = 0.9;
/** The least change of position that counts. */
const TOLERANCE = 1e-9;

/** The least of a cubic through two points with their slopes, within bounds. */
function cubicInterpolate(
  a: Point,
  b: Point,
  [least, largest]: readonly [Hyperparameter, Hyperparameter] = isAtMost(a.t, b.t) ? [a.t, b.t] : [b.t, a.t],
): Hyperparameter {
  const [g1, g2] = [a.slope, b.slope];
  const d1 = sub(g1.add(g2), div(3 * (a.value - b.value), sub(a.t, b.t))) as Tensor;
  const square = d1.pow(2).sub(g1.mul(g2));
  if (!isAtMost(0, square)) return div(add(least, largest), 2);
  const d2 = square.sqrt();
  const toEnd = (end: Point, start: Point): Hyperparameter => {
    const [g, h] = [end.slope, start.slope];
    const part = g
      .add(d2)
      .sub(d1)
      .div(g.sub(h).add(d2.mul(2)));
    return sub(end.t, mul(sub(end.t, start.t), part));
  };
  const position = isAtMost(a.t, b.t) ? toEnd(b, a) : toEnd(a, b);
  return min(max(position, least), largest);
}

/**
 * PyTorch's `_strong_wolfe`: first brackets a step that fulfils the conditions, then closes in on it.
 *
 * @param start The point from which the line goes, at the distance 0.
 * @param first The first distance to try.
 */
export function strongWolfe(
  start: Point,
  first: Hyperparameter,
  { evaluate, direction, maxEvaluations }: LineSearchOptions,
): { point: Point; evaluations: number } {
  const norm = direction.abs().max();
  const at = (t: Hyperparameter): Point => {
    const [value, gradient] = evaluate(t);
    return { t, value, gradient, slope: gradient.dot(direction) };
  };
  const decreases = ({ t, value }: Point): boolean =>
    !isLess(add(start.value, mul(mul(DECREASE, t), start.slope)), value);
  const isFlat = ({ slope }: Point): boolean => isAtMost(abs(slope), mul(-FLATNESS, start.slope));

  let point = at(first);
  let evaluations = 1;
  let previous = start;
  let isDone = false;
  let iterations = 0;
  let bracket: Point[] = [start, point];
  while (iterations < maxEvaluations) {
    bracket = [previous, point];
    if (!decreases(point) || (iterations > 1 && point.value >= previous.value)) break;
    if (isFlat(point)) {
      bracket = [point];
      isDone = true;
      break;
    }
    if (isAtMost(0, point.slope)) break;
    const bounds = [add(point.t, mul(0.01, sub(point.t, previous.t))), mul(point.t, 10)] as const;
    const t = cubicInterpolate(previous, point, bounds);
    previous = point;
    point = at(t);
    evaluations++;
    iterations++;
  }
  if (iterations === maxEvaluations) bracket = [start, point];

  let hasStalled = false;
  let [low, high] = lowAndHigh(bracket);
  while (!isDone && iterations < maxEvaluations) {
    const [a, b] = bracket as [Point, Point];
    if (isLess(mul(abs(sub(b.t, a.t)), norm), TOLERANCE)) break;
    let t = cubicInterpolate(a, b);
    const [least, largest] = [min(a.t, b.t), max(a.t, b.t)];
    const margin = mul(0.1, sub(largest, least));
    if (isLess(min(sub(largest, t), sub(t, least)), margin)) {
      // Close to a boundary for the second time, or on it: a tenth away from there.
      if (hasStalled || isAtMost(largest, t) || isAtMost(t, least)) {
        const isNearerLargest = isLess(abs(sub(t, largest)), abs(sub(t, least)));
        t = isNearerLargest ? sub(largest, margin) : add(least, margin);
        hasStalled = false;
      } else {
        hasStalled = true;
      }
    } else {
      hasStalled = false;
    }
    point = at(t);
    evaluations++;
    iterations++;
    const lowest = bracket[low] as Point;
    if (!decreases(point) || point.value >= lowest.value) {
      bracket[high] = point;
      [low, high] = lowAndHigh(bracket);
    } else {
      if (isFlat(point)) isDone = true;
      else if (isAtMost(0, mul(point.slope, sub((bracket[high] as Point).t, lowest.t)))) bracket[high] = lowest;
      bracket[low] = point;
    }
  }
  return { point: bracket[low] as Point, evaluations };
}

/** The places of the lower and of the higher end. */
function lowAndHigh(bracket: readonly Point[]): [low: number, high: number] {
  return (bracket[0] as Point).value <= (bracket.at(-1) as Point).value ? [0, 1] : [1, 0];
}
