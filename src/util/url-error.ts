import { ActionError, type FindingCode } from './errors.ts';

/**
 * What is wrong with a text that should be a URL, in words that fit behind its name.
 * The text itself may hold a password, so it is never quoted.
 */
export class UrlError extends Error {}

/**
 * Reads a URL that somebody else has to mend when it is wrong.
 * @param parse throws UrlError
 * @param fault the finding, whose URL it is ("The input api-endpoint"), and what to do
 * @throws ActionError
 */
export function readUrl(
  text: string,
  parse: (text: string) => string,
  { code, subject, remedy }: { code: FindingCode; subject: string; remedy: string },
): string {
  try {
    return parse(text);
  } catch (error) {
    if (!(error instanceof UrlError)) throw error;
    throw new ActionError(code, `${subject} ${error.message}.`, remedy);
  }
}
