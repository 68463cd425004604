/** tsorch in worker threads: several at once, their results, and settings that are the process's or a thread's own. */
import assert from 'node:assert/strict';
import { measure } from './leak/child';
import { compiledProgram } from './leak/compiled';

describe('workers at once', () => {
  interface Report {
    readonly sums: number[];
    readonly tensorsOfMain: [before: number, after: number];
    readonly gradMode: boolean;
    readonly collected: boolean;
    readonly received: number[];
  }
  let report: Report;

  before(async () => {
    compiledProgram('parallel');
    report = await measure<Report>('parallel', [4]);
  });

  it('compute the same as the main thread', () => {
    assert.equal(new Set(report.sums).size, 1);
    assert.equal(report.sums.length, 5);
  });

  it('have handles of their own', () => {
    assert.equal(report.tensorsOfMain[0], report.tensorsOfMain[1]);
  });

  it('have a grad mode of their own', () => {
    assert.equal(report.gradMode, true);
  });

  it('collect their own garbage', () => {
    assert.ok(report.collected);
  });

  it('hand over typed arrays, whose memory outlives the worker', () => {
    assert.deepEqual(report.received, [4, 4, 4, 4]);
  });
});
