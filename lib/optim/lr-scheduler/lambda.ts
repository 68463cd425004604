/** Schedulers by functions of one's own. */
import { type ArgumentsOf, signature } from '../../arguments';
import { ValueError } from '../../errors';
import { typename } from '../../python-repr';
import { type Hyperparameter, mul } from '../hyperparameters';
import { type AnyOptimizer, LRScheduler, type SchedulerStateDict } from './scheduler';

/** A factor for each epoch. */
export type LrLambda = (epoch: number) => number;

type Values = [optimizer: AnyOptimizer, lrLambda: LrLambda | readonly LrLambda[], lastEpoch?: number];

/** What the schedulers by functions have in common. */
abstract class FunctionScheduler extends LRScheduler {
  /** The function of each group. */
  declare lrLambdas: LrLambda[];

  protected takeLambdas(lrLambda: LrLambda | readonly LrLambda[]): void {
    const count = this.optimizer.paramGroups.length;
    if (Array.isArray(lrLambda) && lrLambda.length !== count) {
      throw new ValueError(`Expected ${count} lr_lambdas, but got ${lrLambda.length}`);
    }
    this.lrLambdas = Array.isArray(lrLambda) ? [...lrLambda] : new Array(count).fill(lrLambda);
  }

  /** The state, without the functions. */
  override stateDict(): SchedulerStateDict {
    const { lr_lambdas: _, ...state } = super.stateDict();
    return { ...state, lr_lambdas: this.lrLambdas.map(() => null) };
  }

  /** Takes the state, but for the functions. */
  override loadStateDict({ lr_lambdas: _, ...state }: SchedulerStateDict): void {
    super.loadStateDict(state);
  }
}

const LAMBDA = signature('LambdaLR.__init__', 'optimizer', 'lrLambda', 'lastEpoch?').of<Values>();

/**
 * The initial learning rate times a function of the epoch.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.optim.lr_scheduler.LambdaLR.html
 * @throws ValueError if there are not as many functions as groups.
 */
export class LambdaLR extends FunctionScheduler {
  constructor(...args: ArgumentsOf<typeof LAMBDA>) {
    const [optimizer, lrLambda, lastEpoch = -1] = LAMBDA.bind(args);
    super(optimizer, null);
    this.takeLambdas(lrLambda);
    this.begin(lastEpoch);
  }

  override getLr(): Hyperparameter[] {
    this.warnUnlessStepping();
    return this.baseLrs.map((lr, i) => mul(lr, (this.lrLambdas[i] as LrLambda)(this.lastEpoch)));
  }
}

const MULTIPLICATIVE = signature('MultiplicativeLR.__init__', 'optimizer', 'lrLambda', 'lastEpoch?').of<Values>();

/**
 * The last learning rate times a function of the epoch.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.optim.lr_scheduler.MultiplicativeLR.html
 * @throws ValueError if there are not as many functions as groups, TypeError for what is no function.
 */
export class MultiplicativeLR extends FunctionScheduler {
  constructor(...args: ArgumentsOf<typeof MULTIPLICATIVE>) {
    const [optimizer, lrLambda, lastEpoch = -1] = MULTIPLICATIVE.bind(args);
    super(optimizer, null);
    this.takeLambdas(lrLambda);
    for (const lambda of this.lrLambdas as unknown[]) {
      if (typeof lambda !== 'function') {
        throw new TypeError(`lr_lambda should be a function, but got ${typename(lambda)}`);
      }
    }
    this.begin(lastEpoch);
  }

  override getLr(): Hyperparameter[] {
    this.warnUnlessStepping();
    if (this._isInitial) return this.presentLrs();
    return this.changedLrs((lr, i) => mul(lr, (this.lrLambdas[i] as LrLambda)(this.lastEpoch)));
  }
}
