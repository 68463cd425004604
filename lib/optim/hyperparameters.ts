/** Hyperparameters, which are numbers or tensors of one element: their arithmetic as Python's, and what is asked of them. */
import { ValueError } from '../errors';
import * as torch from '../generated/torch';
import { repr } from '../python-repr';
import { Tensor } from '../tensor';
import * as libm from './libm';

/** A number, or a tensor of one element. */
export type Hyperparameter = number | Tensor;

/** The value as an operator's number. */
export function scalar(value: Hyperparameter): number {
  return value instanceof Tensor ? value.item() : value;
}

/** A tensor of one element without its dimensions. */
export function withoutDimensions<T extends Hyperparameter>(value: T): T {
  return value instanceof Tensor && value.dim() !== 0 ? (value.squeeze() as T) : value;
}

/** Whether autograd records what is done with a hyperparameter. */
export function isRecorded(value: unknown): boolean {
  return value instanceof Tensor && value.requiresGrad;
}

/** `-a` */
export function neg(a: Hyperparameter): Hyperparameter {
  return a instanceof Tensor ? a.neg() : -a;
}

/** `abs(a)` */
export function abs(a: Hyperparameter): Hyperparameter {
  return a instanceof Tensor ? a.abs() : Math.abs(a);
}

/** `a + b` */
export function add(a: Hyperparameter, b: Hyperparameter): Hyperparameter {
  if (a instanceof Tensor) return a.add(b);
  return b instanceof Tensor ? b.add(a) : a + b;
}

/** `a - b` */
export function sub(a: Hyperparameter, b: Hyperparameter): Hyperparameter {
  if (a instanceof Tensor) return a.sub(b);
  return b instanceof Tensor ? torch.rsub(b, a) : a - b;
}

/** `a * b` */
export function mul(a: Hyperparameter, b: Hyperparameter): Hyperparameter {
  if (a instanceof Tensor) return a.mul(b);
  return b instanceof Tensor ? b.mul(a) : a * b;
}

/** `a / b` */
export function div(a: Hyperparameter, b: Hyperparameter): Hyperparameter {
  if (a instanceof Tensor) return a.div(b);
  return b instanceof Tensor ? b.reciprocal().mul(a) : a / b;
}

/** `a ** b` */
export function pow(a: Hyperparameter, b: Hyperparameter): Hyperparameter {
  if (a instanceof Tensor) return a.pow(b);
  return b instanceof Tensor ? torch.pow(a, b) : libm.pow(a, b);
}

/** `a < b` */
export function isLess(a: Hyperparameter, b: Hyperparameter): boolean {
  if (a instanceof Tensor) return a.lt(b).item<boolean>();
  return b instanceof Tensor ? b.gt(a).item<boolean>() : a < b;
}

/** `a <= b` */
export function isAtMost(a: Hyperparameter, b: Hyperparameter): boolean {
  if (a instanceof Tensor) return a.le(b).item<boolean>();
  return b instanceof Tensor ? b.ge(a).item<boolean>() : a <= b;
}

/** Python's `min`: the first of the least. */
export function min(a: Hyperparameter, b: Hyperparameter): Hyperparameter {
  return isLess(b, a) ? b : a;
}

/** Python's `max`: the first of the largest. */
export function max(a: Hyperparameter, b: Hyperparameter): Hyperparameter {
  return isLess(a, b) ? b : a;
}

/** Python's text of a hyperparameter in a sentence. */
export function textOf(value: unknown): string {
  return value instanceof Tensor ? `${value}` : repr(value);
}

/** Throws a ValueError with the sentence unless the value is at least `least`. */
export function checkAtLeast(least: number, value: unknown, sentence: string): void {
  if (!(Number(value) >= least)) throw new ValueError(`${sentence}: ${textOf(value)}`);
}

/** Throws a ValueError for a tensor of more elements than one, or a learning rate below zero. */
export function checkLearningRate(lr: Hyperparameter, sentence = 'Invalid learning rate'): void {
  if (lr instanceof Tensor && lr.numel() !== 1) throw new ValueError('Tensor lr must be 1-element');
  checkAtLeast(0, lr, sentence);
}

/** Throws a ValueError unless the decay rates of both averages are in [0, 1). */
export function checkBetas(betas: readonly Hyperparameter[]): void {
  for (const i of [0, 1]) {
    const beta = betas[i];
    if (!(Number(beta) >= 0 && Number(beta) < 1)) {
      throw new ValueError(`Invalid beta parameter at index ${i}: ${textOf(beta)}`);
    }
  }
}
