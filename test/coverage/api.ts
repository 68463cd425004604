/** Compares the public names of PyTorch's namespaces with tsorch's. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as torch from '../../lib';
import { camel } from '../oracle/codec';
import { evaluate } from '../oracle/oracle';
import { IMPOSSIBLE } from './namespaces';

/** What tsorch has of a namespace, in Python's names. */
export interface Coverage {
  /** Python's path: `torch.linalg`. */
  readonly namespace: string;
  readonly present: readonly string[];
  readonly missing: readonly string[];
  /** Listed as impossible, and indeed not there. */
  readonly impossible: readonly string[];
  /** Listed as impossible, but there, or no public name of PyTorch's. */
  readonly wronglyListed: readonly string[];
}

/** A constant's name, which JavaScript writes as Python does. */
const CONSTANT = /^[A-Z][A-Z_]+$/;

/** What has a namespace's names; nothing where the namespace itself is missing. */
function owner(namespace: string): object {
  if (namespace === 'torch.Tensor') return torch.Tensor.prototype;
  const path = namespace.split('.').slice(1).map(camel);
  return path.reduce<object>((found, name) => (found as Record<string, object>)[name] ?? {}, torch);
}

/** The coverage of every namespace that public_names.py lists. */
export async function coverage(): Promise<Coverage[]> {
  const names = await evaluate<Record<string, string[]>>(readFileSync(join(__dirname, 'public_names.py'), 'utf8'));
  return Object.entries(names).map(([namespace, all]) => {
    const found = owner(namespace);
    const present = all.filter((name) => (CONSTANT.test(name) ? name : camel(name)) in found);
    const listed = Object.values(IMPOSSIBLE[namespace] ?? {}).flatMap((text) => text.trim().split(/\s+/));
    const excused = new Set(listed);
    return {
      namespace,
      present,
      missing: all.filter((name) => !present.includes(name) && !excused.has(name)),
      impossible: listed.filter((name) => all.includes(name) && !present.includes(name)),
      wronglyListed: listed.filter((name) => !all.includes(name) || present.includes(name)),
    };
  });
}
