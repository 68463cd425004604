/** Anomaly detection: which call made the operation whose backward pass fails. */
import { python } from '../arguments';
import { native } from '../native';
import { warn } from '../warnings';
import { type Mode, mode } from './grad-mode';

function enter(enabled: boolean, checkNan: boolean): () => void {
  const before = [native.isAnomalyEnabled(), native.isAnomalyCheckNanEnabled()] as const;
  native.setAnomalyEnabled(enabled, checkNan);
  return () => native.setAnomalyEnabled(...before);
}

/** What `detectAnomaly` takes. */
interface AnomalyOptions {
  /** Whether a backward pass that gives NaN throws. */
  readonly checkNan?: boolean;
}

/**
 * Finds what goes wrong in backward passes: one that fails, or gives NaN, warns of the stack of the call that made the
 * operation, and throws. For the whole process, and slow: for debugging only.
 *
 * @example torch.autograd.detectAnomaly(() => loss(model(x)).backward());
 * @see https://docs.pytorch.org/docs/2.13/autograd.html#torch.autograd.detect_anomaly
 */
export const detectAnomaly = mode<[checkNan?: boolean | AnomalyOptions]>((checkNan = true) => {
  warn(
    'Anomaly Detection has been enabled. This mode will increase the runtime and should only be enabled for debugging.',
  );
  return enter(true, typeof checkNan === 'boolean' ? checkNan : (checkNan.checkNan ?? true));
}) as Mode & Mode<[checkNan: boolean | AnomalyOptions]>;

/**
 * As `detectAnomaly`, by a flag. Takes effect at the call, even if the scope is never left.
 *
 * @see https://docs.pytorch.org/docs/2.13/autograd.html#torch.autograd.set_detect_anomaly
 */
export const setDetectAnomaly = mode<[mode: boolean, checkNan?: boolean | AnomalyOptions]>((enabled, checkNan = true) =>
  enter(enabled, typeof checkNan === 'boolean' ? checkNan : (checkNan.checkNan ?? true)),
) as Mode<[mode: boolean]> & Mode<[mode: boolean, checkNan: boolean | AnomalyOptions]>;

/** Turns anomaly detection on or off, for good. @see https://docs.pytorch.org/docs/2.13/generated/torch.set_anomaly_enabled.html */
export const setAnomalyEnabled = python(
  'set_anomaly_enabled',
  ['mode', 'checkNan?'],
  (enabled: boolean, checkNan = true): void => native.setAnomalyEnabled(enabled, checkNan),
);

/** Whether anomaly detection is on. @see https://docs.pytorch.org/docs/2.13/generated/torch.is_anomaly_enabled.html */
export function isAnomalyEnabled(): boolean {
  return native.isAnomalyEnabled();
}

/** Whether anomaly detection looks for NaN. @see https://docs.pytorch.org/docs/2.13/generated/torch.is_anomaly_check_nan_enabled.html */
export function isAnomalyCheckNanEnabled(): boolean {
  return native.isAnomalyCheckNanEnabled();
}
