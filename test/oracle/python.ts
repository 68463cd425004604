/** Where the Python that has PyTorch is: the oracle of the parity tests. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** The project's root folder. */
export const root = join(__dirname, '..', '..');

/** The Python that drives PyTorch: `TSORCH_PYTHON`, else the checkout's own `.venv`. */
export function pythonPath(): string {
  const named = process.env.TSORCH_PYTHON;
  if (named) return named;
  const own = process.platform === 'win32' ? ['Scripts', 'python.exe'] : ['bin', 'python'];
  const path = join(root, '.venv', ...own);
  if (existsSync(path)) return path;
  throw new Error(`The parity tests need a Python with torch: none at ${path}; set TSORCH_PYTHON or run npm install`);
}

/** The environment to start Python in: unbuffered, with warnings off, two threads as in the tests. */
export function pythonEnv(): NodeJS.ProcessEnv {
  return { ...process.env, PYTHONWARNINGS: 'ignore', PYTHONDONTWRITEBYTECODE: '1' };
}
