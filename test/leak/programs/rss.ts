/** The most memory that the process has had. */
import { readFileSync, writeFileSync } from 'node:fs';

/** Lets the peak begin again at the present, where the system can do that. */
export function resetPeakRss(): void {
  if (process.platform === 'linux') writeFileSync('/proc/self/clear_refs', '5');
}

/** The peak in bytes; of the whole run where the system does not let it begin again. */
export function peakRss(): number {
  if (process.platform !== 'linux') return process.resourceUsage().maxRSS * 1024;
  const status = readFileSync('/proc/self/status', 'utf8');
  return Number(/VmHWM:\s+(\d+)/.exec(status)?.[1]) * 1024;
}
