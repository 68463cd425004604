/** examples/char-gpt.ts learns, and writes with the letters of what it has read. */
import assert from 'node:assert/strict';
import { sample, train } from '../../examples/char-gpt';

describe('examples/char-gpt.ts', () => {
  it('learns in 40 steps, and writes', () => {
    const { model, losses } = train(40);
    const last = losses.slice(-5).reduce((sum, loss) => sum + loss / 5, 0);
    assert.ok((losses[0] as number) > 4 && last < 2.9, `the loss went from ${losses[0]} to ${last}`);
    assert.match(sample(model, 'Shall I', 20), /^Shall I[\s\S]{20}$/);
  });
});
