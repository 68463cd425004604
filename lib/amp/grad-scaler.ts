/** Scales losses so that float16 gradients do not vanish: `torch.amp.GradScaler`. */
import { type ArgumentsOf, signature } from '../arguments';
import { full } from '../creation';
import type { Device } from '../device';
import { float32, int32 } from '../dtype';
import { AssertionError, RuntimeError, ValueError } from '../errors';
import { _ampUpdateScale_ } from '../generated/torch';
import { keep } from '../memory/scope';
import { native } from '../native';
import { isOptions } from '../ops';
import { Tensor } from '../tensor';
import { warn } from '../warnings';
import { Replicas, together, unscaleGradients } from './gradients';

/** What a scaler needs of an optimizer; every `optim.Optimizer` has it. */
export interface ScaledOptimizer {
  readonly paramGroups: readonly { readonly params: readonly Tensor[] }[];
  step(...args: never[]): unknown;
  /** Whether `step` itself takes `gradScale` and `foundInf`, as that of the fused optimizers does. */
  readonly _stepSupportsAmpScaling?: boolean;
  gradScale?: Tensor | null;
  foundInf?: Tensor | null;
}

/** Tensors, or arrays and other iterables of them. */
export type Outputs = Tensor | Iterable<Outputs>;

/** The state of a scaler, under Python's names; that of a scaler that is switched off is empty. */
export interface GradScalerStateDict {
  scale: number;
  growth_factor: number;
  backoff_factor: number;
  growth_interval: number;
  _growth_tracker: number;
}

/** How far an optimizer is in this iteration, and by device whether one of its gradients is not finite. */
interface OptimizerState {
  stage: 'ready' | 'unscaled' | 'stepped';
  foundInf: ReadonlyMap<string, Tensor>;
}

const INIT = signature(
  'GradScaler.__init__',
  'device?',
  'initScale?',
  'growthFactor?',
  'backoffFactor?',
  'growthInterval?',
  'enabled?',
).of<
  [
    device?: 'cuda' | 'cpu' | (string & {}),
    initScale?: number,
    growthFactor?: number,
    backoffFactor?: number,
    growthInterval?: number,
    enabled?: boolean,
  ]
>();

const UPDATE = signature('GradScaler.update', 'newScale?').of<[newScale?: number | Tensor | null]>();

/**
 * Multiplies losses by a factor, divides gradients by it before an optimizer's step, leaves out steps whose gradients are
 * not all finite, and fits the factor to what it finds.
 *
 * @param args `device`, the type of device (`'cuda'`); `initScale`, the first factor (65536); `growthFactor` (2) by which
 *   it grows after `growthInterval` (2000) steps in a row; `backoffFactor` (0.5) by which it shrinks after a step that was
 *   left out; `enabled`, without which `scale` gives what it gets and `step` only steps.
 * @example
 * const scaler = new torch.amp.GradScaler('cpu');
 * scaler.scale(loss).backward();
 * scaler.step(optimizer);
 * scaler.update();
 * @see https://docs.pytorch.org/docs/2.13/amp.html#torch.amp.GradScaler
 * @throws AssertionError for a growth factor that is not above 1, or a backoff factor that is not below.
 */
export class GradScaler {
  private readonly device: string;
  private readonly enabled: boolean;
  private initScale: number;
  private growthFactor: number;
  private backoffFactor: number;
  private growthInterval: number;
  private initGrowthTracker = 0;
  /** Made on the device of what is scaled first. */
  private factor: Tensor | null = null;
  /** The steps in a row that were made. */
  private growthTracker: Tensor | null = null;
  private states = new Map<ScaledOptimizer, OptimizerState>();

  constructor(...args: ArgumentsOf<typeof INIT>) {
    const [
      device = 'cuda',
      initScale = 2 ** 16,
      growthFactor = 2,
      backoffFactor = 0.5,
      growthInterval = 2000,
      enabled,
    ] = INIT.bind(args);
    this.device = device;
    this.enabled = enabled ?? true;
    this.initScale = initScale;
    this.growthFactor = growthFactor;
    this.backoffFactor = backoffFactor;
    this.growthInterval = growthInterval;
    if (this.enabled && device === 'cuda' && native.accelerator()?.type !== 'cuda') {
      warn('torch.cuda.amp.GradScaler is enabled, but CUDA is not available.  Disabling.');
      this.enabled = false;
    }
    if (!this.enabled) return;
    if (growthFactor <= 1) throw new AssertionError('The growth factor must be > 1.0.');
    if (backoffFactor >= 1) throw new AssertionError('The backoff factor must be < 1.0.');
  }

  /**
   * Outputs multiplied by the factor: a tensor, or arrays and iterables of them, which come back as they are nested.
   *
   * @see https://docs.pytorch.org/docs/2.13/amp.html#torch.amp.GradScaler.scale
   * @throws ValueError for anything else.
   */
  scale<T extends Outputs>(outputs: T): T {
    if (!this.enabled) return outputs;
    let replicas: Replicas | undefined;
    const scaled = (value: Outputs): Outputs => {
      if (value instanceof Tensor) {
        replicas ??= new Replicas(this.factor ?? this.begin(value.device));
        return value.mul(replicas.on(value.device));
      }
      if (Array.isArray(value)) return value.map(scaled);
      if (value === null || value === undefined || !(Symbol.iterator in Object(value))) {
        throw new ValueError('outputs must be a Tensor or an iterable of Tensors');
      }
      return mapped(value, scaled);
    };
    return scaled(outputs) as T;
  }

  private begin(device: Device): Tensor {
    this.factor = keep(full([], this.initScale, { dtype: float32, device }));
    this.growthTracker = keep(full([], this.initGrowthTracker, { dtype: int32, device }));
    return this.factor;
  }

  private begun(name: string): [factor: Tensor, growthTracker: Tensor] {
    if (this.factor === null || this.growthTracker === null) {
      throw new AssertionError(
        `Attempted ${name} but _scale is None.  This may indicate your script did not use ` +
          'scaler.scale(loss or outputs) earlier in the iteration.',
      );
    }
    return [this.factor, this.growthTracker];
  }

  private stateOf(optimizer: ScaledOptimizer): OptimizerState {
    let state = this.states.get(optimizer);
    if (state === undefined) {
      state = { stage: 'ready', foundInf: new Map() };
      this.states.set(optimizer, state);
    }
    return state;
  }

  /**
   * Divides an optimizer's gradients by the factor, as one does before clipping them; `step` does so where it was not.
   *
   * @see https://docs.pytorch.org/docs/2.13/amp.html#torch.amp.GradScaler.unscale_
   * @throws RuntimeError if that was done in this iteration already. ValueError for float16 gradients.
   */
  unscale_(optimizer: ScaledOptimizer): void {
    if (!this.enabled) return;
    const [factor] = this.begun('unscale_');
    const state = this.stateOf(optimizer);
    if (state.stage === 'unscaled') {
      throw new RuntimeError('unscale_() has already been called on this optimizer since the last update().');
    }
    if (state.stage === 'stepped') throw new RuntimeError('unscale_() is being called after step().');
    state.foundInf = unscaleGradients(optimizer.paramGroups, factor.double().reciprocal().float(), false);
    state.stage = 'unscaled';
  }

  /**
   * Makes an optimizer's step with unscaled gradients, or leaves it out where one of them is not finite.
   *
   * @param args What `optimizer.step` takes; a closure cannot be among it.
   * @returns What `optimizer.step` returns; null where it was left out.
   * @see https://docs.pytorch.org/docs/2.13/amp.html#torch.amp.GradScaler.step
   * @throws RuntimeError for a second step in an iteration. AssertionError without a call of `scale`, or without gradients.
   */
  step(optimizer: ScaledOptimizer, ...args: unknown[]): unknown {
    if (!this.enabled) return optimizer.step(...(args as never[]));
    const options = args.at(-1);
    if (isOptions(options) && 'closure' in options) {
      throw new RuntimeError('Closure use is not currently supported if GradScaler is enabled.');
    }
    this.begun('step');
    const state = this.stateOf(optimizer);
    if (state.stage === 'stepped') throw new RuntimeError('step() has already been called since the last update().');
    if (optimizer._stepSupportsAmpScaling) return this.stepScaled(optimizer, state, args);
    if (state.stage === 'ready') this.unscale_(optimizer);
    if (state.foundInf.size === 0) throw new AssertionError('No inf checks were recorded for this optimizer.');
    const allFinite = [...state.foundInf.values()].every((found) => found.item() === 0);
    const result = allFinite ? optimizer.step(...(args as never[])) : null;
    state.stage = 'stepped';
    return result;
  }

  /** The step of an optimizer that unscales by itself. */
  private stepScaled(optimizer: ScaledOptimizer, state: OptimizerState, args: unknown[]): unknown {
    const [factor] = this.begun('_check_inf_per_device');
    const before = optimizer.gradScale ?? null;
    if (state.stage === 'ready') {
      state.foundInf = unscaleGradients(
        optimizer.paramGroups,
        full([], 1, { dtype: float32, device: factor.device }),
        true,
      );
      optimizer.gradScale = before === null ? factor.mul(1) : factor.mul(before);
    }
    optimizer.foundInf = together(state.foundInf.values(), factor.device);
    const result = optimizer.step(...(args as never[]));
    state.stage = 'stepped';
    optimizer.gradScale = null;
    optimizer.foundInf = null;
    return result;
  }

  /**
   * Fits the factor to the steps of this iteration: at its end, after the steps of all optimizers.
   *
   * @param args `newScale`, a factor to take instead: a number, or a tensor of one element on the scaler's device.
   * @see https://docs.pytorch.org/docs/2.13/amp.html#torch.amp.GradScaler.update
   * @throws AssertionError without a step, or for a tensor that is none of these.
   */
  update(...args: ArgumentsOf<typeof UPDATE>): void {
    if (!this.enabled) return;
    const [newScale = null] = UPDATE.bind(args);
    const [factor, growthTracker] = this.begun('update');
    if (newScale === null) {
      const found = together(
        [...this.states.values()].flatMap(({ foundInf }) => [...foundInf.values()]),
        factor.device,
      );
      if (found === null) throw new AssertionError('No inf checks were recorded prior to update.');
      const { growthFactor, backoffFactor, growthInterval } = this;
      _ampUpdateScale_(factor, growthTracker, found, growthFactor, backoffFactor, growthInterval);
    } else if (newScale instanceof Tensor) {
      if (newScale.device.type !== this.device || newScale.numel() !== 1 || newScale.requiresGrad) {
        throw new AssertionError(
          'new_scale should be a float or a 1-element torch.cuda.FloatTensor or torch.FloatTensor with requires_grad=False.',
        );
      }
      factor.copy_(newScale);
    } else {
      factor.fill_(newScale);
    }
    this.states = new Map();
  }

  /** The factor, read from the device; 1 where the scaler is switched off. @see https://docs.pytorch.org/docs/2.13/amp.html#torch.amp.GradScaler.get_scale */
  getScale(): number {
    if (!this.enabled) return 1;
    return this.factor === null ? this.initScale : this.factor.item<number>();
  }

  /** The factor by which the scale grows. @see https://docs.pytorch.org/docs/2.13/amp.html#torch.amp.GradScaler.get_growth_factor */
  getGrowthFactor(): number {
    return this.growthFactor;
  }

  /** Sets the factor by which the scale grows. @see https://docs.pytorch.org/docs/2.13/amp.html#torch.amp.GradScaler.set_growth_factor */
  setGrowthFactor(newFactor: number): void {
    this.growthFactor = newFactor;
  }

  /** The factor by which the scale shrinks. @see https://docs.pytorch.org/docs/2.13/amp.html#torch.amp.GradScaler.get_backoff_factor */
  getBackoffFactor(): number {
    return this.backoffFactor;
  }

  /** Sets the factor by which the scale shrinks. @see https://docs.pytorch.org/docs/2.13/amp.html#torch.amp.GradScaler.set_backoff_factor */
  setBackoffFactor(newFactor: number): void {
    this.backoffFactor = newFactor;
  }

  /** The steps in a row after which the scale grows. @see https://docs.pytorch.org/docs/2.13/amp.html#torch.amp.GradScaler.get_growth_interval */
  getGrowthInterval(): number {
    return this.growthInterval;
  }

  /** Sets the steps in a row after which the scale grows. @see https://docs.pytorch.org/docs/2.13/amp.html#torch.amp.GradScaler.set_growth_interval */
  setGrowthInterval(newInterval: number): void {
    this.growthInterval = newInterval;
  }

  /** Whether the scaler does anything. @see https://docs.pytorch.org/docs/2.13/amp.html#torch.amp.GradScaler.is_enabled */
  isEnabled(): boolean {
    return this.enabled;
  }

  /** The state under Python's names, for after `update`. @see https://docs.pytorch.org/docs/2.13/amp.html#torch.amp.GradScaler.state_dict */
  stateDict(): GradScalerStateDict | Record<string, never> {
    if (!this.enabled) return {};
    return {
      scale: this.getScale(),
      growth_factor: this.growthFactor,
      backoff_factor: this.backoffFactor,
      growth_interval: this.growthInterval,
      _growth_tracker: this.growthTracker === null ? this.initGrowthTracker : this.growthTracker.item<number>(),
    };
  }

  /**
   * Takes a state; nothing where the scaler is switched off.
   *
   * @see https://docs.pytorch.org/docs/2.13/amp.html#torch.amp.GradScaler.load_state_dict
   * @throws RuntimeError for an empty one.
   */
  loadStateDict(stateDict: GradScalerStateDict | Record<string, never>): void {
    if (!this.enabled) return;
    if (Object.keys(stateDict).length === 0) {
      throw new RuntimeError(
        'The source state dict is empty, possibly because it was saved from a disabled instance of GradScaler.',
      );
    }
    const state = stateDict as GradScalerStateDict;
    this.initScale = state.scale;
    this.factor?.fill_(state.scale);
    this.growthFactor = state.growth_factor;
    this.backoffFactor = state.backoff_factor;
    this.growthInterval = state.growth_interval;
    this.initGrowthTracker = state._growth_tracker;
    this.growthTracker?.fill_(state._growth_tracker);
  }
}

function* mapped<T>(values: Iterable<T>, change: (value: T) => T): Generator<T> {
  for (const value of values) yield change(value);
}
