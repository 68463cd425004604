/** Makes modules without drawing their parameters. */
import { isOptions } from '../../ops';
import type { DeviceLike } from '../../types';
import type { Module } from '../module';

/**
 * A module whose parameters have memory, but values that nobody has set: for those that are loaded anyway.
 *
 * @param moduleClass A class whose constructor takes a `device`.
 * @param args The constructor's arguments; the last one, a plain object, may name the device.
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.utils.skip_init.html
 */
export function skipInit<M extends Module, Args extends unknown[]>(
  moduleClass: new (...args: Args) => M,
  ...args: Args
): M {
  const last = args.at(-1);
  const { device = 'cpu', ...kwargs } = (isOptions(last) ? last : {}) as { device?: DeviceLike };
  const positional = isOptions(last) ? args.slice(0, -1) : args;
  const made = new moduleClass(...([...positional, { ...kwargs, device: 'meta' }] as unknown as Args));
  return made.toEmpty({ device });
}
