/** Random number generators: `torch.Generator`, `torch.manualSeed` and their kin. */
import { inspect } from 'node:util';
import { type ArgumentsOf, Signature } from './arguments';
import { type Mode, mode } from './autograd/grad-mode';
import { type Device, device as deviceNamed } from './device';
import { NativeObject } from './handle';
import { type Handle, native } from './native';
import { wrap } from './ops';
import type { Tensor } from './tensor';
import type { DeviceLike, Int } from './types';

/**
 * A source of random numbers with a state of its own.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.Generator.html
 */
export class Generator extends NativeObject {
  /** @internal */
  readonly handle: Handle;

  /** A generator for a device: the CPU if none is named. */
  constructor(device: DeviceLike | { device?: DeviceLike } = 'cpu') {
    super();
    const where = typeof device === 'object' && !(device instanceof NativeObject) ? (device.device ?? 'cpu') : device;
    this.handle = native.generator(deviceNamed(where).handle);
  }

  /** @internal */
  static of(handle: Handle): Generator {
    return Object.assign(Object.create(Generator.prototype) as Generator, { handle });
  }

  get device(): Device {
    return deviceNamed(native.generatorDevice(this.handle));
  }

  /** Seeds the generator and returns it. Negative seeds count from 2^64. */
  manualSeed(seed: Int): this {
    native.manualSeed(this.handle, seed);
    return this;
  }

  /** Seeds the generator from the system's entropy and gives the seed. */
  seed(): Int {
    return native.seed(this.handle);
  }

  /** The seed that the generator was last given. */
  initialSeed(): Int {
    return native.initialSeed(this.handle);
  }

  /** The state, as a tensor of bytes. */
  getState(): Tensor {
    return wrap(native.getGeneratorState(this.handle));
  }

  /** Restores a state; throws a TypeError for what is no tensor of bytes, a RuntimeError for one of another size. */
  setState(state: Tensor): void {
    native.setGeneratorState(this.handle, state.handle);
  }

  override toString(): string {
    return `<torch._C.Generator device=${this.device}>`;
  }

  /** @internal What `console.log` prints. */
  [inspect.custom](): string {
    return this.toString();
  }
}

/** The generator that operators on the CPU use when they are given none. */
export const defaultGenerator = Generator.of(native.defaultGenerator('cpu'));

/**
 * Seeds the default generators of all devices and gives the CPU's.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.manual_seed.html
 */
export function manualSeed(seed: Int): Generator {
  native.manualSeedAll(seed);
  return defaultGenerator;
}

/** Seeds the default generators from the system's entropy and gives the seed. */
export function seed(): Int {
  const chosen = defaultGenerator.seed();
  native.manualSeedAll(chosen);
  return chosen;
}

/** The seed that the CPU's default generator was last given. */
export function initialSeed(): Int {
  return defaultGenerator.initialSeed();
}

/** The state of the CPU's default generator, as a tensor of bytes. */
export function getRngState(): Tensor {
  return defaultGenerator.getState();
}

/** Restores the state of the CPU's default generator. */
export function setRngState(state: Tensor): void {
  defaultGenerator.setState(state);
}

const FORK_RNG = new Signature('fork_rng', ['devices?', 'enabled?', 'deviceType?'], 2).of<
  [devices?: readonly number[] | null, enabled?: boolean, deviceType?: string]
>();

/**
 * A mode that leaves the default generators of the CPU and of an accelerator's `devices` as they were: all devices, if left
 * out. With `enabled` false it does nothing.
 *
 * @example torch.random.forkRng(() => torch.randn(2)); // the next numbers are the same again
 * @see https://docs.pytorch.org/docs/2.13/random.html#torch.random.fork_rng
 */
export const forkRng = mode<ArgumentsOf<typeof FORK_RNG>>((...args) => {
  const [devices, enabled = true, deviceType] = FORK_RNG.bind(args);
  if (!enabled || deviceType === 'meta') return () => {};
  const accelerator = native.accelerator();
  const type = deviceType ?? accelerator?.type ?? 'cuda';
  const indices = devices ?? Array.from({ length: accelerator?.count ?? 0 }, (_, index) => index);
  const generators = [
    defaultGenerator,
    ...indices.map((index) => Generator.of(native.defaultGenerator(`${type}:${index}`))),
  ];
  const states = generators.map((generator) => generator.getState());
  return () => {
    for (const [i, generator] of generators.entries()) generator.setState(states[i] as Tensor);
  };
}) as Mode &
  Mode<[devices: readonly number[] | null]> &
  Mode<[devices: readonly number[] | null, enabled: boolean]> &
  Mode<[options: { devices?: readonly number[] | null; enabled?: boolean; deviceType?: string }]>;
