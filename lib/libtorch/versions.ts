/** Which LibTorch versions tsorch works with. */

/** The version that is downloaded when no LibTorch is found. */
export const DEFAULT_VERSION = '2.13.0';

/** The minor versions that the sources of the addon compile against. */
export const SOURCE_MINORS: readonly string[] = ['2.11', '2.12', '2.13', '2.14'];

/** `2.13.0+cpu` gives `2.13`: the part on which LibTorch's binary interface depends. */
export function minorOf(version: string): string {
  return version.split('.', 2).join('.');
}

/** Orders versions such as `2.9.1` and `2.13.0` by their numbers. */
export function compareVersions(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true });
}
