import { plainText } from '../util/text.ts';

/** In characters. */
const MAX_QUOTE = 200;

/** Makes a program's output safe to quote: leaves out anything that could be part of a key, token or password. */
export function redact(output: string): string {
  return plainText(
    plainText(output, 4000)
      // Up to the last @, as a password may contain one.
      .replace(/:\/\/\S*@/g, '://…@')
      .replace(/[\w+/=%-]{16,}/g, (run) => (/^[a-z/_-]+$/.test(run) ? run : '…')),
    MAX_QUOTE,
  );
}

/** Quotes the last line that isn't blank. */
export function lastLine(output: string): string {
  return redact(output.split(/[\r\n\u2028\u2029]+/).findLast((line) => plainText(line) !== '') ?? '');
}
