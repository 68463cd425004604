/** Compiles lib/ to dist/. */
import { execFileSync } from 'node:child_process';
import { PACKAGE_ROOT } from '../lib/libtorch/resolve';

/** Compiles what changed since the last time. */
export function buildTypeScript(): void {
  const tsc = require.resolve('typescript/bin/tsc');
  execFileSync(process.execPath, [tsc, '-p', 'tsconfig.build.json'], { cwd: PACKAGE_ROOT, stdio: 'inherit' });
}
