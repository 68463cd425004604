/** The text of modules: Python's `Module.__repr__`. */
import type { Module } from '../module';
import { STATE } from './state';

/** Indents all lines but the first; blank ones stay empty. */
export function addIndent(text: string, spaces: number): string {
  const [first, ...rest] = text.split('\n');
  return [first, ...rest.map((line) => (line.trim() ? ' '.repeat(spaces) + line : ''))].join('\n');
}

/** A module's text from its name, its extra representation and its children's lines. */
export function layOut(name: string, extra: string, children: readonly string[]): string {
  const extraLines = extra ? extra.split('\n') : [];
  const lines = [...extraLines, ...children];
  if (lines.length === 0) return `${name}()`;
  if (extraLines.length === 1 && children.length === 0) return `${name}(${extra})`;
  return `${name}(\n  ${lines.join('\n  ')}\n)`;
}

/** Python's text of a module. */
export function moduleText(module: Module): string {
  const children = [...module[STATE].modules].map(([name, child]) => {
    return `(${name}): ${child === null ? 'None' : addIndent(child.toString(), 2)}`;
  });
  return layOut(module._getName(), module.extraRepr(), children);
}
