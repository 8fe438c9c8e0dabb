/**
 * Makes text from elsewhere harmless for a log line: one line, no control or direction-changing characters,
 * and nothing that the runner would take for a workflow command (`::` at the start, `##[` anywhere).
 * @param limit how many characters are kept at the most
 */
export function plainText(text: string, limit = 300): string {
  const line = text
    .replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]+/g, ' ')
    .replace(/##(?=\[)/g, '# #')
    .trim()
    .replace(/^:(?=:)/, ': ');
  return line.length > limit ? `${line.slice(0, limit)}…` : line;
}
