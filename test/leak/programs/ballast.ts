/** A heap of JavaScript objects that lives as long as the program: full collections then take their real time. */

const BYTES_PER_OBJECT = 100;

/** Objects of about that many megabytes in total. */
export function ballast(megabytes: number): unknown[] {
  const objects: unknown[] = [];
  for (let i = 0; i < (megabytes * 2 ** 20) / BYTES_PER_OBJECT; i++) objects.push({ i, text: `${i}`, next: [i] });
  return objects;
}
