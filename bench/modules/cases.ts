/** The module cases: what a call costs beyond its functional, and whole models forward. */
import type { Case } from '../case';

export const MODULES: readonly Case[] = [
  {
    name: 'linear-functional',
    title: 'linear, 8x8',
    unit: 'ns',
    targets: {},
    rounds: 108,
    iterations: 5_000,
    threads: 1,
  },
  {
    name: 'linear-module',
    title: 'Linear, 8x8',
    unit: 'ns',
    targets: { beyond: { name: 'linear-functional', nanoseconds: 150 } },
    rounds: 108,
    iterations: 5_000,
    threads: 1,
  },
  {
    name: 'transformer-forward',
    title: 'Transformer of 8 blocks forward, 64 tokens',
    unit: 'ms',
    targets: { python: 1 },
    rounds: 108,
    iterations: 5,
    threads: 1,
  },
  {
    name: 'resnet18-forward',
    title: 'ResNet-18 forward, batch 1',
    unit: 'ms',
    targets: { python: 1 },
    rounds: 36,
    iterations: 1,
    threads: 'all',
  },
];
