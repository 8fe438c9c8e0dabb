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

/** Quotes text from elsewhere in a message, so that it stays one code span. */
export function codeSpan(text: string, limit?: number): string {
  return `\`${plainText(text, limit).replaceAll('`', "'") || '(none)'}\``;
}

/** Characters that cnspec's YAML reader refuses, with the whole file. */
export const UNREADABLE = /[\p{Cs}\ufffe\uffff]/u;

/** Lower-cases a key as cnspec does: each character alone, so there is no final sigma. */
export function lowerCased(key: string): string {
  return key.replace(/./gsu, (character) => String.fromCodePoint(character.toLowerCase().codePointAt(0) as number));
}

/** Whether a version, build or status that a server or a program names may become an output. */
export function isWord(text: unknown): text is string {
  return typeof text === 'string' && /^[\w.+-]{1,64}$/.test(text);
}
