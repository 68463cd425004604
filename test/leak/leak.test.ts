/** Memory over time, exits and workers, in processes of their own; `npm run test:leak` does the same at full length. */
import { spawnSync } from 'node:child_process';
import {
  checkExit,
  checkGarbage,
  checkLargeTensors,
  checkModules,
  checkOptimizers,
  checkScarcity,
  checkTraining,
  checkWorkers,
  EXITS,
  GARBAGE,
  WORKER_ENDS,
} from './checks';
import { isInstalled, type NodeVersion, nodeOf, OTHER_MAJORS } from './nodes';

describe('memory over time', () => {
  it('is flat over 50,000 training steps with a heap of 200 MB', () => checkTraining(50_000, 200));

  it('is flat over 20,000 steps of modules and an optimizer, in scopes and outside', () => checkModules(20_000));

  it('is flat over 2,000 steps of optimizers and schedulers', () => checkOptimizers(2_000));

  it('stays under 400 MB with 16 MB tensors, with and without a heap of 200 MB', async () => {
    await checkLargeTensors(200, 0);
    await checkLargeTensors(200, 200);
  });

  for (const kind of GARBAGE) it(`is bounded for garbage of the kind "${kind}"`, () => checkGarbage(kind, 100));

  it('is had again by collecting when an allocation fails', function () {
    const { error } = spawnSync('prlimit', ['--version']);
    if (error !== undefined) this.skip();
    return checkScarcity();
  });
});

describe('the end of a process with live tensors', () => {
  for (const end of EXITS) it(`is clean: ${end[0]}`, () => checkExit(end));
});

describe('workers in turn', () => {
  for (const kind of WORKER_ENDS) it(`leave nothing behind: ${kind}`, () => checkWorkers(20, kind));
});

// Fetching another Node takes longer than all of this, so that it is left to CI and to `npm run test:leak`.
for (const major of OTHER_MAJORS) {
  describe(`the same addon on Node ${major}`, () => {
    let node: NodeVersion;

    before(function () {
      if (!process.env.CI && !isInstalled(major)) this.skip();
      node = nodeOf(major);
      if (node.path !== null) return;
      console.error(`      NOT TESTED on Node ${major}: ${node.problem}`);
      this.skip();
    });

    it('trains in flat memory and ends cleanly', async () => {
      await checkTraining(10_000, 0, node.path as string);
      await checkLargeTensors(50, 0, node.path as string);
      await checkExit(EXITS[0], node.path as string);
    });
  });
}
