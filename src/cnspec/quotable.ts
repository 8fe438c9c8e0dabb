import { plainText } from '../values/plain-text.ts';

/** As much of a text as helps to understand it, in characters. */
const LONGEST = 200;

/**
 * Makes what another program wrote fit to be quoted. It may have written anything, mondoo.yml and the password
 * of a proxy too: whatever could be a piece of a key or of a token is left out.
 */
export function quotable(text: string): string {
  return plainText(
    plainText(text, 4000)
      // To the last @: a password may hold one.
      .replace(/:\/\/\S*@/g, '://…@')
      .replace(/[\w+/=%-]{16,}/g, (run) => (/^[a-z/_-]+$/.test(run) ? run : '…')),
    LONGEST,
  );
}

/** Quotes the last line with text in what a program wrote; empty where there is none. */
export function lastLine(output: string): string {
  const lines = output.split(/[\r\n\u2028\u2029]+/);
  return quotable(lines.findLast((line) => plainText(line) !== '') ?? '');
}
