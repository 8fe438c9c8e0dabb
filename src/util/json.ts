/** Whether a parsed value is an object with keys, neither null nor a list. */
export function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** An empty object for any other value. */
export function mapIn(value: unknown): Record<string, unknown> {
  return isMap(value) ? value : {};
}

/** Parses a JSON object: an empty one if the text is anything else, as the text of a parser's error would quote it. */
export function parseMap(text: string): Record<string, unknown> {
  try {
    return mapIn(JSON.parse(text));
  } catch {
    return {};
  }
}
