/** Shows a download's progress on the terminal. */
import { SingleBar } from 'cli-progress';
import type { Progress } from './download';

const MEGABYTE = 1e6;

/** A bar on standard error; a line every few seconds where that is no terminal. */
export function downloadBar(): { update: Progress; stop: () => void } {
  const bar = new SingleBar({
    format: '  {bar} {percentage} % | {value}/{total} MB | {eta_formatted} left',
    stream: process.stderr,
    noTTYOutput: true,
    notTTYSchedule: 5_000,
    hideCursor: true,
  });
  let started = false;
  const update = (received: number, total: number) => {
    if (total < MEGABYTE) return;
    const megabytes = Math.round(received / MEGABYTE);
    if (started) bar.update(megabytes);
    else bar.start(Math.round(total / MEGABYTE), megabytes);
    started = true;
  };
  return { update, stop: () => started && bar.stop() };
}
