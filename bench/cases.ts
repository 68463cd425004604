/** The families of cases, and which of them are run. */
import type { Case } from './case';
import { MODULES } from './modules/cases';
import { OPERATORS } from './operators/cases';
import { OPTIM } from './optim/cases';
import { TRAINING } from './training/cases';

const IMPORT: Case = {
  name: 'import',
  title: 'import, fresh process',
  unit: 'ms',
  targets: { python: 0.4 },
  rounds: 6,
};

const FAMILIES: Readonly<Record<string, readonly Case[]>> = {
  operators: OPERATORS,
  modules: MODULES,
  training: TRAINING,
  optim: OPTIM,
  import: [IMPORT],
};

/** The cases of the families, or with names that begin with the words, that are given; all, if there are none. */
export function selectCases(words: readonly string[]): readonly Case[] {
  const all = Object.values(FAMILIES).flat();
  const chosen = (word: string) => FAMILIES[word] ?? all.filter(({ name }) => name.startsWith(word));
  for (const word of words) {
    if (chosen(word).length > 0) continue;
    const [families, names] = [Object.keys(FAMILIES), all.map(({ name }) => name)];
    throw new Error(`there is no case '${word}'; families: ${families.join(', ')}; cases: ${names.join(', ')}`);
  }
  const wanted = new Set(words.flatMap(chosen));
  return words.length === 0 ? all : all.filter((one) => wanted.has(one));
}
