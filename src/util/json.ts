/** Whether a parsed value is an object with keys, neither null nor a list. */
export function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** An empty object for any other value. */
export function mapIn(value: unknown): Record<string, unknown> {
  return isMap(value) ? value : {};
}

/** Parses JSON; undefined if it isn't valid. The text of a parser's error would quote its input. */
export function tryParseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
