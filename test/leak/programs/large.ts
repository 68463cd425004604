/** Makes 16 MB tensors in one synchronous loop, keeping none, and prints the peaks: `large ROUNDS BALLAST_MB`. */
import torch from '../../../lib';
import { ballast } from './ballast';
import { peakRss, resetPeakRss } from './rss';

const ELEMENTS = 4 * 2 ** 20;
const rounds = Number(process.argv[2]);
const held = ballast(Number(process.argv[3]));

torch.setNumThreads(1);
torch.ones(1);
resetPeakRss();
const before = process.memoryUsage().rss;
torch.memory.resetPeak();
for (let i = 0; i < rounds; i++) torch.ones(ELEMENTS).add(1);

const { peakBytes } = torch.memory();
const { heapUsed } = process.memoryUsage();
console.log(JSON.stringify({ peakBytes, grown: peakRss() - before, heapUsed, ballast: held.length }));
