/** Whether operators run in smaller dtypes, and in which: the switches behind `torch.autocast`. */
import { type DType, dtypeOfCode } from '../dtype';
import { RuntimeError } from '../errors';
import { native } from '../native';

/** Whether autocast is on for a type of device, `'cuda'` if none is named. */
export function isAutocastEnabled(deviceType = 'cuda'): boolean {
  return native.isAutocastEnabled(deviceType);
}

/** Switches autocast on or off for a type of device; `torch.autocast` does so for a scope. */
export function setAutocastEnabled(deviceType: string, enabled: boolean): void {
  native.setAutocastEnabled(deviceType, enabled);
}

/** The dtype in which autocast runs operators on a type of device; throws a RuntimeError where there is no autocast. */
export function getAutocastDtype(deviceType: string): DType {
  const dtype = dtypeOfCode(native.autocastDtypeCode(deviceType)) as DType | undefined;
  if (dtype === undefined) throw new RuntimeError('unsupported scalarType');
  return dtype;
}

/** Sets the dtype in which autocast runs operators on a type of device. */
export function setAutocastDtype(deviceType: string, dtype: DType): void {
  native.setAutocastDtype(deviceType, dtype.handle);
}

/** Whether autocast keeps converted parameters until its outermost scope ends. */
export function isAutocastCacheEnabled(): boolean {
  return native.isAutocastCacheEnabled();
}

/** Sets whether autocast keeps converted parameters. */
export function setAutocastCacheEnabled(enabled: boolean): void {
  native.setAutocastCacheEnabled(enabled);
}

/** Drops the converted parameters. */
export function clearAutocastCache(): void {
  native.clearAutocastCache();
}

/** Notes that a scope was entered; gives how many are open. */
export function autocastIncrementNesting(): number {
  return native.autocastIncrementNesting();
}

/** Notes that a scope was left; gives how many are open. */
export function autocastDecrementNesting(): number {
  return native.autocastDecrementNesting();
}
