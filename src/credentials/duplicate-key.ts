/** The strings and the structure of JSON, one match each. */
const TOKENS = /"(?:[^"\\]|\\.)*"|[{}[\]:,]/gs;

/**
 * Finds a key that an object of a JSON text has twice: JSON.parse keeps the last one without a word.
 * @param json valid JSON
 * @returns the offset of the second one, or nothing if there is none
 */
export function duplicateKeyIn(json: string): number | undefined {
  /** The keys of each object that is open, with an empty place for each list. */
  const open: (Set<string> | undefined)[] = [];
  let key: { text: string; offset: number } | undefined;
  for (const { 0: token, index } of json.matchAll(TOKENS)) {
    if (token === '{') open.push(new Set());
    else if (token === '[') open.push(undefined);
    else if (token === '}' || token === ']') open.pop();
    else if (token.startsWith('"')) key = { text: token, offset: index };
    else if (token === ':' && key) {
      const name = JSON.parse(key.text) as string;
      const keys = open.at(-1);
      if (keys?.has(name)) return key.offset;
      keys?.add(name);
    }
  }
  return undefined;
}
