/** Mocha's root hook that ends the oracle's process with the run. */
import { closeOracle } from './oracle';

/** Loaded by `.mocharc.json`. */
export const mochaHooks = { afterAll: closeOracle };
