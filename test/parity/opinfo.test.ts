/** Every entry of PyTorch's operator database agrees with PyTorch, but for those listed with a reason. */
import assert from 'node:assert/strict';
import { summary, surprises, sweep } from './opinfo';

/** Of each entry, kind of check and dtype: a minute. `npm run sweep` runs all hundred thousand. */
const SAMPLES = 2;

describe('the operator database', () => {
  it('gives what PyTorch gives in values, strides, views, gradients and errors, in every form and dtype', async function () {
    this.timeout(20 * 60_000);
    const outcomes = await sweep({ limit: SAMPLES });
    console.log(summary(outcomes));
    assert.deepEqual(surprises(outcomes, { limit: SAMPLES }), []);
  });
});
