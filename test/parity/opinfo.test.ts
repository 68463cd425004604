/** Every entry of PyTorch's operator database agrees with PyTorch, but for those listed with a reason. */
import assert from 'node:assert/strict';
import { summary, surprises, sweep } from './opinfo';

describe('the operator database', () => {
  it('gives what PyTorch gives for every float32 and int64 sample', async function () {
    this.timeout(20 * 60_000);
    const outcomes = await sweep();
    console.log(summary(outcomes));
    assert.deepEqual(surprises(outcomes), []);
  });
});
