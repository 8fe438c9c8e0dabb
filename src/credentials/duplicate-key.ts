/** The keys, the other strings and the brackets of JSON, one match each. */
const TOKENS = /("(?:[^"\\]|\\.)*")\s*:|"(?:[^"\\]|\\.)*"|[{}[\]]/gs;

/**
 * Finds a key that an object has twice: JSON.parse keeps the last one silently.
 * @param json valid JSON
 * @returns the offset of the second one, or nothing
 */
export function duplicateKeyIn(json: string): number | undefined {
  /** The keys of each list and object that is open; a list has none. */
  const open: Set<string>[] = [];
  for (const { 0: token, 1: key, index } of json.matchAll(TOKENS)) {
    if (key !== undefined) {
      const name = JSON.parse(key) as string;
      if (open.at(-1)?.has(name)) return index;
      open.at(-1)?.add(name);
    } else if (token === '{' || token === '[') open.push(new Set());
    else if (token === '}' || token === ']') open.pop();
  }
  return undefined;
}
