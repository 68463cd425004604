/** The steps of optimizers alone, by the fastest implementation that each side has: fused, and C++'s only one. */
import type { Case } from '../case';

/** How many tensors of 16 elements are updated, and how often in a turn. */
const SMALL = [
  [4, 400],
  [100, 40],
  [1000, 4],
] as const;

function casesOf(optimizer: string, title: string): Case[] {
  const small = SMALL.map(([count, iterations]): Case => {
    const name = `${optimizer}-${count}`;
    return {
      name,
      title: `${title}, ${count} small tensors`,
      unit: 'us',
      targets: { python: 0.5 },
      rounds: 36,
      iterations,
      threads: 1,
    };
  });
  const large: Case = {
    name: `${optimizer}-large`,
    title: `${title}, 10 M elements`,
    unit: 'ms',
    targets: { python: 1.05 },
    rounds: 36,
    iterations: 1,
    threads: 'all',
  };
  return [...small, large];
}

export const OPTIM: readonly Case[] = [...casesOf('sgd', 'SGD step with momentum'), ...casesOf('adamw', 'AdamW step')];
