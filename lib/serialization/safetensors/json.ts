/** JSON in which no name is there twice: what two readers of a file could take for different things. */

const TOKEN = /"(?:[^"\\]|\\.)*"(\s*:)?|[{}]/g;

/** The value of a text. Throws a SyntaxError if it is no JSON or an object names an entry twice. */
export function parseJson(text: string): unknown {
  const value: unknown = JSON.parse(text);
  const open: Set<string>[] = [];
  for (const [token, colon] of text.matchAll(TOKEN)) {
    if (token === '{') open.push(new Set());
    else if (token === '}') open.pop();
    else if (colon !== undefined) {
      const name: string = JSON.parse(token.slice(0, -colon.length));
      const names = open.at(-1) as Set<string>;
      if (names.has(name)) throw new SyntaxError(`${JSON.stringify(name)} is there twice`);
      names.add(name);
    }
  }
  return value;
}

/** Whether a value is an object of JSON. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
