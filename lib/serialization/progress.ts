/** How far long operations have come. */

/** How far a long operation has come, in bytes. */
export type Progress = (done: number, total: number) => void;

/** Adds up counts of bytes and tells of each sum. */
export function reporter(progress: Progress | undefined, total: number): (count: number) => void {
  let done = 0;
  return (count) => {
    done += count;
    progress?.(done, total);
  };
}
