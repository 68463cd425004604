/** Runs a script's work and ends with one line, not a stack, where it fails. */

/** Runs `work`; where it fails, prints why and lets the process end with status 1. */
export function run(work: () => Promise<void>): void {
  work().catch((error: Error & { status?: number }) => {
    // A command that failed has said why itself.
    console.error(error.status === undefined ? `tsorch: ${error.message}` : `tsorch: ${error.message.split('\n')[0]}`);
    process.exitCode = 1;
  });
}
