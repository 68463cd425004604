/** The whole proof, on Node 20, 22, 24 and 26 with one addon: `npm run test:leak [MAJOR...]`. Takes tens of minutes. */
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
import { CURRENT, nodeOf, OTHER_MAJORS } from './nodes';

const asked = process.argv.slice(2).map(Number);
const majors = asked.length > 0 ? asked : [CURRENT.major, ...OTHER_MAJORS].sort();

const STEPS = 1_000_000;
const HEAP = 200;

let failures = 0;

async function check(what: string, run: () => Promise<unknown>): Promise<void> {
  try {
    const measured = await run();
    console.log(`  ok: ${what}${measured ? `: ${measured}` : ''}`);
  } catch (error) {
    failures++;
    console.log(`  FAILED: ${what}: ${(error as Error).message}`);
  }
}

async function checkNode(path: string): Promise<void> {
  for (const heap of [0, HEAP]) {
    await check(`16 MB tensors, ${heap} MB heap`, () => checkLargeTensors(1000, heap, path));
  }
  for (const kind of GARBAGE) await check('garbage', () => checkGarbage(kind, 500, path));
  if (process.platform === 'linux') await check('scarcity', () => checkScarcity(path));
  await check('100,000 steps of modules', () => checkModules(100_000, path));
  await check('100,000 steps of optimizers', () => checkOptimizers(100_000, path));
  for (const end of EXITS) await check(`exit ${end[0]}`, () => checkExit(end, path));
  for (const kind of WORKER_ENDS) await check('200 workers', () => checkWorkers(200, kind, path));
  for (const heap of [0, HEAP]) {
    await check(`${STEPS} steps, ${heap} MB heap`, () => checkTraining(STEPS, heap, path));
  }
}

async function main(): Promise<void> {
  for (const major of majors) {
    const { path, problem } = nodeOf(major);
    console.log(`Node ${major}${path === null ? ` CANNOT BE HAD: ${problem}` : ''}`);
    if (path === null) failures++;
    else await checkNode(path);
  }
  console.log(failures === 0 ? 'all proven' : `${failures} failed`);
  process.exitCode = failures === 0 ? 0 : 1;
}

main();
