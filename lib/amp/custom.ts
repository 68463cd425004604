/** Forward and backward of custom autograd functions under autocast: `torch.amp.customFwd` and `customBwd`. */
import { python } from '../arguments';
import { type DType, float64 } from '../dtype';
import { ValueError } from '../errors';
import { isOptions } from '../ops';
import { typename } from '../python-repr';
import { Tensor } from '../tensor';
import { autocast } from './autocast';
import { getAutocastDtype, isAutocastEnabled } from './state';

/** What is noted for the backward pass in the context of a custom function. */
interface Context {
  _dtype?: DType;
  _fwdUsedAutocast?: boolean;
}

// biome-ignore lint/suspicious/noExplicitAny: forwards and backwards take anything after their context
type Body = (ctx: any, ...args: any[]) => unknown;

function checkDevice(name: string, deviceType: unknown): void {
  if (deviceType === undefined) {
    throw new TypeError(`${name}() missing 1 required keyword-only argument: 'device_type'`);
  }
  if (typeof deviceType === 'string') return;
  throw new ValueError(`Expected \`device_type\` of type \`str\`, got: \`<class '${typename(deviceType)}'>\``);
}

/** A value with the floating point tensors in it cast, but for those of float64 and on other devices. */
function cast(value: unknown, deviceType: string, dtype: DType): unknown {
  if (value instanceof Tensor) {
    const isEligible = value.isFloatingPoint() && value.device.type === deviceType && value.dtype !== float64;
    return isEligible ? value.to(dtype) : value;
  }
  if (Array.isArray(value)) return value.map((item) => cast(item, deviceType, dtype));
  if (value instanceof Map)
    return new Map([...value].map((pair) => cast(pair, deviceType, dtype) as [unknown, unknown]));
  if (!isOptions(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, cast(item, deviceType, dtype)]));
}

/**
 * A forward of a custom autograd function that knows autocast: with `castInputs`, its floating point inputs are cast
 * where autocast is on, and it runs without; else it runs as autocast is. Without a function, gives the decorator.
 *
 * @example static forward = torch.amp.customFwd((ctx, x) => x.exp(), { deviceType: 'cuda', castInputs: torch.float32 });
 * @see https://docs.pytorch.org/docs/2.13/amp.html#torch.amp.custom_fwd
 * @throws ValueError for a type of device that is no string.
 */
export const customFwd = python(
  'custom_fwd',
  ['fwd?', 'deviceType?', 'castInputs?'],
  (fwd: Body | null | undefined, deviceType: string, castInputs: DType | null = null): unknown => {
    checkDevice('custom_fwd', deviceType);
    const decorate =
      (body: Body): Body =>
      (ctx: Context, ...args) => {
        ctx._dtype = getAutocastDtype(deviceType);
        const isOn = isAutocastEnabled(deviceType);
        ctx._fwdUsedAutocast = castInputs === null && isOn;
        if (castInputs === null || !isOn) return body(ctx, ...args);
        const given = args.map((arg) => cast(arg, deviceType, castInputs));
        return autocast(deviceType, { enabled: false }, () => body(ctx, ...given));
      };
    return fwd ? decorate(fwd) : decorate;
  },
  1,
) as unknown as {
  <Fn extends Body>(fwd: Fn, options: { deviceType: string; castInputs?: DType | null }): Fn;
  (options: { deviceType: string; castInputs?: DType | null }): <Fn extends Body>(fwd: Fn) => Fn;
};

/**
 * A backward of a custom autograd function that runs with autocast as it was in the forward, which `customFwd` has made.
 * Without a function, gives the decorator.
 *
 * @see https://docs.pytorch.org/docs/2.13/amp.html#torch.amp.custom_bwd
 * @throws ValueError for a type of device that is no string.
 */
export const customBwd = python(
  'custom_bwd',
  ['bwd?', 'deviceType?'],
  (bwd: Body | null | undefined, deviceType: string): unknown => {
    checkDevice('custom_bwd', deviceType);
    const decorate =
      (body: Body): Body =>
      (ctx: Context, ...args) => {
        const options = { enabled: ctx._fwdUsedAutocast as boolean, dtype: ctx._dtype as DType };
        return autocast(deviceType, options, () => body(ctx, ...args));
      };
    return bwd ? decorate(bwd) : decorate;
  },
  1,
) as unknown as {
  <Fn extends Body>(bwd: Fn, options: { deviceType: string }): Fn;
  (options: { deviceType: string }): <Fn extends Body>(bwd: Fn) => Fn;
};
