/** The names of a function's parameters, which a traced program keeps. */

const IDENTIFIER = /^[A-Za-z_]\w*$/;
const RESERVED = new Set([
  'self',
  'and',
  'as',
  'def',
  'del',
  'elif',
  'except',
  'from',
  'global',
  'is',
  'lambda',
  'not',
]);

/** The first `count` names as the source text has them; none where one of them is not a plain name. */
export function parameterNames(func: (...args: never[]) => unknown, count: number): string[] {
  const text = Function.prototype.toString.call(func);
  const single = /^(?:async\s+)?([A-Za-z_]\w*)\s*=>/.exec(text)?.[1];
  const list = single ?? /^[^(]*\(([^)]*)\)/.exec(text)?.[1] ?? '';
  const names = list
    .split(',')
    .slice(0, count)
    .map((name) => name.trim().replace(/\s*=.*$/s, ''));
  const areGood = names.length === count && names.every((name) => IDENTIFIER.test(name) && !RESERVED.has(name));
  return areGood && new Set(names).size === count ? names : [];
}
