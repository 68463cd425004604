/** Python's names of options: state dictionaries and texts have them in snake_case. */

/** `weightDecay` as Python spells it: `weight_decay`; `TMax`: `T_max`. */
export function snakeCase(name: string): string {
  return name.replace(/(?<=[a-z0-9]|^T)([A-Z]|(?<=^T)\d)/g, (letter) => `_${letter.toLowerCase()}`);
}

/** `weight_decay` as TypeScript spells it: `weightDecay`. */
export function camelCase(name: string): string {
  return name.replace(/(?<=[A-Za-z0-9])_([A-Za-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}
