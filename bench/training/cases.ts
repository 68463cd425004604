/** The training cases: small models, forward or a whole step. */
import type { Case } from '../case';

// Short turns and many of them: what else the machine does then hits all sides alike.
export const TRAINING: readonly Case[] = [
  {
    name: 'mlp-forward',
    title: 'MLP 10-16-2 forward, batch 8',
    unit: 'us',
    targets: { cpp: 1.25 },
    rounds: 108,
    iterations: 2_000,
    threads: 1,
  },
  {
    name: 'mlp-step',
    title: 'MLP 10-16-2 SGD step, batch 8',
    unit: 'us',
    targets: { cpp: 1.25, python: 0.5 },
    rounds: 108,
    iterations: 300,
    threads: 1,
  },
  {
    name: 'cnn-step',
    title: 'MNIST CNN SGD step, batch 64',
    unit: 'ms',
    targets: {},
    rounds: 36,
    iterations: 1,
    threads: 'all',
  },
];
