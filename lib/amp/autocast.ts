/** Runs operators in smaller dtypes where that is safe: `torch.autocast`. */
import { type ArgumentsOf, signature } from '../arguments';
import { type Mode, mode } from '../autograd/grad-mode';
import { bfloat16, type DType, dtypeOfCode, float16 } from '../dtype';
import { RuntimeError, ValueError } from '../errors';
import { native } from '../native';
import { typename } from '../python-repr';
import * as state from './state';

/** Whether autocast exists for a type of device. @see https://docs.pytorch.org/docs/2.13/amp.html#torch.amp.is_autocast_available */
export function isAutocastAvailable(deviceType: string): boolean {
  return dtypeOfCode(native.autocastDtypeCode(deviceType)) !== undefined;
}

/** Whether autocast can be on for the device and the dtype; warns where it cannot. */
function isSupported(deviceType: string, dtype: DType): boolean {
  if (deviceType === 'cuda') {
    if (native.accelerator()?.type === 'cuda') return true;
    process.emitWarning("User provided device_type of 'cuda', but CUDA is not available. Disabling");
    return false;
  }
  if (dtype === bfloat16 || dtype === float16) return true;
  const name = deviceType.toUpperCase();
  process.emitWarning(
    `In ${name} autocast, but the target dtype is not supported. Disabling autocast.\n${name} Autocast only supports dtypes of ${bfloat16}, ${float16} currently.`,
  );
  return false;
}

const AUTOCAST = signature('autocast.__init__', 'deviceType', 'dtype?', 'enabled?', 'cacheEnabled?').of<
  [deviceType: string, dtype?: DType | null, enabled?: boolean, cacheEnabled?: boolean | null]
>();

/** What `autocast` takes by name. */
export interface AutocastOptions {
  /** The dtype to run in; bfloat16 on the CPU and float16 on CUDA, if left out. */
  dtype?: DType | null;
  enabled?: boolean;
  /** Whether to keep converted parameters until the outermost scope ends. */
  cacheEnabled?: boolean | null;
}

/**
 * A mode in which operators that gain by it run in a smaller dtype, and those that need the range in float32.
 *
 * @example const loss = torch.autocast('cpu', { dtype: torch.bfloat16 }, () => criterion(model(x), y));
 * @see https://docs.pytorch.org/docs/2.13/amp.html#torch.autocast
 * @throws RuntimeError for a type of device that has no autocast.
 */
export const autocast = mode<ArgumentsOf<typeof AUTOCAST>>((...args) => {
  const [deviceType, asked, enabled = true, cacheEnabled] = AUTOCAST.bind(args);
  if (typeof deviceType !== 'string') {
    throw new ValueError(`Expected \`device_type\` of type \`str\`, got: \`<class '${typename(deviceType)}'>\``);
  }
  const dtype = asked ?? state.getAutocastDtype(deviceType);
  if (!isAutocastAvailable(deviceType)) {
    throw new RuntimeError(`User specified an unsupported autocast device_type '${deviceType}'`);
  }
  const before = {
    enabled: state.isAutocastEnabled(deviceType),
    dtype: state.getAutocastDtype(deviceType),
    cache: state.isAutocastCacheEnabled(),
  };
  state.setAutocastEnabled(deviceType, enabled && isSupported(deviceType, dtype));
  state.setAutocastDtype(deviceType, dtype);
  state.autocastIncrementNesting();
  state.setAutocastCacheEnabled(cacheEnabled ?? before.cache);
  return () => {
    if (state.autocastDecrementNesting() === 0) state.clearAutocastCache();
    state.setAutocastEnabled(deviceType, before.enabled);
    state.setAutocastDtype(deviceType, before.dtype);
    state.setAutocastCacheEnabled(before.cache);
  };
}) as Mode<[deviceType: string]> &
  Mode<[deviceType: string, dtype: DType]> &
  Mode<[deviceType: string, options: AutocastOptions]>;
