/** Names of Python's in TypeScript. */

/** The mechanical rule: `max_val` is `maxVal`. */
export function camelCase(name: string): string {
  return name.replace(/(?<=[^_])_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}
