/** The keys, the other strings and the brackets of JSON, one match each. */
const TOKENS = /("(?:[^"\\]|\\.)*")\s*:|"(?:[^"\\]|\\.)*"|[{}[\]]/gs;

/** @returns the offset of a key that an object of valid JSON has again: JSON.parse keeps the last one silently */
export function duplicateKeyIn(json: string): number | undefined {
  // A list has no keys.
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
