/** No input ends the process: 20,000 calls of operators with arguments of every kind, the hostile ones included. */
import assert from 'node:assert/strict';
import { fuzz } from './run';

describe('operators under random arguments', () => {
  it('return or throw an Error, 20,000 times', async function () {
    this.timeout(15 * 60_000);
    const { casualties, returned, raised } = await fuzz(0, 20_000, 20);
    console.log(`    ${returned} calls returned, ${raised} threw`);
    assert.deepEqual(casualties, []);
  });
});
