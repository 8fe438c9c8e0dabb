/**
 * Makes text from elsewhere harmless in a log: one line, no control or direction-changing characters, and nothing
 * that a runner takes for a command (`::` at the start, `##[` or `##vso[` anywhere).
 */
export function plainText(text: string, limit = 300): string {
  const line = text
    .replace(/[\p{Cc}\p{Bidi_Control}\u2028\u2029\ufeff]+/gu, ' ')
    .replace(/##(?=\w*\[)/g, '# #')
    .trim()
    .replace(/^:(?=:)/, ': ');
  return line.length > limit ? `${line.slice(0, limit)}…` : line;
}

/** Whether a version, build or status that a server or a program names may become an output. */
export function isWord(text: unknown): text is string {
  return typeof text === 'string' && /^[\w.+-]{1,64}$/.test(text);
}
