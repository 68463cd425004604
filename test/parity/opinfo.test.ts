/** Every entry of PyTorch's operator database agrees with PyTorch, but for those listed with a reason. */
import assert from 'node:assert/strict';
import { summary, surprises, sweep } from './opinfo';

/** A few entries have over a thousand samples: `npm run sweep` runs them all. */
const SAMPLES = 150;

describe('the operator database', () => {
  it(`gives what PyTorch gives for the first ${SAMPLES} float32 and int64 samples of every entry`, async function () {
    this.timeout(20 * 60_000);
    const outcomes = await sweep({ limit: SAMPLES });
    console.log(summary(outcomes));
    assert.deepEqual(surprises(outcomes, SAMPLES), []);
  });
});
